"""Published rules for intercurrent events, by name: what each trial counted as failure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from malar.course.study_columns import STUDY_COLUMNS
from malar.declarations import Declaration
from malar.errors import UnknownKeyError, near
from malar.sources import Source, Status, weakest
from malar.timelines.intercurrent_events import (
    CROSSOVER,
    DEATH,
    DISCONTINUATION,
    KIDNEY_REPLACEMENT,
    NOT_INFUSED,
    OTHER_CELLS,
    PREGNANCY,
    RESCUE,
    RESTARTED_IMMUNOSUPPRESSION,
    WITHDRAWAL,
    told_by,
)
from malar.timelines.strategies import Handled, Strategy

_COMPOSITE, _POLICY = Strategy.COMPOSITE, Strategy.TREATMENT_POLICY


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRules:
    """The intercurrent events of a trial, each with its strategy.

    Parameters
    ----------
    key
        Its key; a key never changes meaning.
    title
        Its name for people.
    source
        Where it comes from, and the reading chosen.
    handled
        Events with their strategies, as an estimand takes them.
    variant_of
        Key of the rules that it varies, if any.
    """

    key: str
    title: str
    source: Source
    handled: tuple[Handled, ...]
    variant_of: str = ""

    @property
    def status(self) -> Status:
        """How sure it is: the weakest of its own source and its parts'."""
        return weakest([self.source.status, *(made.status for made in self.parts())])

    def parts(self) -> tuple[Declaration, ...]:
        """Columns from a study's other tables that tell its events."""
        return tuple(STUDY_COLUMNS[one.event.key] for one in self.handled if one.event.key in STUDY_COLUMNS)

    def body(self) -> str:
        """What its sheet says below source and reading."""
        lines = "\n".join(f"- **{one.event.key}**: {one.sentence()}" for one in self.handled)
        return f"What happens to the outcome where one of these happens first:\n\n{lines}\n"

    def meaning(self) -> list[str]:
        """What it means beside key, source and reading."""
        return [*(f"{one.event!r}: {one.strategy}" for one in self.handled), self.variant_of]


def _composite(column: str, title: str) -> Handled:
    return Handled(event=told_by(column, title=title), strategy=_COMPOSITE)


_LEAVING: Final = tuple(Handled(event=event, strategy=_COMPOSITE) for event in (DISCONTINUATION, WITHDRAWAL, DEATH))
_READING: Final = (
    "Treatment stopped, withdrawal, death and medication against the rules each count as failure from their day on; a "
    "visit missed is unknown here and counted as failure in a last step."
)

BLISS: Final = EventRules(
    key="bliss_event_rules",
    title="Intercurrent events of the BLISS trials",
    source=Source(
        "Belimumab prescribing information, clinical studies (BLISS-52, BLISS-76)", "", Status.SECONDARY, _READING
    ),
    handled=(_composite("treatment_failure_bliss", "Medication against the rules of BLISS"), *_LEAVING),
)
TULIP_EARLY: Final = EventRules(
    key="tulip_early_event_rules",
    title="Intercurrent events of TULIP, medication rules as first reported",
    source=Source(
        "Furie RA, et al. Lancet Rheumatol 2019;1:e208-19 (TULIP-1)",
        "",
        Status.PROVISIONAL,
        f"{_READING} Under these rules TULIP-1 first reported BICLA in 37 %.",
    ),
    handled=(_composite("treatment_failure_tulip_early", "Medication against the first rules of TULIP"), *_LEAVING),
    variant_of="tulip_late_event_rules",
)
TULIP_LATE: Final = EventRules(
    key="tulip_late_event_rules",
    title="Intercurrent events of TULIP, medication rules as amended",
    source=Source(
        "Ann Rheum Dis, concordance of BICLA and SRI-4 in TULIP-1 (publisher's table number 297369)",
        "",
        Status.SECONDARY,
        f"{_READING} Under these rules BICLA in TULIP-1 is 47.2 %.",
    ),
    handled=(_composite("treatment_failure_tulip_late", "Medication against the amended rules of TULIP"), *_LEAVING),
)
AURORA: Final = EventRules(
    key="aurora_event_rules",
    title="Intercurrent events of AURORA",
    source=Source(
        "Rovin BH, et al. Lancet 2021;397:2070 (AURORA 1, NCT03021499)",
        "results entry of the registry",
        Status.VERIFIED,
        "Who stopped the drug and still came was judged by what was seen. A withdrawal without enough data at "
        "week 52 counts as failure: here every withdrawal by the visit does, for what was seen after it is none.",
    ),
    handled=(
        _composite("treatment_failure_aurora", "Medication against the rules of AURORA"),
        Handled(event=DISCONTINUATION, strategy=_POLICY),
        Handled(event=WITHDRAWAL, strategy=_COMPOSITE),
        Handled(event=DEATH, strategy=_COMPOSITE),
    ),
)
KAMEN_2022: Final = EventRules(
    key="kamen_2022_event_rules",
    title="Intercurrent events of Kamen 2022 (umbilical-cord mesenchymal cells)",
    source=Source(
        "Kamen DL, et al. Lupus Sci Med 2022;9:e000704",
        "",
        Status.SECONDARY,
        "Prednisone not down to 10 mg by week 20 is failure. That withdrawal and death are is our reading.",
    ),
    handled=(
        _composite("treatment_failure_kamen_2022", "Failure by the rules of Kamen 2022"),
        Handled(event=WITHDRAWAL, strategy=_COMPOSITE),
        Handled(event=DEATH, strategy=_COMPOSITE),
    ),
)
CELL_THERAPY: Final = EventRules(
    key="cell_therapy_event_rules",
    title="Intercurrent events of cell therapy, later treatment as failure",
    source=Source(
        "Conventions of analysis plans in lupus",
        "",
        Status.PROVISIONAL,
        "In one arm, later immunosuppression counts as failure rather than being passed over, so that the outcome is "
        "the cells' own. Patients who were never infused count: filter to the treated for the other question. A "
        "pregnancy changes nothing by itself.",
    ),
    handled=(
        *(
            Handled(event=event, strategy=_COMPOSITE)
            for event in (
                DEATH, NOT_INFUSED, RESCUE, RESTARTED_IMMUNOSUPPRESSION, OTHER_CELLS, CROSSOVER, KIDNEY_REPLACEMENT,
                WITHDRAWAL,
            )
        ),
        Handled(event=PREGNANCY, strategy=_POLICY),
    ),
)  # fmt: skip

EVENT_RULES: Final[Mapping[str, EventRules]] = {
    made.key: made for made in (BLISS, TULIP_EARLY, TULIP_LATE, AURORA, KAMEN_2022, CELL_THERAPY)
}
"""Key → published rules."""


def event_rules(key: str) -> EventRules:
    """The published rules with a key.

    Raises
    ------
    UnknownKeyError
        There are none.

    Examples
    --------
    >>> [one.event.key for one in event_rules("aurora_event_rules").handled if one.strategy == "treatment_policy"]
    ['treatment_discontinuation']
    """
    if key not in EVENT_RULES:
        raise UnknownKeyError(f"No event rules have the key `{key}`.", hint=near(key, EVENT_RULES, "event_rules"))
    return EVENT_RULES[key]
