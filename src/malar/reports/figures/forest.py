"""A forest plot: each report with its interval and weight, the pooled value, prediction and heterogeneity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from malar.reports._inputs import NUMBER, TEXT, no_data, tidy
from malar.reports._palette import Paint
from malar.reports._sheet import WIDE, Panel, Sheet, draw
from malar.reports._words import listed, plain

if TYPE_CHECKING:
    import polars as pl

    from malar.reports.figure import Figure

_COLUMNS: Final = {
    "group": TEXT,
    "label": TEXT,
    "kind": TEXT,
    "numbers": TEXT,
    "estimate": NUMBER,
    "lower": NUMBER,
    "upper": NUMBER,
    "weight": NUMBER,
}
_ROW: Final = 0.27
_TOP: Final = 0.62
_LEFT: Final = 3.5
_WIDE: Final = 3.9
SHARE: Final = "share"
DIFFERENCE: Final = "difference"


def draw_forest(
    rows: pl.DataFrame, *, axis: str = SHARE, key: str, title: str, caption: str, mark: str | None = None
) -> Figure:
    """Draw a forest plot.

    Parameters
    ----------
    rows
        In order of drawing: `group` (a heading stands where it changes), `label`, `kind` (``study``; ``apart``, shown
        and not pooled; ``pooled``; ``prediction``; ``line``, words only), `numbers` (printed at the right),
        `estimate`, `lower`, `upper` (shares of 1; null where unknown), `weight` (0 to 1; null where not pooled).
    axis
        ``share`` from 0 to 100 %, or ``difference`` from -100 to +100 points.

    Returns
    -------
    Figure
        Its data are the rows.

    Raises
    ------
    MissingColumnsError
        The frame lacks one of these columns.
    """
    data = tidy(rows, "The forest plot", _COLUMNS)
    drawn = _with_headings(data.to_dicts())
    if not drawn:
        return no_data(key, title, "No report has this outcome.", data=data, mark=mark)
    return draw(
        lambda sheet: _paint(sheet, drawn, axis),
        WIDE,
        _TOP + _ROW * len(drawn) + 0.5,
        key=key,
        title=title,
        caption=caption,
        alt=_alt(data.to_dicts(), axis),
        data=data,
        mark=mark,
    )


def _with_headings(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    drawn: list[dict[str, Any]] = []
    for place, row in enumerate(rows):
        if row["group"] and (place == 0 or rows[place - 1]["group"] != row["group"]):
            drawn.append({**row, "kind": "heading", "label": row["group"], "numbers": ""})
        drawn.append(row)
    return drawn


def _paint(sheet: Sheet, drawn: list[dict[str, Any]], axis: str) -> None:
    panel = sheet.panel(_LEFT, _TOP, _WIDE, _ROW * len(drawn))
    axes = panel.axes
    low = -1 if axis == DIFFERENCE else 0
    axes.set_xlim(low, 1)
    axes.set_ylim(len(drawn) - 0.5, -0.5)
    axes.set_yticks([])
    if axis == DIFFERENCE:
        axes.set_xticks([-1, -0.5, 0, 0.5, 1], ["−100", "−50", "0", "+50", "+100"])
        axes.axvline(0, color=Paint.RULE, linewidth=1)
        sheet.text(panel.left, panel.bottom + 0.36, "Points less than control", color=Paint.MUTED)
        sheet.text(panel.right, panel.bottom + 0.36, "Points more than control", color=Paint.MUTED, ha="right")
    else:
        axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "25", "50", "75", "100 %"])
    axes.grid(axis="x", color=Paint.GRID, linewidth=0.7)
    sheet.text(_LEFT, _TOP - 0.14, "Share, 95 % limits" if axis == SHARE else "Difference, 95 % limits", size=8)
    sheet.text(_LEFT + _WIDE + 0.15, _TOP - 0.14, "Of how many", size=8)
    if any(row["weight"] is not None for row in drawn):
        sheet.text(sheet.width - 0.08, _TOP - 0.14, "Weight", size=8, ha="right")
    for place, row in enumerate(drawn):
        _row(sheet, panel, place, row)


def _row(sheet: Sheet, panel: Panel, place: int, row: dict[str, Any]) -> None:
    at = panel.y(place)
    kind = row["kind"]
    bold = "bold" if kind in ("heading", "pooled") else "normal"
    muted = Paint.MUTED if kind in ("apart", "line") else Paint.INK
    indent = 0.1 if kind == "heading" or not row["group"] else 0.22
    if kind == "heading":
        sheet.box(0.05, at - _ROW / 2, sheet.width - 0.1, _ROW, Paint.UNKNOWN)
    limit = 150 if kind in ("line", "heading") else 56
    sheet.text(indent, at, plain(row["label"] or "", limit), size=8, va="center", weight=bold, color=muted)
    if kind in ("heading", "line"):
        return
    sheet.text(panel.right + 0.15, at, row["numbers"] or "", size=8, va="center", weight=bold, color=muted)
    if row["weight"] is not None:
        sheet.text(sheet.width - 0.08, at, f"{100 * row['weight']:.0f} %", size=8, va="center", ha="right")
    _mark(panel.axes, place, row)


def _mark(axes: Any, place: int, row: dict[str, Any]) -> None:
    """Square by weight for a study, hollow for one apart, diamond for the pooled value, bar for prediction."""
    kind, middle, low, high = row["kind"], row["estimate"], row["lower"], row["upper"]
    color = Paint.SECOND if kind in ("pooled", "prediction") else Paint.MUTED if kind == "apart" else Paint.FIRST
    look: dict[str, Any] = {"color": color, "zorder": 3, "clip_on": False}
    if kind == "pooled" and None not in (middle, low, high):
        axes.fill([low, middle, high, middle], [place, place - 0.3, place, place + 0.3], **look)
        return
    if low is not None and high is not None:
        axes.plot([low, high], [place, place], linewidth=3 if kind == "prediction" else 1.2, **look)
    if middle is not None and kind != "prediction":
        size = 4 + 6 * (row["weight"] or 0) ** 0.5 if kind == "study" else 5
        fill = Paint.PAPER if kind == "apart" else color
        axes.plot([middle], [place], "s", markersize=size, markerfacecolor=fill, markeredgewidth=1.2, **look)


def _alt(rows: list[dict[str, Any]], axis: str) -> str:
    def told(row: dict[str, Any]) -> str:
        if row["estimate"] is None:
            return f"{row['label']}"
        number = f"{100 * row['estimate']:.0f}{' %' if axis == SHARE else ' points'}"
        if row["lower"] is None or row["upper"] is None:
            return f"{row['label']} {number}, without limits"
        return f"{row['label']} {number} ({100 * row['lower']:.0f} to {100 * row['upper']:.0f})"

    return f"{listed([told(row) for row in rows])}."
