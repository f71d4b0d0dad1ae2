"""The sheet that every figure is drawn on: sizes in inches from the top left, one style, one text.

matplotlib's settings are global, so a lock keeps two figures from being drawn at the same moment.
Text is measured in the font that ships with matplotlib: the same figure is the same bytes everywhere.
"""

from __future__ import annotations

import io
import threading
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import TYPE_CHECKING, Any, Final

from malar.reports import _svg
from malar.reports._palette import Paint, StateStyle
from malar.reports._words import DAYS_A_MONTH, number, plain
from malar.reports.figure import Figure

if TYPE_CHECKING:
    import polars as pl

WIDTH: Final = 7.2
"""Width of a figure in inches; a wide one has :data:`WIDE`."""
WIDE: Final = 10.4
TOP: Final = 0.58
"""Strip above the drawing that holds the name of the axis and the data mark."""

_LOCK: Final = threading.Lock()
_STYLE: Final[dict[str, Any]] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "malar",
    "text.parse_math": False,
    "font.family": ["DejaVu Sans"],
    "hatch.linewidth": 0.6,
    "path.simplify": False,
}
_STEPS: Final = (0.25, 0.5, 1, 2, 3, 6, 12, 24, 60, 120)


@dataclass(frozen=True, slots=True)
class Panel:
    """Axes on a sheet, with their place in inches."""

    axes: Any
    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Right edge in inches."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Lower edge in inches from the top of the sheet."""
        return self.top + self.height

    def x(self, value: float) -> float:
        """Place of an x value, in inches from the left of the sheet."""
        low, high = self.axes.get_xlim()
        return self.left + (value - low) / (high - low) * self.width

    def y(self, value: float) -> float:
        """Place of a y value, in inches from the top of the sheet."""
        low, high = self.axes.get_ylim()
        return self.bottom - (value - low) / (high - low) * self.height


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of `width` by `height` inches; the origin is the upper left corner."""

    canvas: Any
    width: float
    height: float

    def panel(self, left: float, top: float, width: float, height: float) -> Panel:
        """Place axes that have only a lower rule."""
        box = (left / self.width, 1 - (top + height) / self.height, width / self.width, height / self.height)
        axes = self.canvas.add_axes(box)
        axes.patch.set_visible(False)
        axes.spines[["left", "right", "top"]].set_visible(False)
        axes.spines["bottom"].set(color=Paint.RULE, linewidth=0.8)
        axes.tick_params(labelsize=8, length=0, width=0.8, color=Paint.RULE, labelcolor=Paint.MUTED, pad=4)
        axes.set_axisbelow(True)
        return Panel(axes, left, top, width, height)

    def text(self, x: float, y: float, words: str, *, size: float = 8, color: str = Paint.INK, **style: Any) -> None:
        """Write one line at a place in inches; text from data is made plain first."""
        line = plain(words, 160)
        if line:
            self.canvas.text(x / self.width, 1 - y / self.height, line, size=size, color=color, **style)

    def box(self, x: float, y: float, width: float, height: float, color: str, **style: Any) -> None:
        """Fill a rectangle whose upper left corner is at a place in inches."""
        from matplotlib.patches import Rectangle

        corner = (x / self.width, 1 - (y + height) / self.height)
        look: dict[str, Any] = {"facecolor": color, "linewidth": 0, "zorder": 0, **style}
        transform = self.canvas.transFigure
        self.canvas.add_artist(Rectangle(corner, width / self.width, height / self.height, transform=transform, **look))

    def line(self, x: Sequence[float], y: Sequence[float], **style: Any) -> None:
        """Draw a line through places in inches."""
        from matplotlib.lines import Line2D

        across, down = [v / self.width for v in x], [1 - v / self.height for v in y]
        self.canvas.add_artist(Line2D(across, down, transform=self.canvas.transFigure, **style))


def draw(
    paint: Callable[[Sheet], None],
    width: float,
    height: float,
    *,
    key: str,
    title: str,
    caption: str,
    alt: str,
    data: pl.DataFrame,
    mark: str | None,
) -> Figure:
    """Draw on a new sheet and return the figure.

    Parameters
    ----------
    paint
        Draws on the sheet.
    width, height
        Size in inches.
    key, title, caption, alt, data
        As in :class:`~malar.reports.figure.Figure`.
    mark
        What the data are where they are no patients', as in ``"Invented data"``; drawn in the image.
    """
    from matplotlib.figure import Figure as Canvas

    with _LOCK, _settings(), warnings.catch_warnings():
        # Names in scripts that the measuring font lacks are still written as text.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        sheet = Sheet(Canvas(figsize=(width, height)), width, height)
        paint(sheet)
        if mark:
            _draw_mark(sheet, plain(mark, 40))
        raw = io.BytesIO()
        metadata = {"Date": None, "Creator": None, "Format": None, "Type": None}
        sheet.canvas.savefig(raw, format="svg", metadata=metadata, transparent=True)
    name, words = plain(title, 200), plain(alt, 4000)
    svg = _svg.inline(raw.getvalue(), key=key, title=name, alt=words)
    return Figure(key, name, plain(caption, 4000), words, svg, data, wide=width > WIDTH)


def _settings() -> Any:
    import matplotlib as mpl

    library: Any = mpl
    return library.rc_context(_STYLE)


def _draw_mark(sheet: Sheet, mark: str) -> None:
    wide = 0.0675 * len(mark) + 0.2
    left = 0.05
    sheet.box(left, 0.03, wide, 0.21, Paint.MARK)
    style: dict[str, Any] = {"ha": "center", "va": "center_baseline", "weight": "bold"}
    sheet.text(left + wide / 2, 0.137, mark, size=8, color=Paint.PAPER, **style)


def time_axis(panel: Panel, first: float, last: float, since: str, sheet: Sheet) -> list[float]:
    """Set an x axis that runs in days and reads in months; return the days of its ticks.

    Parameters
    ----------
    first, last
        Days at the two ends.
    since
        What day 0 is, as in ``"first infusion"``.
    """
    span = max(last - first, 7.0)
    room = max(3.0, panel.width / 0.55)
    step = next((s for s in _STEPS if span / (s * DAYS_A_MONTH) <= room), span / DAYS_A_MONTH / room)
    width = step * DAYS_A_MONTH
    days = [k * width for k in range(ceil(first / width - 1e-9), floor((first + span) / width + 1e-9) + 1)]
    axes = panel.axes
    axes.set_xlim(first, first + span)
    axes.set_xticks(days, [number(k / DAYS_A_MONTH, 2) for k in days])
    axes.tick_params(axis="x", length=3)
    style: dict[str, Any] = {"ha": "center", "va": "baseline"}
    sheet.text(panel.left + panel.width / 2, panel.bottom + 0.36, f"Months since {since}", color=Paint.MUTED, **style)
    return days


def percent_axis(panel: Panel) -> None:
    """Set a y axis from 0 to 100 percent with quiet lines across."""
    axes = panel.axes
    axes.set_ylim(0, 1)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "25", "50", "75", "100%"])
    axes.grid(axis="y", color=Paint.GRID, linewidth=0.7)


def swatch(sheet: Sheet, x: float, y: float, style: StateStyle) -> None:
    """A small sample of how a state is filled, its upper left corner at a place in inches."""
    sheet.box(x, y, 0.18, 0.13, style.paint, edgecolor=Paint.RULE, linewidth=0.5)
    if style.hatch:
        sheet.box(x, y, 0.18, 0.13, "none", hatch=style.hatch, edgecolor=Paint.HATCH, zorder=1)


def axis_name(sheet: Sheet, panel: Panel, words: str, left: float | None = None) -> None:
    """Write what the y axis measures, level, above its upper end."""
    at = panel.left - 0.32 if left is None else left
    sheet.text(at, panel.top - 0.17, words, size=8.5, weight="bold")


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move labels apart until they no longer overlap, in their order and within bounds.

    Examples
    --------
    >>> spread([1.0, 1.05, 3.0], gap=0.5, low=0.0, high=3.0)
    [1.0, 1.5, 3.0]
    """
    order = sorted(range(len(wanted)), key=lambda k: wanted[k])
    placed = [0.0] * len(wanted)
    floor = low
    for k in order:
        placed[k] = max(wanted[k], floor)
        floor = placed[k] + gap
    ceiling = high
    for k in reversed(order):
        placed[k] = min(placed[k], ceiling)
        ceiling = placed[k] - gap
    return placed


def number_rows(
    sheet: Sheet,
    panel: Panel,
    top: float,
    header: str,
    rows: Sequence[tuple[str, str, Sequence[tuple[float, str]]]],
) -> None:
    """Print rows of numbers under an axis, each number below its day.

    Parameters
    ----------
    top
        Baseline of the header, in inches.
    header
        What the numbers are.
    rows
        Label, color of the label, and pairs of day and number; numbers that would overlap are left out.
    """
    sheet.text(0.05, top, header, size=7.5, weight="bold")
    for k, (label, color, cells) in enumerate(rows):
        at = top + 0.165 * (k + 1)
        sheet.text(0.05, at, plain(label, 16), size=7.5, color=color)
        free = float("-inf")
        for day, words in cells:
            half = 0.033 * len(words) + 0.03
            if panel.x(day) - half >= free:
                sheet.text(panel.x(day), at, words, size=7.5, ha="center")
                free = panel.x(day) + half
