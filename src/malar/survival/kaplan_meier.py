"""Kaplan-Meier estimate of the probability of no event yet, with delayed entry and weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, get_args

from malar.method import Method
from malar.sources import Source, Status
from malar.survival import _columns

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from malar.survival._spans import Spans
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
        Column of weights >= 0; counts at risk and events are then sums of weights. Rows of weight 0 are left out.
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
        from malar.survival._spans import read_spans, weighed, whole
        from malar.survival.kaplan_meier_result import KaplanMeierResult

        named = [self.time, self.event, self.entry, self.weight, self.by]
        columns = _columns.take(frame, [name for name in named if name], "The Kaplan-Meier estimate")
        spans, event = read_spans(columns, self.time, self.entry, self.weight), _columns.ones(columns, self.event)
        variance = self.variance or ("greenwood" if whole(spans.weight) else "infinitesimal_jackknife")
        return KaplanMeierResult(
            spec=self,
            curves=tuple(
                self._curve(label, spans.of(own), event[own], variance)
                for label, own in weighed(_columns.groups(columns, self.by), spans, self.weight)
            ),
        )

    def _curve(self, label: str | None, spans: Spans, event: NDArray[np.bool_], variance: Variance) -> SurvivalCurve:
        from malar.survival._km_kernel import product_limit
        from malar.survival._limits import limits
        from malar.survival.survival_curve import SurvivalCurve

        jackknife = variance == "infinitesimal_jackknife"
        steps = product_limit(spans.time, event, spans.weight, spans.entry, jackknife=jackknife)
        lower, upper = limits(steps.survival, steps.se, self.interval, self.level)
        origin = 0.0 if spans.entry is None else float(spans.entry.min())
        return SurvivalCurve(
            group=label, n=event.size, origin=origin, variance=variance, steps=steps, lower=lower, upper=upper
        )
