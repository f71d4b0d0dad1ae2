"""The propensity score: the probability of being treated, given what was known before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from malar.controls import _columns
from malar.errors import UndefinedError
from malar.method import Method
from malar.results import results_table
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl

    from malar.controls._logistic_kernel import LogisticFit

METHOD: Final = Method(
    key="propensity_score",
    title="Propensity score by logistic regression",
    source=Source(
        "Rosenbaum PR, Rubin DB. The central role of the propensity score in observational studies for causal "
        "effects. Biometrika 1983;70:41-55",
        status=Status.SECONDARY,
        reading="Main effects only; words become one column a level, the first in alphabetic order left out.",
    ),
    also=(
        Source(
            "Konis K. Linear programming algorithms for detecting separated data in binary logistic regression models. "
            "DPhil thesis, University of Oxford, 2007",
            status=Status.SECONDARY,
            reading="Separation is tested where the fit did not converge or a linear predictor went beyond 15.",
        ),
    ),
)
"""What `malar list estimators` and `malar cite propensity_score` print."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PropensityScore:
    """Probability of being treated given covariates, by logistic regression.

    Parameters
    ----------
    covariates
        Columns known at or before time zero: numbers, Booleans, or words (one column a level, the first left out).
    treatment
        Column: true or 1 treated, false or 0 control.
    level
        Confidence level of the coefficients' limits.
    max_iterations
        Most Newton steps.

    Notes
    -----
    Maximum likelihood; standard errors from the inverse information. Nulls are refused: a row without a score could
    not be matched. Where covariates separate the arms, some subjects could only have been treated, or only not; no
    finite fit exists and the fit is refused with the names of the columns.

    Source
    ------
    Rosenbaum & Rubin 1983; agrees with R's glm.

    Examples
    --------
    >>> import polars as pl
    >>> cohort = pl.DataFrame({"treated": [1, 1, 0, 0, 0, 1], "sledai_2k": [12, 16, 8, 14, 6, 10]})
    >>> fit = PropensityScore(covariates=["sledai_2k"]).fit(cohort)
    >>> fit.scored()["propensity_score"].round(3).to_list()
    [0.583, 0.843, 0.267, 0.733, 0.157, 0.417]
    """

    method: ClassVar[Method] = METHOD

    covariates: Sequence[str]
    treatment: str = "treated"
    level: float = 0.95
    max_iterations: int = 50

    def __post_init__(self) -> None:
        object.__setattr__(self, "covariates", _columns.several("covariates", self.covariates))
        _columns.confidence(self.level)

    def fit(self, frame: Any) -> PropensityScoreResult:
        """Estimate the probability of being treated.

        Parameters
        ----------
        frame
            Polars, pandas, pyarrow or DuckDB frame, one row a subject (or a subject and trial).

        Returns
        -------
        PropensityScoreResult
            Coefficients, and the rows with their scores.

        Raises
        ------
        MissingColumnsError
            A named column is absent.
        UndefinedError
            No rows, one arm only, nulls, covariates that separate the arms or are combinations of each other.
        """
        from malar.controls._logistic_kernel import fit_logistic

        rows = _columns.take(frame, [self.treatment, *self.covariates], "The propensity score")
        treated = _columns.treatment(rows, self.treatment)
        design = _columns.design(rows, self.covariates)
        refuse_dependent(design)
        fit = fit_logistic(design.values, treated, most=self.max_iterations)
        refuse_separated(design, treated, fit, "treated")
        return PropensityScoreResult(self, rows, ("intercept", *design.names), fit)


def refuse_dependent(design: _columns.Design) -> None:
    """Raise where a column is constant or a combination of others."""
    from malar.controls._logistic_kernel import dependent_columns

    found = [design.names[int(k)] for k in dependent_columns(design.values)]
    if found:
        raise UndefinedError(
            f"{len(found)} columns are constant or combinations of others: {_shown(found)}.",
            "Their coefficients are not determined.",
            "Leave them out.",
        )


def refuse_separated(design: _columns.Design, outcome: Any, fit: LogisticFit, what: str) -> None:
    """Raise where no finite fit exists, or none was reached."""
    import numpy as np

    from malar.controls._logistic_kernel import FAR, separating_columns

    if fit.converged and np.abs(fit.linear).max() <= FAR:
        return
    found = [design.names[int(k)] for k in separating_columns(design.values, outcome)]
    if found:
        raise UndefinedError(
            f"Who was {what} is told apart without error, for some rows, by {_shown(found)}.",
            "No finite coefficients exist: for some subjects the other arm holds nobody like them.",
            "Leave out the subjects without counterpart by an eligibility criterion, or coarsen these covariates.",
        )
    if not fit.converged:
        raise UndefinedError(
            f"The logistic regression did not converge in {fit.iterations} steps.",
            "Its numbers would be those of an unfinished search.",
            "Look for covariates of extreme values, or raise max_iterations.",
        )


def _shown(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names[:6]) + (" …" if len(names) > 6 else "")


@dataclass(frozen=True, slots=True, eq=False)
class PropensityScoreResult:
    """A fitted propensity score.

    Parameters
    ----------
    spec
        The estimator that was fitted.
    rows
        The frame that was given, in Polars.
    terms
        ``intercept`` and the columns of the regression, in order.
    fit
        Coefficients, covariance and fitted values.
    """

    spec: PropensityScore
    rows: pl.DataFrame
    terms: tuple[str, ...]
    fit: LogisticFit

    def scored(self) -> pl.DataFrame:
        """The rows with two columns more: ``propensity_score`` (a probability) and ``propensity_logit``."""
        import polars as pl

        return self.rows.with_columns(
            pl.Series("propensity_score", self.fit.probability), pl.Series("propensity_logit", self.fit.linear)
        )

    def outside_common_support(self) -> tuple[int, int]:
        """Treated whose score is outside the controls' range, and controls whose score is outside the treated's."""
        treated = _columns.sign(self.rows, self.spec.treatment)
        score = self.fit.linear
        a, b = score[treated], score[~treated]
        return int(((a < b.min()) | (a > b.max())).sum()), int(((b < a.min()) | (b > a.max())).sum())

    def coefficients(self) -> pl.DataFrame:
        """One row a term: ``term, estimate, se, z, p, lower, upper`` (log odds)."""
        import numpy as np
        import polars as pl
        from scipy.special import ndtr, ndtri

        estimate, se = self.fit.coefficients, np.sqrt(np.diagonal(self.fit.covariance))
        z, half = estimate / se, ndtri(0.5 + self.spec.level / 2) * se
        columns = {"estimate": estimate, "se": se, "z": z, "p": 2 * ndtr(-np.abs(z))}
        return pl.DataFrame({"term": self.terms, **columns, "lower": estimate - half, "upper": estimate + half})

    def table(self, *, definition: str | None = None, population: str | None = None) -> pl.DataFrame:
        """The table of results: counts, subjects outside common support, and every coefficient with its limits."""
        spec = self.spec
        treated = _columns.sign(self.rows, spec.treatment)
        common = {"analysis": spec.method.key, "definition": definition, "population": population}
        common["source"] = spec.method.source.cite()
        rows: list[dict[str, Any]] = []
        for group, n, outside in zip(
            ("treated", "control"), (treated.sum(), (~treated).sum()), self.outside_common_support(), strict=True
        ):
            count = {**common, "group": group, "statistic": "n", "unit": "count"}
            rows += [{**count, "value": float(n)}, {**count, "term": "outside_common_support", "value": float(outside)}]
        note = f"converged in {self.fit.iterations} steps; standard errors from the inverse information"
        for row in self.coefficients().iter_rows(named=True):
            for name in ("estimate", "se", "z", "p", "lower", "upper"):
                level = spec.level if name in ("lower", "upper") else None
                unit = "probability" if name == "p" else "log odds"
                told = {"term": row["term"], "statistic": name, "value": row[name], "level": level, "unit": unit}
                rows.append({**common, **told, "note": note})
        return results_table(rows)
