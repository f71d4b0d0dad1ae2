"""A lane a patient: states as they followed one another, with infusions, relapses and deaths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from malar.reports._inputs import NUMBER, TEXT, extent, no_data, tidy
from malar.reports._palette import Paint, StateStyle, state_styles
from malar.reports._sheet import WIDTH, Panel, Sheet, draw, swatch, time_axis
from malar.reports._words import counted, listed, months, plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

    from malar.reports.figure import Figure

_INTERVALS = {"subject": TEXT, "start": NUMBER, "stop": NUMBER, "state": TEXT}
_MARKS = {"subject": TEXT, "day": NUMBER, "kind": TEXT}
_LABELED: Final = 60
"""Up to so many patients, each lane carries the subject's identifier."""

_LEGEND_TOP: Final = 0.395
_LEGEND_ROW: Final = 0.21

_SHAPES: Final[Mapping[str, str]] = {
    "infusion": "v",
    "relapse": "D",
    "flare": "^",
    "death": "X",
    "last_contact": ">",
    "withdrawal": "s",
}
_SPARE_SHAPES: Final = ("o", "p", "P", "*", "h")


def draw_swimmer(
    intervals: pl.DataFrame,
    marks: pl.DataFrame,
    *,
    states: Sequence[str] | None = None,
    labels: Mapping[str, str] | None = None,
    since: str = "day 0",
    mark: str | None = None,
    key: str = "swimmer",
    title: str = "Every patient, one lane",
) -> Figure:
    """Draw each patient's states as a lane and what happened as marks on it.

    Parameters
    ----------
    intervals
        `subject`, `start`, `stop` (days), `state`; lanes stand in the order in which subjects first appear.
    marks
        `subject`, `day`, `kind`: infusion, relapse, flare, death, last_contact, withdrawal, or another kind.
    states
        Order of the states in the legend. By default the frame's order.
    labels
        Names to print for states.

    Returns
    -------
    Figure
        Its data are the rows of `intervals`.

    Raises
    ------
    MissingColumnsError
        A frame lacks one of these columns.
    """
    lanes = tidy(intervals, "The swimmer figure", _INTERVALS).drop_nulls()
    points = tidy(marks, "The marks of the swimmer figure", _MARKS).drop_nulls()
    subjects: list[str] = list(dict.fromkeys([*lanes["subject"], *points["subject"]]))
    if not subjects:
        return no_data(key, title, "No patient has a history of states.", data=lanes, mark=mark)
    present: list[str] = lanes["state"].unique(maintain_order=True).to_list()
    order = [state for state in (states or ()) if state in present]
    styles = state_styles(order + [state for state in present if state not in order], labels)
    histories = _Histories(lanes, points, subjects, styles)
    pitch = 0.165 if len(subjects) <= _LABELED else max(0.035, min(0.1, 8.2 / len(subjects)))
    return draw(
        lambda sheet: _paint(sheet, histories, since),
        WIDTH,
        _head(histories) + max(0.35, pitch * len(subjects)) + 0.5,
        key=key,
        title=title,
        caption=(
            f"{counted(len(subjects), 'patient')}, one lane each, from day 0 to the end of follow-up; colors are "
            "states and symbols are what happened. An empty stretch of a lane is time about which nothing is recorded."
        ),
        alt=_alt(histories),
        data=lanes,
        mark=mark,
    )


@dataclass(frozen=True, slots=True)
class _Histories:
    """What is drawn: stretches of states, marks, subjects from the top down, and the look of states."""

    lanes: pl.DataFrame
    points: pl.DataFrame
    subjects: list[str]
    styles: dict[str, StateStyle]


def _head(histories: _Histories) -> float:
    """Height in inches of the mark and the legend above the lanes."""
    return _LEGEND_TOP + _LEGEND_ROW * _legend(None, histories.styles, _shapes(histories.points)) + 0.05


def _paint(sheet: Sheet, histories: _Histories, since: str) -> None:
    lanes, points, subjects = histories.lanes, histories.points, histories.subjects
    labeled = len(subjects) <= _LABELED
    left = 0.35
    if labeled:
        left = 0.18 + 0.062 * max(len(plain(subject, 16)) for subject in subjects)
    top = _head(histories)
    panel = sheet.panel(left, top, sheet.width - left - 0.2, sheet.height - top - 0.5)
    panel.axes.set_ylim(len(subjects) - 0.4, -0.6)
    panel.axes.set_yticks([])
    days = [*lanes["start"], *lanes["stop"], *points["day"]]
    ticks = time_axis(panel, min(0.0, *days), max(days) * 1.01, since, sheet)
    panel.axes.vlines(ticks, *panel.axes.get_ylim(), color=Paint.GRID, linewidth=0.7, zorder=0)
    row = {subject: k for k, subject in enumerate(subjects)}
    for state, style in histories.styles.items():
        _bars(panel, lanes.filter(lanes["state"] == state), row, style)
    shapes = _shapes(points)
    size = max(3.1, min(5.6, panel.height / len(subjects) * 72 * 0.66))
    for kind, shape in shapes.items():
        _symbols(panel, points.filter(points["kind"] == kind), row, shape, size)
    if labeled:
        for subject, k in row.items():
            sheet.text(
                left - 0.1,
                panel.y(k),
                plain(subject, 16),
                size=7,
                color=Paint.MUTED,
                ha="right",
                va="center",
            )
    _legend(sheet, histories.styles, shapes)


def _bars(panel: Panel, lanes: pl.DataFrame, row: dict[str, int], style: StateStyle) -> None:
    """All stretches of a state as one shape."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    half = 0.36
    corners: list[tuple[float, float]] = []
    for subject, start, stop, _ in lanes.iter_rows():
        low, high = row[subject] - half, row[subject] + half
        corners += [(start, low), (stop, low), (stop, high), (start, high), (start, low)]
    if not corners:
        return
    codes = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY] * (len(corners) // 5)
    shape = Path(corners, codes)
    panel.axes.add_patch(PathPatch(shape, facecolor=style.paint, linewidth=0, zorder=2))
    if style.hatch:
        look: dict[str, Any] = {"facecolor": "none", "edgecolor": Paint.HATCH, "linewidth": 0, "zorder": 2}
        panel.axes.add_patch(PathPatch(shape, hatch=style.hatch, **look))


def _symbols(panel: Panel, points: pl.DataFrame, row: dict[str, int], shape: str, size: float) -> None:
    across = points["day"].to_list()
    down = [row[subject] for subject in points["subject"]]
    panel.axes.plot(across, down, marker=shape, markersize=size, zorder=5, **_SYMBOL | {"markeredgewidth": 0.09 * size})


_SYMBOL: Final[dict[str, Any]] = {
    "linestyle": "none",
    "color": Paint.INK,
    "markeredgecolor": Paint.PAPER,
    "markeredgewidth": 0.5,
    "clip_on": False,
}


def _shapes(points: pl.DataFrame) -> dict[str, str]:
    """The symbol of each kind that occurs: known kinds first, others in their order."""
    kinds: list[str] = points["kind"].unique(maintain_order=True).to_list()
    shapes = {kind: shape for kind, shape in _SHAPES.items() if kind in kinds}
    others = [kind for kind in kinds if kind not in shapes]
    return shapes | {kind: _SPARE_SHAPES[k % len(_SPARE_SHAPES)] for k, kind in enumerate(others)}


def _flow(labels: Sequence[str], first: int) -> list[tuple[float, int]]:
    """Place and row of each entry of the legend, from a row on, as many to a row as fit."""
    places: list[tuple[float, int]] = []
    x, line = 0.05, first
    for label in labels:
        wide = 0.44 + 0.066 * len(label)
        if x > 0.05 and x + wide > WIDTH:
            x, line = 0.05, line + 1
        places.append((x, line))
        x += wide
    return places


def _legend(sheet: Sheet | None, styles: dict[str, StateStyle], shapes: dict[str, str]) -> int:
    """Draw states, then symbols, above the lanes; return how many rows that takes."""
    states = _flow([style.label for style in styles.values()], 0)
    names = [_readable(kind) for kind in shapes]
    rows = states[-1][1] + 1 if states else 0
    symbols = _flow(names, rows)
    if sheet is not None:
        for (x, line), style in zip(states, styles.values(), strict=True):
            swatch(sheet, x, _LEGEND_TOP + _LEGEND_ROW * line - 0.065, style)
            sheet.text(x + 0.24, _LEGEND_TOP + _LEGEND_ROW * line, style.label, va="center")
        for (x, line), name, shape in zip(symbols, names, shapes.values(), strict=True):
            sheet.line([x + 0.09], [_LEGEND_TOP + _LEGEND_ROW * line], marker=shape, markersize=6, **_SYMBOL)
            sheet.text(x + 0.24, _LEGEND_TOP + _LEGEND_ROW * line, name, va="center")
    return symbols[-1][1] + 1 if symbols else rows


def _readable(kind: str) -> str:
    words = plain(kind.replace("_", " "), 24)
    return words[:1].upper() + words[1:]


def _alt(histories: _Histories) -> str:
    import polars as pl

    lanes, points = histories.lanes, histories.points
    spent = lanes.group_by("state").agg(days=(pl.col("stop") - pl.col("start")).sum(), who=pl.col("subject").n_unique())
    total = float(spent["days"].sum()) or 1.0
    by_state = {row["state"]: row for row in spent.to_dicts()}
    times = [
        f"{style.label} {100 * by_state[state]['days'] / total:.0f}% ({counted(by_state[state]['who'], 'patient')})"
        for state, style in histories.styles.items()
    ]
    kinds = points.group_by("kind", maintain_order=True).agg(n=pl.len(), who=pl.col("subject").n_unique())
    happened = [f"{plain(k.replace('_', ' '), 24)} {n} in {counted(who, 'patient')}" for k, n, who in kinds.iter_rows()]
    shares = f" Share of all time recorded: {listed(times)}." if times else ""
    marks = f" Marks: {listed(happened)}." if happened else ""
    longest = f" The longest lane ends at month {months(extent(lanes['stop'])[1])}." if lanes.height else ""
    return f"{counted(len(histories.subjects), 'patient')}, one lane each.{shares}{marks}{longest}"
