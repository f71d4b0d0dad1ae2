"""Cloning, artificial censoring and inverse-probability weights on arrays. NumPy only; no loop over subjects.

Follow-up is cut at days 0 = c0 < c1 < … < cK; interval k is (c(k-1), ck], and interval 0 is day 0 itself. Clones of one
strategy are spans, one row a clone and interval. At a decision (a clone and interval) he deviates or does not; a span
weighs one over the probability of not having deviated in the intervals before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from malar.controls._logistic_kernel import LogisticFit, fit_logistic
from malar.survival._incidence_kernel import incidences
from malar.survival._km_kernel import restricted_mean

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.intp]
    Flags = NDArray[np.bool_]

LARGEST_LOGARITHM: Final = 700.0
"""Weights above have no number. Only subjects whom a bootstrap sample lacks come there, and count 0 times."""


@dataclass(frozen=True, slots=True, eq=False)
class Subjects:
    """One value a subject, shape (n,): first day of treatment (infinity: never), last day, and code of the event."""

    start: Floats
    time: Floats
    code: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Clones:
    """Spans of the clones of one strategy, shape (rows,), in the order of subjects and intervals."""

    subject: Ints
    interval: Ints
    entry: Floats
    exit: Floats
    code: NDArray[np.int64]
    censored: Flags
    """Whether the clone is censored artificially at the end of the span."""

    @property
    def last(self) -> Flags:
        """Whether a span is the clone's last."""
        return np.append(np.diff(self.subject) > 0, True)[: self.subject.size]


@dataclass(frozen=True, slots=True, eq=False)
class Decisions:
    """Clones and intervals at which he might deviate, and whether he did; shape (decisions,)."""

    subject: Ints
    interval: Ints
    deviates: Flags


@dataclass(frozen=True, slots=True, eq=False)
class Strategy:
    """A strategy's clones, its decisions, and the columns of the regression of who deviates."""

    clones: Clones
    decisions: Decisions
    values: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """One strategy's estimates at the days asked for: event-free, incidence of each cause, and the restricted mean."""

    free: Floats
    incidence: Floats
    mean: float


def cut_days(width: float, grace: float, horizon: float) -> Floats:
    """Days at which follow-up is cut: 0, multiples of the width, the end of the grace period, the horizon."""
    inside = np.arange(0.0, horizon, width)
    return np.unique(np.concatenate([inside, [grace, horizon]]))


def clones_of(subjects: Subjects, deviation: Floats, cuts: Floats) -> Clones:
    """Spans of every subject's clone up to its event, end of follow-up, deviation or the last cut.

    Parameters
    ----------
    deviation
        Day of deviation, infinity where there is none, shape (n,). On one day it comes before an event.
    """
    stop = np.minimum(np.minimum(subjects.time, deviation), cuts[-1])
    happens = (subjects.time < deviation) & (subjects.time <= cuts[-1])
    deviates = (deviation <= subjects.time) & (deviation < cuts[-1])
    count = np.searchsorted(cuts, stop, side="left")
    subject = np.repeat(np.arange(stop.size), count)
    interval = np.arange(subject.size) - np.repeat(np.cumsum(count) - count, count) + 1
    last = interval == count[subject]
    return Clones(
        subject,
        interval,
        cuts[interval - 1],
        np.minimum(cuts[interval], stop[subject]),
        np.where(last & happens[subject], subjects.code[subject], 0),
        last & deviates[subject],
    )


def control_strategy(subjects: Subjects, cuts: Floats, until: float) -> tuple[Clones, Decisions]:
    """Clones that deviate by beginning treatment up to a day (infinity: ever), and every interval they might in."""
    begins = (subjects.start <= subjects.time) & (subjects.start <= until)
    deviation = np.where(begins, subjects.start, np.inf)
    clones = clones_of(subjects, deviation, cuts)
    asked = cuts[clones.interval] <= until
    subject, interval = clones.subject[asked], clones.interval[asked]
    deviates = deviation[subject] <= cuts[interval]
    first = deviation <= 0.0
    if first.any():
        subject = np.concatenate([np.arange(first.size), subject])
        interval = np.concatenate([np.zeros(first.size, dtype=np.intp), interval])
        deviates = np.concatenate([first, deviates])
    return clones, Decisions(subject, interval, deviates)


def treated_strategy(subjects: Subjects, cuts: Floats, grace: float, *, all_started: bool) -> tuple[Clones, Decisions]:
    """Clones that deviate where the grace period ends without treatment, and who might have then."""
    late = (subjects.start > grace) & (subjects.time > grace)
    place = int(np.searchsorted(cuts, grace))
    opened = cuts[place - 1] if place else -1.0
    asked = subjects.time > grace
    if not all_started:
        asked &= subjects.start > opened
    subject = np.flatnonzero(asked)
    decisions = Decisions(subject, np.full(subject.size, place, dtype=np.intp), late[subject])
    return clones_of(subjects, np.where(late, grace, np.inf), cuts), decisions


def fit_deviation(strategy: Strategy, times: Floats | None) -> LogisticFit | None:
    """Regression of who deviates, each subject taken so many times (None: once); None where nobody does."""
    decisions = strategy.decisions
    weight = None if times is None else times[decisions.subject]
    counted = decisions.deviates if weight is None else decisions.deviates & (weight > 0.0)
    return fit_logistic(strategy.values, decisions.deviates, weight) if counted.any() else None


def span_weights(strategy: Strategy, fit: LogisticFit | None, subjects: int, most: float) -> Floats:
    """Inverse probability of not having deviated before each span, at most so much; shape (rows,)."""
    clones, decisions = strategy.clones, strategy.decisions
    if fit is None or not clones.subject.size:
        return np.ones(clones.subject.size)
    widest = int(max(clones.interval.max(), decisions.interval.max()))
    hazard = np.zeros((subjects, widest + 1))
    hazard[decisions.subject, decisions.interval] = np.logaddexp(0.0, fit.linear)
    passed = np.cumsum(hazard, axis=1)
    return np.minimum(np.exp(np.minimum(passed[clones.subject, clones.interval - 1], LARGEST_LOGARITHM)), most)


def curves_of(clones: Clones, weight: Floats, causes: int, days: Floats, horizon: float) -> Curves | None:
    """Weighted curves at some days and the restricted mean; None where nobody is followed to the horizon."""
    used = weight > 0.0
    if not used.any():
        return None
    exit_, code, entry, own = clones.exit[used], clones.code[used], clones.entry[used], weight[used]
    found = incidences(exit_, code, own, entry, causes)
    if exit_.max() < horizon and found.free[-1] > 0.0:
        return None
    place = np.searchsorted(found.sets.time, days, side="right")
    free = np.append(1.0, found.free)[place]
    incidence = np.column_stack([np.zeros(causes), found.incidence])[:, place]
    mean, _ = restricted_mean(exit_, code > 0, own, entry, horizon, jackknife=False)
    return Curves(free, incidence, mean)
