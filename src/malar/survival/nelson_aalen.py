"""Nelson-Aalen estimate of the cumulative hazard, with delayed entry and weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, get_args

from malar.method import Method
from malar.sources import Source, Status
from malar.survival import _columns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from malar.survival._spans import Spans
    from malar.survival.nelson_aalen_result import HazardCurve, NelsonAalenResult

HazardInterval = Literal["log", "plain"]
HazardVariance = Literal["aalen", "binomial", "infinitesimal_jackknife"]

METHOD: Final = Method(
    key="nelson_aalen",
    title="Nelson-Aalen estimate of the cumulative hazard",
    source=Source(
        "Aalen O. Nonparametric inference for a family of counting processes. Ann Stat 1978;6:701-26",
        status=Status.SECONDARY,
        reading="Events tied at one time are divided by everyone at risk just before it.",
    ),
    also=(
        Source(
            "Nelson W. Theory and applications of hazard plotting for censored failure data. "
            "Technometrics 1972;14:945-66",
            status=Status.SECONDARY,
        ),
        Source(
            "Klein JP. Small sample moments of some estimators of the variance of the Kaplan-Meier and "
            "Nelson-Aalen estimators. Scand J Stat 1991;18:333-40",
            status=Status.SECONDARY,
            reading="The binomial variance, smaller than Aalen's where events tie.",
        ),
    ),
)
"""What `malar list estimators` and `malar cite nelson_aalen` print."""


@dataclass(frozen=True, slots=True)
class NelsonAalen:
    """Cumulative hazard of an event, from one row per subject.

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
        Scale of the confidence limits: ``log`` (never below 0) or ``plain`` (cut at 0).
    level
        Confidence level, between 0 and 1.
    variance
        ``aalen``, ``binomial`` or ``infinitesimal_jackknife``. By default Aalen's, or where a weight is no
        whole number the infinitesimal jackknife.

    Notes
    -----
    H(t) = Σ d/Y over event times up to t: d events among Y at risk. Ties: events come before censorings.
    Aalen: var H = Σ d/Y²; binomial: Σ d(Y-d)/Y³; infinitesimal jackknife: Σ over rows of (w ∂H/∂w)².
    The hazard of an event that recurs or ends follow-up is no probability: H may exceed 1.
    ``log`` limits are undefined before the first event.

    Source
    ------
    Aalen 1978; Nelson 1972; Klein 1991; agrees with R survival 3.5-3.

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({"time": [10, 20, 20, 30], "event": [1, 1, 0, 1]})
    >>> NelsonAalen().fit(frame).at([10, 20, 30])["hazard"].round(4).to_list()
    [0.25, 0.5833, 1.5833]
    """

    method: ClassVar[Method] = METHOD

    time: str = "time"
    event: str = "event"
    entry: str | None = None
    weight: str | None = None
    by: str | None = None
    interval: HazardInterval = "log"
    level: float = 0.95
    variance: HazardVariance | None = None

    def __post_init__(self) -> None:
        _columns.one_of("interval", self.interval, get_args(HazardInterval))
        _columns.one_of("variance", self.variance, (None, *get_args(HazardVariance)))
        _columns.confidence(self.level)

    def fit(self, frame: Any) -> NelsonAalenResult:
        """Estimate the cumulative hazard of each group.

        Parameters
        ----------
        frame
            Polars, pandas, pyarrow or DuckDB frame, one row per subject.

        Returns
        -------
        NelsonAalenResult
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
        from malar.survival.nelson_aalen_result import NelsonAalenResult

        named = [self.time, self.event, self.entry, self.weight, self.by]
        columns = _columns.take(frame, [name for name in named if name], "The Nelson-Aalen estimate")
        spans, event = read_spans(columns, self.time, self.entry, self.weight), _columns.ones(columns, self.event)
        variance = self.variance or ("aalen" if whole(spans.weight) else "infinitesimal_jackknife")
        curves = [
            self._curve(label, spans.of(own), event[own], variance)
            for label, own in weighed(_columns.groups(columns, self.by), spans, self.weight)
        ]
        return NelsonAalenResult(spec=self, curves=tuple(curves))

    def _curve(self, label: str | None, spans: Spans, event: NDArray[Any], variance: HazardVariance) -> HazardCurve:
        from malar.survival._hazard_kernel import cumulative_hazard
        from malar.survival._limits import positive_limits
        from malar.survival.nelson_aalen_result import HazardCurve

        sets, hazard, se = cumulative_hazard(spans.time, event, spans.weight, spans.entry, variance)
        lower, upper = positive_limits(hazard, se, self.interval, self.level)
        return HazardCurve(label, event.size, variance, sets, hazard, se, lower, upper)
