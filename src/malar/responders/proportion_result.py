"""A fitted proportion, and its rows in the table of results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from malar.errors import UndefinedError
from malar.responders.proportion_limits import clopper_pearson, jeffreys, mid_p, wilson
from malar.results import results_table
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl

    from malar.responders.proportion import Proportion

EXACT: Final = Source("Clopper CJ, Pearson ES. Biometrika 1934;26:404-13", status=Status.SECONDARY)
SCORE: Final = Source("Wilson EB. J Am Stat Assoc 1927;22:209-12", status=Status.SECONDARY)
PRIOR: Final = Source("Brown LD, Cai TT, DasGupta A. Stat Sci 2001;16:101-33", status=Status.SECONDARY)
MID_P: Final = Source("Berry G, Armitage P. Statistician 1995;44:417-23", status=Status.SECONDARY)

Limits = Literal["clopper_pearson", "wilson", "jeffreys", "mid_p"]

LIMITS: Final[dict[Limits, tuple[str, Source]]] = {
    "clopper_pearson": ("Clopper-Pearson limits", EXACT),
    "wilson": ("Wilson limits", SCORE),
    "jeffreys": ("Jeffreys limits", PRIOR),
    "mid_p": ("mid-P limits", MID_P),
}
"""Limits of a proportion by name: their note and source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProportionOfGroup:
    """One group's counts and proportion.

    Parameters
    ----------
    group
        Name of the group; None where there is one.
    n, events
        Subjects below the line, and those of them who responded. With ``bounds``: responded for certain.
    most_events
        With ``bounds``, those who may have responded; else the same as `events`.
    n_unknown
        Subjects of the denominator with an unknown outcome, before anything was made of it.
    n_perhaps
        Subjects of whom it is not known whether they belong to the denominator; not counted.
    level
        Confidence level of the limits.
    """

    group: str | None
    n: int
    events: int
    most_events: int
    n_unknown: int
    n_perhaps: int
    level: float

    @property
    def estimate(self) -> float | None:
        """The proportion; None where nobody counts, or where the unknown outcomes leave it open."""
        return self.events / self.n if self.n and self.events == self.most_events else None

    @property
    def bounds(self) -> tuple[float, float]:
        """The lowest and the highest proportion that the unknown outcomes allow.

        Raises
        ------
        UndefinedError
            Nobody counts.
        """
        self._demand_someone()
        return self.events / self.n, self.most_events / self.n

    @property
    def clopper_pearson(self) -> tuple[float, float]:
        """Exact limits.

        Raises
        ------
        UndefinedError
            Nobody counts.
        """
        return self._limits(clopper_pearson)

    @property
    def wilson(self) -> tuple[float, float]:
        """Score limits.

        Raises
        ------
        UndefinedError
            Nobody counts.
        """
        return self._limits(wilson)

    @property
    def jeffreys(self) -> tuple[float, float]:
        """Credible limits under Jeffreys' prior.

        Raises
        ------
        UndefinedError
            Nobody counts.
        """
        return self._limits(jeffreys)

    @property
    def mid_p(self) -> tuple[float, float]:
        """Mid-P limits.

        Raises
        ------
        UndefinedError
            Nobody counts.
        """
        return self._limits(mid_p)

    def _limits(self, method: Any) -> tuple[float, float]:
        self._demand_someone()
        low, _ = method(self.events, self.n, level=self.level)
        _, high = method(self.most_events, self.n, level=self.level)
        return low, high

    def _demand_someone(self) -> None:
        if not self.n:
            raise UndefinedError(
                "Nobody counts below the line.",
                "A proportion of nobody is not defined.",
                "Look at `n`, and at who belongs to the denominator.",
            )


@dataclass(frozen=True, slots=True)
class ProportionResult:
    """Proportions by group.

    Parameters
    ----------
    spec
        What was asked for.
    groups
        One a group, in order of the groups' names.
    """

    spec: Proportion
    groups: tuple[ProportionOfGroup, ...]

    def table(
        self,
        *,
        definition: str | None = None,
        population: str | None = None,
        term: str | None = None,
        time: float | None = None,
        note: str = "",
    ) -> pl.DataFrame:
        """Rows of the table of results.

        Parameters
        ----------
        definition, population, term, time
            Columns of the table, taken as they are; `term` names the planned visit, `time` its day.
        note
            Put before what the proportion itself notes.

        Returns
        -------
        polars.DataFrame
            Per group: ``n``, ``events``, ``estimate`` (two with ``bounds``: the lowest and the highest) and
            ``lower`` and ``upper`` by each method asked for, which `source` and `note` name.
        """
        labels = {"definition": definition, "population": population, "term": term, "time": time}
        rows: list[dict[str, Any]] = []
        for one in self.groups:
            common = {
                "analysis": "proportion",
                "denominator": self.spec.denominator,
                "group": one.group,
                "note": "; ".join(filter(None, (note, *_notes(self.spec.unknown, one)))),
                **labels,
            }
            rows += [_row(common, "n", one.n, "subjects"), _row(common, "events", one.events, "subjects")]
            rows += _numbers(common, one, self.spec) if one.n else []
        return results_table(rows)


def _notes(unknown: str, one: ProportionOfGroup) -> list[str]:
    """What the percentage rests on, in words."""
    notes = [f"unknown: {unknown} ({one.n_unknown})"]
    if unknown == "imputed" and one.n_unknown:
        notes.append("limits take imputed outcomes for observed ones")
    if one.n_perhaps:
        notes.append(f"membership of the denominator unknown, not counted: {one.n_perhaps}")
    if not one.n:
        notes.append("nobody counts below the line")
    return notes


def _numbers(common: dict[str, Any], one: ProportionOfGroup, spec: Proportion) -> list[dict[str, Any]]:
    low, high = one.bounds
    if spec.unknown == "bounds":
        rows = [
            _row(common, "estimate", low, "probability", "lowest: every unknown outcome fails"),
            _row(common, "estimate", high, "probability", "highest: every unknown outcome succeeds"),
        ]
    else:
        rows = [_row(common, "estimate", low, "probability")]
    for wanted in spec.limits:
        name, source = LIMITS[wanted]
        limits: tuple[float, float] = getattr(one, wanted)
        for statistic, value in zip(("lower", "upper"), limits, strict=True):
            row = _row(common, statistic, value, "probability", name)
            rows.append({**row, "level": one.level, "source": source.cite()})
    return rows


def _row(common: dict[str, Any], statistic: str, value: float, unit: str, note: str = "") -> dict[str, Any]:
    noted = "; ".join(filter(None, (common["note"], note)))
    return {**common, "statistic": statistic, "value": value, "unit": unit, "note": noted}
