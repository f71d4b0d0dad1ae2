"""Mean change from baseline at planned visits, with its limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from malar.reports._inputs import COUNT, NUMBER, TEXT, extent, no_data, tidy
from malar.reports._palette import DASHES, GROUPS, Paint
from malar.reports._sheet import TOP, WIDTH, Sheet, axis_name, draw, number_rows, time_axis
from malar.reports._words import listed, months, number, plain

if TYPE_CHECKING:
    import polars as pl

    from malar.reports.figure import Figure

_COLUMNS = {"group": TEXT, "time": NUMBER, "n": COUNT, "estimate": NUMBER, "lower": NUMBER, "upper": NUMBER}


def draw_mean_change(
    means: pl.DataFrame,
    *,
    score: str,
    level: float = 0.95,
    since: str = "day 0",
    mark: str | None = None,
    key: str = "mean-change",
    title: str = "Change from baseline",
) -> Figure:
    """Draw means with their limits, one line a group.

    Parameters
    ----------
    means
        One row a group and planned visit: `group` (null where there is one), `time` (days), `n` (observed),
        `estimate`, `lower`, `upper`.
    score
        Name of the score.
    level
        Confidence level, for the words.

    Returns
    -------
    Figure
        Its data are the rows of `means`.

    Raises
    ------
    MissingColumnsError
        The frame lacks one of these columns.
    """
    rows = tidy(means, "The figure of mean changes", _COLUMNS).drop_nulls(["time", "estimate"]).sort("time")
    if rows.is_empty():
        return no_data(key, title, f"No change of {score} could be estimated.", data=rows, mark=mark)
    return draw(
        lambda sheet: _paint(sheet, rows, score, since),
        WIDTH,
        4.3,
        key=key,
        title=title,
        caption=(
            f"Mean change of {score} from baseline with {level * 100:g}% limits, by a mixed model: "
            "a patient who misses a visit counts with what was observed. Below: patients observed at each."
        ),
        alt=_alt(rows, score, since),
        data=rows,
        mark=mark,
    )


def _paint(sheet: Sheet, rows: pl.DataFrame, score: str, since: str) -> None:
    import polars as pl

    panel = sheet.panel(0.62, TOP, 5.6, 2.7)
    low, high = extent(pl.concat([rows["lower"], rows["upper"]]))
    room = 0.06 * max(high - low, 1.0)
    panel.axes.set_ylim(min(low, 0.0) - room, max(high, 0.0) + room)
    panel.axes.grid(axis="y", color=Paint.GRID, linewidth=0.7)
    panel.axes.axhline(0, color=Paint.RULE, linewidth=1)
    time_axis(panel, 0.0, 1.012 * float(rows["time"][-1]), since, sheet)
    axis_name(sheet, panel, f"Change of {score}")
    cells: list[tuple[str, str, list[tuple[float, str]]]] = []
    for k, group in enumerate(rows["group"].unique(maintain_order=True).to_list()):
        own = rows.filter(pl.col("group").eq_missing(group))
        color = GROUPS[k % len(GROUPS)]
        style: dict[str, Any] = {"color": color, "zorder": 3}
        days, estimates = own["time"].to_list(), own["estimate"].to_list()
        panel.axes.plot([0, *days], [0, *estimates], linewidth=1.8, linestyle=DASHES[k % len(DASHES)], **style)
        panel.axes.plot(days, estimates, linestyle="none", marker="o", markersize=5, markeredgewidth=0, **style)
        for row in own.to_dicts():
            panel.axes.plot([row["time"]] * 2, [row["lower"], row["upper"]], linewidth=1.3, **style)
        words = f"{plain(group, 14)} {number(estimates[-1])}" if group else number(estimates[-1])
        sheet.text(
            panel.x(days[-1]) + 0.1, panel.y(estimates[-1]), words, size=8.5, color=color, weight="bold", va="center"
        )
        cells.append((group or "", color, [(float(t), str(n)) for t, n in own.select("time", "n").iter_rows()]))
    number_rows(sheet, panel, panel.bottom + 0.6, "Observed", cells)


def _alt(rows: pl.DataFrame, score: str, since: str) -> str:
    told = [
        f"{number(row['estimate'])} ({number(row['lower'])} to {number(row['upper'])}, n = {row['n']}) at month "
        f"{months(row['time'])}{' in ' + plain(row['group'], 30) if row['group'] else ''}"
        for row in rows.to_dicts()[:10]
    ]
    return f"Mean change of {score} since {since}: {listed(told)}."
