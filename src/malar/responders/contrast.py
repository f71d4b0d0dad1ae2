"""Responders of an arm against its control: difference, ratio and odds ratio with score limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Final, get_args

from malar.errors import ParameterError
from malar.method import Method
from malar.responders._counted import Table, demand_arms, tables, told
from malar.responders.contrast_limits import Measure, miettinen_nurminen, newcombe
from malar.responders.estimates import Estimate, Estimates
from malar.responders.proportion import Proportion
from malar.sources import Source, Status

MN: Final = Source(
    "Miettinen O, Nurminen M. Comparative analysis of two rates. Stat Med 1985;4:213-26",
    status=Status.SECONDARY,
    reading="The variance carries the factor N/(N - 1), in limits and test alike.",
)
HYBRID: Final = Source(
    "Newcombe RG. Interval estimation for the difference between independent proportions. Stat Med 1998;17:873-90",
    "method 10",
    Status.SECONDARY,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponderContrast:
    """Responders of each arm against a control.

    Parameters
    ----------
    response
        Who counts, what an unknown outcome counts as, and the column of arms: a :class:`Proportion` with `by`.
    control
        Name of the arm compared with.
    measures
        Among ``difference``, ``ratio`` and ``odds_ratio``.
    level
        Confidence level, between 0 and 1.

    Notes
    -----
    A difference has the limits of Miettinen and Nurminen, and Newcombe's beside them under the term
    ``difference_newcombe``; ratio and odds ratio those of Miettinen and Nurminen. The test of no difference is
    the score test that belongs to these limits. With unknown='bounds' the limits run from the lower one of the
    completion that favors the control most to the upper one of the completion that favors the arm most, and
    there is neither estimate nor test unless no outcome is unknown.

    Source
    ------
    Miettinen & Nurminen 1985; Newcombe 1998.

    Examples
    --------
    >>> import polars as pl
    >>> trial = pl.DataFrame(
    ...     {
    ...         "arm": ["cells"] * 12 + ["placebo"] * 6,
    ...         "outcome": [True] * 9 + [False] * 3 + [True] * 5 + [False],
    ...         "randomized": True,
    ...     }
    ... )
    >>> response = Proportion(denominator="randomized", unknown="nonresponder", by="arm")
    >>> found = ResponderContrast(response=response, control="placebo").fit(trial).of("difference_newcombe")
    >>> [round(100 * value) for value in (found.estimate, found.lower, found.upper)]
    [-8, -40, 34]
    """

    method: ClassVar[Method] = Method(
        key="responder_contrast",
        title="Responders of two arms: difference, ratio and odds ratio",
        source=MN,
        also=(HYBRID,),
    )

    response: Proportion
    control: str
    measures: tuple[Measure, ...] = ("difference", "ratio", "odds_ratio")
    level: float = 0.95

    def __post_init__(self) -> None:
        demand_arms(self.response, "A contrast of responders")
        wrong = set(self.measures) - set(get_args(Measure))
        if wrong or not 0 < self.level < 1:
            raise ParameterError(
                f"{len(wrong)} measures are unknown, or the level is not between 0 and 1.",
                "A contrast is one of three, with limits at a level.",
                f"Use {', '.join(get_args(Measure))} and level=0.95.",
            )

    def fit(self, frame: Any) -> Estimates:
        """Count and compare.

        Parameters
        ----------
        frame
            Any kind of dataframe with one row a subject, as for :class:`Proportion`.

        Returns
        -------
        Estimates
            By arm: counts and proportion (term ``proportion``), then the contrasts with the control.

        Raises
        ------
        MissingColumnsError, WrongTypeError, ParameterError
            As for :class:`Proportion`.
        UndefinedError
            The control is not there, or an arm has nobody below the line.
        """
        by_arm = tables(self.response, frame, self.control)
        found = [pair for (pair,) in by_arm.values()]
        numbers = [_proportion(found[0].control)] if found else []
        for pair in found:
            numbers += [_proportion(pair.arm), *self._contrasts(pair)]
        return Estimates(
            self.method, self.level, tuple(numbers), self.response.denominator, told(self.response, by_arm)
        )

    def _contrasts(self, pair: Table) -> Iterator[Estimate]:
        low, high = pair.corners
        decided = low == high
        names: dict[str, Any] = {"group": pair.arm.group, "comparator": self.control}
        for measure in self.measures:
            unit = "probability" if measure == "difference" else "ratio"
            yield Estimate(
                term=measure,
                estimate=observed(measure, *low) if decided else None,
                lower=miettinen_nurminen(*low, measure=measure, level=self.level)[0],
                upper=miettinen_nurminen(*high, measure=measure, level=self.level)[1],
                unit=unit,
                note="score limits, variance times N/(N - 1)",
                **names,
            )
            if measure == "difference":
                yield Estimate(
                    term="difference_newcombe",
                    estimate=observed(measure, *low) if decided else None,
                    lower=newcombe(*low, level=self.level)[0],
                    upper=newcombe(*high, level=self.level)[1],
                    unit=unit,
                    source=HYBRID.cite(),
                    note="hybrid score limits",
                    **names,
                )
        if decided:
            yield _test(low, names)


def observed(measure: Measure, x1: int, n1: int, x2: int, n2: int) -> float | None:
    """The contrast in the counts; None where it is 0 over 0 or without end."""
    if measure == "difference":
        return x1 / n1 - x2 / n2
    above, below = (x1 * n2, x2 * n1) if measure == "ratio" else (x1 * (n2 - x2), x2 * (n1 - x1))
    return above / below if below else None


def _proportion(one: Any) -> Estimate:
    return Estimate(
        term="proportion", group=one.group, n=one.n, events=one.events, estimate=one.estimate, unit="probability"
    )


def _test(counts: tuple[int, int, int, int], names: dict[str, Any]) -> Estimate:
    import math

    from malar.responders._score_kernel import score

    z = float(score("difference", *counts, 0.0))
    return Estimate(term="score_test", z=z, p=math.erfc(abs(z) / math.sqrt(2)), note="of no difference", **names)
