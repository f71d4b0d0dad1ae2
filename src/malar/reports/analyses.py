"""The analyses of a study report: what is estimated, on whom, counting what as unknown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from malar.timelines import CensorSource, EventSource

if TYPE_CHECKING:
    from malar.schema import Study

DEFINITIONS: Final = ("sledai_2k_at_most_4", "clinical_quiescence", "sledai_2k_flare", "sledai_2k_improvement")
"""Definitions that the report judges."""

CONFIRMED: Final = "sledai_2k_at_most_4__confirmed"

ENDS: Final = (
    CensorSource("withdrawal", "withdrawal", "earliest", kind="withdrawal"),
    CensorSource("last_contact", "last contact", "earliest", milestone="last_contact"),
    CensorSource("data_cut", "data cut", "earliest", milestone="data_cut"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeToEvent:
    """One time-to-event analysis of the report.

    Parameters
    ----------
    key, title
        Its name in the results, and for people.
    label
        What the curve is the probability of.
    cumulative
        Whether the event, rather than its absence, is drawn.
    definition
        Key of the definition behind the event.
    events, censors
        Where the event is found, and what ends the observation.
    judged
        Whether the event is judged at visits: then it is known only across gaps of at most the plan's length.
    only
        Definition that must be false at baseline for a patient to be at risk, if any.
    denominator
        Who counts below the line.
    note
        What the reader must know.
    """

    key: str
    title: str
    label: str
    definition: str
    events: tuple[EventSource, ...]
    censors: tuple[CensorSource, ...]
    denominator: str
    note: str
    cumulative: bool = False
    judged: bool = True
    only: str = ""


FLARE_FREE: Final = TimeToEvent(
    key="flare_free",
    title="Time to first flare, recorded relapse or death",
    label="Free of flare, relapse and death",
    definition="sledai_2k_flare",
    events=(
        EventSource("flare", "SLEDAI-2K flare", flag="sledai_2k_flare"),
        EventSource("relapse", "relapse as recorded", kind="relapse"),
        EventSource("death", "death", kind="death"),
    ),
    censors=(CensorSource("last_visit", "last visit judged", "latest", flag="sledai_2k_flare"), *ENDS),
    denominator="followed",
    note="Flare: SLEDAI-2K at least 4 points above the previous assessed visit.",
)
TO_AT_MOST_4: Final = TimeToEvent(
    key="time_to_confirmed_sledai_2k_at_most_4",
    title="Time to confirmed SLEDAI-2K ≤ 4",
    label="Reached confirmed SLEDAI-2K ≤ 4",
    definition="sledai_2k_at_most_4",
    events=(EventSource("confirmed", "SLEDAI-2K ≤ 4, confirmed", flag=CONFIRMED),),
    censors=(
        CensorSource("last_visit", "last visit judged", "latest", flag=CONFIRMED),
        CensorSource("death", "death", "earliest", kind="death"),
        *ENDS,
    ),
    denominator="affected_at_baseline",
    note="Patients above 4 points at baseline. Deaths are censored, so the curve is what would be seen without them.",
    cumulative=True,
    only="sledai_2k_at_most_4",
)
SURVIVAL: Final = TimeToEvent(
    key="overall_survival",
    title="Overall survival",
    label="Alive",
    definition="death",
    events=(EventSource("death", "death", kind="death"),),
    censors=(
        CensorSource("last_contact", "last contact", "latest", milestone="last_contact"),
        CensorSource("last_visit", "last visit", "latest", flag="sledai_2k_at_most_4"),
        CensorSource("data_cut", "data cut", "earliest", milestone="data_cut"),
    ),
    denominator="followed",
    note="Deaths as recorded.",
    judged=False,
)


def time_to_events(study: Study) -> tuple[TimeToEvent, ...]:
    """The time-to-event analyses that a study can support: survival only where a death is recorded."""
    deaths = "death" in study["events"]["kind"].unique()
    return (FLARE_FREE, TO_AT_MOST_4, SURVIVAL) if deaths else (FLARE_FREE, TO_AT_MOST_4)
