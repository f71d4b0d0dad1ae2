"""Completed data sets, their analysis visit by visit, and how far the assumption can be bent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from malar.errors import ParameterError

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from malar.repeated._design import Design
    from malar.repeated.reference_based import ReferenceBasedImputation

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceBasedResult:
    """Imputations of one trial.

    Parameters
    ----------
    spec
        The estimator that was fitted.
    design
        One row a subject and visit; the outcome is NaN where it was missing.
    completed
        Outcomes, (imputations, subjects, visits).
    missing, dropped
        Cells that were imputed, and those after the last outcome seen, (subjects, visits).
    failed
        Bootstrap samples without a fit, each drawn again.
    """

    spec: ReferenceBasedImputation
    design: Design
    completed: Floats
    missing: NDArray[np.bool_]
    dropped: NDArray[np.bool_]
    failed: int

    def contrasts(self, *, delta: float = 0.0) -> pl.DataFrame:
        """Each arm minus the reference at each visit, over the imputations.

        Parameters
        ----------
        delta
            Added to every value imputed after dropout outside the reference arm, in the outcome's unit.

        Returns
        -------
        polars.DataFrame
            ``arm, comparator, visit, estimate, se, df, lower, upper, p, missing_information``.
        """
        import numpy as np
        import polars as pl
        from scipy.special import stdtr, stdtrit

        from malar.repeated.rubin import pool

        arms, visits = self.design.arms, self.design.visits
        estimates, variances, df = self._each(delta)
        pooled = pool(estimates, variances, complete_df=df)
        width = stdtrit(pooled.df, 0.5 + self.spec.model.level / 2.0) * pooled.se
        return pl.DataFrame(
            {
                "arm": [arm for arm in arms[1:] for _ in visits],
                "comparator": [arms[0]] * ((len(arms) - 1) * len(visits)),
                "visit": list(visits) * (len(arms) - 1),
                "estimate": pooled.estimate,
                "se": pooled.se,
                "df": pooled.df,
                "lower": pooled.estimate - width,
                "upper": pooled.estimate + width,
                "p": 2.0 * stdtr(pooled.df, -np.abs(pooled.estimate / pooled.se)),
                "missing_information": pooled.missing_information,
            }
        )

    def tipping_point(self, deltas: Sequence[float], *, visit: str | None = None) -> pl.DataFrame:
        """Contrasts at one visit while outcomes after dropout are made worse step by step.

        Parameters
        ----------
        deltas
            Amounts added to what was imputed after dropout outside the reference arm; for a score whose
            high values are bad, positive ones.
        visit
            Label of the visit; by default the last.

        Returns
        -------
        polars.DataFrame
            `contrasts` of that visit with ``delta`` in front, and ``excludes_zero``: whether the interval
            still does. The tipping point is the first delta at which it no longer does; judge whether so
            bad a course after dropout is plausible.
        """
        import polars as pl

        label = self.design.visits[-1] if visit is None else visit
        if label not in self.design.visits:
            raise ParameterError(
                f"`visit` is {visit!r}.", "There is no such visit.", f"Visits: {', '.join(self.design.visits)}."
            )
        frames = [
            self.contrasts(delta=delta).filter(visit=label).select(pl.lit(float(delta)).alias("delta"), pl.all())
            for delta in deltas
        ]
        excludes = (pl.col("lower") > 0.0) | (pl.col("upper") < 0.0)
        return pl.concat(frames).with_columns(excludes_zero=excludes)

    def table(self, *, labels: Mapping[str, str | None] | None = None, unit: str = "points") -> pl.DataFrame:
        """Contrasts at every visit, in the table of results.

        Parameters
        ----------
        labels
            Further columns, the same in every row: ``definition``, ``population``, ``denominator``.
        unit
            Unit of the outcome.
        """
        from malar.repeated.mmrm_rows import contrast_rows
        from malar.results import results_table

        note = f"{self.spec.strategy}; {self.spec.imputations} imputations, Rubin's rules; {self.failed} samples unfit"
        common = {"analysis": self.spec.method.key, "source": self.spec.method.source.cite(), "note": note}
        rows = contrast_rows(self.contrasts(), "difference", unit, self.spec.model.level)
        return results_table(common | dict(labels or {}) | row for row in rows)

    def _each(self, delta: float) -> tuple[Floats, Floats, float]:
        """Estimates and variances in every imputation, (imputations, contrasts · visits), and their df."""
        import numpy as np

        visits, arms = len(self.design.visits), len(self.design.arms)
        arm = self.design.arm[::visits]
        outcome = self.completed + delta * (self.dropped & (arm > 0)[:, None])
        dummies = (arm[:, None] == np.arange(1, arms)).astype(np.float64)
        covariates = [factor.dummies()[::visits] for factor in self.design.covariates]
        columns = np.concatenate((dummies, np.ones((arm.size, 1)), *covariates), axis=1)
        q, r = np.linalg.qr(columns)
        flat = outcome.transpose(1, 0, 2).reshape(arm.size, -1)
        scores = q.T @ flat
        df = float(arm.size - columns.shape[1])
        variance = np.sum((flat - q @ scores) ** 2, axis=0) / df
        inverse = np.linalg.inv(r)
        shape = (arms - 1, len(outcome), visits)
        estimate = (inverse[: arms - 1] @ scores).reshape(shape)
        spread = np.sum(inverse[: arms - 1] ** 2, axis=1)[:, None, None] * variance.reshape(1, *shape[1:])
        in_rows = [part.transpose(1, 0, 2).reshape(len(outcome), -1) for part in (estimate, spread)]
        return in_rows[0], in_rows[1], df
