"""The colors of figures and pages, each once for light and once for dark, and how states look."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Final

from malar.reports._words import plain


@unique
class Paint(StrEnum):
    """A role of color. Its value is the color on white paper; figures are drawn in these values only.

    States derive from the Okabe–Ito set, with lightness spread so that they also differ in gray:
    dead < active < quiescent < withdrawn < SLEDAI-2K low < unknown.
    """

    INK = "#1b1d21"
    MUTED = "#5b6068"
    RULE = "#868c96"
    GRID = "#e4e6ea"
    PAPER = "#ffffff"
    MARK = "#86235f"
    ACTIVE = "#bf4a12"
    LE_4 = "#f1c04f"
    QUIESCENT = "#2b9a83"
    DEAD = "#23252a"
    WITHDRAWN = "#bcc1c9"
    UNKNOWN = "#f4f5f7"
    HATCH = "#a6acb6"
    HEAT = "#a63d0d"
    FIRST = "#0b68a8"
    SECOND = "#c9560f"
    THIRD = "#1d8f72"
    FOURTH = "#a8528a"
    SKY = "#5eb3e4"
    VIOLET = "#7d6bb5"
    SAND = "#c7b98d"
    ROSE = "#d98fb5"

    @property
    def variable(self) -> str:
        """Name of the CSS variable: ``--le-4``."""
        return "--" + self.name.lower().replace("_", "-")


DARK: Final[Mapping[Paint, str]] = {
    Paint.INK: "#e9eaec",
    Paint.MUTED: "#a9afb9",
    Paint.RULE: "#757c88",
    Paint.GRID: "#30343b",
    Paint.PAPER: "#15171b",
    Paint.MARK: "#f2a9d4",
    Paint.ACTIVE: "#cf5f2b",
    Paint.LE_4: "#dfb94f",
    Paint.QUIESCENT: "#33a088",
    Paint.DEAD: "#cdd0d6",
    Paint.WITHDRAWN: "#6c727d",
    Paint.UNKNOWN: "#22252b",
    Paint.HATCH: "#5a606b",
    Paint.HEAT: "#f08550",
    Paint.FIRST: "#5fb0ea",
    Paint.SECOND: "#f0894c",
    Paint.THIRD: "#4cc3a5",
    Paint.FOURTH: "#e09ac8",
    Paint.SKY: "#4a9fd4",
    Paint.VIOLET: "#a493de",
    Paint.SAND: "#a39768",
    Paint.ROSE: "#b86c94",
}
"""The color of each role on dark paper."""

GROUPS: Final = (Paint.FIRST, Paint.SECOND, Paint.THIRD, Paint.FOURTH)
DASHES: Final = ("solid", (0, (5, 1.6)), (0, (1.4, 1.4)), (0, (6, 1.6, 1.4, 1.6)))
"""Line styles that tell groups apart without color, in step with :data:`GROUPS`."""


@dataclass(frozen=True, slots=True)
class StateStyle:
    """How a state is named and filled; a hatch is drawn in :attr:`Paint.HATCH` or ink."""

    label: str
    paint: Paint
    hatch: str = ""


STATES: Final[Mapping[str, StateStyle]] = {
    "active": StateStyle("Active", Paint.ACTIVE),
    "le_4": StateStyle("Low (≤ 4)", Paint.LE_4),
    "quiescent": StateStyle("Quiescent", Paint.QUIESCENT),
    "dead": StateStyle("Dead", Paint.DEAD),
    "withdrawn": StateStyle("Withdrawn", Paint.WITHDRAWN, "\\\\\\\\"),
    "unknown": StateStyle("Unknown", Paint.UNKNOWN, "/////"),
}
"""The states of the field that have a color of their own."""

_SPARE: Final = (Paint.SKY, Paint.VIOLET, Paint.SAND, Paint.ROSE)


def state_styles(states: Iterable[str], labels: Mapping[str, str] | None = None) -> dict[str, StateStyle]:
    """Give each state its style; states that the field does not name take spare colors in order.

    Parameters
    ----------
    states
        Keys of states, in the order in which they are drawn.
    labels
        Names to print instead of the usual ones.

    Examples
    --------
    >>> state_styles(["active", "in_remission"])["in_remission"].label
    'In remission'
    """
    styles: dict[str, StateStyle] = {}
    spare = 0
    for state in states:
        known = STATES.get(state)
        if known is None:
            readable = plain(state.replace("_", " "), 24)
            known = StateStyle(readable[:1].upper() + readable[1:], _SPARE[spare % len(_SPARE)])
            spare += 1
        if labels and state in labels:
            known = StateStyle(plain(labels[state], 24), known.paint, known.hatch)
        styles[state] = known
    return styles


def css_variables(dark: bool) -> str:
    """All roles as CSS declarations, for a page that holds inline figures."""
    return "".join(f"{paint.variable}:{DARK[paint] if dark else paint.value};" for paint in Paint)
