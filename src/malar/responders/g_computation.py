"""Responders under either arm, adjusted for covariates: logistic regression, averaged over all subjects."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, get_args

from malar.errors import ParameterError, UndefinedError
from malar.method import Method
from malar.responders._arms import words
from malar.responders._counted import counted, demand_arms, demand_decided
from malar.responders.estimates import Estimate, Estimates
from malar.responders.proportion import Proportion
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl

Variance = Literal["ye", "m_estimation", "delta", "model"]

GE: Final = Source(
    "Ge M, Durham LK, Meyer RD, Xie W, Thomas N. Covariate-adjusted difference in proportions from clinical trials "
    "using logistic regression and weighted risk differences. Drug Inf J 2011;45:481-93",
    status=Status.SECONDARY,
    reading="`delta`: sandwich (HC0) covariance of the coefficients; `model`: inverse information. Covariates fixed.",
)
YE: Final = Source(
    "Ye T, Bannick M, Yi Y, Shao J. Robust variance estimation for covariate-adjusted unconditional treatment effect "
    "in randomized clinical trials with binary outcomes. Stat Theory Relat Fields 2023;7:159-63",
    status=Status.SECONDARY,
    reading="The variance of the residuals of an arm is taken directly; beeca and RobinCar expand it by default, "
    "which differs a little in finite samples.",
)
STEFANSKI: Final = Source(
    "Stefanski LA, Boos DD. The calculus of M-estimation. Am Stat 2002;56:29-38", status=Status.SECONDARY
)

NOTES: Final[dict[Variance, str]] = {
    "ye": "robust variance of Ye et al.",
    "m_estimation": "stacked estimating equations",
    "delta": "delta method, sandwich (HC0), covariates fixed",
    "model": "delta method, model-based, covariates fixed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GComputation:
    """Proportions of responders if all had been in either arm, and their contrasts.

    Parameters
    ----------
    response
        Who counts, what an unknown outcome counts as, and the column of the two arms.
        ``unknown='bounds'`` is refused.
    control
        Name of the arm compared with.
    covariates
        Baseline columns: numbers and Booleans enter as they are, text as categories; none may be null.
    variance
        ``ye`` (robust to a wrong model, for a randomized trial), ``m_estimation`` (the same aim, also where arms
        were not randomized and the model is right), ``delta`` or ``model`` (for these very covariates).
    level
        Confidence level, between 0 and 1.

    Notes
    -----
    A logistic model of the response with the arm and the covariates predicts every subject under either arm; the
    predictions are averaged. The difference has limits estimate ± z se; ratio and odds ratio on the log scale.
    The odds ratio is that of the averaged proportions, not the coefficient of the model. Where responders and
    nonresponders are separated, the coefficients have no end: numbers are then None with the reason in the note;
    see :class:`FirthLogistic`.

    Source
    ------
    Ge 2011; Ye 2023.

    Examples
    --------
    >>> import polars as pl
    >>> trial = pl.DataFrame(
    ...     {
    ...         "arm": ["drug", "placebo"] * 20,
    ...         "outcome": [True, False, True, True, False, False, False, True] * 5,
    ...         "sledai": [8, 8, 10, 12, 6, 6, 14, 9] * 5,
    ...         "randomized": True,
    ...     }
    ... )
    >>> response = Proportion(denominator="randomized", unknown="nonresponder", by="arm")
    >>> result = GComputation(response=response, control="placebo", covariates=("sledai",)).fit(trial)
    >>> round(result.of("difference").estimate, 3)
    -0.033
    """

    method: ClassVar[Method] = Method(
        key="g_computation",
        title="Covariate-adjusted responders by logistic g-computation",
        source=GE,
        also=(YE, STEFANSKI),
    )

    response: Proportion
    control: str
    covariates: tuple[str, ...]
    variance: Variance = "ye"
    level: float = 0.95

    def __post_init__(self) -> None:
        demand_arms(self.response, "g-computation")
        demand_decided(self.response, "g-computation")
        if self.variance not in get_args(Variance) or not 0 < self.level < 1:
            raise ParameterError(
                "The variance is unknown, or the level is not between 0 and 1.",
                "Four variances are in use, and they differ.",
                f"Use one of {', '.join(get_args(Variance))}, and level=0.95.",
            )

    def fit(self, frame: Any) -> Estimates:
        """Fit, predict and average.

        Parameters
        ----------
        frame
            Any kind of dataframe with one row a subject, as for :class:`Proportion`, and the covariates.

        Returns
        -------
        Estimates
            Adjusted proportion of either arm, then difference, ratio and odds ratio.

        Raises
        ------
        MissingColumnsError, WrongTypeError
            A column is not there, or is of no use as a covariate.
        UndefinedError
            A covariate is null, there are not two arms, or a covariate follows from the others.
        """
        by = demand_arms(self.response, "g-computation")
        rows, note = counted(self.response, frame, (by, *self.covariates), "g-computation")
        arm = self._other_arm(rows, by)
        numbers = self._numbers(rows, by, arm)
        said = f"{note}; adjusted for {', '.join(self.covariates) or 'nothing'}; {NOTES[self.variance]}"
        return Estimates(self.method, self.level, tuple(numbers), self.response.denominator, said)

    def _other_arm(self, rows: pl.DataFrame, by: str) -> str:
        arms = words(rows, by).unique().sort().to_list()
        if len(arms) != 2 or self.control not in arms:
            raise UndefinedError(
                f"There are {len(arms)} arms; the control {'is' if self.control in arms else 'is not'} one of them.",
                "The model contrasts two arms.",
                "Filter the frame to the control and one other arm.",
            )
        return next(name for name in arms if name != self.control)

    def _numbers(self, rows: pl.DataFrame, by: str, arm: str) -> Iterator[Estimate]:
        import numpy as np

        from malar.responders import _design, _logistic_kernel

        y = rows["response"].to_numpy()
        treated = (words(rows, by) == arm).to_numpy()
        others, terms = _design.covariates(rows, self.covariates)
        one = np.ones((len(y), 1))
        x, x1, x0 = (np.hstack([one, a, others]) for a in (treated[:, None].astype(np.float64), one, 0 * one))
        _design.demand_rank(x, ("intercept", by, *terms))
        model = _logistic_kernel.fit(x, y)
        if not model.converged:
            why = "separated: the coefficients have no end" if model.separated else "the fit did not converge"
            yield Estimate(term="difference", group=arm, comparator=self.control, note=why)
            return
        found = _logistic_kernel.standardized(model, x, y, x1, x0, treated)
        p, v = found["means"], found[self.variance]
        z = NormalDist().inv_cdf(0.5 + self.level / 2)
        for name, mine, i in ((arm, treated, 0), (self.control, ~treated, 1)):
            se = math.sqrt(v[i, i])
            own: dict[str, Any] = {"n": int(mine.sum()), "events": float(y[mine].sum()), "se": se}
            yield _with_limits("proportion", float(p[i]), se, z, {"group": name, **own})
        names: dict[str, Any] = {"group": arm, "comparator": self.control}
        slopes = {
            "difference": (float(p[0] - p[1]), (1.0, -1.0)),
            "ratio": (float(p[0] / p[1]), (1 / p[0], -1 / p[1])),
            "odds_ratio": (
                float(p[0] / (1 - p[0]) / (p[1] / (1 - p[1]))),
                (1 / (p[0] * (1 - p[0])), -1 / (p[1] * (1 - p[1]))),
            ),
        }
        for term, (value, slope) in slopes.items():
            g = np.array(slope)
            yield _with_limits(term, value, math.sqrt(float(g @ v @ g)), z, names)


def _with_limits(term: str, value: float, se: float, z: float, names: dict[str, Any]) -> Estimate:
    """A proportion or difference on its scale; a ratio with the standard error and limits of its logarithm."""
    if term == "proportion":
        return Estimate(
            term=term, estimate=value, lower=value - z * se, upper=value + z * se, unit="probability", **names
        )
    logarithmic = term != "difference"
    statistic = (math.log(value) if logarithmic else value) / se
    p = math.erfc(abs(statistic) / math.sqrt(2))
    own: dict[str, Any] = {"estimate": value, "se": se, "z": statistic, "p": p, **names}
    if logarithmic:
        reach = math.exp(z * se)
        note = "se of the logarithm"
        return Estimate(term=term, lower=value / reach, upper=value * reach, unit="ratio", note=note, **own)
    return Estimate(term=term, lower=value - z * se, upper=value + z * se, unit="probability", **own)
