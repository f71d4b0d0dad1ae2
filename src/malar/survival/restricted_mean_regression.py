"""Restricted mean event-free time with covariates: difference between arms, adjusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from malar.errors import ParameterError, UndefinedError
from malar.method import Method
from malar.sources import Source, Status
from malar.survival import _columns, _covariates

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

METHOD: Final = Method(
    key="restricted_mean_regression",
    title="Restricted mean event-free time adjusted for covariates",
    source=Source(
        "Tian L, Zhao L, Wei LJ. Predicting the restricted mean event time with the subject's baseline covariates in "
        "survival analysis. Biostatistics 2014;15:222-33",
        status=Status.SECONDARY,
        reading="Identity link; the censoring curve by arm; the variance counts that the curve is estimated.",
    ),
)
"""What `malar list estimators` and `malar cite restricted_mean_regression` print."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RestrictedMeanRegression:
    """Mean days without the event up to a day, as a sum of effects of covariates, from one row per subject.

    Parameters
    ----------
    until
        Last day of the span. It is part of the estimand: fix it before the analysis.
    covariates
        Columns of numbers or Booleans; the arm compared (0 or 1) among them.
    time
        Column of event or censoring times, days from the start of the analysis, >= 0.
    event
        Column: true or 1 = event; false, 0 or null = censored at ``time``.
    censoring_by
        Column of groups, each with a censoring curve of its own: usually the arm. By default one curve for all.
    level
        Confidence level, between 0 and 1.

    Notes
    -----
    E min(T, until) = b₀ + b'z. Rows censored before the end of the span have weight 0, the others 1/G at their time
    or at the end, G the Kaplan-Meier curve of censoring. Assumes that censoring is independent of time and covariates
    within its groups. Variance: sandwich over rows, with their part in G. Without covariates but the arm, and
    censoring by arm, the difference is near that of `RestrictedMean`, not equal to it.

    Source
    ------
    Tian, Zhao & Wei 2014; agrees with the adjusted difference of survRM2 1.0-4.

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({
    ...     "time": [30, 90, 200, 365, 60, 120, 300, 365],
    ...     "event": [1, 1, 0, 0, 1, 0, 0, 0],
    ...     "treated": [0, 0, 0, 0, 1, 1, 1, 1],
    ...     "score": [14, 10, 9, 8, 16, 12, 9, 6],
    ... })
    >>> spec = RestrictedMeanRegression(until=180, covariates=["treated", "score"], censoring_by="treated")
    >>> spec.fit(frame).coefficients().select("term", pl.col("estimate").round(1)).rows()
    [('intercept', 283.7), ('treated', 20.0), ('score', -16.0)]
    """

    method: ClassVar[Method] = METHOD

    until: float
    covariates: str | Sequence[str]
    time: str = "time"
    event: str = "event"
    censoring_by: str | None = None
    level: float = 0.95

    def __post_init__(self) -> None:
        _columns.confidence(self.level)
        object.__setattr__(self, "covariates", _covariates.names(self.covariates))
        if not 0.0 < self.until < float("inf"):
            raise ParameterError(f"`until` is {self.until}.", "The span ends on a day.", "Use a day after day 0.")

    def fit(self, frame: Any) -> RestrictedMeanRegressionResult:
        """Estimate the coefficients.

        Parameters
        ----------
        frame
            Polars, pandas, pyarrow or DuckDB frame, one row per subject.

        Raises
        ------
        MissingColumnsError
            A named column is absent.
        WrongTypeError
            A column that must be numeric is not, or ``frame`` is no dataframe.
        UndefinedError
            Null, NaN or infinite times or covariates; a covariate that the others determine; ``until`` beyond the
            last day of a group whose last row is censored.
        ParameterError
            Negative times; events other than 0 and 1.
        """
        import numpy as np

        from malar.survival._rmst_regression_kernel import fit
        from malar.survival._spans import read_spans

        names = _covariates.names(self.covariates)
        columns = _columns.take(
            frame, [name for name in (self.time, self.event, *names, self.censoring_by) if name], METHOD.title
        )
        spans, event = read_spans(columns, self.time, None, None), _columns.ones(columns, self.event)
        covariates = _covariates.matrix(columns, names)
        _refuse_collinear(names, covariates)
        strata = [np.asarray(rows, dtype=np.intp) for _, rows in _columns.groups(columns, self.censoring_by)]
        for rows in strata:
            self._refuse_beyond(spans.time[rows], event[rows])
        design = np.vstack((np.ones(spans.time.size), covariates)).T
        coefficient, covariance = fit(spans.time, event, design, strata, float(self.until))
        within = int((event & (spans.time <= self.until)).sum())
        return RestrictedMeanRegressionResult(self, event.size, within, coefficient, covariance)

    def _refuse_beyond(self, time: Floats, event: NDArray[np.bool_]) -> None:
        last = float(time.max())
        if self.until > last and not event[time == last].all():
            raise UndefinedError(
                f"A group is observed to day {last:g}, not until day {self.until:g}.",
                "Nobody is left to stand for those censored.",
                f"Fix a span that ends by day {last:g}, with an eye on the number at risk.",
            )


@dataclass(frozen=True, slots=True, eq=False)
class RestrictedMeanRegressionResult:
    """Coefficients in days, the intercept first.

    Parameters
    ----------
    spec
        The estimator that was fitted.
    n, n_events
        Rows, and events within the span.
    coefficient, covariance
        Shape (q,) and (q, q).
    """

    spec: RestrictedMeanRegression
    n: int
    n_events: int
    coefficient: Floats
    covariance: Floats

    def coefficients(self) -> pl.DataFrame:
        """``term, estimate, se, z, p, lower, upper``: days gained for a covariate one higher."""
        from malar.survival._wald import coefficient_frame

        terms = ("intercept", *self.spec.covariates)
        made = coefficient_frame(terms, self.coefficient, self.covariance, self.spec.level)
        return made.select("term", "estimate", "se", "z", "p", "lower", "upper")

    def table(self, *, labels: Mapping[str, str | None] | None = None, note: str | None = None) -> pl.DataFrame:
        """The coefficients as rows of the table of results.

        Parameters
        ----------
        labels
            Columns that are the same in all rows.
        note
            What the reader must know.
        """
        from malar.results import results_table

        spec = self.spec
        said = "; ".join(filter(None, (note, f"until day {spec.until:g}; censored rows by weights")))
        common = {"analysis": METHOD.key, "source": METHOD.source.cite(), "note": said, **(labels or {})}
        rows = [
            common | {"statistic": "n", "value": float(self.n), "unit": "count"},
            common | {"statistic": "events", "value": float(self.n_events), "unit": "count"},
        ]
        rows += [
            common
            | {
                "term": row["term"],
                "statistic": name,
                "value": row[name],
                "level": spec.level if name in ("lower", "upper") else None,
                "unit": {"p": "probability", "z": None}.get(name, "days"),
            }
            for row in self.coefficients().iter_rows(named=True)
            for name in ("estimate", "se", "lower", "upper", "z", "p")
        ]
        return results_table(rows)


def _refuse_collinear(names: Sequence[str], covariates: Floats) -> None:
    """Raise where a covariate is a sum of the ones before it, the intercept included."""
    import numpy as np

    design = np.vstack((np.ones(covariates.shape[1]), covariates)).T
    scale = np.linalg.norm(design, axis=0)
    for k in range(1, design.shape[1]):
        before = design[:, :k]
        rest = design[:, k] - before @ np.linalg.lstsq(before, design[:, k], rcond=None)[0]
        if np.linalg.norm(rest) <= 1e-9 * scale[k]:
            _covariates.refuse_undetermined(names, k - 1)
