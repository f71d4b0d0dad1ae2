"""Reports by year: a bubble a report, as large as its patients, linked where they share them."""

from __future__ import annotations

from math import pi
from typing import TYPE_CHECKING, Any, Final

from malar.reports._inputs import COUNT, NUMBER, TEXT, no_data, tidy
from malar.reports._palette import Paint
from malar.reports._sheet import WIDE, Sheet, draw
from malar.reports._words import counted, plain

if TYPE_CHECKING:
    import polars as pl

    from malar.reports.figure import Figure

_COLUMNS: Final = {
    "study": TEXT,
    "year": NUMBER,
    "n": COUNT,
    "therapy": TEXT,
    "group": TEXT,
    "control": TEXT,
    "state": TEXT,
}
POINTS_AN_INCH: Final = 72
_LEFT: Final = 2.15
_STEP: Final = 0.42
_LANE_GAP: Final = 0.22
_APART: Final = 1.75
"""Years that a label needs beside its neighbor."""
_PAINTS: Final = (Paint.FIRST, Paint.SECOND, Paint.THIRD, Paint.FOURTH)


def draw_evidence_timeline(
    rows: pl.DataFrame, *, key: str = "timeline", title: str = "Reports by year", mark: str | None = None
) -> Figure:
    """Draw the timeline.

    Parameters
    ----------
    rows
        One row a report: `study`, `year`, `n` (patients), `therapy`, `group` (of overlap; null where none), `control`
        (``yes`` where there was a control group), `state` (``published`` or ``awaited``).

    Returns
    -------
    Figure
        Its data are the rows.
    """
    data = tidy(rows, "The timeline", _COLUMNS)
    known = data.drop_nulls(["study", "year", "therapy"])
    if known.is_empty():
        return no_data(key, title, "No report has a year.", data=data, mark=mark)
    placed = _place(known.to_dicts())
    height = max(one["y"] for one in placed) + 0.95
    linked = known.drop_nulls("group")
    return draw(
        lambda sheet: _paint(sheet, placed, height),
        WIDE,
        height,
        key=key,
        title=title,
        caption=(
            "The area of a bubble is the number of patients of a report, up to 900. Lines join reports that share "
            "patients, or may: their bubbles must not be added up. Filled: with a control group; dashed: controlled "
            "too, results awaited."
        ),
        alt=(
            f"{counted(known.height, 'report')} from {known['year'].min():.0f} to {known['year'].max():.0f}; "
            f"{linked.height} of them in {counted(linked['group'].n_unique(), 'group')} that share patients; "
            f"{counted(known.filter(known['control'] == 'yes').height, 'report')} with a control group."
        ),
        data=data,
        mark=mark,
    )


def _place(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give each report a height: by therapy, then by group, each on the first line where its label has room."""
    top = 0.75
    placed: list[dict[str, Any]] = []
    for therapy in dict.fromkeys(row["therapy"] for row in rows):
        mine = [row for row in rows if row["therapy"] == therapy]
        clans = [*dict.fromkeys(row["group"] for row in mine if row["group"]), None]
        for clan in clans:
            ends: list[float] = []
            for row in sorted(
                (one for one in mine if one["group"] == clan), key=lambda one: (one["year"], one["study"])
            ):
                line = next((k for k, end in enumerate(ends) if row["year"] - end >= _APART), len(ends))
                ends[line:] = [row["year"], *ends[line + 1 :]]
                placed.append({**row, "y": top + _STEP * line})
            top += _STEP * len(ends)
        top += _LANE_GAP
    return placed


def _paint(sheet: Sheet, placed: list[dict[str, Any]], height: float) -> None:
    first = min(one["year"] for one in placed) - 0.7
    last = max(one["year"] for one in placed) + 1.2
    panel = sheet.panel(_LEFT, 0.35, sheet.width - _LEFT - 0.1, height - 0.85)
    axes = panel.axes
    axes.set_xlim(first, last)
    axes.set_ylim(panel.bottom, panel.top)
    axes.set_yticks([])
    years = [year for year in range(int(first) + 1, int(last) + 1) if year % 2 == 0]
    axes.set_xticks(years, [str(year) for year in years])
    axes.grid(axis="x", color=Paint.GRID, linewidth=0.7)
    therapies = list(dict.fromkeys(one["therapy"] for one in placed))
    _links(axes, placed)
    for therapy in therapies:
        mine = [one for one in placed if one["therapy"] == therapy]
        color = _PAINTS[therapies.index(therapy) % len(_PAINTS)]
        sheet.text(0.08, mine[0]["y"] + 0.03, plain(therapy, 30), size=8, weight="bold")
        for one in mine:
            _bubble(axes, one, color)


def _links(axes: Any, placed: list[dict[str, Any]]) -> None:
    for clan in dict.fromkeys(one["group"] for one in placed if one["group"]):
        chain = sorted((one for one in placed if one["group"] == clan), key=lambda one: (one["year"], one["y"]))
        across, down = [one["year"] for one in chain], [one["y"] for one in chain]
        axes.plot(across, down, color=Paint.HATCH, linewidth=1, zorder=1)


def _bubble(axes: Any, one: dict[str, Any], color: Paint) -> None:
    from matplotlib.patheffects import withStroke

    area = 14 + 0.95 * min(one["n"] or 1, 900)
    awaited = one["state"] == "awaited"
    fill = color if one["control"] == "yes" and not awaited else Paint.PAPER
    axes.scatter(
        [one["year"]], [one["y"]], s=area, facecolor=fill, edgecolor=color, linewidth=1.3, zorder=2, clip_on=False,
        linestyle=(0, (2, 1.5)) if awaited else "-",
    )  # fmt: skip
    words = f"{one['study'].rpartition('-')[0] or one['study']} {one['n'] if one['n'] is not None else '?'}"
    radius = (area / pi) ** 0.5 / POINTS_AN_INCH
    axes.text(
        one["year"], one["y"] + radius + 0.095, plain(words, 24), size=6.5, ha="center", va="center", color=Paint.INK,
        zorder=4, path_effects=[withStroke(linewidth=2.4, foreground=Paint.PAPER)],
    )  # fmt: skip
