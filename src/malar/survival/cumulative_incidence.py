"""Cumulative incidence of one cause among competing ones: Aalen-Johansen, with either of two variances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, get_args

from malar.errors import ParameterError
from malar.method import Method
from malar.sources import Source, Status
from malar.survival import _columns

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from malar.survival._spans import Spans
    from malar.survival.cumulative_incidence_result import CumulativeIncidenceResult
    from malar.survival.incidence_curve import IncidenceCurve

Interval = Literal["log", "plain", "log-log"]
IncidenceVariance = Literal["infinitesimal_jackknife", "aalen"]

METHOD: Final = Method(
    key="cumulative_incidence",
    title="Cumulative incidence with competing causes (Aalen-Johansen)",
    source=Source(
        "Aalen OO, Johansen S. An empirical transition matrix for non-homogeneous Markov chains based on "
        "censored observations. Scand J Stat 1978;5:141-50",
        status=Status.SECONDARY,
        reading="The complement of a Kaplan-Meier curve that censors competing causes is another and larger number.",
    ),
    also=(
        Source(
            "Therneau TM. survival: A Package for Survival Analysis in R, version 3.5-3 (survfit, multi-state curves)",
            status=Status.SECONDARY,
            reading="Infinitesimal jackknife variance, our default.",
        ),
        Source(
            "Aalen OO. Nonparametric estimation of partial transition probabilities in multiple decrement models. "
            "Ann Stat 1978;6:534-45",
            status=Status.SECONDARY,
            reading="Events of different causes are uncorrelated, at one time too; those of one cause are drawn "
            "without replacement from those at risk.",
        ),
        Source(
            "Gray B. cmprsk: Subdistribution Analysis of Competing Risks, R package version 2.2-11 (cuminc)",
            status=Status.SECONDARY,
            reading="Target of comparison for Aalen's variance at tied times.",
        ),
    ),
)
"""What `malar list estimators` and `malar cite cumulative_incidence` print."""


@dataclass(frozen=True, slots=True)
class CumulativeIncidence:
    """Probability that each cause has come first by each time, from one row a subject.

    Parameters
    ----------
    time
        Column of event or censoring times, days from the start of the analysis, >= 0. An event at time 0
        counts from the start.
    cause
        Column of causes, whole numbers or words; null, 0 and an empty word mean censored at ``time``.
    by
        Column of groups or arms, never null.
    causes
        All causes in the order wanted; by default those seen in any group, in their order.
    level
        Confidence level, between 0 and 1.
    interval
        Scale of the confidence limits of the incidences.
    entry
        Column of entry times (left truncation): at risk from after ``entry`` to ``time``.
    weight
        Column of weights >= 0; counts at risk and events are then sums of weights. Rows of weight 0 are left out.
    variance
        ``infinitesimal_jackknife`` (survfit's) or ``aalen`` (that of cmprsk's cuminc).

    Notes
    -----
    F(t) = Σ S(s-) d/Y over times s <= t: d events of the cause among Y at risk, S event-free. At one time,
    events come before censorings, and all causes are counted at once. The incidences and the probability of
    being event-free sum to 1 at every time. Each row counts as a subject of its own.
    Infinitesimal jackknife: Σ over rows of (w ∂F/∂w)². Aalen: Σ S(s-)²/Y² {(1 - g)² d(Y-d)/(Y-1) +
    g² e(Y-e)/(Y-1)} with e events of other causes and g = (F(t) - F(s))/S(s); by up to a tenth larger than
    the jackknife where few are left at risk. With ``aalen`` the event-free probability has Greenwood's.

    Source
    ------
    Aalen & Johansen 1978; Aalen 1978; agrees with R survival 3.5-3 and cmprsk 2.2-11.

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({"time": [10, 20, 30, 40], "cause": ["relapse", None, "death", None]})
    >>> CumulativeIncidence().fit(frame).at(30).select("cause", pl.col("incidence").round(3)).rows()
    [('death', 0.375), ('relapse', 0.25)]
    """

    method: ClassVar[Method] = METHOD

    time: str = "time"
    cause: str = "cause"
    by: str | None = None
    causes: Sequence[str] | None = None
    level: float = 0.95
    interval: Interval = "log"
    entry: str | None = None
    weight: str | None = None
    variance: IncidenceVariance = "infinitesimal_jackknife"

    def __post_init__(self) -> None:
        _columns.one_of("variance", self.variance, get_args(IncidenceVariance))
        _columns.one_of("interval", self.interval, get_args(Interval))
        _columns.confidence(self.level)
        if self.causes is not None:
            object.__setattr__(self, "causes", tuple(map(str, self.causes)))

    def fit(self, frame: Any) -> CumulativeIncidenceResult:
        """Estimate the incidence of every cause in each group.

        Parameters
        ----------
        frame
            Polars, pandas, pyarrow or DuckDB frame, one row a subject.

        Returns
        -------
        CumulativeIncidenceResult
            One set of curves a group, groups in the order of their values.

        Raises
        ------
        MissingColumnsError
            A named column is absent.
        WrongTypeError
            ``time`` is no number, or ``frame`` is no dataframe.
        UndefinedError
            No rows; null, NaN or infinite times, entries or weights; a null group; no positive weight.
        ParameterError
            Negative times, entries or weights; entry at or after time; fractional weights with Aalen's
            variance; a cause that ``causes`` lacks, or that is called ``event_free``.
        """
        from malar.survival._causes import read_causes
        from malar.survival._spans import read_spans, weighed
        from malar.survival.cumulative_incidence_result import CumulativeIncidenceResult

        named = [self.time, self.cause, self.by, self.entry, self.weight]
        columns = _columns.take(frame, [name for name in named if name], "The cumulative incidence")
        spans = read_spans(columns, self.time, self.entry, self.weight)
        self._refuse_fractions(spans)
        codes, causes = read_causes(columns, self.cause, self.causes)
        curves = [
            self._curve(label, spans.of(own), codes[own], causes)
            for label, own in weighed(_columns.groups(columns, self.by), spans, self.weight)
        ]
        return CumulativeIncidenceResult(spec=self, causes=causes, curves=tuple(curves))

    def _curve(
        self, label: str | None, spans: Spans, codes: NDArray[np.int64], causes: tuple[str, ...]
    ) -> IncidenceCurve:
        from malar.survival._incidence_kernel import aalen, event_free_variance, incidences, jackknife
        from malar.survival.incidence_curve import incidence_curve

        curves = incidences(spans.time, codes, spans.weight, spans.entry, len(causes))
        by_jackknife = self.variance == "infinitesimal_jackknife"
        each = range(1, len(causes) + 1)
        variances = [jackknife(curves, cause) for cause in each] if by_jackknife else aalen(curves)
        free = event_free_variance(curves, by_jackknife=by_jackknife)
        return incidence_curve(label, curves, variances, free)

    def _refuse_fractions(self, spans: Spans) -> None:
        from malar.survival._spans import whole

        if self.variance == "aalen" and not whole(spans.weight):
            raise ParameterError(
                f"`{self.weight}` has weights that are no whole numbers.",
                "Aalen's variance takes a weight for a number of subjects.",
                "Use variance='infinitesimal_jackknife'.",
            )
