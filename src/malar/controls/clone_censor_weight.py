"""Clone, censor and weight: strategies that look alike until a grace period ends, compared without immortal time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, get_args

from malar.controls import _columns
from malar.errors import ParameterError
from malar.method import Method
from malar.sources import Source, Status

if TYPE_CHECKING:
    import numpy as np

    from malar.controls.clone_censor_weight_result import CloneCensorWeightResult

Untreated = Literal["never", "not_within_grace"]
StandIn = Literal["all_started", "last_interval"]

METHOD: Final = Method(
    key="clone_censor_weight",
    title="Clone, censor and weight: treatment begun within a grace period or not",
    source=Source(
        "Hernan MA. How to estimate the effect of treatment duration on survival outcomes using observational data. "
        "BMJ 2018;360:k182",
        status=Status.SECONDARY,
    ),
    also=(
        Source(
            "Maringe C, Benitez Majano S, Exarchakou A, et al. Reflection on modern methods: trial emulation in the "
            "presence of immortal-time bias. Int J Epidemiol 2020;49:1719-29",
            status=Status.SECONDARY,
            reading="Artificial censoring is modelled by pooled logistic regression over intervals instead of Cox "
            "regression; clones weigh what they had earned when an interval began.",
        ),
        Source(
            "Gaber CE, Hanson KA, Kim S, Lund JL, Lee TA, Murphy CC. The clone-censor-weight method in "
            "pharmacoepidemiologic research: foundations and methodological implementation. Curr Epidemiol Rep "
            "2024;11:164-74",
            status=Status.SECONDARY,
        ),
        Source(
            "Therneau TM. survival: A Package for Survival Analysis in R, version 3.5-3 (survSplit, survfit)",
            status=Status.SECONDARY,
            reading="With glm, the numbers that weights and curves are compared with.",
        ),
    ),
)
"""What `malar list estimators` and `malar cite clone_censor_weight` print."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CloneCensorWeight:
    """Compare "begin treatment within the grace period" with "standard therapy only", both from time zero on.

    Parameters
    ----------
    covariates
        Columns that lead to treatment and bear on the outcome: numbers, Booleans, words.
    grace_days
        Last day on which treatment may begin under the first strategy, counted from time zero (0: on that day only).
    horizon
        Day up to which strategies are compared; part of the estimand.
    subject, time, treatment_start
        Columns: who; days from time zero to the event or the end of follow-up, > 0; first day of treatment counted
        from time zero, null if never.
    event
        Column: true or 1 = event on ``time``; false, 0 or null = censored.
    cause
        Column of causes in its place, null where censored: incidences of competing causes are then estimated.
    day
        Column of the day, counted from time zero, on which a row's covariates were recorded. By default there is one
        row a subject, known at time zero.
    untreated
        What the second strategy forbids: treatment ``never`` begins, or ``not_within_grace``.
    stand_in
        Who stands for those still untreated when the grace period ends: ``all_started``, all who began within it and
        are like them at time zero; or ``last_interval``, those who began in its last interval and were like them then.
    interval_days
        Width of the intervals in which artificial censoring is modelled. Short ones cost time, wide ones are crude.
    degree
        Degree of the polynomial in time of the regression of beginning treatment.
    largest_weight
        Weights above are cut to it; None for none.
    resamples
        Bootstrap samples of subjects for the limits.
    level
        Confidence level.

    Notes
    -----
    At time zero everyone follows both strategies and is cloned into both. A clone is censored on the day on which he
    leaves his: by treatment (second strategy), or without it when the grace period ends (first). Deviation is modelled
    by logistic regression on pooled intervals, one regression a strategy; a clone weighs one over the probability of
    not having deviated in the intervals before. Weighted Kaplan-Meier (Aalen-Johansen) curves, their difference, and
    that of restricted means at the horizon. Stabilizing by time alone would change nothing. Ties: treatment comes
    before an event on the same day; an event on the last day of grace before artificial censoring. Limits: percentiles
    of a bootstrap of subjects (both clones and all rows together), regressions fitted again in each sample.

    Source
    ------
    Hernán 2018; Maringe et al. 2020; Gaber et al. 2024; agrees with survfit and glm of R.

    Examples
    --------
    >>> import polars as pl
    >>> cohort = pl.DataFrame({
    ...     "subject": range(12), "sledai_2k": [8, 9, 12, 14, 10, 16, 7, 11, 13, 9, 15, 10],
    ...     "treatment_start": [None, 20, 40, None, None, 10, None, 60, None, 80, None, 30],
    ...     "time": [365, 365, 200, 50, 365, 300, 365, 365, 30, 365, 120, 365],
    ...     "event": [0, 0, 1, 1, 0, 1, 0, 0, 1, 0, 1, 0],
    ... })
    >>> spec = CloneCensorWeight(covariates=["sledai_2k"], grace_days=90, horizon=365, interval_days=30)
    >>> spec.fit(cohort).at([90, 365]).select("strategy", "time", pl.col("event_free").round(3)).rows()
    [('treated', 90.0, 0.833), ('treated', 365.0, 0.597), ('control', 90.0, 0.763), ('control', 365.0, 0.535)]
    """

    method: ClassVar[Method] = METHOD

    covariates: Sequence[str]
    grace_days: float
    horizon: float
    subject: str = "subject"
    time: str = "time"
    treatment_start: str = "treatment_start"
    event: str = "event"
    cause: str | None = None
    day: str | None = None
    untreated: Untreated = "never"
    stand_in: StandIn = "all_started"
    interval_days: float = 7.0
    degree: int = 1
    largest_weight: float | None = None
    resamples: int = 500
    level: float = 0.95

    def __post_init__(self) -> None:
        object.__setattr__(self, "covariates", _columns.several("covariates", self.covariates))
        _columns.one_of("untreated", self.untreated, get_args(Untreated))
        _columns.one_of("stand_in", self.stand_in, get_args(StandIn))
        _columns.confidence(self.level)
        if not 0.0 <= self.grace_days < self.horizon < float("inf"):
            raise ParameterError(
                f"`grace_days` is {self.grace_days}, `horizon` {self.horizon}.",
                "Strategies part when the grace period ends, and are compared later.",
                "Use 0 <= grace_days < horizon.",
            )
        if not self.interval_days > 0 or self.degree < 0 or self.resamples < 1:
            raise ParameterError(
                "`interval_days` or `resamples` is not above 0, or `degree` is below 0.",
                "They say how time is cut, how it is modelled, and how often subjects are drawn.",
            )
        if self.largest_weight is not None and self.largest_weight < 1.0:
            raise ParameterError(f"`largest_weight` is {self.largest_weight}.", "Every clone stands for himself.")

    def fit(self, frame: Any, *, rng: np.random.Generator | None = None) -> CloneCensorWeightResult:
        """Clone, censor, weight and compare.

        Parameters
        ----------
        frame
            Polars, pandas, pyarrow or DuckDB frame, one row a subject, or with ``day`` one row a subject and day.
        rng
            Draws the bootstrap samples; without it there are no limits.

        Returns
        -------
        CloneCensorWeightResult
            Curves of both strategies, their differences at the horizon, the weights.

        Raises
        ------
        MissingColumnsError
            A named column is absent.
        WrongTypeError
            A column that must be numeric is not.
        UndefinedError
            No rows, nulls, no covariates at time zero, a regression without a finite fit, nobody who follows a
            strategy, or nobody followed to the horizon.
        ParameterError
            Follow-up of no days, treatment before time zero, or facts that differ between a subject's rows.
        """
        from malar.controls._clone_fit import fit_clones
        from malar.controls.clone_censor_weight_result import CloneCensorWeightResult

        return CloneCensorWeightResult(self, fit_clones(self, frame, rng))
