"""One published number, with what it counts and how it was checked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from math import exp, log
from typing import Any, Final

from malar.evidence.fields import Fields
from malar.evidence.verification import Verification
from malar.results import DENOMINATORS

TOPICS: Final = (
    "response", "complete_response", "relapse", "survival", "treatment_death", "harm", "infection", "activity",
    "kidney", "serology", "organ", "medication", "follow_up", "mechanism", "epidemiology", "baseline",
)  # fmt: skip
"""What a figure is about."""

Z: Final = 1.959963984540054
EVENLY: Final = 0.2
"""Percent by which two rounded limits may lie unevenly about an estimate."""
WEEKS_A_MONTH: Final = 365.25 / 12 / 7
STATISTICS: Final = ("mean", "sd", "se", "median", "least", "greatest", "range_width", "value", "lower", "upper")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedFigure:
    """A number as a report prints it.

    Parameters
    ----------
    study
        Key of the report.
    name, topic
        What was measured, and what it is about.
    definition, arm, when, note
        In words; empty where not told.
    months
        Planned time after treatment; null where not told or told in words only (`when`).
    events, n, denominator
        How many, of how many, and who those are. Survival counts the living, every other outcome those who had it.
    percent
        As printed, with its digits.
    se, lower, upper
        Standard error and limits: in percent where there is a percentage, else in `unit`.
    mean, sd, median, least, greatest, range_width, value
        Of a measurement, in `unit`.
    of, sum_of
        Outcomes of the same report whose events are this one's denominator, and whose events add up to its events.
    documents
        Founding documents that report it too.
    """

    study: str
    name: str
    topic: str
    verification: Verification
    definition: str = ""
    arm: str = ""
    months: float | None = None
    when: str = ""
    events: int | None = None
    n: int | None = None
    denominator: str | None = None
    percent: Decimal | None = None
    se: float | None = None
    lower: float | None = None
    upper: float | None = None
    mean: float | None = None
    sd: float | None = None
    median: float | None = None
    least: float | None = None
    greatest: float | None = None
    range_width: float | None = None
    value: float | None = None
    unit: str = ""
    studies: int | None = None
    p: str = ""
    of: tuple[str, ...] = ()
    sum_of: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    note: str = ""

    @property
    def share(self) -> float | None:
        """The proportion: of the counts where both are known, else of the printed percentage."""
        if self.events is not None and self.n:
            return self.events / self.n
        return None if self.percent is None else float(self.percent) / 100

    @property
    def at(self) -> str:
        """When, in words.

        Examples
        --------
        >>> from malar.evidence import Verification
        >>> PublishedFigure(
        ...     study="a", name="relapse", topic="relapse", verification=Verification.ABSTRACT, months=12
        ... ).at
        'month 12'
        """
        if self.months is None:
            return self.when
        weeks = self.months * WEEKS_A_MONTH
        in_weeks = abs(weeks - round(weeks)) < 1e-6 and abs(self.months - round(self.months)) > 1e-6
        return f"week {weeks:.0f}" if in_weeks else f"month {self.months:.3g}"

    @property
    def standard_error(self) -> float | None:
        """Of a percentage, in percent: as printed, or from limits that lie evenly about it (Wald's); else null.

        Examples
        --------
        >>> from malar.evidence import read_evidence
        >>> round(read_evidence().figure("leng-2017/overall_survival@120").standard_error, 1)
        7.6
        """
        if self.se is not None or self.percent is None or self.lower is None or self.upper is None:
            return self.se
        below, above = float(self.percent) - self.lower, self.upper - float(self.percent)
        return (below + above) / (2 * Z) if abs(below - above) < EVENLY else None

    def limits(self, level: float = 0.95) -> tuple[float, float] | None:
        """Limits between 0 and 1: exact for counts, on the log(-log) scale for an estimate with a standard error.

        Examples
        --------
        >>> from malar.evidence import read_evidence
        >>> [round(x, 2) for x in read_evidence().figure("alchi-2013/overall_survival@60").limits()]
        [0.59, 0.92]
        """
        exact = self.exact_limits(level)
        share, se = self.share, self.standard_error
        if exact is not None or share is None or not se or not 0 < share < 1:
            return exact
        from malar.synthesis._distributions import normal_quantile

        reach = normal_quantile(level) * (se / 100) / (share * abs(log(share)))
        return share ** exp(reach), share ** exp(-reach)

    def exact_limits(self, level: float = 0.95) -> tuple[float, float] | None:
        """Clopper and Pearson's limits of the counts, between 0 and 1; null without counts."""
        from malar.responders import clopper_pearson

        return None if self.events is None or not self.n else clopper_pearson(self.events, self.n, level=level)


def read_figure(
    fields: Fields, study: str, inherited: Verification, *, topic: str | None = None, documents: tuple[str, ...] = ()
) -> PublishedFigure:
    """Read a figure; without a verification of its own it has its report's."""
    name = fields.text("name")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        fields.refuse("name", f"is {name!r}", "Use lowercase letters, digits and underscores.")
    words: dict[str, Any] = {word: fields.text(word, "") for word in ("definition", "arm", "when", "unit", "p", "note")}
    numbers: dict[str, Any] = {statistic: fields.number(statistic) for statistic in STATISTICS}
    figure = PublishedFigure(
        study=study,
        name=name,
        topic=fields.choice("topic", TOPICS, topic),
        verification=Verification(fields.choice("verification", list(Verification), inherited.value)),
        months=_months(fields),
        events=fields.count("events"),
        n=fields.count("n"),
        denominator=fields.choice("denominator", DENOMINATORS, "") or None,
        percent=fields.printed("percent"),
        studies=fields.count("studies"),
        of=fields.texts("of"),
        sum_of=fields.texts("sum_of"),
        documents=_known_documents(fields, documents),
        **words,
        **numbers,
    )
    fields.done()
    _demand_order(figure, fields)
    return figure


def _months(fields: Fields) -> float | None:
    months, weeks = fields.number("months"), fields.number("weeks")
    if months is not None and weeks is not None:
        fields.refuse("weeks", "is given beside months", "Give one of them.")
    return months if weeks is None else weeks / WEEKS_A_MONTH


def _known_documents(fields: Fields, known: tuple[str, ...]) -> tuple[str, ...]:
    named = fields.texts("documents")
    if known and not set(named) <= set(known):
        fields.refuse("documents", f"names {', '.join(sorted(set(named) - set(known)))}", f"Known: {', '.join(known)}.")
    return named


def _demand_order(figure: PublishedFigure, fields: Fields) -> None:
    """What cannot be of a count or an interval at all, whatever was printed."""
    if figure.events is not None and figure.n is not None and figure.events > figure.n:
        fields.refuse("events", f"is {figure.events} of {figure.n}", "Events cannot outnumber those counted.")
    for low, high in (("lower", "upper"), ("least", "greatest")):
        a, b = getattr(figure, low), getattr(figure, high)
        if a is not None and b is not None and a > b:
            fields.refuse(low, f"is above `{high}`", "Exchange them.")
