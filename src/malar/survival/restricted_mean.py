"""Restricted mean event-free time: the days to an event within a span, per group and compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from malar.errors import ParameterError, UndefinedError
from malar.method import Method
from malar.sources import Source, Status
from malar.survival import _columns
from malar.survival.kaplan_meier import Variance

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from malar.survival._spans import Spans
    from malar.survival.restricted_mean_result import GroupMean, RestrictedMeanResult

METHOD: Final = Method(
    key="restricted_mean",
    title="Restricted mean event-free time, its difference and ratios",
    source=Source(
        "Royston P, Parmar MKB. Restricted mean survival time: an alternative to the hazard ratio for the design "
        "and analysis of randomized trials with a time-to-event outcome. BMC Med Res Methodol 2013;13:152",
        status=Status.SECONDARY,
        reading="The area under the Kaplan-Meier curve up to a day fixed before the analysis.",
    ),
    also=(
        Source(
            "Uno H, et al. Moving beyond the hazard ratio in quantifying the between-group difference in survival "
            "analysis. J Clin Oncol 2014;32:2380-5",
            status=Status.SECONDARY,
            reading="Limits of ratios on the log scale.",
        ),
        Source(
            "Uno H, et al. survRM2: Comparing Restricted Mean Survival Time, R package version 1.0-4",
            status=Status.SECONDARY,
            reading="Variance with d/(Y(Y-d)), as Greenwood's.",
        ),
    ),
)
"""What `malar list estimators` and `malar cite restricted_mean` print."""


@dataclass(frozen=True, slots=True)
class RestrictedMean:
    """Mean days without the event up to a day, from one row per subject; groups compared with a reference.

    Parameters
    ----------
    until
        Last day of the span. It is part of the estimand: fix it before the analysis.
    time
        Column of event or censoring times, days from the start of the analysis, >= 0.
    event
        Column: true or 1 = event; false, 0 or null = censored at ``time``.
    by
        Column of groups or arms, never null.
    reference
        Group that the others are compared with; by default none are compared.
    entry
        Column of entry times (left truncation): at risk from after ``entry`` to ``time``.
    weight
        Column of weights >= 0. Rows of weight 0 are left out.
    level
        Confidence level, between 0 and 1.
    variance
        ``greenwood`` or ``infinitesimal_jackknife``; by default as for `KaplanMeier`.

    Notes
    -----
    Mean: ∫ S from the origin (day 0, or a group's first entry) to the day, S the Kaplan-Meier curve; time
    lost is the span less the mean. Greenwood: var = Σ A(s)² d/(Y(Y-d)) over event times s, A(s) the area
    under S from s to the day; infinitesimal jackknife: Σ over rows of (w ∂/∂w)². Groups are independent:
    the variance of a difference is the sum of theirs. Limits: plain for means and differences, log for ratios.
    Ties: events come before censorings. Not determined beyond a group's last observed day, unless its
    curve is 0 there: such a span is refused, never carried on.

    Source
    ------
    Royston & Parmar 2013; Uno et al. 2014; agrees with survRM2 1.0-4.

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({
    ...     "time": [30, 90, 200, 365, 60, 120, 300, 365],
    ...     "event": [1, 1, 0, 0, 1, 0, 0, 0],
    ...     "arm": ["control"] * 4 + ["treated"] * 4,
    ... })
    >>> result = RestrictedMean(until=365, by="arm", reference="control").fit(frame)
    >>> result.means().select("group", pl.col("days", "se").round(1)).rows()
    [('control', 212.5, 77.0), ('treated', 288.8, 66.0)]
    >>> result.contrasts().filter(term="difference").select(pl.col("estimate", "se", "p").round(3)).rows()
    [(76.25, 101.425, 0.452)]
    """

    method: ClassVar[Method] = METHOD

    until: float
    time: str = "time"
    event: str = "event"
    by: str | None = None
    reference: str | None = None
    entry: str | None = None
    weight: str | None = None
    level: float = 0.95
    variance: Variance | None = None

    def __post_init__(self) -> None:
        _columns.one_of("variance", self.variance, (None, "greenwood", "infinitesimal_jackknife"))
        _columns.confidence(self.level)
        if not 0.0 < self.until < float("inf"):
            raise ParameterError(f"`until` is {self.until}.", "The span ends on a day.", "Use a day after day 0.")

    def fit(self, frame: Any) -> RestrictedMeanResult:
        """Estimate the mean of each group, and compare the groups with the reference.

        Parameters
        ----------
        frame
            Polars, pandas, pyarrow or DuckDB frame, one row per subject.

        Returns
        -------
        RestrictedMeanResult
            One mean a group, groups in the order of their values.

        Raises
        ------
        MissingColumnsError
            A named column is absent.
        WrongTypeError
            A column that must be numeric is not, or ``frame`` is no dataframe.
        UndefinedError
            ``until`` beyond a group's last observed day; no rows; null, NaN or infinite times, entries or
            weights; a null group; no positive weight.
        ParameterError
            No group ``reference``; negative times, entries or weights; entry at or after time; events other
            than 0 and 1.
        """
        from malar.survival._spans import read_spans, weighed, whole
        from malar.survival.restricted_mean_result import RestrictedMeanResult

        named = [self.time, self.event, self.by, self.entry, self.weight]
        columns = _columns.take(frame, [name for name in named if name], "The restricted mean")
        spans, event = read_spans(columns, self.time, self.entry, self.weight), _columns.ones(columns, self.event)
        variance = self.variance or ("greenwood" if whole(spans.weight) else "infinitesimal_jackknife")
        groups = weighed(_columns.groups(columns, self.by), spans, self.weight)
        if self.reference is not None and self.reference not in [label for label, _ in groups]:
            raise ParameterError(
                f"There is no group {self.reference!r} to compare with.",
                "Every difference is taken from it.",
                f"Groups are {', '.join(repr(label) for label, _ in groups)}.",
            )
        means = [self._mean(label, spans.of(own), event[own], variance) for label, own in groups]
        return RestrictedMeanResult(spec=self, variance=variance, groups=tuple(means))

    def _mean(self, label: str | None, spans: Spans, event: NDArray[np.bool_], variance: Variance) -> GroupMean:
        from malar.survival._km_kernel import restricted_mean
        from malar.survival.restricted_mean_result import GroupMean

        origin = 0.0 if spans.entry is None else float(spans.entry.min())
        self._refuse_beyond(origin, spans, event)
        jackknife = variance == "infinitesimal_jackknife"
        days, squared = restricted_mean(
            spans.time, event, spans.weight, spans.entry, float(self.until), jackknife=jackknife
        )
        within = event & (spans.time <= self.until)
        return GroupMean(label, event.size, int(within.sum()), origin, days, squared**0.5)

    def _refuse_beyond(self, origin: float, spans: Spans, event: NDArray[np.bool_]) -> None:
        counted = spans.weight > 0.0
        last = float(spans.time[counted].max())
        settled = bool(event[counted & (spans.time == last)].all())
        if origin >= self.until or (self.until > last and not settled):
            raise UndefinedError(
                f"A group is observed from day {origin:g} to day {last:g}, not until day {self.until:g}.",
                "The area under its curve is not determined there.",
                f"Fix a span that ends by day {last:g}, with an eye on the number at risk.",
            )
