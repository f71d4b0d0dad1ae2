"""How alike two arms are in each covariate, before and after matching or weighting: a Love plot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from malar.reports._inputs import NUMBER, TEXT, no_data, tidy
from malar.reports._palette import Paint
from malar.reports._sheet import WIDTH, Panel, Sheet, draw
from malar.reports._words import counted, listed, number, plain

if TYPE_CHECKING:
    import polars as pl

    from malar.reports.figure import Figure

_COLUMNS: Final = {"covariate": TEXT, "sample": TEXT, "smd": NUMBER}
_ROW: Final = 0.26
"""Height in inches of a covariate."""
_TOP: Final = 0.86
_LEFT: Final = 2.35
_NUMBERS: Final = 1.15
"""Width in inches of the two columns of numbers at the right."""
_LOOKS: Final[dict[str, dict[str, Any]]] = {
    "before": {"color": Paint.SECOND, "marker": "o", "markerfacecolor": Paint.PAPER},
    "after": {"color": Paint.FIRST, "marker": "o", "markerfacecolor": Paint.FIRST},
}


def draw_love_plot(
    balance: pl.DataFrame,
    *,
    wanted: float = 0.1,
    unit: str = "of the treated, before",
    mark: str | None = None,
    key: str = "love-plot",
    title: str = "How alike treated and controls are",
) -> Figure:
    """Draw the standardized mean difference of each covariate before and after.

    Parameters
    ----------
    balance
        One row a covariate and sample, as `BalanceResult.rows` gives: `covariate`, `sample` (``before`` or ``after``),
        `smd`, null where undefined. Covariates are drawn in the frame's order, which is the prespecified one.
    wanted
        Largest difference held acceptable, drawn as a band.
    unit
        Whose standard deviation the differences are in.

    Returns
    -------
    Figure
        A line a covariate, a ring before, a dot after, and both numbers.

    Raises
    ------
    MissingColumnsError
        The frame lacks one of these columns.
    """
    rows = tidy(balance, "The Love plot", _COLUMNS)
    known = rows.drop_nulls()
    names = known["covariate"].unique(maintain_order=True).to_list()
    if not names:
        return no_data(key, title, "No covariate has a standardized difference.", data=rows, mark=mark)
    found = {name: dict(known.filter(covariate=name).select("sample", "smd").iter_rows()) for name in names}
    return draw(
        lambda sheet: _paint(sheet, found, wanted),
        WIDTH,
        _TOP + _ROW * len(names) + 0.62,
        key=key,
        title=title,
        caption=(
            "Standardized mean differences, treated minus controls, in standard deviations "
            f"{unit}. Rings: all subjects there were; dots: those in the comparison, as matched or weighted. "
            f"The band holds differences up to {wanted:g}. It speaks of what was measured, and of nothing else."
        ),
        alt=_alt(found, wanted),
        data=rows,
        mark=mark,
    )


def _paint(sheet: Sheet, found: dict[str, dict[str, float]], wanted: float) -> None:
    panel = sheet.panel(_LEFT, _TOP, sheet.width - _LEFT - _NUMBERS - 0.15, _ROW * len(found))
    _axis(sheet, panel, max([abs(smd) for both in found.values() for smd in both.values()]), wanted, len(found))
    columns = {"before": panel.right + 0.62, "after": panel.right + 1.17}
    for sample, at in columns.items():
        style: dict[str, Any] = {"size": 8, "weight": "bold", "color": _LOOKS[sample]["color"]}
        sheet.text(at, _TOP - 0.14, sample.capitalize(), ha="right", **style)
    for place, (name, both) in enumerate(found.items()):
        middle = panel.y(place)
        sheet.text(panel.left - 0.14, middle, plain(name, 34), size=8, ha="right", va="center")
        if len(both) > 1:
            panel.axes.plot(list(both.values()), [place, place], color=Paint.RULE, linewidth=0.9, zorder=2)
        for sample, smd in both.items():
            if sample in _LOOKS:
                look = {"markersize": 6, "markeredgewidth": 1.4, "clip_on": False, "zorder": 3, "linestyle": "none"}
                panel.axes.plot([smd], [place], **look, **_LOOKS[sample])
                sheet.text(columns[sample], middle, f"{smd:+.2f}".replace("-", "−"), size=7.5, ha="right", va="center")


def _axis(sheet: Sheet, panel: Panel, furthest: float, wanted: float, rows: int) -> None:
    axes = panel.axes
    reach = max(1.08 * furthest, 2.5 * wanted)
    axes.set_xlim(-reach, reach)
    axes.set_ylim(rows - 0.5, -0.5)
    axes.set_yticks([])
    axes.grid(axis="x", color=Paint.GRID, linewidth=0.7)
    step = next(s for s in (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, reach) if reach / s <= 4)
    ticks = [k * step for k in range(-int(reach / step), int(reach / step) + 1)]
    axes.set_xticks(ticks, [number(tick, 2) for tick in ticks])
    axes.axvspan(-wanted, wanted, color=Paint.UNKNOWN, linewidth=0, zorder=0)
    axes.axvline(0, color=Paint.RULE, linewidth=0.9, zorder=1)
    below, middle = panel.bottom + 0.36, panel.left + panel.width / 2
    words = "Treated − controls, in standard deviations"
    sheet.text(middle, below, words, color=Paint.MUTED, ha="center", va="baseline")


def _alt(found: dict[str, dict[str, float]], wanted: float) -> str:
    def told(name: str, both: dict[str, float]) -> str:
        return f"{name} " + " to ".join(number(smd, 2) for smd in both.values())

    after = [both["after"] for both in found.values() if "after" in both]
    outside = sum(abs(smd) > wanted for smd in after)
    judged = f" After, {counted(outside, 'covariate')} of {len(after)} beyond {wanted:g}." if after else ""
    return f"Standardized differences: {listed([told(*line) for line in found.items()])}.{judged}"
