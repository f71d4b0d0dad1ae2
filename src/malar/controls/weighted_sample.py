"""What a weighting holds: the rows with their weights, how many they are worth, and the effect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from malar.controls import _columns
from malar.controls.effect import Effect, demand_spread
from malar.controls.propensity_score import PropensityScoreResult
from malar.results import results_table

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from malar.method import Method


@dataclass(frozen=True, slots=True, eq=False)
class WeightedSample:
    """Subjects with weights.

    Parameters
    ----------
    method, note
        The weighting, and its choices in words.
    treatment
        Column of who was treated.
    estimand
        ``att``, ``ate`` or ``ato``.
    rows
        The frame that was given, in Polars.
    weight
        Shape (rows,).
    basis
        What the weights were estimated from: a fitted propensity score, or the moments balanced, shape (rows, moments).
    slope
        Derivatives of weights from a score with respect to its logit, shape (rows,).
    """

    method: Method
    note: str
    treatment: str
    estimand: str
    rows: pl.DataFrame
    weight: NDArray[np.float64]
    basis: PropensityScoreResult | NDArray[np.float64]
    slope: NDArray[np.float64] | None = None

    def weighted(self) -> pl.DataFrame:
        """The rows with a column ``weight``; `ParameterError` where they have one already."""
        import polars as pl

        _columns.demand_free(self.rows, ("weight",))
        return self.rows.with_columns(pl.Series("weight", self.weight))

    def effective_sizes(self) -> tuple[float, float]:
        """Effective sample sizes of treated and controls: ``(sum w)^2 / sum w^2``."""
        from malar.controls._weight_kernel import effective_sample_size

        treated = _columns.sign(self.rows, self.treatment)
        return effective_sample_size(self.weight[treated]), effective_sample_size(self.weight[~treated])

    def effect(self, outcome: str, *, level: float = 0.95) -> Effect:
        """Difference of weighted means, treated minus control.

        Parameters
        ----------
        outcome
            Column: a number, or Boolean (the difference is then one of proportions), without nulls.
        level
            Confidence level.

        Returns
        -------
        Effect
            Standard error from stacked estimating equations, limits from the normal distribution.

        Raises
        ------
        MissingColumnsError
            The column is absent.
        UndefinedError
            Unknown outcomes.
        """
        import numpy as np

        _columns.confidence(level)
        _columns.take(self.rows, [outcome], "The weighted effect")
        treated, y = _columns.sign(self.rows, self.treatment), _columns.numbers(self.rows, outcome)
        means = [float(self.weight[arm] @ y[arm] / self.weight[arm].sum()) for arm in (treated, ~treated)]
        influence = self._influence(treated, y)
        return Effect(
            method=self.method,
            note=f"{self.note}; variance from stacked estimating equations",
            unit="difference",
            estimate=means[0] - means[1],
            se=demand_spread(float(np.sqrt(influence @ influence)), y),
            df=None,
            level=level,
            counts=(int(treated.sum()), int((~treated).sum())),
            means=(means[0], means[1]),
        )

    def _influence(self, treated: NDArray[np.bool_], y: NDArray[np.float64]) -> NDArray[np.float64]:
        import numpy as np

        from malar.controls._logistic_kernel import standardized
        from malar.controls._weight_kernel import balanced_influence, score_influence

        if isinstance(self.basis, PropensityScoreResult):
            assert self.slope is not None
            values = _columns.design(self.rows, self.basis.spec.covariates).values
            p = self.basis.fit.probability
            full = np.column_stack([np.ones(len(y)), standardized(values)[0]])
            information = (full * (p * (1.0 - p))[:, None]).T @ full
            covariance = np.asarray(np.linalg.inv(information), dtype=np.float64)
            return score_influence(full, treated, p, covariance, (self.weight, self.slope), y)
        everyone = np.ones(len(y), dtype=np.bool_)
        if self.estimand == "ate":
            arms = [balanced_influence(self.basis, arm, everyone, self.weight, y) for arm in (treated, ~treated)]
            return arms[0] - arms[1]
        first = np.where(treated, (y - y[treated].mean()) / treated.sum(), 0.0)
        return first - balanced_influence(self.basis, ~treated, treated, self.weight, y)

    def table(self, *, definition: str | None = None, population: str | None = None) -> pl.DataFrame:
        """The table of results: subjects, effective sample size and largest weight of each arm."""
        treated = _columns.sign(self.rows, self.treatment)
        common = {"analysis": self.method.key, "definition": definition, "population": population, "note": self.note}
        common["source"] = self.method.source.cite()
        rows: list[dict[str, Any]] = []
        for group, arm, size in zip(("treated", "control"), (treated, ~treated), self.effective_sizes(), strict=True):
            share = float(self.weight[arm].max() / self.weight[arm].sum())
            here = {**common, "group": group}
            rows += [
                {**here, "statistic": "n", "value": float(arm.sum()), "unit": "count"},
                {**here, "term": "effective", "statistic": "n", "value": size, "unit": "count"},
                {**here, "term": "largest_share", "statistic": "estimate", "value": share, "unit": "share of weight"},
            ]
        return results_table(rows)
