"""Kaplan-Meier estimate of the probability of no event yet, with delayed entry and weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, get_args

from malar.errors import ParameterError
from malar.method import Method
from malar.sources import Source, Status
from malar.survival import _columns

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from malar.survival.kaplan_meier_result import KaplanMeierResult
    from malar.survival.survival_curve import SurvivalCurve

Interval = Literal["log-log", "log", "plain"]
Variance = Literal["greenwood", "infinitesimal_jackknife"]

METHOD: Final = Method(
    key="kaplan_meier",
    title="Kaplan-Meier estimate of event-free probability",
    source=Source(
        "Kaplan EL, Meier P. Nonparametric estimation from incomplete observations. J Am Stat Assoc 1958;53:457-81",
        status=Status.SECONDARY,
        reading="Events precede censorings at a tie; beyond the last time the estimate is carried on.",
    ),
    also=(
        Source(
            "Greenwood M. The natural duration of cancer. Reports on Public Health and Medical Subjects 33. "
            "London: HMSO, 1926:1-26",
            status=Status.SECONDARY,
        ),
        Source(
            "Brookmeyer R, Crowley J. A confidence interval for the median survival time. Biometrics 1982;38:29-41",
            status=Status.SECONDARY,
            reading="The pointwise limits of the chosen interval are inverted; a step exactly flat at the "
            "height gives its midpoint, as in survfit.",
        ),
        Source(
            "Therneau TM. survival: A Package for Survival Analysis in R, version 3.5-3 (survfit)",
            status=Status.SECONDARY,
            reading="Infinitesimal jackknife over rows, the default for weights that are not whole numbers.",
        ),
    ),
)
"""What `malar list estimators` and `malar cite kaplan_meier` print."""

FOLLOW_UP: Final = "Without it nobody knows how long the subject was at risk, and no row is dropped silently."


@dataclass(frozen=True, slots=True)
class KaplanMeier:
    """Probability of no event yet, from one row per subject.

    Parameters
    ----------
    time
        Column of event or censoring times, days from the start of the analysis, >= 0.
    event
        Column: true or 1 = event; false, 0 or null = censored at ``time``.
    entry
        Column of entry times (left truncation): at risk from after ``entry`` to ``time``.
    weight
        Column of weights >= 0; counts at risk and events are then sums of weights.
    by
        Column of groups or arms, never null.
    interval
        Scale of the confidence limits, survival and quantiles alike.
    level
        Confidence level, between 0 and 1.
    variance
        ``greenwood`` or ``infinitesimal_jackknife``. By default Greenwood's, or where a weight is no
        whole number the infinitesimal jackknife (Greenwood's takes weights for numbers of subjects).

    Notes
    -----
    Ties: at one time, events come before censorings. Each row counts as a subject of its own.
    Greenwood: var S = S² Σ d/(Y(Y-d)), undefined once S = 0. Infinitesimal jackknife: the sum over rows
    of (w ∂S/∂w)²; equal to Greenwood's where all weights are 1 and nobody enters late; 0 where S = 0.
    Limits are undefined where their scale is: ``log-log`` at S = 1 and S = 0, ``log`` at S = 0.
    With ``entry`` the estimate is conditional on no event before the first entry, and an early small
    risk set that empties sets S to 0 for good: look at ``at_risk``.

    Source
    ------
    Kaplan & Meier 1958; Greenwood 1926; Brookmeyer & Crowley 1982; agrees with R survival 3.5-3.

    Examples
    --------
    Remission of leukemia under 6-mercaptopurine, in weeks (Freireich 1963):

    >>> import polars as pl
    >>> weeks = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    >>> relapse = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    >>> result = KaplanMeier().fit(pl.DataFrame({"time": weeks, "event": relapse}))
    >>> result.at([6, 10])["survival"].round(3).to_list()
    [0.857, 0.753]
    >>> result.quantile(0.5)["estimate"].to_list()
    [23.0]
    """

    method: ClassVar[Method] = METHOD

    time: str = "time"
    event: str = "event"
    entry: str | None = None
    weight: str | None = None
    by: str | None = None
    interval: Interval = "log-log"
    level: float = 0.95
    variance: Variance | None = None

    def __post_init__(self) -> None:
        _columns.one_of("interval", self.interval, get_args(Interval))
        _columns.one_of("variance", self.variance, (None, *get_args(Variance)))
        _columns.confidence(self.level)

    def fit(self, frame: Any) -> KaplanMeierResult:
        """Estimate the curve of each group.

        Parameters
        ----------
        frame
            Polars, pandas, pyarrow or DuckDB frame, one row per subject.

        Returns
        -------
        KaplanMeierResult
            One curve a group, groups in the order of their values.

        Raises
        ------
        MissingColumnsError
            A named column is absent.
        WrongTypeError
            A column that must be numeric is not, or ``frame`` is no dataframe.
        UndefinedError
            No rows; null, NaN or infinite times, entries or weights; a null group; no positive weight.
        ParameterError
            Negative times, entries or weights; entry at or after time; events other than 0 and 1.
        """
        import numpy as np

        from malar.survival.kaplan_meier_result import KaplanMeierResult

        named = [self.time, self.event, self.entry, self.weight, self.by]
        columns = _columns.take(frame, [name for name in named if name], "The Kaplan-Meier estimate")
        rows = self._read(columns)
        if self.by is None:
            return KaplanMeierResult(spec=self, curves=(self._curve(None, rows, np.arange(columns.height)),))
        groups = _columns.split(columns, self.by)
        return KaplanMeierResult(spec=self, curves=tuple(self._curve(label, rows, own) for label, own in groups))

    def _curve(self, label: str | None, rows: _Rows, own: NDArray[np.integer[Any]]) -> SurvivalCurve:
        from malar.survival._km_kernel import product_limit
        from malar.survival._limits import limits
        from malar.survival.survival_curve import SurvivalCurve

        time, event, weight = rows.time[own], rows.event[own], rows.weight[own]
        entry = None if rows.entry is None else rows.entry[own]
        if self.weight is not None and not weight.any():
            raise _columns.weightless(self.weight)
        variance = self.variance or _default_variance(rows.weight)
        steps = product_limit(time, event, weight, entry, jackknife=variance == "infinitesimal_jackknife")
        lower, upper = limits(steps.survival, steps.se, self.interval, self.level)
        origin = 0.0 if entry is None else float(entry.min())
        return SurvivalCurve(
            group=label, n=own.size, origin=origin, variance=variance, steps=steps, lower=lower, upper=upper
        )

    def _read(self, columns: pl.DataFrame) -> _Rows:
        import numpy as np

        day_0 = "Time is counted from the start of the analysis."
        time = _columns.numbers(columns, self.time, FOLLOW_UP, "Censor at the last contact, or set the rows aside.")
        _columns.nonnegative(time, self.time, day_0, "Check which day is day 0.")
        entry, weight = None, np.ones(time.size)
        if self.entry is not None:
            entry = _columns.numbers(columns, self.entry, FOLLOW_UP, "Use 0 for subjects followed from the start.")
            _columns.nonnegative(entry, self.entry, day_0, "Use 0 for subjects followed from the start.")
            _refuse_empty_spans(time, entry, self.time, self.entry)
        if self.weight is not None:
            why = "A subject with such a weight has no defined share in the estimate."
            hint = "Use 0 for rows outside the analysis set."
            weight = _columns.numbers(columns, self.weight, why, hint)
            _columns.nonnegative(weight, self.weight, why, hint)
        return _Rows(time, _columns.ones(columns, self.event), weight, entry)


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """The rows of a frame as arrays of shape (n,)."""

    time: NDArray[np.float64]
    event: NDArray[np.bool_]
    weight: NDArray[np.float64]
    entry: NDArray[np.float64] | None


def _refuse_empty_spans(time: NDArray[np.float64], entry: NDArray[np.float64], time_name: str, entry_name: str) -> None:
    wrong = int((entry >= time).sum())
    if wrong:
        raise ParameterError(
            f"`{entry_name}` is at or after `{time_name}` in {wrong} of {time.size} rows.",
            "Such a subject was never at risk under observation.",
            "Check the dates; subjects whose event came before entry belong to no risk set: set them aside.",
        )


def _default_variance(weight: NDArray[np.float64]) -> Variance:
    whole = bool((weight == weight.round()).all())
    return "greenwood" if whole else "infinitesimal_jackknife"
