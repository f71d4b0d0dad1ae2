"""One definition under every reading: of how many it is true at some planned visits, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from malar.reports._inputs import COUNT, NUMBER, TEXT, no_data, tidy
from malar.reports._palette import Paint
from malar.reports._sheet import WIDE, Panel, Sheet, draw
from malar.reports._words import estimate, interval, listed, percent, plain

if TYPE_CHECKING:
    import polars as pl

    from malar.reports.figure import Figure

_COLUMNS: Final = {
    "title": TEXT,
    "role": TEXT,
    "visit": TEXT,
    "time": NUMBER,
    "events": COUNT,
    "n": COUNT,
    "lowest": NUMBER,
    "highest": NUMBER,
    "lower": NUMBER,
    "upper": NUMBER,
}
_ROW: Final = 0.34
"""Height in inches of a reading."""
_TOP: Final = 0.78
_PANELS: Final = 3
_LEFT: Final = 3.2
_NUMBERS: Final = 0.92
"""Width in inches of the numbers at the right of a panel."""


def draw_readings(
    table: pl.DataFrame,
    *,
    counts: str,
    level: float = 0.95,
    mark: str | None = None,
    key: str = "readings",
    title: str = "One cohort under every reading",
) -> Figure:
    """Draw the share of each reading with its limits, at no more than three planned visits.

    Parameters
    ----------
    table
        One row a reading and planned visit, the prespecified reading first: `title`, `role` (``prespecified`` or
        ``sensitivity``), `visit`, `time` (planned day), `events`, `n`, `lowest` and `highest` (shares of 1; apart
        where unknown verdicts leave them so), `lower`, `upper` (confidence limits).
    counts
        Denominator and what unknown counts as, in words.
    level
        Confidence level of the limits, for the words.

    Returns
    -------
    Figure
        The first, a middle and the last planned visit after day 0 at which anybody counts; its data are all rows.

    Raises
    ------
    MissingColumnsError
        The frame lacks one of these columns.
    """
    import polars as pl

    rows = tidy(table, "The figure of readings", _COLUMNS)
    counted = rows.filter((pl.col("n") > 0) & (pl.col("time") > 0))
    times = counted["time"].unique().sort().to_list()
    if not times:
        return no_data(key, title, "Nobody counts at any planned visit after day 0.", data=rows, mark=mark)
    last = len(times) - 1
    shown = [times[k] for k in sorted({0, last // 2, last} if last >= _PANELS else range(last + 1))]
    names = rows["title"].unique(maintain_order=True).to_list()
    return draw(
        lambda sheet: _paint(sheet, counted, shown, names),
        WIDE,
        _TOP + _ROW * len(names) + 0.4,
        key=key,
        title=title,
        caption=(
            "Each row is a reading of the same definition on the same patients; the first was prespecified, the others "
            "are sensitivity analyses and are not tested against it. Dots: share of those who count "
            f"({counts}); lines: exact {level * 100:g}% limits; "
            "a bar: what unknown verdicts leave open. Numbers: true of all who count."
        ),
        alt=_alt(counted.filter(pl.col("time") == shown[-1]), level),
        data=rows,
        mark=mark,
    )


def _paint(sheet: Sheet, counted: pl.DataFrame, shown: list[float], names: list[str]) -> None:
    import polars as pl

    top, height = _TOP, _ROW * len(names)
    sheet.box(0.05, top, sheet.width - 0.1, _ROW, Paint.UNKNOWN)
    for place, name in enumerate(names):
        first = place == 0
        middle = top + _ROW * (place + 0.5)
        sheet.text(0.12, middle, plain(name, 46), size=8, va="center", weight="bold" if first else "normal")
    sheet.text(0.12, top - 0.14, "Reading (prespecified first)", size=7.5, color=Paint.MUTED)
    wide = (sheet.width - _LEFT) / len(shown)
    for place, time in enumerate(shown):
        panel = sheet.panel(_LEFT + wide * place, top, wide - _NUMBERS - 0.12, height)
        here = counted.filter(pl.col("time") == time)
        _panel(sheet, panel, here, names)


def _panel(sheet: Sheet, panel: Panel, here: pl.DataFrame, names: list[str]) -> None:
    axes = panel.axes
    axes.set_xlim(0, 1)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xticks([0, 0.5, 1], ["0", "50", "100%"])
    axes.set_yticks([])
    axes.grid(axis="x", color=Paint.GRID, linewidth=0.7)
    sheet.text(panel.left, panel.top - 0.14, plain(here["visit"][0], 26), size=9, weight="bold")
    for row in here.to_dicts():
        at = names.index(row["title"])
        color = Paint.FIRST if row["role"] == "prespecified" else Paint.SECOND
        _share(axes, row, at, color)
        numbers = f"{row['events']}/{row['n']}"
        share = percent(row["lowest"]) if row["lowest"] == row["highest"] else interval(row["lowest"], row["highest"])
        weight = "bold" if row["role"] == "prespecified" else "normal"
        sheet.text(panel.right + 0.1, panel.y(at), f"{share}  {numbers}", size=7.5, va="center", weight=weight)


def _share(axes: Any, row: dict[str, Any], at: int, color: Paint) -> None:
    """A dot with its limits, or the bar between the least and the greatest share."""
    look: dict[str, Any] = {"color": color, "zorder": 3, "clip_on": False}
    if row["lower"] is not None and row["upper"] is not None:
        axes.plot([row["lower"], row["upper"]], [at, at], linewidth=1.2, **look)
    if row["lowest"] != row["highest"]:
        axes.plot([row["lowest"], row["highest"]], [at, at], linewidth=5, solid_capstyle="butt", **look)
        return
    fill = color if row["role"] == "prespecified" else Paint.PAPER
    axes.plot([row["lowest"]], [at], "o", markersize=6, markerfacecolor=fill, markeredgewidth=1.3, **look)


def _alt(last: pl.DataFrame, level: float) -> str:
    def told(row: dict[str, Any]) -> str:
        share = estimate(row["lowest"], row["lower"], row["upper"], level)
        if row["lowest"] != row["highest"]:
            share = f"{interval(row['lowest'], row['highest'])}, as unknown verdicts turn out"
        return f"{row['title']} {row['events']} of {row['n']}: {share}"

    return f"At {last['visit'][0]}: {listed([told(row) for row in last.to_dicts()])}."
