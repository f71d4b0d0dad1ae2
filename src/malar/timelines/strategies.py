"""Strategies of ICH E9(R1): what an intercurrent event does to the outcome."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from malar.errors import ParameterError
from malar.timelines.intercurrent_events import DEATH, IntercurrentEvent


class Strategy(StrEnum):
    """What an intercurrent event does to the outcome.

    Source
    ------
    ICH E9(R1) addendum on estimands and sensitivity analysis in clinical trials, 2019, A.3.2.
    """

    TREATMENT_POLICY = "treatment_policy"
    COMPOSITE = "composite"
    HYPOTHETICAL = "hypothetical"
    WHILE_ON_TREATMENT = "while_on_treatment"
    WHILE_ALIVE = "while_alive"
    PRINCIPAL_STRATUM = "principal_stratum"

    @property
    def phrase(self) -> str:
        """What it does, in words."""
        return {
            "treatment_policy": "the verdict at the visit counts, whether or not it happened",
            "composite": "from its day on the patient has not responded",
            "hypothetical": "what was seen from its day on is set aside, and the outcome is unknown: what it would "
            "have been without the event is for a model to say",
            "while_on_treatment": "the verdict at the last assessed visit before its day counts",
            "while_alive": "the verdict at the last assessed visit in life counts",
            "principal_stratum": "only patients in whom it would not happen count",
        }[self.value]


OF_DEATH: Final = (Strategy.COMPOSITE, Strategy.WHILE_ALIVE)
"""Strategies for death: nothing can be seen after it, and nothing is modeled after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """Patients in whom an event would not happen, told by something known of them before treatment.

    Parameters
    ----------
    column
        Boolean column of the subjects table, or of the judged visits; of these, the last value known on or before
        day 0 counts. Those with true belong.
    assumption
        Why those with true are the patients in whom the event would not happen, under either treatment.
    """

    column: str
    assumption: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Handled:
    """An intercurrent event with its one strategy.

    Parameters
    ----------
    event
        The event.
    strategy
        What it does to the outcome.
    stratum
        For a principal stratum: who belongs to it, and by what assumption.

    Raises
    ------
    ParameterError
        A strategy that death does not allow, or that belongs to death alone; a principal stratum without an
        assumption.
    """

    event: IntercurrentEvent
    strategy: Strategy
    stratum: Stratum | None = None

    def __post_init__(self) -> None:
        death = self.event.key == DEATH.key
        if death and self.strategy not in OF_DEATH:
            raise ParameterError(
                f"Death cannot be handled by the strategy {self.strategy}.",
                "Nothing is seen after death, so no verdict at a later visit counts, and nothing is modeled as if the "
                "patient had lived.",
                "Use composite: the patient has not responded; or while_alive.",
            )
        if self.strategy is Strategy.WHILE_ALIVE and not death:
            raise ParameterError(
                f"`{self.event.key}` does not end life.", "", "Use while_on_treatment, or give death this strategy."
            )
        if self.strategy is Strategy.PRINCIPAL_STRATUM and (self.stratum is None or not self.stratum.assumption):
            raise ParameterError(
                f"The principal stratum of `{self.event.key}` cannot be seen.",
                "Nobody shows what would have happened to him under both treatments: those in whom the event did not "
                "happen in their own arm are not the stratum. Who belongs rests on an assumption, and its effect is "
                "not estimated here.",
                "Pass stratum=Stratum(column='…', assumption='…') to filter by something known before treatment.",
            )
        if self.stratum is not None and self.strategy is not Strategy.PRINCIPAL_STRATUM:
            raise ParameterError(
                f"`{self.event.key}` has a stratum and the strategy {self.strategy}.",
                "The stratum would not be used.",
                "Use principal_stratum, or leave the stratum out.",
            )

    def sentence(self) -> str:
        """The event, where it is found, and what it does, in words."""
        who = f" ({self.stratum.column} is true; {self.stratum.assumption})" if self.stratum else ""
        return f"{self.event.sentence()}. {self.strategy.replace('_', ' ').capitalize()}: {self.strategy.phrase}{who}."
