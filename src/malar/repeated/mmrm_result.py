"""What a repeated-measures fit holds, and the tables that are made of it when asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from malar.errors import ParameterError, UnknownKeyError

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from malar.repeated._design import Basis, Design
    from malar.repeated._fitting import Attempt, Fitted
    from malar.repeated.mmrm import MMRM

    Floats = NDArray[np.float64]

AVERAGE: Final = "average"
"""The label of means and contrasts averaged over visits, each visit counting the same."""


@dataclass(frozen=True, slots=True, eq=False)
class MMRMResult:
    """One fit.

    Parameters
    ----------
    spec
        The estimator that was fitted.
    design
        Rows used, and labels of visits, arms and coefficients.
    n_missing
        Rows without an outcome.
    basis
        The design's orthonormal basis.
    attempts
        How the fit of each covariance tried ended, in order.
    fitted
        The one that converged, or None.
    """

    spec: MMRM
    design: Design
    n_missing: int
    basis: Basis
    attempts: tuple[Attempt, ...]
    fitted: Fitted | None

    @property
    def converged(self) -> bool:
        """Some covariance's fit converged; without it every estimate is null."""
        return self.fitted is not None

    @property
    def n_subjects(self) -> int:
        """Subjects with at least one outcome."""
        return int(self.design.subject.max()) + 1

    @property
    def n_rows(self) -> int:
        """Outcomes used."""
        return int(self.design.outcome.size)

    @property
    def covariance(self) -> Floats | None:
        """Covariance matrix of the visits, (visits, visits), or None without convergence."""
        return None if self.fitted is None else self.fitted.sigma

    def convergence(self) -> pl.DataFrame:
        """Every attempt: ``covariance, converged, reason, steps, gain, loglik, parameters, maxima``."""
        import polars as pl

        names = ("covariance", "converged", "reason", "steps", "gain", "loglik", "parameters", "maxima")
        return pl.DataFrame(
            {name: [getattr(attempt, name) for attempt in self.attempts] for name in names}
        ).with_columns(pl.col("gain", "loglik").cast(pl.Float64).fill_nan(None))

    def fit_statistics(self) -> dict[str, float | None]:
        """``loglik, aic, bic`` of the fit (BIC counts subjects; under REML of covariance parameters only)."""
        import math

        if self.fitted is None:
            return {"loglik": None, "aic": None, "bic": None}
        chosen = self.fitted.attempt
        free = chosen.parameters + (0 if self.spec.likelihood == "reml" else self.basis.columns.shape[1])
        twice = -2.0 * chosen.loglik
        bic = twice + math.log(self.n_subjects) * free
        return {"loglik": chosen.loglik, "aic": twice + 2.0 * free, "bic": bic}

    def reference_grid(self) -> pl.DataFrame:
        """Where least-squares means hold the covariates: ``covariate, level, value``.

        A number is held at its mean over the rows used, so that a subject counts once for every outcome; of a
        category each level has the weight that stands in ``value``.
        """
        import polars as pl

        rows: list[tuple[str, str | None, float]] = []
        for factor in self.design.covariates:
            typical = [float(value) for value in factor.typical(self.spec.weights)]
            if factor.levels:
                typical.insert(0, 1.0 - sum(typical))
            rows += [(factor.name, *pair) for pair in zip(factor.levels or (None,), typical, strict=True)]
        schema = {"covariate": pl.String, "level": pl.String, "value": pl.Float64}
        return pl.DataFrame(rows, schema=schema, orient="row")

    def coefficients(self) -> pl.DataFrame:
        """The model's coefficients.

        Returns
        -------
        polars.DataFrame
            ``term, name, estimate, se, df, lower, upper, p``; null where the design does not determine it.
        """
        import numpy as np
        import polars as pl

        labels = self.design.coefficients()
        named = pl.DataFrame({"term": [term for term, _ in labels], "name": [name for _, name in labels]})
        return named.hstack(self.measure(np.eye(len(labels))))

    def ls_means(self, *, averaged: bool = False) -> pl.DataFrame:
        """Least-squares means of each arm at each visit.

        Parameters
        ----------
        averaged
            Add each arm's average over visits, every visit counting the same.

        Returns
        -------
        polars.DataFrame
            ``arm, visit, n, estimate, se, df, lower, upper, p`` (p of a mean of zero); ``n`` counts the
            outcomes. Numeric covariates are held at their mean over the rows used, categories at the
            weights of the specification. Null where the design does not determine it.
        """
        import numpy as np
        import polars as pl

        arms, visits = len(self.design.arms), len(self.design.visits)
        counts = np.zeros((arms, visits), dtype=np.int64)
        np.add.at(counts, (self.design.arm, self.design.visit), 1)
        grid = self.design.grid(self.spec.weights).reshape(arms, visits, -1)
        labels = list(self.design.visits)
        if averaged:
            grid = np.concatenate((grid, grid.mean(axis=1, keepdims=True)), axis=1)
            counts = np.concatenate((counts, counts.sum(axis=1, keepdims=True)), axis=1)
            labels.append(AVERAGE)
        named = pl.DataFrame(
            {
                "arm": [None if self.spec.arm is None else arm for arm in self.design.arms for _ in labels],
                "visit": labels * arms,
                "n": counts.reshape(-1),
            },
            schema_overrides={"arm": pl.String},
        )
        return named.hstack(self.measure(grid.reshape(-1, grid.shape[-1])))

    def contrasts(self, *, averaged: bool = False) -> pl.DataFrame:
        """Differences of least-squares means: each arm minus the reference, at each visit.

        Parameters
        ----------
        averaged
            Add the difference averaged over visits, every visit counting the same.

        Returns
        -------
        polars.DataFrame
            ``arm, comparator, visit, estimate, se, df, lower, upper, p``; no rows for a single arm.
        """
        import numpy as np
        import polars as pl

        arms, visits = self.design.arms, list(self.design.visits)
        grid = self.design.grid(self.spec.weights).reshape(len(arms), len(visits), -1)
        if averaged:
            grid = np.concatenate((grid, grid.mean(axis=1, keepdims=True)), axis=1)
            visits.append(AVERAGE)
        others = arms[1:]
        named = pl.DataFrame(
            {
                "arm": [arm for arm in others for _ in visits],
                "comparator": [arms[0]] * (len(others) * len(visits)),
                "visit": visits * len(others),
            },
            schema=dict.fromkeys(("arm", "comparator", "visit"), pl.String),
        )
        return named.hstack(self.measure((grid[1:] - grid[:1]).reshape(-1, grid.shape[-1])))

    def joint_test(self, *terms: str) -> pl.DataFrame:
        """F test that all coefficients of some terms are zero.

        Parameters
        ----------
        terms
            Names in the column ``term`` of `coefficients`: ``"arm:visit"`` asks whether the arms differ by
            the same amount at every visit; ``"arm", "arm:visit"`` together whether they differ at any.

        Returns
        -------
        polars.DataFrame
            One row: ``terms, f, df, denominator_df, p``; null where nothing converged, or where the design
            does not determine a coefficient.

        Raises
        ------
        UnknownKeyError
            The model has no such term.
        ParameterError
            No term is named.
        """
        import numpy as np
        import polars as pl

        from malar.repeated._inference_kernel import JointTest, joint_test

        labels = [term for term, _ in self.design.coefficients()]
        if not terms:
            raise ParameterError("No term is named.", "There is nothing to test.", f"Terms: {_listed(labels)}.")
        for term in terms:
            if term not in labels:
                raise UnknownKeyError(f"The model has no term {term!r}.", "", f"Terms: {_listed(labels)}.")
        rows = np.eye(len(labels))[[i for i, label in enumerate(labels) if label in terms]]
        functions, known = self.basis.functions(rows)
        test = JointTest(np.nan, len(rows), np.nan, np.nan)
        if self.fitted is not None and known.all():
            test = joint_test(self.fitted.uncertainty, functions, kenward_roger=self.spec.df == "kenward_roger")
        return pl.DataFrame(
            {
                "terms": [", ".join(terms)],
                "f": [test.f],
                "df": [test.df],
                "denominator_df": [test.denominator_df],
                "p": [test.p],
            }
        ).fill_nan(None)

    def measure(self, wanted: Floats) -> pl.DataFrame:
        """Linear functions of the coefficients of `coefficients`, one row a function.

        Parameters
        ----------
        wanted
            Weights, shape (functions, coefficients).

        Returns
        -------
        polars.DataFrame
            ``estimate, se, df, lower, upper, p``; null where nothing converged or the design does not
            determine the function.
        """
        import numpy as np
        import polars as pl
        from scipy.special import stdtr, stdtrit

        from malar.repeated._inference_kernel import estimate

        found = np.full((6, len(wanted)), np.nan)
        if self.fitted is not None and len(wanted):
            functions, known = self.basis.functions(wanted)
            each = estimate(self.fitted.uncertainty, functions[known])
            width = stdtrit(each.df, 0.5 + self.spec.level / 2.0) * each.se
            with np.errstate(divide="ignore", invalid="ignore"):
                p = 2.0 * stdtr(each.df, -np.abs(each.estimate / each.se))
            limits = (each.estimate - width, each.estimate + width)
            found[:, known] = np.array([each.estimate, each.se, each.df, *limits, p])
        names = ("estimate", "se", "df", "lower", "upper", "p")
        return pl.DataFrame(dict(zip(names, found, strict=True))).fill_nan(None)

    def table(self, *, labels: Mapping[str, str | None] | None = None, unit: str = "points") -> pl.DataFrame:
        """Least-squares means, contrasts and their averages over visits, in the table of results.

        Parameters
        ----------
        labels
            Further columns, the same in every row: ``definition``, ``population``, ``denominator``.
        unit
            Unit of the outcome.
        """
        from malar.repeated.mmrm_rows import rows

        return rows(self, labels=dict(labels or {}), unit=unit)


def _listed(labels: list[str]) -> str:
    return ", ".join(dict.fromkeys(labels))
