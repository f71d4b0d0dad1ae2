"""Estimands after ICH E9(R1): treatment, population, variable, intercurrent events, summary."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

from malar.errors import ParameterError
from malar.timelines.intercurrent_events import DEATH
from malar.timelines.strategies import Handled, Strategy

POPULATIONS: Final = ("enrolled", "randomized", "treated")
"""Populations of an estimand; a stratum may narrow them."""

SUMMARIES: Final = ("proportion", "difference of proportions", "ratio of proportions", "odds ratio")
"""Summaries of a true-or-false outcome over a population."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimand:
    """What is to be estimated, before anything is.

    Parameters
    ----------
    treatment
        The treatment condition in words, with the alternative it is compared with, if any.
    population
        ``enrolled``, ``randomized`` or ``treated``.
    endpoint
        Name of the Boolean verdict: a definition's key, or a column derived from it.
    visit
        Label of the planned visit at which it counts.
    handled
        Every intercurrent event with its one strategy. Death is always among them.
    summary
        Population-level summary; see :data:`SUMMARIES`.

    Raises
    ------
    ParameterError
        A population or summary that is not known, two strategies for one event, no strategy for death, or nothing
        said of treatment, endpoint or visit.

    Source
    ------
    ICH E9(R1), 2019, section A.3.
    """

    treatment: str
    population: str
    endpoint: str
    visit: str
    handled: tuple[Handled, ...]
    summary: str

    def __post_init__(self) -> None:
        _one_of("population", self.population, POPULATIONS)
        _one_of("summary", self.summary, SUMMARIES)
        if not (self.treatment and self.endpoint and self.visit):
            raise ParameterError(
                "The estimand does not say what is given, or what is judged when.",
                "Two readers would estimate two things.",
                "Name treatment, endpoint and visit.",
            )
        times = Counter(one.event.key for one in self.handled)
        twice = [key for key, n in times.items() if n > 1]
        if twice:
            raise ParameterError(
                f"The estimand has more than one strategy for {', '.join(twice)}.",
                "One patient would have two outcomes.",
                "Keep one strategy for each event; another strategy is another estimand.",
            )
        if DEATH.key not in times:
            raise ParameterError(
                "The estimand does not say what death counts as.",
                "Every patient may die before the visit.",
                "Add Handled(event=DEATH, strategy=Strategy.COMPOSITE), or WHILE_ALIVE.",
            )

    def strata(self) -> tuple[Handled, ...]:
        """Events handled by a principal stratum."""
        return tuple(one for one in self.handled if one.strategy is Strategy.PRINCIPAL_STRATUM)

    def deciding(self) -> tuple[Handled, ...]:
        """Events that can change the outcome of a patient in the population."""
        passed = (Strategy.PRINCIPAL_STRATUM, Strategy.TREATMENT_POLICY)
        return tuple(one for one in self.handled if one.strategy not in passed)

    def sentences(self) -> list[str]:
        """The estimand in words, one sentence an attribute and one an event.

        Examples
        --------
        >>> from malar.timelines import DEATH
        >>> made = Estimand(
        ...     treatment="cells once, whatever is given later",
        ...     population="treated",
        ...     endpoint="clinical_quiescence",
        ...     visit="Month 12",
        ...     handled=(Handled(event=DEATH, strategy=Strategy.COMPOSITE),),
        ...     summary="proportion",
        ... )
        >>> made.sentences()[-1]
        'Death: `death` among events. Composite: from its day on the patient has not responded.'
        """
        return [
            f"Treatment: {self.treatment}.",
            f"Population: all {self.population}"
            + "".join(f", with {one.stratum.column}" for one in self.strata() if one.stratum)
            + ".",
            f"Variable: `{self.endpoint}` at {self.visit}.",
            f"Summary: {self.summary}.",
            *(one.sentence() for one in self.handled),
        ]


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ParameterError(
            f"`{value}` is no {name} of an estimand.",
            "What is estimated would be left open.",
            f"Use one of {', '.join(allowed)}.",
        )
