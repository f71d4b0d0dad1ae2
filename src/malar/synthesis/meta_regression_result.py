"""A fitted meta-regression, and its rows in the table of results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import fdtrc

from malar.results import results_table
from malar.synthesis._distributions import chi2_tail, normal_quantile, t_quantile, two_sided
from malar.synthesis._pool_kernel import Pooled, q_profile, widening
from malar.synthesis._table import LIMITS, TAU2, accepted, row
from malar.synthesis.measures import measure_of

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from malar.synthesis.meta_regression import MetaRegression

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class MetaRegressionResult:
    """Coefficients of the moderators, on the pooled scale.

    Parameters
    ----------
    spec
        What was asked for.
    names
        Studies, in the order of the frame.
    terms
        Coefficients' names, ``intercept`` first; shape (p,).
    effects, variances
        Of each study, shape (k,).
    design
        Shape (k, p).
    fitted
        As the kernel gave it.
    """

    spec: MetaRegression
    names: tuple[str, ...]
    terms: tuple[str, ...]
    effects: Floats
    variances: Floats
    design: Floats
    fitted: Pooled

    @property
    def coefficients(self) -> Floats:
        """Shape (p,)."""
        return self.fitted.coefficients

    @property
    def covariance(self) -> Floats:
        """Of the coefficients, with Knapp and Hartung's factor where it applies; shape (p, p)."""
        return self.fitted.covariance * widening(self.fitted, str(self.spec.pooling.limits))

    @property
    def se(self) -> Floats:
        """Standard errors, shape (p,)."""
        return np.sqrt(np.diag(self.covariance))

    @property
    def limits(self) -> tuple[Floats, Floats]:
        """Lower and upper confidence limits, each of shape (p,)."""
        level = self.spec.pooling.level
        normal = self.spec.pooling.limits == "normal"
        quantile = normal_quantile(level) if normal else t_quantile(level, self.fitted.df)
        return self.coefficients - quantile * self.se, self.coefficients + quantile * self.se

    @property
    def p(self) -> Floats:
        """Two-sided p of each coefficient, shape (p,)."""
        df = None if self.spec.pooling.limits == "normal" else self.fitted.df
        return np.array([two_sided(float(one), df) for one in self.coefficients / self.se])

    @property
    def moderators_test(self) -> tuple[float, int, float]:
        """All moderators together: F (with k-p below) or, with normal limits, chi-squared; df above; p."""
        inner = self.coefficients[1:]
        wald = float(inner @ np.linalg.solve(self.covariance[1:, 1:], inner))
        df = inner.size
        if self.spec.pooling.limits == "normal":
            return wald, df, chi2_tail(wald, df)
        return wald / df, df, float(fdtrc(df, self.fitted.df, wald / df))

    @property
    def tau2(self) -> float:
        """Between-study variance that the moderators leave."""
        return self.fitted.tau2

    @property
    def tau2_limits(self) -> tuple[float, float]:
        """Its Q-profile limits."""
        return q_profile(self.effects, self.variances, self.design, self.fitted.df, self.spec.pooling.level)

    @property
    def i2(self) -> float:
        """Share of the variance that lies between studies, given the moderators; of a common effect from Q."""
        if self.spec.pooling.tau2 == "common":
            return max(0.0, 1.0 - self.fitted.df / self.fitted.q) if self.fitted.q > 0.0 else 0.0
        return self.tau2 / (self.tau2 + self.fitted.typical_variance)

    @property
    def residual_heterogeneity(self) -> tuple[float, int, float]:
        """Cochran's Q that the moderators leave, degrees of freedom, p."""
        return self.fitted.q, self.fitted.df, chi2_tail(self.fitted.q, self.fitted.df)

    @property
    def explained(self) -> float:
        """Share by which the moderators lower τ², 0 to 1; NaN where there is no τ² to lower."""
        from malar.synthesis._pool_kernel import pool

        whole = pool(self.effects, self.variances, None, self.spec.pooling.tau2).tau2
        return max(0.0, 1.0 - self.tau2 / whole) if whole > 0.0 else float("nan")

    def at(self, values: Mapping[str, float]) -> tuple[float, float, float]:
        """The pooled value, with limits, where the terms have these values; on the pooled scale.

        Parameters
        ----------
        values
            Value of each term but the intercept, by name; absent ones are 0.
        """
        point = np.array([1.0, *(float(values.get(term, 0.0)) for term in self.terms[1:])])
        middle, se = float(point @ self.coefficients), float(np.sqrt(point @ self.covariance @ point))
        level = self.spec.pooling.level
        normal = self.spec.pooling.limits == "normal"
        spread = se * (normal_quantile(level) if normal else t_quantile(level, self.fitted.df))
        return middle, middle - spread, middle + spread

    def table(self, **labels: Any) -> pl.DataFrame:
        """Rows of the table of results.

        Parameters
        ----------
        labels
            Columns of the table, taken as they are.

        Returns
        -------
        polars.DataFrame
            One term a coefficient, ``moderators`` (their test), ``residual_heterogeneity``, ``tau2``, ``i2`` and
            ``tau2_explained``.
        """
        spec = self.spec.pooling
        scale = measure_of(spec.measure).scale
        notes = (labels.get("note", ""), TAU2[spec.tau2], LIMITS[str(spec.limits)].replace("k-1", "k-p"))
        common = {**labels, "analysis": "meta_regression", "source": self.spec.method.source.cite()}
        common["note"] = "; ".join(filter(None, (*notes, f"on the {scale} scale", accepted(spec.across))))
        rows = [row(common, "intercept", "n", len(self.names), "studies")]
        numbers = zip(self.terms, self.coefficients, self.se, *self.limits, self.p, strict=True)
        for term, *values in numbers:
            named = zip(("estimate", "se", "lower", "upper", "p"), values, strict=True)
            rows += [row(common, term, s, float(x), scale, level=spec.level) for s, x in named]
        statistic, df, p = self.moderators_test
        kind = "" if spec.limits == "normal" else "F times its df; p by F with k-p"
        test = (("chisq", statistic * (df if kind else 1.0)), ("df", df), ("p", p))
        rows += [row(common, "moderators", s, x, None, kind) for s, x in test]
        rows += [
            row(common, "residual_heterogeneity", s, x)
            for s, x in zip(("chisq", "df", "p"), self.residual_heterogeneity, strict=True)
        ]
        rows += [
            row(common, term, "estimate", value)
            for term, value in (("tau2", self.tau2), ("i2", self.i2), ("tau2_explained", self.explained))
        ]
        return results_table(rows)
