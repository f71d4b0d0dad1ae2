"""Each patient's score over time, with the median and the quartiles at the planned times."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from malar.reports._inputs import COUNT, NUMBER, TEXT, extent, no_data, tidy
from malar.reports._palette import Paint
from malar.reports._sheet import TOP, WIDTH, Panel, Sheet, axis_name, draw, number_rows, time_axis
from malar.reports._words import counted, listed, months, number

if TYPE_CHECKING:
    import polars as pl

    from malar.reports.figure import Figure

_COURSE = {"subject": TEXT, "day": NUMBER, "value": NUMBER}
_SUMMARY = {"time": NUMBER, "n": COUNT, "median": NUMBER, "q1": NUMBER, "q3": NUMBER}


def draw_trajectories(
    course: pl.DataFrame,
    summary: pl.DataFrame,
    *,
    score: str = "Score",
    since: str = "day 0",
    mark: str | None = None,
    key: str = "trajectories",
    title: str = "The course of each patient",
) -> Figure:
    """Draw one thin line a patient, and over them the median and the interquartile range.

    Parameters
    ----------
    course
        One row per subject and assessment: `subject`, `day`, `value` (null = unknown: a gap in the line).
    summary
        One row per planned time: `time` (days), `n` (scores known), `median`, `q1`, `q3`.
    score
        Name of the score, as in ``"SLEDAI-2K"``.
    since
        What day 0 is, as in ``"first infusion"``.
    mark
        ``"Invented data"`` or ``"Simulated data"`` where the data are no patients'.

    Returns
    -------
    Figure
        Its data are the rows of `course`.

    Raises
    ------
    MissingColumnsError
        A frame lacks one of these columns.
    """
    import polars as pl

    rows = tidy(course, "The figure of trajectories", _COURSE).drop_nulls(["subject", "day"])
    rows = rows.sort("subject", "day", maintain_order=True)
    middle = tidy(summary, "The figure of trajectories", _SUMMARY).drop_nulls("time").sort("time")
    if rows["value"].null_count() == rows.height:
        return no_data(key, title, f"No patient has a known {score}.", data=rows, mark=mark)
    quartiles = middle.filter(pl.col("median").is_not_null())
    return draw(
        lambda sheet: _paint(sheet, rows, quartiles, score, since),
        WIDTH,
        4.38,
        key=key,
        title=title,
        caption=_caption(rows, score),
        alt=_alt(rows, quartiles, score, since),
        data=rows,
        mark=mark,
    )


def _paint(sheet: Sheet, rows: pl.DataFrame, quartiles: pl.DataFrame, score: str, since: str) -> None:
    import polars as pl

    panel = sheet.panel(0.5, TOP, 5.75, 2.85)
    low, high = extent(pl.concat([rows["value"], quartiles["q1"], quartiles["median"], quartiles["q3"]]))
    panel.axes.set_ylim(min(0.0, low), max(1.0, high) * 1.04)
    panel.axes.grid(axis="y", color=Paint.GRID, linewidth=0.7)
    days = [*rows["day"], *quartiles["time"]]
    time_axis(panel, min(0.0, *days), max(days), since, sheet)
    axis_name(sheet, panel, score)
    _individuals(panel, rows)
    if quartiles.height:
        _median(sheet, panel, quartiles)
        cells = [(float(t), str(n)) for t, n in quartiles.select("time", "n").iter_rows()]
        number_rows(sheet, panel, panel.bottom + 0.6, "Values known", [("", Paint.INK, cells)])


def _individuals(panel: Panel, rows: pl.DataFrame) -> None:
    """Thin lines between assessments in a row that are known; a dot where one stands alone."""
    from matplotlib.collections import LineCollection

    lines, lonely = _segments(rows)
    alpha = max(0.22, min(0.6, 20 / max(1, len(lines))))
    panel.axes.add_collection(
        LineCollection(lines, colors=Paint.MUTED, linewidths=0.7, alpha=alpha, zorder=2), autolim=False
    )
    if lonely:
        style: dict[str, Any] = {"linestyle": "none", "marker": "o", "markeredgewidth": 0, "zorder": 2}
        panel.axes.plot(*zip(*lonely, strict=True), color=Paint.MUTED, markersize=2.4, alpha=alpha, **style)


def _segments(rows: pl.DataFrame) -> tuple[list[list[tuple[float, float]]], list[tuple[float, float]]]:
    runs: list[list[tuple[float, float]]] = []
    before: str | None = None
    current: list[tuple[float, float]] = []
    for subject, day, value in rows.iter_rows():
        if subject != before or value is None:
            current = []
        if value is not None:
            if not current:
                runs.append(current)
            current.append((day, value))
        before = subject
    return [run for run in runs if len(run) > 1], [run[0] for run in runs if len(run) == 1]


def _median(sheet: Sheet, panel: Panel, quartiles: pl.DataFrame) -> None:
    axes = panel.axes
    time, median = quartiles["time"].to_list(), quartiles["median"].to_list()
    bounds = quartiles.drop_nulls(["q1", "q3"])
    across = bounds["time"].to_list()
    axes.fill_between(
        across,
        bounds["q1"].to_list(),
        bounds["q3"].to_list(),
        color=Paint.FIRST,
        alpha=0.2,
        linewidth=0,
        zorder=1,
    )
    look: dict[str, Any] = {
        "markeredgecolor": Paint.PAPER,
        "markeredgewidth": 0.8,
        "zorder": 4,
        "clip_on": False,
    }
    axes.plot(time, median, color=Paint.FIRST, linewidth=2, marker="o", markersize=5, **look)
    end = panel.x(time[-1]) + 0.1
    level = panel.y(median[-1])
    sheet.text(end, level, f"Median {number(median[-1])}", size=8.5, color=Paint.FIRST, weight="bold", va="center")
    if bounds.height and across[-1] == time[-1]:
        words = f"IQR {number(bounds['q1'][-1])}–{number(bounds['q3'][-1])}"
        sheet.text(end, level + 0.17, words, size=7.5, color=Paint.FIRST, va="center")


def _caption(rows: pl.DataFrame, score: str) -> str:
    known = rows.height - rows["value"].null_count()
    unknown = rows["value"].null_count()
    gap = f" {counted(unknown, 'assessment')} with an unknown score left a gap." if unknown else ""
    return (
        f"{score} of {counted(rows['subject'].n_unique(), 'patient')} ({counted(known, 'known score')}): one thin line "
        f"a patient; in blue the median with the interquartile range, at planned visits. The row below the axis "
        f"counts the values known at each.{gap}"
    )


def _alt(rows: pl.DataFrame, quartiles: pl.DataFrame, score: str, since: str) -> str:
    patients = counted(rows["subject"].n_unique(), "patient")
    told = quartiles if quartiles.height <= 5 else quartiles[[0, *_evenly(quartiles.height)]]
    points = [
        f"{number(row['median'])} (IQR {number(row['q1'])}–{number(row['q3'])}, n = {row['n']}) "
        f"at month {months(row['time'])}"
        for row in told.to_dicts()
    ]
    medians = f" The median is {listed(points)} since {since}." if points else " There is no summary by planned time."
    low, high = extent(rows["value"])
    span = f" Scores range from {number(low)} to {number(high)}."
    return f"{score} over time in {patients}.{medians}{span}"


def _evenly(height: int) -> list[int]:
    """Three rows between the first and the last, and the last."""
    return sorted({round((height - 1) * part / 4) for part in range(1, 5)})
