"""A funnel plot: each report's effect against its standard error, and where chance alone would leave them."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any, Final

from malar.reports._inputs import NUMBER, TEXT, no_data, tidy
from malar.reports._palette import Paint
from malar.reports._sheet import WIDTH, Sheet, draw
from malar.reports._words import counted, number, plain

if TYPE_CHECKING:
    import polars as pl

    from malar.reports.figure import Figure

FEWEST: Final = 10
"""Reports below which a funnel shows neither asymmetry nor its absence."""
_COLUMNS: Final = {"study": TEXT, "effect": NUMBER, "se": NUMBER}
_LEFT: Final = 0.95
_TOP: Final = 0.45
_HIGH: Final = 3.4
_Z: Final = 1.959963984540054


def draw_funnel(
    rows: pl.DataFrame,
    *,
    middle: float | None = None,
    scale: str = "logit",
    key: str = "funnel",
    title: str = "Small reports against large ones",
    mark: str | None = None,
) -> Figure:
    """Draw a funnel plot, where there are reports enough.

    Parameters
    ----------
    rows
        One row a report: `study`, `effect`, `se`, on the pooled scale, as
        :meth:`malar.synthesis.pooled_result.PooledResult.studies` gives them.
    middle
        The pooled value; null takes the mean weighted by 1/se².
    scale
        What the effect is, in words: ``logit``, ``log odds ratio``, …

    Returns
    -------
    Figure
        With fewer than ten reports, words in place of the drawing: shape is then chance.

    Raises
    ------
    MissingColumnsError
        The frame lacks one of these columns.
    """
    data = tidy(rows, "The funnel plot", _COLUMNS)
    known = data.drop_nulls().filter(data.drop_nulls()["se"] > 0)
    if known.height < FEWEST:
        told = f"{counted(known.height, 'report')}: below {FEWEST} a funnel shows neither asymmetry nor its absence."
        return no_data(key, title, told, data=data, mark=mark)
    points = known.to_dicts()
    weights = [1 / row["se"] ** 2 for row in points]
    mean = sum(w * row["effect"] for w, row in zip(weights, points, strict=True)) / sum(weights)
    centre = mean if middle is None else middle
    outside = sum(abs(row["effect"] - centre) > _Z * row["se"] for row in points)
    return draw(
        lambda sheet: _paint(sheet, points, centre, scale),
        WIDTH,
        _TOP + _HIGH + 0.6,
        key=key,
        title=title,
        caption=(
            "A dot is a report: its effect across, its standard error downward, so that large reports stand at the "
            "top. Lines: the pooled value, and where 95 % would lie if chance alone set them apart. A gap at one lower "
            "corner may be reports that were never published, or small series of other patients. The standard error "
            "of a proportion follows from the proportion itself, which tilts the funnel by itself."
        ),
        alt=(
            f"{counted(len(points), 'report')}; pooled {number(centre, 2)} on the {scale} scale; "
            f"{counted(outside, 'report')} outside the limits of chance."
        ),
        data=data,
        mark=mark,
    )


def _paint(sheet: Sheet, points: list[dict[str, Any]], centre: float, scale: str) -> None:
    panel = sheet.panel(_LEFT, _TOP, sheet.width - _LEFT - 0.3, _HIGH)
    axes = panel.axes
    deepest = 1.08 * max(row["se"] for row in points)
    reach = 1.05 * max(_Z * deepest, *(abs(row["effect"] - centre) for row in points))
    axes.set_xlim(centre - reach, centre + reach)
    axes.set_ylim(deepest, 0)
    axes.grid(color=Paint.GRID, linewidth=0.7)
    axes.fill(
        [centre, centre - _Z * deepest, centre + _Z * deepest], [0, deepest, deepest], color=Paint.UNKNOWN, zorder=0
    )
    axes.plot([centre, centre], [0, deepest], color=Paint.SECOND, linewidth=1.2, zorder=1)
    step = next(s for s in (0.25, 0.5, 1.0, 2.0, 5.0, reach) if reach / s <= 4)
    first = ceil((centre - reach) / step)
    ticks = [k * step for k in range(first, first + 10) if k * step <= centre + reach]
    axes.set_xticks(ticks, [number(tick, 2) for tick in ticks])
    down = next(s for s in (0.05, 0.1, 0.2, 0.5, 1.0, deepest) if deepest / s <= 5)
    depths = [k * down for k in range(int(deepest / down) + 1)]
    axes.set_yticks(depths, [number(depth, 2) for depth in depths])
    look = {"markersize": 6, "color": Paint.FIRST, "markeredgecolor": Paint.PAPER, "linestyle": "none", "zorder": 3}
    axes.plot([row["effect"] for row in points], [row["se"] for row in points], "o", clip_on=False, **look)
    sheet.text(0.1, _TOP - 0.16, "Standard error", size=8)
    sheet.text(panel.left + panel.width / 2, panel.bottom + 0.38, plain(f"Effect, {scale}", 40), ha="center",
               color=Paint.MUTED)  # fmt: skip
