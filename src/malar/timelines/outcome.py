"""Outcomes: what happens to a patient over time, declared as an endpoint is for a visit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal, Self, get_args

from malar.endpoints import DEFINITIONS
from malar.errors import ParameterError
from malar.sources import Source, Status, weakest
from malar.timelines.clocks import clock_phrase, demand_clock
from malar.timelines.event_sources import CensorSource, EventSource

if TYPE_CHECKING:
    from malar.declarations import Declaration

NeverDiseaseFree = Literal["event_at_0", "excluded", "from_first_remission"]
"""What becomes of patients who are never free of disease; see :data:`RULES`."""

RULES: Final[dict[str, str]] = {
    "event_at_0": "fails on the clock's day 0, as one who relapses does",
    "excluded": "is left out and counted: the result is conditional on having been disease-free",
    "from_first_remission": "is left out and counted, and the time of the others is counted from the first visit at "
    "which they were disease-free",
}
"""Rule → what becomes of a patient who is never disease-free."""

RELAPSE: Final = "relapse"
"""Key of the source whose place the never disease-free take."""

NEVER: Final = "never_disease_free"
"""Cause and reason of those who were never disease-free."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A hard outcome: events, competing events, a clock, and what ends the observation.

    Parameters
    ----------
    key
        Its key; a key never changes meaning.
    title
        Its name for people.
    source
        Where it comes from, and the reading chosen.
    events
        Sources of the event itself; the earliest day counts.
    competing
        Sources of events that make it impossible, each a cause of its own.
    censors
        What the end of the observation rests on.
    clock
        What day 0 is: ``day_0``, or a kind of milestone.
    until_days
        Last day counted after day 0; None: no such day.
    competing_first
        On a tie a competing event precedes the event: a death on the day of a relapse is no death without one.
    undecided
        Sources that leave the answer open, such as a death of which nobody said whether it was related: the
        patient is left out and counted.
    disease_free
        Definition that tells at which visits a patient is disease-free; empty: it is not asked, and events
        count from day 0 as recorded.
    never_disease_free
        What becomes of patients who are never disease-free.
    remission_within_days
        Under ``event_at_0``, a patient observed for fewer days without remission is censored, not a failure.
    note
        What every output must say beside it.
    variant_of
        Key of the outcome that it amends, if any.
    """

    key: str
    title: str
    source: Source
    events: tuple[EventSource, ...]
    censors: tuple[CensorSource, ...]
    competing: tuple[EventSource, ...] = ()
    clock: str = "infusion"
    until_days: int | None = None
    competing_first: bool = False
    undecided: tuple[EventSource, ...] = ()
    disease_free: str = ""
    never_disease_free: NeverDiseaseFree = "event_at_0"
    remission_within_days: int = 180
    note: str = ""
    variant_of: str = ""

    def __post_init__(self) -> None:
        demand_clock(self.clock)
        demand_rule(self.never_disease_free)
        keys = [source.key for source in (*self.events, *self.competing, *self.undecided)]
        if not self.events or len(set(keys)) < len(keys) or (self.disease_free and RELAPSE not in keys):
            raise ParameterError(
                f"The sources of `{self.key}` cannot tell its causes apart.",
                "Each source is a cause; those never disease-free are counted where relapses are.",
                f"Give at least one event and a key to each source, one of them `{RELAPSE}` where remission is asked.",
            )
        if self.disease_free and self.until_days is not None:
            raise ParameterError(
                f"`{self.key}` asks for remission and has a last day.",
                "Time after remission would be cut by a day counted from elsewhere.",
                "Leave `until_days` out, and read the curve at that day.",
            )

    @property
    def status(self) -> Status:
        """How sure it is: the weakest of its own source and its parts'."""
        return weakest([self.source.status, *(made.status for made in self.parts())])

    def in_order(self) -> tuple[EventSource, ...]:
        """All sources in the order in which they count on a tie."""
        first, second = (self.competing, self.events) if self.competing_first else (self.events, self.competing)
        return (*first, *second, *self.undecided)

    def numbers(self) -> dict[str, int]:
        """Source → number of its cause: 1 for the event itself, 2 and on for competing events in their order."""
        made = {source.key: 1 for source in self.events}
        made |= {source.key: number for number, source in enumerate(self.competing, 2)}
        return made | ({NEVER: made[RELAPSE]} if self.disease_free else {})

    def definitions(self) -> tuple[str, ...]:
        """Keys of definitions by which visits must be judged for it."""
        flags = [self.disease_free, *(source.flag for source in self.in_order())]
        found = (next((key for key in _longest_first() if f"{flag}__".startswith(f"{key}__")), "") for flag in flags)
        return tuple(dict.fromkeys(key for key in found if key))

    def parts(self) -> tuple[Declaration, ...]:
        """Definitions that it rests on."""
        return tuple(DEFINITIONS[key] for key in self.definitions())

    def body(self) -> str:
        """What its sheet says below source and reading."""
        lines = [f"- **Day 0**: {clock_phrase(self.clock)}."]
        if self.until_days is not None:
            lines.append(f"- **Counted until**: day {self.until_days}, that day included.")
        lines += [f"- **Event**: {_told(source)}." for source in self.events]
        lines += [f"- **Competing event**: {_told(source)}." for source in self.competing]
        lines += [f"- **Leaves it open**: {_told(source)}." for source in self.undecided]
        if self.competing:
            first = "competing event" if self.competing_first else "event"
            lines.append(f"- **On one day**: the {first} counts.")
        lines += [f"- **End of observation**, {source.takes}: {source.label}." for source in self.censors]
        lines.append(f"- **Never disease-free**: {self._rule()}")
        note = f"> {self.note}\n\n" if self.note else ""
        rests_on = ", ".join(f"[{used.title}]({used.key}.md)" for used in self.parts())
        return "\n".join(lines) + f"\n\n{note}" + (f"Rests on {rests_on}.\n" if rests_on else "")

    def _rule(self) -> str:
        if not self.disease_free:
            return "not asked; a patient whose disease never ceases counts only where a relapse is recorded."
        if self.never_disease_free != "event_at_0":
            return f"a patient at no visit `{self.disease_free}` {RULES[self.never_disease_free]}."
        return (
            f"a patient at no visit `{self.disease_free}` {RULES['event_at_0']}. One who dies without a recorded "
            "relapse keeps the day of death, and one observed for fewer than "
            f"{self.remission_within_days} days is censored. Where a disease-free visit comes later, a relapse "
            "recorded before it is not counted: the disease had not ceased yet."
        )

    def meaning(self) -> list[str]:
        """What it means beside key, source and reading."""
        return [self.body(), *(f"{source.key}: {source!r}" for source in (*self.in_order(), *self.censors))]

    def amend(self, key: str, *, title: str, source: Source, **changes: Any) -> Self:
        """A variant under a key of its own.

        Parameters
        ----------
        key, title, source
            Those of the variant.
        changes
            Parameters that differ.

        Raises
        ------
        ParameterError
            The key is the same.
        """
        if key == self.key:
            raise ParameterError(f"`{key}` cannot amend itself.", "A key never changes meaning.", "Give it its own.")
        return replace(self, key=key, title=title, source=source, variant_of=self.key, **changes)


def demand_rule(rule: str) -> None:
    """Raise where there is no such rule for patients never disease-free."""
    if rule not in get_args(NeverDiseaseFree):
        raise ParameterError(
            f"`{rule}` is no rule for patients who were never disease-free.",
            "The share that is disease-free depends on it.",
            f"Use one of {', '.join(RULES)}.",
        )


def _longest_first() -> list[str]:
    return sorted(DEFINITIONS, key=len, reverse=True)


def _told(source: EventSource) -> str:
    same_day = ", the clock's day 0 included" if source.from_day <= 0 else ""
    return f"{source.label} ({source.place()}{same_day})"
