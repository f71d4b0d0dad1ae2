"""Win ratio, win odds and net benefit of an arm over its control, by outcomes in order of weight."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, ClassVar, Final

from malar._frames import demand, demand_values, enter
from malar.errors import ParameterError, UndefinedError
from malar.method import Method
from malar.responders._arms import words
from malar.responders.estimates import Estimate, Estimates
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl

POCOCK: Final = Source(
    "Pocock SJ, Ariti CA, Collier TJ, Wang D. The win ratio: a new approach to the analysis of composite endpoints in "
    "clinical trials based on clinical priorities. Eur Heart J 2012;33:176-82",
    status=Status.SECONDARY,
    reading="Unmatched: every patient of the arm is compared with every one of the control.",
)
BEBU: Final = Source(
    "Bebu I, Lachin JM. Large sample inference for a win ratio analysis of a composite outcome based on prioritized "
    "components. Biostatistics 2016;17:178-87",
    status=Status.SECONDARY,
    reading="Variance of the first-order projections with divisors n, not n - 1. Agrees with R survival for one "
    "censored time, and for hierarchies that rank the patients (one end of follow-up); with differing follow-up "
    "the same formula is taken of the pairs.",
)
DONG: Final = Source(
    "Dong G, Hoaglin DC, Qiu J, et al. The win ratio: on interpretation and handling of ties. "
    "Stat Biopharm Res 2020;12:99-106",
    status=Status.SECONDARY,
    reading="Win odds: a tie counts half a win and half a loss.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One outcome of a hierarchy.

    Parameters
    ----------
    column
        A score, count or Boolean; or with `event`, the time of the event or of censoring.
    better
        ``higher`` or ``lower``: which value wins. A later event always wins, so leave ``higher`` with `event`.
    margin
        Difference, 0 or more, that must be exceeded to win; not with `event`.
    event
        Column that is true where the event happened at the time; empty for an outcome that is no time.
    """

    column: str
    better: str = "higher"
    margin: float = 0.0
    event: str = ""

    def __post_init__(self) -> None:
        wrong = self.better not in ("higher", "lower") or not self.margin >= 0
        if wrong or (self.event and (self.better == "lower" or self.margin)):
            raise ParameterError(
                "An outcome is won by the higher or lower value, by a margin of 0 or more, or by the later event.",
                "Otherwise it is not clear who wins.",
                "Use better='higher' or 'lower' and margin=…, or event='…' alone.",
            )

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns read."""
        return (self.column, self.event) if self.event else (self.column,)


@dataclass(frozen=True, slots=True, kw_only=True)
class WinRatio:
    """Every patient of an arm against every patient of the control.

    Parameters
    ----------
    outcomes
        In order of weight: each decides the pairs that those before it left tied.
    control
        Name of the arm compared with.
    by
        Column of the two arms, never null.
    level
        Confidence level, between 0 and 1.

    Notes
    -----
    A pair is tied in an outcome where neither wins: equal within the margin, an unknown value, or an event that
    censoring hides. Ties go on to the next outcome, and those left at the end count neither way in the win ratio,
    half each way in the win odds. Limits of the ratios are on the log scale. With differing follow-up the win
    ratio depends on the censoring. All pairs are held: cost and memory are the product of the arms' sizes.

    Source
    ------
    Pocock 2012; Bebu & Lachin 2016.

    Examples
    --------
    >>> import polars as pl
    >>> trial = pl.DataFrame(
    ...     {
    ...         "arm": ["cells", "cells", "cells", "control", "control"],
    ...         "days": [365, 365, 200, 365, 100],
    ...         "died": [False, False, True, False, True],
    ...         "sledai": [2, 6, 9, 4, 8],
    ...     }
    ... )
    >>> outcomes = (Outcome(column="days", event="died"), Outcome(column="sledai", better="lower"))
    >>> result = WinRatio(outcomes=outcomes, control="control").fit(trial)
    >>> [(one.term, one.events) for one in result.numbers[:3]], result.of("win_ratio").estimate
    ([('wins', 4.0), ('losses', 2.0), ('ties', 0.0)], 2.0)
    """

    method: ClassVar[Method] = Method(
        key="win_ratio", title="Win ratio of two arms, unmatched", source=POCOCK, also=(BEBU, DONG)
    )

    outcomes: Sequence[Outcome]
    control: str
    by: str = "arm"
    level: float = 0.95

    def __post_init__(self) -> None:
        object.__setattr__(self, "outcomes", tuple(self.outcomes))
        if not self.outcomes or not 0 < self.level < 1:
            raise ParameterError(
                "There is no outcome, or the level is not between 0 and 1.",
                "Somebody wins by an outcome.",
                "Pass outcomes=(Outcome(column='…'), …) and level=0.95.",
            )

    def fit(self, frame: Any) -> Estimates:
        """Compare all pairs.

        Parameters
        ----------
        frame
            Any kind of dataframe, one row a subject.

        Returns
        -------
        Estimates
            Wins, losses and ties, those decided by each outcome, then win ratio, win odds and net benefit.

        Raises
        ------
        MissingColumnsError, WrongTypeError
            A column is not there or holds neither numbers nor Booleans.
        ParameterError
            A subject has several rows, or a time has no sign of its event.
        UndefinedError
            There are not two arms, or an arm is null.
        """
        inside, _ = enter(frame)
        schema = inside.collect_schema()
        read = [name for outcome in self.outcomes for name in outcome.columns]
        demand(schema.names(), (self.by, *read), "A win ratio", "One row a subject, with its outcomes as columns.")
        demand_values(schema, read, "A win ratio")
        rows = inside.collect()
        arm = self._other_arm(rows)
        return Estimates(self.method, self.level, tuple(self._numbers(rows, arm)), note="all pairs of two arms")

    def _other_arm(self, rows: pl.DataFrame) -> str:
        import polars as pl

        if "subject" in rows.columns and rows["subject"].is_duplicated().any():
            raise ParameterError(
                "Subjects have several rows.", "Each is compared once.", "Filter the frame to one row a subject."
            )
        arms = words(rows, self.by).drop_nulls().unique().sort().to_list()
        if rows[self.by].null_count() or len(arms) != 2 or self.control not in arms:
            raise UndefinedError(
                f"There are {len(arms)} arms, {rows[self.by].null_count()} rows without one.",
                "An arm is compared with its control.",
                "Filter the frame to the control and one other arm.",
            )
        for outcome in self.outcomes:
            if (
                outcome.event
                and rows.select((pl.col(outcome.column).is_null() != pl.col(outcome.event).is_null()).any()).item()
            ):
                raise ParameterError(
                    f"`{outcome.column}` and `{outcome.event}` are not null together.",
                    "A time without the sign of its event says nothing.",
                    "Fill both, or neither.",
                )
        return next(name for name in arms if name != self.control)

    def _numbers(self, rows: pl.DataFrame, arm: str) -> Iterator[Estimate]:
        from malar.responders import _win_kernel as kernel

        named = words(rows, self.by)
        first, second = rows.filter(named == arm), rows.filter(named == self.control)
        signs, counts = kernel.first_decided([_signs(outcome, first, second) for outcome in self.outcomes])
        won, lost = int((signs > 0).sum()), int((signs < 0).sum())
        names: dict[str, Any] = {"group": arm, "comparator": self.control}
        for term, count in (("wins", won), ("losses", lost), ("ties", signs.size - won - lost)):
            yield Estimate(term=term, n=float(signs.size), events=float(count), note="pairs", **names)
        for outcome, (wins, losses) in zip(self.outcomes, counts, strict=True):
            for term, count in (("wins", wins), ("losses", losses)):
                yield Estimate(term=f"{term}: {outcome.column}", events=float(count), note="pairs decided", **names)
        yield from _contrasts(kernel.probabilities(signs), NormalDist().inv_cdf(0.5 + self.level / 2), names)


def _signs(outcome: Outcome, first: pl.DataFrame, second: pl.DataFrame) -> Any:
    import polars as pl

    from malar.responders import _win_kernel as kernel

    a, c = (
        part[outcome.column].cast(pl.Float64).fill_null(float("nan")).round(10).to_numpy() for part in (first, second)
    )
    if outcome.event:
        d1, d2 = (part[outcome.event].cast(pl.Boolean).fill_null(value=False).to_numpy() for part in (first, second))
        return kernel.by_time((a, d1), (c, d2))
    signs = kernel.by_value(a, c, outcome.margin)
    return signs if outcome.better == "higher" else -signs


def _contrasts(found: Any, z: float, names: dict[str, Any]) -> Iterator[Estimate]:
    import numpy as np

    won, lost = found.win, found.loss
    slope = np.array([1.0, -1.0])
    net_se = math.sqrt(float(slope @ found.covariance @ slope))
    if won and lost:
        yield _ratio("win_ratio", won / lost, np.array([1 / won, -1 / lost]), found.covariance, z, names)
    else:
        yield Estimate(term="win_ratio", note="one arm wins no pair: 0, without end or not determined", **names)
    net, tied = won - lost, 1 - won - lost
    up, down = won + tied / 2, lost + tied / 2
    if up and down:
        yield _ratio("win_odds", up / down, (slope / up + slope / down) / 2, found.covariance, z, names)
    limits: dict[str, Any] = {"estimate": net, "se": net_se, "lower": net - z * net_se, "upper": net + z * net_se}
    p = math.erfc(abs(net / net_se) / math.sqrt(2)) if net_se else None
    yield Estimate(
        term="net_benefit", p=p, unit="probability", note="wins less losses, of all pairs", **limits, **names
    )


def _ratio(term: str, value: float, slope: Any, covariance: Any, z: float, names: dict[str, Any]) -> Estimate:
    se = math.sqrt(float(slope @ covariance @ slope))
    reach = math.exp(z * se)
    return Estimate(
        term=term,
        estimate=value,
        se=se,
        lower=value / reach,
        upper=value * reach,
        z=math.log(value) / se if se else None,
        p=math.erfc(abs(math.log(value)) / se / math.sqrt(2)) if se else None,
        unit="ratio",
        note="se of the logarithm",
        **names,
    )
