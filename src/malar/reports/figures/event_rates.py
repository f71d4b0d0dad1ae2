"""Events per patient-year with exact limits, one row a kind of event and group: a forest plot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from malar.reports._inputs import COUNT, NUMBER, TEXT, no_data, tidy
from malar.reports._palette import GROUPS, Paint
from malar.reports._sheet import TOP, WIDTH, Sheet, draw
from malar.reports._words import listed, number, plain

if TYPE_CHECKING:
    import polars as pl

    from malar.reports.figure import Figure

_COLUMNS = {
    "what": TEXT, "group": TEXT, "events": COUNT, "years": NUMBER, "rate": NUMBER, "lower": NUMBER, "upper": NUMBER,
}  # fmt: skip
_ROW: Final = 0.27
_LEFT: Final = 2.75
_NUMBERS: Final = 1.75


def draw_event_rates(
    rates: pl.DataFrame, *, mark: str | None = None, key: str = "event-rates", title: str = "Events per patient-year"
) -> Figure:
    """Draw rates with their limits.

    Parameters
    ----------
    rates
        One row a kind of event and group: `what`, `group` (arm, dose or product; null where there is one), `events`,
        `years` (patient-years observed), `rate`, `lower`, `upper` (per patient-year).

    Returns
    -------
    Figure
        Its data are the rows of `rates`.

    Raises
    ------
    MissingColumnsError
        The frame lacks one of these columns.
    """
    rows = tidy(rates, "The figure of event rates", _COLUMNS).drop_nulls(["what", "rate"])
    if rows.is_empty():
        return no_data(key, title, "No patient was observed under the treatment.", data=rows, mark=mark)
    return draw(
        lambda sheet: _paint(sheet, rows),
        WIDTH,
        TOP + 0.2 + _ROW * rows.height + 0.6,
        key=key,
        title=title,
        caption=(
            "Events per patient-year observed since the first infusion, with exact 95% limits; numbers: events over "
            "patient-years. Where some patients have more events than others, limits are too narrow. Groups are not "
            "formed by chance and are not compared."
        ),
        alt=_alt(rows),
        data=rows,
        mark=mark,
    )


def _paint(sheet: Sheet, rows: pl.DataFrame) -> None:
    top = TOP + 0.2
    panel = sheet.panel(_LEFT, top, sheet.width - _LEFT - _NUMBERS, _ROW * rows.height)
    axes = panel.axes
    most = max(float(value) for value in rows["upper"].fill_null(0.0))
    axes.set_xlim(0, max(most, 0.1) * 1.04)
    axes.set_ylim(rows.height - 0.5, -0.5)
    axes.set_yticks([])
    axes.grid(axis="x", color=Paint.GRID, linewidth=0.7)
    style: dict[str, Any] = {"ha": "center", "va": "baseline"}
    sheet.text(panel.left + panel.width / 2, panel.bottom + 0.36, "Events per patient-year", color=Paint.MUTED, **style)
    groups = rows["group"].unique(maintain_order=True).to_list()
    before = None
    for k, row in enumerate(rows.to_dicts()):
        color = GROUPS[groups.index(row["group"]) % len(GROUPS)]
        middle = top + _ROW * (k + 0.5)
        axes.plot([row["lower"], row["upper"]], [k, k], color=color, linewidth=1.6, solid_capstyle="butt")
        axes.plot([row["rate"]], [k], color=color, marker="o", markersize=5, markeredgewidth=0, clip_on=False)
        if row["what"] != before:
            sheet.text(0.05, middle, plain(row["what"], 24), size=8, weight="bold", va="center")
        before = row["what"]
        sheet.text(1.55, middle, plain(row["group"] or "", 20), size=7.5, color=color, va="center")
        told = f"{number(row['rate'], 2)} ({number(row['lower'], 2)}–{number(row['upper'], 2)})"
        sheet.text(panel.right + 0.12, middle, told, size=7.5, va="center")
        counts = f"{row['events']}/{number(row['years'], 1)} y"
        sheet.text(sheet.width - 0.05, middle, counts, size=7, color=Paint.MUTED, ha="right", va="center")


def _alt(rows: pl.DataFrame) -> str:
    told = [
        f"{row['what']}{' in ' + row['group'] if row['group'] else ''} {number(row['rate'], 2)} (95% CI "
        f"{number(row['lower'], 2)} to {number(row['upper'], 2)}; {row['events']} events)"
        for row in rows.to_dicts()[:12]
    ]
    return f"Events per patient-year: {plain(listed(told), 3000)}."
