"""Outcomes of cell therapy: survival, relapse and deaths without it, each with its clock and its competing events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from malar.endpoints.drug_free_remission import DISEASE_FREE
from malar.errors import UnknownKeyError, near
from malar.sources import Source, Status
from malar.timelines.event_sources import CensorSource, EventSource
from malar.timelines.outcome import RELAPSE, Outcome

DEATH: Final = EventSource("death", "death from any cause", kind="death", from_day=0)
RECORDED_RELAPSE: Final = EventSource(RELAPSE, "relapse or progression as the investigator recorded it", kind="relapse")

ENDS: Final = (
    CensorSource("last_contact", "last contact", "latest", milestone="last_contact"),
    CensorSource("last_visit", "last visit", "latest", flag="day"),
    CensorSource("data_cut", "data cut", "earliest", milestone="data_cut"),
    CensorSource("withdrawal", "withdrawal; a death known later from elsewhere is not counted", "earliest",
                 kind="withdrawal"),
)  # fmt: skip
"""What ends the observation of every outcome here."""

_EBMT: Final = Source(
    "Alchi B, et al. Lupus 2013;22:245-53, doi 10.1177/0961203312470729 (erratum 2013;22:653)",
    "abstract: names and figures of the outcomes",
    Status.PROVISIONAL,
    "The abstract gives the names and figures (at five years disease-free 29, relapse 56, death without relapse 15 "
    "percent, which sum to 100), not the wording. Events and competing events are those usual in the registry, from "
    "memory. Day 0 is the first infusion; relapse or progression is what the investigator recorded.",
)


def _reading(text: str) -> Source:
    return replace(_EBMT, reading=f"{_EBMT.reading} {text}")


_MORTALITY_CLOCK: Final = (
    "Counted from mobilization or conditioning, deaths before the graft belong to it; counted from the infusion they "
    "do not, and the patient is left out."
)
_NEVER: Final = (
    "No source says what becomes of patients who are never disease-free. Here they fail on day 0, because they are not "
    "disease-free on any day; only their deaths keep their day, so that mortality does not hide in relapse."
)

_NOT_ASKED: Final = "Whether a patient was ever disease-free is not asked: the complement of progression-free survival."

OVERALL_SURVIVAL: Final = Outcome(
    key="overall_survival", title="Overall survival", source=_EBMT, events=(DEATH,), censors=ENDS
)
PROGRESSION_FREE_SURVIVAL: Final = Outcome(
    key="progression_free_survival",
    title="Progression-free survival",
    source=_EBMT,
    events=(RECORDED_RELAPSE, DEATH),
    censors=ENDS,
    note="A patient whose disease never ceased and never progressed counts as free of progression, not of disease.",
)
DISEASE_FREE_SURVIVAL: Final = Outcome(
    key="disease_free_survival",
    title="Disease-free survival",
    source=_reading(_NEVER),
    events=(RECORDED_RELAPSE, DEATH),
    censors=ENDS,
    disease_free=DISEASE_FREE.key,
)
RELAPSE_INCIDENCE: Final = Outcome(
    key="relapse_incidence",
    title="Relapse incidence",
    source=_reading(_NEVER),
    events=(RECORDED_RELAPSE,),
    competing=(DEATH,),
    censors=ENDS,
    disease_free=DISEASE_FREE.key,
    note="Death without relapse competes: one minus Kaplan-Meier, with deaths censored, is another and larger number.",
)
NON_RELAPSE_MORTALITY: Final = Outcome(
    key="non_relapse_mortality",
    title="Non-relapse mortality",
    source=_reading(_NEVER),
    events=(DEATH,),
    competing=(RECORDED_RELAPSE,),
    competing_first=True,
    censors=ENDS,
    disease_free=DISEASE_FREE.key,
    note="Relapse competes. With disease-free survival and relapse incidence it sums to 1 on every day.",
)
RELAPSE_AS_RECORDED: Final = RELAPSE_INCIDENCE.amend(
    "relapse_incidence_as_recorded",
    title="Relapse incidence, as recorded",
    source=_reading(_NOT_ASKED),
    disease_free="",
)
MORTALITY_AS_RECORDED: Final = NON_RELAPSE_MORTALITY.amend(
    "non_relapse_mortality_as_recorded",
    title="Non-relapse mortality, relapse as recorded",
    source=_reading(_NOT_ASKED),
    disease_free="",
    note="Relapse competes. With progression-free survival and recorded relapse it sums to 1 on every day.",
)
TRANSPLANT_MORTALITY: Final = MORTALITY_AS_RECORDED.amend(
    "transplant_related_mortality",
    title="Transplant-related mortality (death without relapse)",
    source=_reading(f"Transplant-related is read as not preceded by relapse. {_MORTALITY_CLOCK}"),
)
TRANSPLANT_MORTALITY_DAY_100: Final = TRANSPLANT_MORTALITY.amend(
    "transplant_related_mortality_day_100",
    title="Transplant-related mortality to day 100",
    source=_reading(f"Deaths without relapse up to day 100, that day included. {_MORTALITY_CLOCK}"),
    until_days=100,
)
ATTRIBUTED_MORTALITY_DAY_100: Final = TRANSPLANT_MORTALITY.amend(
    "transplant_related_mortality_attributed_day_100",
    title="Transplant-related mortality to day 100, as attributed",
    source=_reading(
        "Deaths up to day 100 that the investigator held related to the treatment; other deaths compete, relapse does "
        f"not. A death without a word on it leaves the answer open. {_MORTALITY_CLOCK}"
    ),
    events=(EventSource("related_death", "death", kind="death", related="yes", from_day=0),),
    competing=(EventSource("other_death", "death", kind="death", related="no", from_day=0),),
    undecided=(EventSource("death_attribution_unknown", "death", kind="death", related="unknown", from_day=0),),
    competing_first=False,
    until_days=100,
    note="Rests on attribution, which differs between centers; deaths without relapse need none.",
)

_DECLARED: Final = (
    OVERALL_SURVIVAL, PROGRESSION_FREE_SURVIVAL, DISEASE_FREE_SURVIVAL, RELAPSE_INCIDENCE, NON_RELAPSE_MORTALITY,
    RELAPSE_AS_RECORDED, MORTALITY_AS_RECORDED, TRANSPLANT_MORTALITY, TRANSPLANT_MORTALITY_DAY_100,
    ATTRIBUTED_MORTALITY_DAY_100,
)  # fmt: skip

OUTCOMES: Final[Mapping[str, Outcome]] = {made.key: made for made in _DECLARED}
"""Key → outcome."""


def outcome(key: str) -> Outcome:
    """The outcome with a key.

    Raises
    ------
    UnknownKeyError
        No outcome has it.

    Examples
    --------
    >>> outcome("relapse_incidence").numbers()
    {'relapse': 1, 'death': 2, 'never_disease_free': 1}
    """
    if key not in OUTCOMES:
        raise UnknownKeyError(f"No outcome has the key `{key}`.", hint=near(key, OUTCOMES, "outcomes"))
    return OUTCOMES[key]
