"""One patient on one time axis: scores, organs, kidney, serology, cells, drugs, infusions and events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from malar.reports._inputs import no_data
from malar.reports._palette import GROUPS, Paint
from malar.reports._sheet import TOP, WIDE, Panel, Sheet, draw, time_axis
from malar.reports._words import counted, listed, months, number, plain

if TYPE_CHECKING:
    import polars as pl

    from malar.reports.figure import Figure

Point = tuple[float, float]

_LEFT: Final = 1.75
_RIGHT: Final = 1.25
_LINE: Final = 0.78
_ROW: Final = 0.2
_GAP: Final = 0.2


@dataclass(frozen=True, slots=True)
class Line:
    """A measurement over time: its points (day, value), whether a value holds until the next, and its limit."""

    label: str
    unit: str
    points: tuple[Point, ...]
    steps: bool = False
    limit: float | None = None
    """Limit of normal or of a definition, drawn as a dashed line."""


@dataclass(frozen=True, slots=True)
class Strip:
    """Letters or signs by visit, one row each: BILAG grades, organs with activity."""

    label: str
    cells: tuple[tuple[float, str, float], ...]
    """Day, text, and depth of the shade from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A course of a drug: its name with the dose, first and last day."""

    label: str
    spans: tuple[tuple[float, float, str], ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened on a day."""

    day: float
    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class PatientCourse:
    """Everything that a patient's figure shows; empty parts are left out."""

    subject: str
    lines: tuple[Line, ...]
    strips: tuple[Strip, ...]
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]
    first: float
    last: float


def draw_patient(
    course: PatientCourse, data: pl.DataFrame, *, since: str = "day 0", mark: str | None = None, key: str = "patient"
) -> Figure:
    """Draw a patient's course.

    Parameters
    ----------
    course
        What is drawn, in the order from the top.
    data
        The numbers drawn, as offered for download.
    since
        What day 0 is.

    Returns
    -------
    Figure
        Wide; its height grows with what is shown.
    """
    title = f"Patient {plain(course.subject, 40)}"
    lines = tuple(line for line in course.lines if line.points)
    if not lines and not course.strips:
        return no_data(key, title, "Nothing was recorded at a visit of this patient.", data=data, mark=mark)
    shown = PatientCourse(course.subject, lines, course.strips, course.bars, course.marks, course.first, course.last)
    height = TOP + 0.62 + len(lines) * (_LINE + _GAP) + 0.55
    height += sum(_ROW for _ in (*course.strips, *course.bars)) + 2 * _GAP
    return draw(
        lambda sheet: _paint(sheet, shown, since),
        WIDE,
        height,
        key=key,
        title=title,
        caption=_caption(shown),
        alt=_alt(shown, since),
        data=data,
        mark=mark,
    )


def _paint(sheet: Sheet, course: PatientCourse, since: str) -> None:
    width = sheet.width - _LEFT - _RIGHT
    top = TOP + 0.5
    span = max(course.last - course.first, 7.0)
    bottom = sheet.height - 0.55
    frame = sheet.panel(_LEFT, top, width, bottom - top)
    frame.axes.set_yticks([])
    time_axis(frame, course.first - 0.01 * span, course.last + 0.01 * span, since, sheet)
    frame.axes.grid(axis="x", color=Paint.GRID, linewidth=0.6)
    _marks(sheet, frame, course.marks, top)
    at = top + 0.05
    for strip in course.strips:
        _strip(sheet, frame, strip, at)
        at += _ROW
    at += _GAP if course.strips else 0
    for k, line in enumerate(course.lines):
        _line(sheet, frame, line, at, GROUPS[k % len(GROUPS)])
        at += _LINE + _GAP
    for bar in course.bars:
        _bar(sheet, frame, bar, at)
        at += _ROW


def _strip(sheet: Sheet, frame: Panel, strip: Strip, top: float) -> None:
    sheet.text(_LEFT - 0.1, top + _ROW / 2, plain(strip.label, 26), size=7.5, ha="right", va="center")
    for day, words, depth in strip.cells:
        x = frame.x(day)
        sheet.box(x - 0.09, top + 0.01, 0.18, _ROW - 0.02, Paint.UNKNOWN, zorder=2)
        sheet.box(x - 0.09, top + 0.01, 0.18, _ROW - 0.02, Paint.HEAT, alpha=0.9 * depth, zorder=3)
        color = Paint.PAPER if depth > 0.7 else Paint.INK
        sheet.text(x, top + _ROW / 2, words, size=6.5, color=color, ha="center", va="center", zorder=4)


def _line(sheet: Sheet, frame: Panel, line: Line, top: float, color: str) -> None:
    panel = sheet.panel(frame.left, top, frame.width, _LINE)
    axes = panel.axes
    days, values = [day for day, _ in line.points], [value for _, value in line.points]
    most = max([*values, line.limit or 0.0, 1e-9])
    axes.set_xlim(*frame.axes.get_xlim())
    axes.set_ylim(0, most * 1.12)
    axes.set_xticks([])
    axes.set_yticks([0, most], ["0", number(most, 2)])
    axes.tick_params(axis="y", labelsize=7)
    look: dict[str, Any] = {"color": color, "linewidth": 1.4, "zorder": 3}
    if line.steps:
        axes.step([*days, course_end(frame)], [*values, values[-1]], where="post", **look)
    else:
        axes.plot(days, values, marker="o", markersize=3.2, markeredgewidth=0, clip_on=False, **look)
    if line.limit is not None:
        axes.axhline(line.limit, color=Paint.RULE, linewidth=0.8, linestyle=(0, (4, 3)))
    sheet.text(_LEFT - 0.42, top + _LINE * 0.42, plain(line.label, 22), size=8, weight="bold", ha="right", color=color)
    sheet.text(_LEFT - 0.42, top + _LINE * 0.42 + 0.15, plain(line.unit, 24), size=7, color=Paint.MUTED, ha="right")
    end = f"{number(values[0], 2)} → {number(values[-1], 2)}"
    sheet.text(panel.right + 0.1, top + _LINE * 0.5, end, size=7.5, color=color, va="center")
    if values[0]:
        change = f"{number(100 * (values[-1] - values[0]) / values[0], 0)} %"
        sheet.text(panel.right + 0.1, top + _LINE * 0.5 + 0.15, change, size=7, color=Paint.MUTED, va="center")


def course_end(frame: Panel) -> float:
    """Last day of the axis."""
    return float(frame.axes.get_xlim()[1])


def _bar(sheet: Sheet, frame: Panel, bar: Bar, top: float) -> None:
    sheet.text(_LEFT - 0.1, top + _ROW / 2, plain(bar.label, 26), size=7.5, ha="right", va="center")
    low, high = frame.axes.get_xlim()
    for start, stop, words in bar.spans:
        left, right = frame.x(max(start, low)), frame.x(min(stop, high))
        if right <= left:
            continue
        sheet.box(left, top + 0.03, right - left, _ROW - 0.06, Paint.FIRST, alpha=0.28, zorder=2)
        if right - left > 0.055 * len(words) + 0.06:
            sheet.text(left + 0.05, top + _ROW / 2, words, size=6.5, va="center", zorder=4)


def _marks(sheet: Sheet, frame: Panel, marks: Sequence[Mark], top: float) -> None:
    """Names above the axis, moved apart, and a line down through every panel."""
    shown = [one for one in marks if frame.axes.get_xlim()[0] <= one.day <= course_end(frame)]
    places = [frame.x(one.day) for one in shown]
    for one, x in zip(shown, places, strict=True):
        color = Paint.MARK if one.kind == "infusion" else Paint.MUTED
        style = "solid" if one.kind == "infusion" else (0, (1.5, 2))
        sheet.line([x, x], [top - 0.04, frame.bottom], color=color, linewidth=0.8, linestyle=style, zorder=1)
    for height, infusions in ((0.3, True), (0.14, False)):
        named = sorted((one for one in shown if (one.kind == "infusion") == infusions), key=lambda one: one.day)
        color = Paint.MARK if infusions else Paint.INK
        for one, x in zip(named, _apart(named, frame), strict=True):
            sheet.text(x, top - height, plain(one.label, 18), size=6.5, color=color, ha="center")


def _apart(marks: Sequence[Mark], frame: Panel) -> list[float]:
    """Places of names along the axis, each pushed right until it is clear of the one before."""
    places: list[float] = []
    free = 0.0
    for one in marks:
        half = 0.024 * min(len(one.label), 18) + 0.04
        places.append(max(frame.x(one.day), free + half))
        free = places[-1] + half
    return places


def _caption(course: PatientCourse) -> str:
    parts = [line.label for line in course.lines]
    return (
        f"{listed(parts)} of one patient, with {counted(len(course.marks), 'vertical line')} for infusions and events. "
        "Right of each: first and last value, and the change. A dashed line is a limit, of normal or of a definition."
    )


def _alt(course: PatientCourse, since: str) -> str:
    told = [
        f"{line.label} from {number(line.points[0][1], 2)} to {number(line.points[-1][1], 2)} {line.unit} at month "
        f"{months(line.points[-1][0])}"
        for line in course.lines
    ]
    happened = [f"{one.label} at month {months(one.day)}" for one in course.marks[:8]]
    events = f" Marked: {listed(happened)}." if happened else ""
    return f"Course of one patient since {since}: {listed(told)}.{events}"
