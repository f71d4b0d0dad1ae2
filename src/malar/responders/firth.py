"""Logistic regression of few responders, with Firth's penalty: finite where ordinary estimates are not."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from malar.errors import ParameterError, UndefinedError
from malar.method import Method
from malar.responders._arms import words
from malar.responders._counted import counted, demand_decided
from malar.responders.estimates import Estimate, Estimates
from malar.responders.proportion import Proportion
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl

FIRTH: Final = Source(
    "Firth D. Bias reduction of maximum likelihood estimates. Biometrika 1993;80:27-38", status=Status.SECONDARY
)
HEINZE: Final = Source(
    "Heinze G, Schemper M. A solution to the problem of separation in logistic regression. Stat Med 2002;21:2409-19",
    status=Status.SECONDARY,
    reading="Limits and p by the profile of the penalized likelihood; the penalty is that of the whole model.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FirthLogistic:
    """Odds of response by arm and covariates, for few responders or few nonresponders.

    Parameters
    ----------
    response
        Who counts, what an unknown outcome counts as, and the column of arms where there are any.
        ``unknown='bounds'`` is refused.
    covariates
        Columns: numbers and Booleans enter as they are, text as categories; none may be null.
    control
        Arm compared with, where `response` has arms.
    level
        Confidence level, between 0 and 1.

    Notes
    -----
    Half the logarithm of the information's determinant is added to the log-likelihood (Jeffreys' prior), which
    removes the first-order bias and keeps every coefficient finite when responders and nonresponders are
    separated. Limits are where the profile of the penalized likelihood falls by half the chi-squared quantile:
    they are not symmetric. p is by the same likelihood ratio. The standard error is from the inverse information
    at the estimate. Coefficients are log odds ratios; the predicted mean is pulled toward one half, so proportions
    should not be taken from this model.

    Source
    ------
    Firth 1993; Heinze & Schemper 2002.

    Examples
    --------
    Nobody of five responds under placebo; the odds ratio is that of counts with one half added to each.

    >>> import polars as pl
    >>> trial = pl.DataFrame(
    ...     {
    ...         "arm": ["cells"] * 6 + ["placebo"] * 5,
    ...         "outcome": [True] * 3 + [False] * 8,
    ...         "treated": True,
    ...     }
    ... )
    >>> response = Proportion(denominator="treated", unknown="nonresponder", by="arm")
    >>> found = FirthLogistic(response=response, control="placebo").fit(trial).of("arm=cells")
    >>> round(math.exp(found.estimate), 6)
    11.0
    """

    method: ClassVar[Method] = Method(
        key="firth_logistic",
        title="Logistic regression with Firth's penalty",
        source=FIRTH,
        also=(HEINZE,),
    )

    response: Proportion
    covariates: tuple[str, ...] = ()
    control: str | None = None
    level: float = 0.95

    def __post_init__(self) -> None:
        demand_decided(self.response, "A logistic model")
        if (self.response.by is None) != (self.control is None) or not 0 < self.level < 1:
            raise ParameterError(
                "Arms and control are not named together, or the level is not between 0 and 1.",
                "The coefficient of an arm is its contrast with the control.",
                "Pass by='arm' to Proportion and control='placebo' here, or neither; level=0.95.",
            )

    def fit(self, frame: Any) -> Estimates:
        """Fit, and profile every coefficient.

        Parameters
        ----------
        frame
            Any kind of dataframe with one row a subject, as for :class:`Proportion`, and the covariates.

        Returns
        -------
        Estimates
            Terms ``intercept``, ``arm=…`` and the covariates: log odds ratios with profile limits.

        Raises
        ------
        MissingColumnsError, WrongTypeError
            A column is not there, or is of no use as a covariate.
        UndefinedError
            A covariate is null or follows from the others, or the control is not there.
        """
        by = self.response.by
        rows, note = counted(self.response, frame, (*([by] if by else []), *self.covariates), "A logistic model")
        return Estimates(
            self.method, self.level, tuple(self._numbers(rows)), self.response.denominator, f"{note}; log odds ratios"
        )

    def _numbers(self, rows: pl.DataFrame) -> Iterator[Estimate]:
        import numpy as np
        from scipy.special import chdtrc, ndtri

        from malar.responders import _design, _firth_kernel

        arms, arm_terms = self._arms(rows)
        others, terms = _design.covariates(rows, self.covariates)
        x = np.hstack([np.ones((rows.height, 1)), arms, others])
        names = ("intercept", *arm_terms, *terms)
        _design.demand_rank(x, names)
        y = rows["response"].to_numpy()
        whole = _firth_kernel.fit(x, y)
        drop = float(ndtri((1 + self.level) / 2)) ** 2 / 2
        for j, name in enumerate(names):
            if not whole.converged:
                yield Estimate(term=name, note="the fit did not converge")
                continue
            low, high = _firth_kernel.profile_limits(x, y, whole, j, drop)
            chisq = _firth_kernel.ratio_test(x, y, whole, j)
            yield Estimate(
                term=name,
                estimate=float(whole.coefficients[j]),
                se=math.sqrt(float(whole.covariance[j, j])),
                lower=None if math.isnan(low) else low,
                upper=None if math.isnan(high) else high,
                chisq=None if math.isnan(chisq) else chisq,
                df=1,
                p=None if math.isnan(chisq) else float(chdtrc(1, chisq)),
                unit="log odds ratio" if j else "log odds",
                note="profile penalized likelihood",
            )

    def _arms(self, rows: pl.DataFrame) -> tuple[Any, tuple[str, ...]]:
        """An indicator of every arm but the control, shape (n, arms - 1)."""
        import numpy as np

        if self.response.by is None:
            return np.empty((rows.height, 0)), ()
        named = words(rows, self.response.by)
        arms = [name for name in named.unique().sort().to_list() if name != self.control]
        if len(arms) == named.n_unique() or not arms:
            raise UndefinedError(
                f"The control is not there beside another arm; there are {named.n_unique()} arms.",
                "The coefficient of an arm is its contrast with the control.",
                "Name one of the arms as control, spelled as in the frame.",
            )
        columns = [(named == name).to_numpy().astype(np.float64) for name in arms]
        return np.column_stack(columns), tuple(f"{self.response.by}={name}" for name in arms)
