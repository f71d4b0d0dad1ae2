"""Cox regression: hazard ratios from right-censored or start-stop data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, get_args

from malar.errors import ParameterError
from malar.method import Method
from malar.sources import Source, Status
from malar.survival import _columns, _covariates

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from malar.survival._cox_kernel import Rows
    from malar.survival.cox_regression_result import CoxRegressionResult

Ties = Literal["efron", "breslow"]
Variance = Literal["model", "robust"]

METHOD: Final = Method(
    key="cox_regression",
    title="Cox regression: hazard ratios under proportional hazards",
    source=Source(
        "Cox DR. Regression models and life-tables. J R Stat Soc B 1972;34:187-220",
        status=Status.SECONDARY,
        reading="At one time events come before censorings and entries; a row is at risk after `entry` up to `time`.",
    ),
    also=(
        Source(
            "Efron B. The efficiency of Cox's likelihood function for censored data. J Am Stat Assoc 1977;72:557-65",
            status=Status.SECONDARY,
            reading="With weights, tied events share their mean weight, as in coxph.",
        ),
        Source(
            "Lin DY, Wei LJ. The robust inference for the Cox proportional hazards model. "
            "J Am Stat Assoc 1989;84:1074-8",
            status=Status.SECONDARY,
            reading="No small-sample factor.",
        ),
        Source(
            "Grambsch PM, Therneau TM. Proportional hazards tests and diagnostics based on weighted residuals. "
            "Biometrika 1994;81:515-26",
            status=Status.SECONDARY,
            reading="The score test itself, as in cox.zph of survival 3, not its older approximation.",
        ),
        Source(
            "Therneau TM. survival: A Package for Survival Analysis in R, version 3.5-3 (coxph, cox.zph, survfit)",
            status=Status.SECONDARY,
        ),
    ),
)
"""What `malar list estimators` and `malar cite cox_regression` print."""

FOLLOW_UP: Final = "Without it nobody knows how long the subject was at risk, and no row is dropped silently."
DAY_0: Final = "Time is counted from the start of the analysis."
WEIGHT: Final = "A subject with such a weight has no defined share in the estimate."


@dataclass(frozen=True, slots=True)
class CoxRegression:
    """Hazard ratios of covariates, from one row a subject or one row a span of constant covariates.

    Parameters
    ----------
    covariates
        Columns of numbers or Booleans, at least one. Text is refused: make a column of 0 and 1 a category.
    time
        Column of event or censoring times, or ends of spans, in days, >= 0.
    event
        Column: true or 1 = event; false, 0 or null = none by ``time``.
    entry
        Column of entry times, or starts of spans: at risk from after ``entry`` up to ``time``.
    strata
        Column of strata, each with a baseline hazard of its own, never null.
    weight
        Column of weights >= 0; rows of weight 0 are left out.
    cluster
        Column of subjects or centers whose rows are correlated; standard errors are then robust.
    ties
        ``efron`` or ``breslow``.
    variance
        ``model`` (inverse information) or ``robust`` (sandwich over rows, or over clusters). By default robust
        where a cluster is named or a weight is no whole number, else the model's.
    level
        Confidence level, between 0 and 1.

    Notes
    -----
    Maximum by Newton's method with halved steps. A coefficient that grows for ever (monotone likelihood, as where
    no event occurred in one arm) is infinite, its standard error and limits null, and `CoxRegressionResult.convergence`
    names it; the likelihood-ratio and score tests remain. Cost O(n log n + n p²) for n rows and p covariates.

    Source
    ------
    Cox 1972; Efron 1977; Lin & Wei 1989; Grambsch & Therneau 1994; agrees with R survival 3.5-3.

    Examples
    --------
    Remission of leukemia, placebo against 6-mercaptopurine, in weeks (Freireich 1963):

    >>> import polars as pl
    >>> drug = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    >>> placebo = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
    >>> relapse = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0] + [1] * 21
    >>> frame = pl.DataFrame({"time": drug + placebo, "event": relapse, "placebo": [0] * 21 + [1] * 21})
    >>> result = CoxRegression(covariates=["placebo"]).fit(frame)
    >>> result.coefficients().select("term", pl.col("estimate", "se", "hazard_ratio").round(2)).rows()
    [('placebo', 1.57, 0.41, 4.82)]
    """

    method: ClassVar[Method] = METHOD

    covariates: Sequence[str]
    time: str = "time"
    event: str = "event"
    entry: str | None = None
    strata: str | None = None
    weight: str | None = None
    cluster: str | None = None
    ties: Ties = "efron"
    variance: Variance | None = None
    level: float = 0.95

    def __post_init__(self) -> None:
        object.__setattr__(self, "covariates", _covariates.names(self.covariates))
        _columns.one_of("ties", self.ties, get_args(Ties))
        _columns.one_of("variance", self.variance, (None, *get_args(Variance)))
        _columns.confidence(self.level)
        if self.cluster is not None and self.variance == "model":
            raise ParameterError(
                "`variance` is 'model' beside a `cluster`.",
                "The model's variance takes all rows for independent.",
                "Leave one of the two out.",
            )

    def fit(self, frame: Any) -> CoxRegressionResult:
        """Estimate the hazard ratios.

        Parameters
        ----------
        frame
            Polars, pandas, pyarrow or DuckDB frame, one row a subject or a span.

        Returns
        -------
        CoxRegressionResult
            Coefficients, tests, baseline hazard and predictions.

        Raises
        ------
        MissingColumnsError
            A named column is absent.
        WrongTypeError
            A covariate or time is no number, or ``frame`` is no dataframe.
        UndefinedError
            No rows or no events; null, NaN or infinite values; a covariate that does not vary among those at
            risk, or that others determine.
        ParameterError
            Negative times, entries or weights; entry at or after time; events other than 0 and 1.
        """
        from malar.survival import _cox_kernel as kernel
        from malar.survival._newton_kernel import undetermined
        from malar.survival.cox_regression_result import CoxRegressionResult

        named = [self.time, self.event, self.entry, self.strata, self.weight, self.cluster]
        wanted = [*(name for name in named if name), *self.covariates]
        columns = _columns.take(frame, wanted, "Cox regression")
        strata: tuple[str | None, ...] = (None,)
        weight = self._weights(columns)
        columns, weight = columns.filter(weight > 0.0), weight[weight > 0.0]
        if self.strata is not None and columns.height:
            strata = _covariates.codes(columns, self.strata, "stratum")[1]
        rows = self._rows(columns, weight)
        prepared = kernel.prepare(rows, self.ties)
        _covariates.refuse_undetermined(self.covariates, undetermined(prepared.model))
        robust = self._robust(weight)
        return CoxRegressionResult(
            spec=self,
            n=columns.height,
            n_events=int(rows.event.sum()),
            strata=strata,
            prepared=prepared,
            fitted=kernel.estimate(prepared, robust=robust),
        )

    def _robust(self, weight: NDArray[np.float64]) -> bool:
        if self.variance is not None:
            return self.variance == "robust"
        return self.cluster is not None or not bool((weight == weight.round()).all())

    def _weights(self, columns: pl.DataFrame) -> NDArray[np.float64]:
        import numpy as np

        if self.weight is None:
            return np.ones(columns.height)
        hint = "Use 0 for rows outside the analysis set."
        weight = _columns.numbers(columns, self.weight, WEIGHT, hint)
        _columns.nonnegative(weight, self.weight, WEIGHT, hint)
        _columns.refuse_weightless(weight, self.weight)
        return weight

    def _rows(self, columns: pl.DataFrame, weight: NDArray[np.float64]) -> Rows:
        from malar.survival._cox_kernel import Rows

        time = _columns.numbers(columns, self.time, FOLLOW_UP, "Censor at the last contact, or set the rows aside.")
        _columns.nonnegative(time, self.time, DAY_0, "Check which day is day 0.")
        event = _columns.ones(columns, self.event)
        _covariates.refuse_eventless(int(event.sum()), self.event)
        x = _covariates.matrix(columns, self.covariates)
        stratum = None if self.strata is None else _covariates.codes(columns, self.strata, "stratum")[0]
        cluster = None if self.cluster is None else _covariates.codes(columns, self.cluster, "cluster")[0]
        return Rows(time, event, x, weight, self._entries(columns, time), stratum, cluster)

    def _entries(self, columns: pl.DataFrame, time: NDArray[np.float64]) -> NDArray[np.float64] | None:
        if self.entry is None:
            return None
        hint = "Use 0 for subjects followed from the start."
        entry = _columns.numbers(columns, self.entry, FOLLOW_UP, hint)
        _columns.nonnegative(entry, self.entry, DAY_0, hint)
        wrong = int((entry >= time).sum())
        if wrong:
            raise ParameterError(
                f"`{self.entry}` is at or after `{self.time}` in {wrong} of {time.size} rows.",
                "Such a row was never at risk under observation.",
                "Check the dates; spans without length belong to no risk set: set them aside.",
            )
        return entry
