"""Choosing reports and figures by therapy, design, disease, outcome and verification."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from malar.errors import UnknownKeyError, near
from malar.evidence.library import Evidence
from malar.evidence.published_figure import TOPICS, PublishedFigure
from malar.evidence.study import DESIGNS, DISEASES, PRODUCTS, THERAPIES, Study
from malar.evidence.verification import Verification


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What is looked for; an empty field lets everything pass.

    Parameters
    ----------
    therapy
        A therapy, or one product of it: ``msc``, or ``uc_msc``, also written ``UC-MSC``. A report that mixes products
        answers to each of them.
    design, disease
        Keys of :mod:`malar.evidence.study`.
    outcome
        A topic, or the name of an outcome: reports that have one.
    verification
        How a report, or where an outcome is asked for its figure, was read.

    Examples
    --------
    >>> from malar.evidence import read_evidence
    >>> choice = Choice(therapy="msc", design="randomized", outcome="renal_remission")
    >>> [study.key for study in choice.studies(read_evidence())]
    ['deng-2017']
    >>> [study.key for study in Choice(therapy="AD-MSC").studies(read_evidence())]
    ['ranjbar-2022']
    """

    therapy: str = ""
    design: str = ""
    disease: str = ""
    outcome: str = ""
    verification: str = ""

    def __post_init__(self) -> None:
        for name in ("therapy", "design", "disease", "verification"):
            word = "_".join(re.split(r"[\s_-]+", getattr(self, name).lower()))
            object.__setattr__(self, name, _ALSO.get(word, word))
        for name, allowed in (
            ("therapy", (*THERAPIES, *PRODUCTS)),
            ("design", DESIGNS),
            ("disease", DISEASES),
            ("verification", [one.value for one in Verification]),
        ):
            value = getattr(self, name)
            if value and value not in allowed:
                raise UnknownKeyError(f"No {name} is called `{value}`.", hint=f"Use one of {', '.join(allowed)}.")

    def studies(self, evidence: Evidence) -> list[Study]:
        """Reports that answer, by therapy and then by year."""
        if self.outcome:
            _demand_outcome(self.outcome, evidence)
        found = [study for study in evidence.studies.values() if self._suits(study)]
        order = list(THERAPIES)
        return sorted(found, key=lambda study: (order.index(study.therapy), study.year or 9999, study.key))

    def figures(self, study: Study) -> Iterator[PublishedFigure]:
        """Figures of a report that answer."""
        for figure in study.outcomes:
            named = not self.outcome or self.outcome in (figure.topic, figure.name)
            if named and (not self.verification or figure.verification == self.verification):
                yield figure

    def _suits(self, study: Study) -> bool:
        if self.therapy and self.therapy not in (study.therapy, *study.products):
            return False
        for name in ("design", "disease"):
            if getattr(self, name) and getattr(study, name) != getattr(self, name):
                return False
        if self.outcome:
            return any(self.figures(study))
        return not self.verification or study.verification == self.verification


_ALSO: Final = {"nephritis": "lupus_nephritis", "lupus": "sle", "rct": "randomized"}
"""Other words for a key."""


def _demand_outcome(outcome: str, evidence: Evidence) -> None:
    names = {figure.name for study in evidence.studies.values() for figure in study.outcomes}
    if outcome not in (*TOPICS, *names):
        hint = near(outcome, [*TOPICS, *sorted(names)], "").partition("All:")[0]
        raise UnknownKeyError(
            f"No outcome is called `{outcome}`.", hint=f"{hint}A topic ({', '.join(TOPICS)}) or a name."
        )
