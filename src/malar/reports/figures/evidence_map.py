"""What has been reported at all: a square a report, by therapy and outcome, colored by how it was read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from malar.reports._inputs import TEXT, no_data, tidy
from malar.reports._palette import Paint
from malar.reports._sheet import WIDE, Sheet, draw
from malar.reports._words import counted, listed, plain

if TYPE_CHECKING:
    import polars as pl

    from malar.reports.figure import Figure

_COLUMNS: Final = {"therapy": TEXT, "outcome": TEXT, "verification": TEXT, "study": TEXT, "control": TEXT}
READ: Final = {
    "full_text": ("original table read", Paint.QUIESCENT),
    "abstract": ("abstract read", Paint.SKY),
    "registry": ("register read", Paint.VIOLET),
    "secondary": ("quoted by another paper", Paint.LE_4),
    "document": ("founding document only", Paint.SECOND),
    "memory": ("from memory", Paint.WITHDRAWN),
}
_LEFT: Final = 2.15
_TOP: Final = 1.35
_SQUARE: Final = 0.12
_A_ROW: Final = 3


def draw_evidence_map(
    rows: pl.DataFrame, *, key: str = "evidence-map", title: str = "What has been reported", mark: str | None = None
) -> Figure:
    """Draw the map of evidence.

    Parameters
    ----------
    rows
        One row a report and outcome: `therapy`, `outcome` (both in order of drawing), `verification` (a key of
        :data:`READ`), `study`, `control` (``yes`` where there was a control group).

    Returns
    -------
    Figure
        Its data are the rows.
    """
    import polars as pl

    data = tidy(rows, "The evidence map", _COLUMNS)
    if data.is_empty():
        return no_data(key, title, "No report has an outcome.", data=data, mark=mark)
    counts = data.group_by("therapy", "outcome").len()
    lines = data["therapy"].unique(maintain_order=True).to_list()
    columns = data["outcome"].unique(maintain_order=True).to_list()
    most = {line: counts.filter(pl.col("therapy") == line)["len"].max() or 1 for line in lines}
    heights = {line: 0.3 + _SQUARE * 1.25 * -(-int(str(most[line])) // _A_ROW) for line in lines}
    return draw(
        lambda sheet: _paint(sheet, data.to_dicts(), columns, heights),
        WIDE,
        _TOP + sum(heights.values()) + 0.15,
        key=key,
        title=title,
        caption=(
            "A square is a report that tells of the outcome; its color says how the figure was read, a heavy rim that "
            "there was a control group. An empty cell is a question nobody has answered. Reports that share patients "
            "are all shown: squares are reports, not patients."
        ),
        alt=_alt(counts.sort("len", "therapy", "outcome", descending=True).to_dicts(), data),
        data=data,
        mark=mark,
    )


def _paint(sheet: Sheet, rows: list[dict[str, Any]], columns: list[str], heights: dict[str, float]) -> None:
    _legend(sheet)
    wide = (sheet.width - _LEFT - 0.05) / len(columns)
    for place, name in enumerate(columns):
        left = _LEFT + place * wide
        sheet.text(left + 0.04, _TOP - 0.08, plain(name, 30), size=7.5, rotation=30, ha="left", va="bottom")
    top = _TOP
    for line, height in heights.items():
        sheet.box(0.05, top, sheet.width - 0.1, height - 0.05, Paint.UNKNOWN)
        sheet.text(0.12, top + height / 2, plain(line, 30), size=8, va="center", weight="bold")
        for place, name in enumerate(columns):
            here = [row for row in rows if row["therapy"] == line and row["outcome"] == name]
            _cell(sheet, _LEFT + place * wide, top, wide, here)
        top += height


def _cell(sheet: Sheet, left: float, top: float, wide: float, here: list[dict[str, Any]]) -> None:
    order = list(READ)
    for k, row in enumerate(sorted(here, key=lambda one: (order.index(one["verification"]), one["control"] != "yes"))):
        step = _SQUARE * 1.2
        x, y = left + 0.04 + (k % _A_ROW) * step, top + 0.07 + (k // _A_ROW) * step
        rim = Paint.INK if row["control"] == "yes" else Paint.RULE
        width = 1.6 if row["control"] == "yes" else 0.4
        sheet.box(x, y, _SQUARE, _SQUARE, READ[row["verification"]][1], edgecolor=rim, linewidth=width, zorder=2)
    if here:
        sheet.text(left + wide - 0.06, top + 0.17, str(len(here)), size=7, ha="right", color=Paint.MUTED)


def _legend(sheet: Sheet) -> None:
    left = 0.12
    for words, paint in READ.values():
        sheet.box(left, 0.1, _SQUARE, _SQUARE, paint, edgecolor=Paint.RULE, linewidth=0.4)
        sheet.text(left + 0.2, 0.17, words, size=7.5, va="center")
        left += 0.36 + 0.06 * len(words)
    sheet.box(left, 0.1, _SQUARE, _SQUARE, Paint.PAPER, edgecolor=Paint.INK, linewidth=1.6)
    sheet.text(left + 0.2, 0.17, "with a control group", size=7.5, va="center")


def _alt(counts: list[dict[str, Any]], data: pl.DataFrame) -> str:
    most = [f"{row['therapy']}, {row['outcome']}: {counted(row['len'], 'report')}" for row in counts[:6]]
    controlled = data.filter(data["control"] == "yes")["study"].n_unique()
    return f"Most reported: {listed(most)}. {counted(controlled, 'report')} of all with a control group."
