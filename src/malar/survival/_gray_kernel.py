"""Scores of Gray's test for K cumulative incidences and their covariance: O(n log n + K³ T), no loop over times.

Derived in docs/estimators/competing-causes.md, whose letters these names stand for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from malar.survival._logrank_kernel import along, crossed, group_sets
from malar.survival._risk_kernel import NOBODY, drawn, running, sum_by

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

FULL: Final = 1e-12
"""Below this a probability is rounding: nobody is left to whom the common hazard could apply."""


@dataclass(frozen=True, slots=True, eq=False)
class _Groups:
    """Arrays of shape (K, T) at the T times with an event of any cause."""

    risk: Floats
    """Y, at risk."""
    free: Floats
    """S(t-), no event before."""
    heads: Floats
    """h = Y/S(t-), at risk if no event had come before; 0 or at least 1."""
    lost: Floats
    """1/(Y - D), at most 1."""


@dataclass(frozen=True, slots=True, eq=False)
class _OfCause:
    """Arrays of shape (K, T) or (T,) at the T times with an event of one cause."""

    heads: Floats
    lost: Floats
    events: Floats
    """Of all groups, shape (T,)."""
    total: Floats
    """Heads of all groups, shape (T,)."""
    step: Floats
    """dF, shape (T,)."""
    share: Floats
    """Of each group in the heads."""
    each: Floats
    """1/h, at most 1."""


def gray_scores(
    time: Floats, code: Ints, group: Ints, size: int, causes: int, rho: float
) -> list[tuple[Floats, Floats]]:
    """Score of each group within one stratum and their covariance, for each cause.

    Parameters
    ----------
    time, code, group
        One value a row, shape (n,); code 0 = censored, 1 to causes = the cause; groups 0 to size - 1.
    size, causes
        Numbers of groups and of causes.
    rho
        Weight (1 - F(t-))^rho, F the incidence common to all groups under the hypothesis.

    Returns
    -------
    list of tuple
        Scores, shape (size,), and covariance, shape (size, size), a cause.

    Notes
    -----
    Where a group has run out, F may reach 1 and pass it; weights are then 0 with rho > 0.
    """
    sets = group_sets(time, code, group, None, size, causes)
    if sets.time.size == 0:
        return [(np.zeros(size), np.zeros((size, size)))] * causes
    happened = sets.events.sum(axis=0)
    groups = _groups(sets.risk, happened)
    return [_one_cause(groups, events, happened - events, rho) for events in sets.events]


def _groups(risk: Floats, happened: Floats) -> _Groups:
    staying = risk - happened
    after = running(staying / np.maximum(risk, 1.0), np.multiply)
    free = np.ones_like(after)
    free[:, 1:] = after[:, :-1]
    return _Groups(risk, free, risk / np.maximum(free, NOBODY), 1.0 / np.maximum(staying, 1.0))


def _one_cause(groups: _Groups, own: Floats, other: Floats, rho: float) -> tuple[Floats, Floats]:
    """Score and covariance from the events of the cause and of all others, shape (K, T)."""
    events = own.sum(axis=0)
    happened = events > 0.0
    times = np.flatnonzero(happened)
    if times.size == 0:
        return np.zeros(len(own)), np.zeros((len(own), len(own)))
    since = np.cumsum(happened)  # 0 before the first time of the cause
    losses = drawn(other, groups.risk) * (groups.lost * groups.lost)
    others = np.array([sum_by(since, values, times.size + 1) for values in losses])
    here = _at(times, groups, events)
    own, events, heads = own.take(times, axis=1), here.events, here.heads
    left = np.append(1.0, 1.0 - running(here.step))
    weight = np.maximum(left[:-1], 0.0) ** rho
    exposed = heads * (1.0 - running(own * here.each)) + own  # reached before the time, not at it
    expected = exposed * (events / exposed.sum(axis=0))
    variance = here.share * events
    if events.max() > 1.0:
        variance *= _drawn(here, groups.free.take(times, axis=1))
    covariance = _covariance(here, left, weight, variance, others)
    if np.linalg.eigvalsh(covariance)[0] < -FULL * np.abs(covariance).max():  # more tied than at risk: as untied
        variance = np.where(variance < 0.0, heads * here.step, variance)
        covariance = _covariance(here, left, weight, variance, others)
    return along(own - expected, weight), covariance


def _at(times: Ints, groups: _Groups, events: Floats) -> _OfCause:
    heads, events = groups.heads.take(times, axis=1), events[times]
    total: Floats = heads.sum(axis=0)
    lost, each = groups.lost.take(times, axis=1), 1.0 / np.maximum(heads, 1.0)
    return _OfCause(heads, lost, events, total, events / total, heads / total, each)


def _drawn(here: _OfCause, free: Floats) -> Floats:
    """By how much ties lessen the variance of a group's events, which untied is what the hypothesis expects, h dF.

    Tied events are drawn as if all at risk were of this group: from h S(t-) with h of all groups.
    """
    spare = np.where((here.heads > 0.0) & (here.events > 1.0), here.total * free - 1.0, np.inf)
    return 1.0 - (here.events - 1.0) / spare


def _covariance(here: _OfCause, left: Floats, weight: Floats, own: Floats, others: Floats) -> Floats:
    """Σ of influence x influence x variance over groups, times and both kinds of events, shape (K, K).

    Other events at and after a time of the cause, before its next, have the G and B of that time in common;
    those before the first have G = 1 and B over all times. The last group's score is the others' with the sign
    turned, and so is its influence.

    Parameters
    ----------
    here, left, weight
        At the T times of the cause: groups and dF; G with a 1 put before, shape (T + 1,); and L.
    own, others
        Variance of the events of the cause, shape (K, T), and Σ V(e)/(Y - D)² of the others, shape (K, T + 1).
    """
    last = len(own) - 1
    known = np.abs(left[:-1]) > FULL
    flow = weight * here.step / np.where(known, left[:-1], np.inf)
    share = here.share
    flowing, moved = flow * here.heads[:last], -weight * share[:last]
    found, rest = np.zeros((last, last)), np.zeros((last, left.size))
    for j in range(last + 1):
        itself = (np.arange(last) == j)[:, None]
        later = rest if j == last else _later(flowing * (itself - share[j]))
        rest = rest - later  # over all groups B adds up to nothing
        direct = later[:, 1:] * (here.each[j] - left[1:] * here.lost[j])
        direct += moved + weight * itself
        found += crossed(direct * own[j], direct) + crossed(later * (left * left * others[j]), later)
    found = np.vstack([found, -found.sum(axis=0)])
    return np.column_stack([found, -found.sum(axis=1)])


def _later(values: Floats) -> Floats:
    """Sum over all times, then over those after each, shape (K, T + 1)."""
    sums = np.zeros((len(values), values.shape[1] + 1))
    sums[:, -2::-1] = running(values[:, ::-1])
    return sums
