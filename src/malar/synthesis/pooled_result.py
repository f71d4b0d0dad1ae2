"""A pooled value with its limits, heterogeneity and prediction, and its rows in the table of results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from malar.results import results_table
from malar.synthesis._distributions import chi2_tail, normal_quantile, t_quantile, two_sided
from malar.synthesis._pool_kernel import Pooled, q_profile, widening
from malar.synthesis.measures import Measure, measure_of

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from malar.synthesis.pooling import Pooling

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate and its limits; NaN where undefined."""

    estimate: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True, eq=False)
class PooledResult:
    """Studies pooled by inverse variance.

    Parameters
    ----------
    spec
        What was asked for.
    names
        Studies, in the order of the frame.
    effects, variances
        Of each study on the pooled scale, shape (k,).
    harmonic_n
        Harmonic mean of the numbers of subjects; NaN where none were read.
    fitted
        Pooled value and heterogeneity as the kernel gave them.
    """

    spec: Pooling
    names: tuple[str, ...]
    effects: Floats
    variances: Floats
    harmonic_n: float
    fitted: Pooled

    @property
    def measure(self) -> Measure:
        """What was pooled."""
        return measure_of(self.spec.measure)

    @property
    def k(self) -> int:
        """Number of studies."""
        return len(self.names)

    @property
    def estimate(self) -> float:
        """The pooled value on the pooled scale."""
        return float(self.fitted.coefficients[0])

    @property
    def factor(self) -> float:
        """What Hartung and Knapp multiply the variance by; 1 for normal limits; NaN where all effects are equal."""
        return widening(self.fitted, str(self.spec.limits))

    @property
    def se(self) -> float:
        """Standard error of the pooled value, with Hartung and Knapp's factor where it applies."""
        return float(np.sqrt(self.fitted.covariance[0, 0] * self.factor))

    @property
    def quantile(self) -> float:
        """The deviate that the limits use: Student's with k-1 degrees of freedom, or the normal one."""
        if self.spec.limits == "normal":
            return normal_quantile(self.spec.level)
        return t_quantile(self.spec.level, self.k - 1)

    @property
    def lower(self) -> float:
        """Lower confidence limit on the pooled scale."""
        return self.estimate - self.quantile * self.se

    @property
    def upper(self) -> float:
        """Upper confidence limit on the pooled scale."""
        return self.estimate + self.quantile * self.se

    @property
    def p(self) -> float:
        """Two-sided p of a pooled value of 0 on the pooled scale."""
        return two_sided(self.estimate / self.se, None if self.spec.limits == "normal" else self.k - 1)

    @property
    def tau2(self) -> float:
        """Between-study variance on the pooled scale."""
        return self.fitted.tau2

    @property
    def weights(self) -> Floats:
        """Share of each study in the pooled value, shape (k,), summing to 1."""
        return self.fitted.weights / self.fitted.weights.sum()

    @property
    def q(self) -> tuple[float, int, float]:
        """Cochran's Q, its degrees of freedom and p."""
        return self.fitted.q, self.fitted.df, chi2_tail(self.fitted.q, self.fitted.df)

    @property
    def tau2_limits(self) -> tuple[float, float]:
        """Q-profile limits of the between-study variance; NaN where no value is compatible with so small a Q."""
        return q_profile(self.effects, self.variances, None, self.fitted.df, self.spec.level)

    @property
    def i2(self) -> Interval:
        """Share of the total variance that lies between studies, with Q-profile limits; 0 to 1."""
        if self.spec.tau2 == "common":
            q, df, _ = self.q
            return Interval(max(0.0, (q - df) / q) if q > 0.0 else 0.0, float("nan"), float("nan"))
        typical = self.fitted.typical_variance
        return Interval(*(value / (value + typical) for value in (self.tau2, *self.tau2_limits)))

    @property
    def h2(self) -> Interval:
        """Total over within-study variance, with Q-profile limits."""
        if self.spec.tau2 == "common":
            return Interval(self.fitted.q / self.fitted.df, float("nan"), float("nan"))
        typical = self.fitted.typical_variance
        return Interval(*(1.0 + value / typical for value in (self.tau2, *self.tau2_limits)))

    @property
    def prediction(self) -> tuple[float, float]:
        """Limits of the effect in a new study, on the pooled scale; NaN where undefined."""
        if self.spec.tau2 == "common":
            return float("nan"), float("nan")
        df = {"k-2": self.k - 2, "k-1": self.k - 1, "normal": 0}[self.spec.prediction]
        if self.spec.prediction == "normal":
            quantile = normal_quantile(self.spec.level)
        else:
            quantile = t_quantile(self.spec.level, df) if df > 0 else float("nan")
        spread = quantile * float(np.sqrt(self.tau2 + self.se**2))
        return self.estimate - spread, self.estimate + spread

    @property
    def natural(self) -> Interval:
        """The pooled value after the way back: a probability, a ratio, a mean."""
        spread = self.quantile * self.se
        return self.back(self.estimate, self.estimate - spread, self.estimate + spread)

    @property
    def natural_prediction(self) -> tuple[float, float]:
        """The prediction limits after the way back."""
        back = self.back(self.estimate, *self.prediction)
        return back.lower, back.upper

    def back(self, estimate: float, lower: float, upper: float) -> Interval:
        """An estimate and limits on the natural scale, the lower limit first."""
        middle, one, other = self.measure.back(self.harmonic_n)(np.array([estimate, lower, upper])).tolist()
        return Interval(middle, min(one, other), max(one, other))

    def studies(self) -> pl.DataFrame:
        """One row a study, as a forest plot shows it.

        Returns
        -------
        polars.DataFrame
            `study`, `effect` and `se` on the pooled scale, `estimate`, `lower`, `upper` on the natural one
            (normal limits; Freeman and Tukey's at the harmonic mean), and `weight`, summing to 1.
        """
        import polars as pl

        z, se = normal_quantile(self.spec.level), np.sqrt(self.variances)
        back = self.measure.back(self.harmonic_n)
        ends = np.sort(np.stack([back(self.effects - z * se), back(self.effects + z * se)]), axis=0)
        return pl.DataFrame(
            {
                "study": self.names,
                "effect": self.effects,
                "se": se,
                "estimate": back(self.effects),
                "lower": ends[0],
                "upper": ends[1],
                "weight": self.weights,
            }
        )

    def table(
        self,
        *,
        definition: str | None = None,
        population: str | None = None,
        denominator: str | None = None,
        group: str | None = None,
        time: float | None = None,
        note: str = "",
    ) -> pl.DataFrame:
        """Rows of the table of results.

        Parameters
        ----------
        definition, population, denominator, group, time
            Columns of the table, taken as they are.
        note
            Put before what the pooling itself notes.

        Returns
        -------
        polars.DataFrame
            Terms ``pooled`` (natural scale), ``pooled_scale``, ``prediction``, ``heterogeneity`` (Cochran's Q),
            ``tau2``, ``i2`` and ``h2``.
        """
        from malar.synthesis._table import pooled_rows

        labels = {
            "definition": definition,
            "population": population,
            "denominator": denominator,
            "group": group,
            "time": time,
        }
        rows: list[dict[str, Any]] = pooled_rows(self, labels, note)
        return results_table(rows)
