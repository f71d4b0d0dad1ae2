"""Shares at each planned visit, one row a thing: organs active, endpoints reached, criteria met; of how many."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from malar.reports._inputs import COUNT, NUMBER, TEXT, no_data, tidy
from malar.reports._palette import Paint
from malar.reports._sheet import WIDE, WIDTH, Sheet, draw
from malar.reports._words import counted, listed, percent, plain

if TYPE_CHECKING:
    import polars as pl

    from malar.reports.figure import Figure

_COLUMNS = {
    "row": TEXT,
    "label": TEXT,
    "time": NUMBER,
    "n_assessed": COUNT,
    "n_present": COUNT,
    "n_unknown": COUNT,
}
_LEFT: Final = (1.55, 3.4)
"""Least and greatest room for the names of rows."""
_LETTER: Final = 0.071
_LONGEST: Final = 46
_ROW: Final = 0.36
_HEAD: Final = 1.12


@dataclass(frozen=True, slots=True)
class Words:
    """How a heat map of shares speaks of its rows.

    Parameters
    ----------
    what
        Who is counted: "Patients with activity in an organ".
    among
        Of whom: "those in whom it was assessed".
    unknown
        Who is seen and not counted: "patients who were seen but whose organ is unknown".
    none
        What is said of a visit at which no row counts anyone.
    """

    what: str
    among: str
    unknown: str
    none: str


ORGANS: Final = Words(
    "Patients with activity in an organ",
    "those in whom it was assessed",
    "patients who were seen but whose organ is unknown",
    "no organ active",
)


def draw_share_heat_map(
    shares: pl.DataFrame,
    words: Words,
    *,
    mark: str | None = None,
    key: str = "organ-heat-map",
    title: str = "Organs with activity",
) -> Figure:
    """Draw one cell per row and planned visit, shaded by the share of the assessed who count.

    Parameters
    ----------
    shares
        One row per thing and planned visit: `row` (its name), `label` (of the visit), `time` (days; the
        order of the visits), `n_assessed` (known at the visit), `n_present` (who count), `n_unknown` (seen,
        but unknown).
    words
        How captions speak of it.

    Returns
    -------
    Figure
        Its data are the rows of `shares`.

    Raises
    ------
    MissingColumnsError
        The frame lacks one of these columns.
    """
    import polars as pl

    rows = tidy(shares, "The heat map of shares", _COLUMNS).drop_nulls(["row", "label", "time"])
    rows = rows.with_columns(pl.col("n_assessed", "n_present", "n_unknown").fill_null(0))
    if not rows["n_assessed"].sum():
        return no_data(key, title, "Nothing of this was known at any planned visit.", data=rows, mark=mark)
    visits: list[str] = rows.sort("time", maintain_order=True)["label"].unique(maintain_order=True).to_list()
    names: list[str] = rows["row"].unique(maintain_order=True).to_list()
    longest = max(len(plain(name, _LONGEST)) for name in names)
    left = min(max(_LEFT[0], 0.2 + _LETTER * longest), _LEFT[1])
    width = WIDTH if len(visits) * 0.52 + left < WIDTH else WIDE
    return draw(
        lambda sheet: _paint(sheet, rows, visits, names, left),
        width,
        _HEAD + _ROW * len(names) + 0.42,
        key=key,
        title=title,
        caption=_caption(rows, words),
        alt=_alt(rows, visits, words),
        data=rows,
        mark=mark,
    )


def _paint(sheet: Sheet, rows: pl.DataFrame, visits: list[str], names: list[str], left: float) -> None:
    cell = min(0.95, (sheet.width - left - 0.05) / len(visits))
    _heads(sheet, rows, visits, cell, left)
    column = {visit: left + k * cell for k, visit in enumerate(visits)}
    line = {name: _HEAD + k * _ROW for k, name in enumerate(names)}
    for name, top in line.items():
        sheet.text(left - 0.1, top + _ROW / 2, plain(name, _LONGEST), size=8.5, ha="right", va="center")
    for row in rows.to_dicts():
        _cell(sheet, column[row["label"]], line[row["row"]], cell, row)
    _scale(sheet, _HEAD + _ROW * len(names) + 0.2, left)


def _heads(sheet: Sheet, rows: pl.DataFrame, visits: list[str], cell: float, left: float) -> None:
    """Name of each visit, how many were assessed there, and that number as a bar."""
    seen = _assessed(rows)
    most = max(seen.values())
    sheet.text(left - 0.1, 0.78, "Assessed", size=7.5, color=Paint.MUTED, ha="right", va="center")
    room = max(4, int(cell / 0.085))
    limit = room if all(len(visit) <= room for visit in visits) else 4
    for k, visit in enumerate(visits):
        middle = left + (k + 0.5) * cell
        sheet.text(middle, 0.58, _fitted(visit, limit), size=8.5, weight="bold", ha="center", va="center")
        sheet.text(middle, 0.78, f"N = {seen[visit]}", size=7.5, color=Paint.MUTED, ha="center", va="center")
        tall = 0.16 * seen[visit] / most
        sheet.box(left + k * cell + 0.02, _HEAD - 0.05 - tall, cell - 0.04, tall, Paint.RULE)


def _fitted(visit: str, limit: int) -> str:
    """The name of a visit, as initial and number (M12) where the whole name does not fit."""
    parts = re.fullmatch(r"(\w)\w*\s+(-?\d+)", visit)
    return f"{parts[1]}{parts[2]}" if parts and len(visit) > limit else plain(visit, limit)


def _assessed(rows: pl.DataFrame) -> dict[str, int]:
    """Patients with at least one row known: the largest denominator of each visit."""
    seen: dict[str, int] = {}
    for label, n in rows.select("label", "n_assessed").iter_rows():
        seen[label] = max(n, seen.get(label, 0))
    return seen


def _cell(sheet: Sheet, left: float, top: float, width: float, row: dict[str, Any]) -> None:
    gap = 0.015
    place = (left + gap, top + gap, width - 2 * gap, _ROW - 2 * gap)
    middle = left + width / 2
    n, total, unknown = row["n_present"], row["n_assessed"], row["n_unknown"]
    if not total:
        sheet.box(*place, "none", hatch="/////", edgecolor=Paint.GRID)
        sheet.text(middle, top + _ROW / 2, "none", size=7, color=Paint.MUTED, ha="center", va="center")
        return
    share = min(1.0, n / total)
    sheet.box(*place, Paint.UNKNOWN)
    sheet.box(*place, Paint.HEAT, alpha=_depth(share), zorder=1)
    color = Paint.PAPER if _depth(share) > 0.72 else Paint.INK
    at = top + _ROW / 2 - (0.055 if unknown else 0)
    sheet.text(middle, at, f"{n}/{total}", size=8, color=color, ha="center", va="center")
    if unknown:
        sheet.text(middle, top + _ROW / 2 + 0.085, f"{unknown} unk.", size=6, color=color, ha="center", va="center")


def _depth(share: float) -> float:
    """Opacity of the shade; low shares stay apart from zero."""
    return 0.0 if share <= 0 else 0.08 + 0.87 * share


def _scale(sheet: Sheet, top: float, margin: float) -> None:
    sheet.text(margin - 0.1, top + 0.06, "Share of assessed", size=7.5, color=Paint.MUTED, ha="right", va="center")
    for k in range(11):
        left = margin + 0.015 + 0.16 * k
        sheet.box(left, top, 0.16, 0.12, Paint.UNKNOWN)
        sheet.box(left, top, 0.16, 0.12, Paint.HEAT, alpha=_depth(k / 10), zorder=1)
    sheet.text(margin - 0.02 + 0.16 * 11 + 0.1, top + 0.06, "0 to 100%", size=7.5, color=Paint.MUTED, va="center")


def _caption(rows: pl.DataFrame, words: Words) -> str:
    unknown = int(rows["n_unknown"].sum())
    left_out = (
        f" “unk.” counts {words.unknown} ({counted(unknown, 'time')} in all); they are not in N." if unknown else ""
    )
    return (
        f"{words.what}, of {words.among} (n/N). The shade is that share; the gray "
        f"bar over each column shows how many were assessed, so shares to the right rest on fewer patients.{left_out}"
    )


def _alt(rows: pl.DataFrame, visits: list[str], words: Words) -> str:
    def told(visit: str) -> str:
        here = rows.filter((rows["label"] == visit) & (rows["n_assessed"] > 0))
        ranked = sorted(here.to_dicts(), key=lambda row: -row["n_present"] / row["n_assessed"])
        active = [
            f"{plain(row['row'], 30)} {row['n_present']}/{row['n_assessed']} "
            f"({percent(row['n_present'] / row['n_assessed'])})"
            for row in ranked[:4]
            if row["n_present"]
        ]
        return f"At {plain(visit, 30)}: {listed(active) if active else words.none}."

    seen = _assessed(rows)
    ends = [visits[0], visits[-1]] if len(visits) > 1 else visits
    shrink = f" Patients assessed: {listed([f'{seen[visit]} at {plain(visit, 30)}' for visit in ends])}."
    return " ".join(told(visit) for visit in ends) + shrink
