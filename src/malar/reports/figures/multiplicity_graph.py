"""Hypotheses as ovals with their shares of alpha, and arrows to those that inherit: a multiplicity graph."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from malar.reports._inputs import COUNT, NUMBER, TEXT, no_data, tidy
from malar.reports._palette import Paint
from malar.reports._sheet import WIDTH, Panel, Sheet, draw
from malar.reports._words import listed, number, plain

if TYPE_CHECKING:
    import polars as pl

    from malar.reports.figure import Figure

_COLUMNS: Final = {"hypothesis": TEXT, "share": NUMBER, "claimed": COUNT, "to": TEXT, "part": NUMBER}
_NODE: Final = (1.75, 0.62)
"""Width and height of a hypothesis, in inches."""
_BEND: Final = 0.16
"""How far an arrow bows, so that one there and one back stay apart."""

Place = tuple[float, float]


def draw_multiplicity_graph(
    edges: pl.DataFrame,
    *,
    mark: str | None = None,
    key: str = "multiplicity-graph",
    title: str = "Who holds which share of alpha, and who inherits it",
) -> Figure:
    """Draw the graph of a multiple test procedure, before the trial or after an analysis.

    Parameters
    ----------
    edges
        One row an arrow, as `Graph.edges` and `SequentialGraphResult.edges` give: `hypothesis`, its `share` of alpha,
        the analysis at which it was `claimed` (null where it is not), the hypothesis the arrow leads `to` and the
        `part` of the share that goes there; both null where no arrow leaves.

    Returns
    -------
    Figure
        Hypotheses in the frame's order, around the sheet; those claimed are filled.

    Raises
    ------
    MissingColumnsError
        The frame lacks one of these columns.
    """
    rows = tidy(edges, "The multiplicity graph", _COLUMNS)
    known = rows.drop_nulls("hypothesis")
    names = list(dict.fromkeys([*known["hypothesis"], *known["to"].drop_nulls()]))
    if not names:
        return no_data(key, title, "There is no hypothesis.", data=rows, mark=mark)
    nodes = {one["hypothesis"]: (one["share"], one["claimed"]) for one in known.iter_rows(named=True)}
    arrows = [
        (source, to, part)
        for source, to, part in known.select("hypothesis", "to", "part").iter_rows()
        if to is not None and part and to != source
    ]
    height = 1.3 if len(names) == 1 else 2.2 if len(names) == 2 else 3.6 + 0.35 * max(0, len(names) - 4)
    return draw(
        lambda sheet: _paint(sheet, names, nodes, arrows),
        WIDTH,
        height,
        key=key,
        title=title,
        caption=(
            "Each hypothesis with its share of alpha; an arrow says which part of the share goes on once the "
            "hypothesis is claimed. Filled: claimed, and at which analysis; its share has gone on and the arrows are "
            "redrawn around it."
        ),
        alt=_alt(names, nodes, arrows),
        data=rows,
        mark=mark,
    )


def _paint(
    sheet: Sheet,
    names: list[str],
    nodes: dict[str, tuple[float | None, int | None]],
    arrows: list[tuple[str, str, float]],
) -> None:
    panel = sheet.panel(0, 0, sheet.width, sheet.height)
    panel.axes.set_axis_off()
    panel.axes.set_xlim(0, sheet.width)
    panel.axes.set_ylim(sheet.height, 0)
    places = dict(zip(names, _places(len(names), sheet), strict=True))
    ellipses = {name: _node(sheet, panel, name, places[name], *nodes.get(name, (None, None))) for name in names}
    for source, to, part in arrows:
        _arrow(sheet, panel, (places[source], places[to]), (ellipses[source], ellipses[to]), part)


def _places(k: int, sheet: Sheet) -> list[Place]:
    """Centers of the hypotheses in inches: side by side, in two rows, or around."""
    across, down = (sheet.width - _NODE[0]) / 2 - 0.2, (sheet.height - 0.35 - _NODE[1]) / 2 - 0.15
    middle = (sheet.width / 2, sheet.height / 2 + 0.15)
    if k == 1:
        return [middle]
    first, turn = (180, 180) if k == 2 else (-135, 90) if k == 4 else (-90, 360 / k)
    around = [math.radians(first + turn * place) for place in range(k)]
    if k == 4:  # in reading order: two above, two below
        around = [around[0], around[1], around[3], around[2]]
    return [(middle[0] + across * math.cos(angle), middle[1] + down * math.sin(angle)) for angle in around]


def _node(sheet: Sheet, panel: Panel, name: str, place: Place, share: float | None, claimed: int | None) -> Any:
    from matplotlib.patches import Ellipse

    done = claimed is not None
    look: dict[str, Any] = {"facecolor": Paint.FIRST if done else Paint.PAPER, "edgecolor": Paint.FIRST}
    ellipse = panel.axes.add_patch(Ellipse(place, *_NODE, linewidth=1.4, zorder=3, **look))
    words = f"claimed at analysis {claimed}" if done else _percent(share)
    style: dict[str, Any] = {"ha": "center", "va": "center", "color": Paint.PAPER if done else Paint.INK}
    sheet.text(place[0], place[1] - 0.1, plain(name, 22), size=8, weight="bold", **style)
    sheet.text(place[0], place[1] + 0.1, words, size=7.5, **style)
    return ellipse


def _arrow(sheet: Sheet, panel: Panel, ends: tuple[Place, Place], ellipses: tuple[Any, Any], part: float) -> None:
    from matplotlib.patches import FancyArrowPatch

    look: dict[str, Any] = {"arrowstyle": "-|>", "mutation_scale": 11, "linewidth": 1.1, "color": Paint.MUTED}
    bow = f"arc3,rad={_BEND}"
    between: dict[str, Any] = {"patchA": ellipses[0], "patchB": ellipses[1], "shrinkA": 2, "shrinkB": 2}
    panel.axes.add_patch(FancyArrowPatch(*ends, connectionstyle=bow, zorder=2, **between, **look))
    (x1, y1), (x2, y2) = ends
    # Point of the curve at 0.4: its control point lies beside the middle of the straight line.
    control = ((x1 + x2) / 2 + _BEND * (y1 - y2), (y1 + y2) / 2 + _BEND * (x2 - x1))
    t = 0.4
    x = (1 - t) ** 2 * x1 + 2 * t * (1 - t) * control[0] + t**2 * x2
    y = (1 - t) ** 2 * y1 + 2 * t * (1 - t) * control[1] + t**2 * y2
    box = {"facecolor": Paint.PAPER, "edgecolor": "none", "pad": 1.2}
    sheet.text(x, y, number(part, 3), size=7.5, ha="center", va="center", bbox=box)


def _percent(share: float | None) -> str:
    return "share unknown" if share is None else f"{number(100 * share, 2)}% of alpha"


def _alt(
    names: list[str], nodes: dict[str, tuple[float | None, int | None]], arrows: list[tuple[str, str, float]]
) -> str:
    def told(name: str) -> str:
        share, claimed = nodes.get(name, (None, None))
        if claimed is not None:
            return f"{name}: claimed at analysis {claimed}."
        led = [f"{number(part, 3)} to {to}" for source, to, part in arrows if source == name]
        return f"{name}: {_percent(share)}" + (f", passing {listed(led)}." if led else ", passing on nothing.")

    return " ".join(told(name) for name in names)
