"""Aalen-Johansen product integral and its influence on each subject, in plain arrays.

Cost: O(T s³) for the curve and O((n + T) s³) for the standard errors, with n stays, T distinct transition
times and s states, and O(n s²) more at each time at which all leave a state.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from malar.survival._spread_kernel import Path, squared

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from malar.survival._stays import Stays

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Occupancy:
    """The curve at its K knots: the origin and every transition time; arrays of shape (K, states)."""

    time: Floats
    """Knots, shape (K,)."""
    probability: Floats
    variance: Floats
    """Sum over subjects of the squared influence on the probability."""
    area: Floats
    """Mean time spent in each state from the origin to the knot."""
    area_variance: Floats
    area_covariance: Floats
    """Sum over subjects of the influence on area times that on the probability."""


@dataclass(frozen=True, slots=True, eq=False)
class _Steps:
    """What happens at each of T transition times."""

    time: Floats  # (T,)
    change: Floats  # (T, s, s): increments of the cumulative transition intensity, rows sum to 0
    share: Floats  # (T, s): probability just before, divided by the number at risk
    probability: Floats  # (T + 1, s), the origin first


def aalen_johansen(stays: Stays, origin: float | None = None, given: int | None = None) -> Occupancy:
    """State occupation probabilities and mean times in state, with their infinitesimal jackknife.

    Parameters
    ----------
    stays
        Sorted, merged stays; at risk in a state at t means start < t <= stop.
    origin
        Day the curve starts from; None = the earliest start.
    given
        State that everyone is in at the origin, by supposition and so without variance; None = the
        distribution of those present.

    Returns
    -------
    Occupancy
        Arrays at the origin (the earliest start) and at the transition times.
    """
    origin = float(stays.start.min()) if origin is None else origin
    first = first_states(stays, origin) if given is None else np.full(stays.n_subjects, -1, dtype=np.int64)
    steps = _steps(stays, _initial(first, len(stays.states), given))
    knots = np.append(origin, steps.time)
    width = np.diff(knots)
    area = np.zeros_like(steps.probability)
    np.cumsum(steps.probability[:-1] * width[:, None], axis=0, out=area[1:])
    influence = _start(steps.probability[0], first, int(np.count_nonzero(first >= 0)))
    sums = squared(_path(stays, steps, width), influence)
    return Occupancy(knots, steps.probability, sums[0], area, sums[1], sums[2])


def first_states(stays: Stays, origin: float) -> Ints:
    """State of each subject at the origin, shape (subjects,); -1 for those who enter later."""
    here = stays.start == origin
    first = np.full(stays.n_subjects, -1, dtype=np.int64)
    first[stays.subject[here]] = stays.state[here]
    return first


def at_risk(stays: Stays, times: Floats) -> Floats:
    """Numbers seen in each state just before some times, shape (times, states); at the origin, right after it."""
    after = np.where(times <= stays.start.min(), np.nextafter(times, np.inf), times)
    counts = np.empty((times.size, len(stays.states)))
    for code in range(len(stays.states)):
        mine = stays.state == code
        begun = np.searchsorted(np.sort(stays.start[mine]), after, side="left")
        counts[:, code] = begun - np.searchsorted(np.sort(stays.stop[mine]), after, side="left")
    return counts


def _initial(first: Ints, size: int, given: int | None) -> Floats:
    if given is not None:
        return np.eye(size)[given]
    present = first[first >= 0]
    return np.bincount(present, minlength=size) / present.size


def _steps(stays: Stays, initial: Floats) -> _Steps:
    s = len(stays.states)
    moves = stays.following >= 0
    time, when = np.unique(stays.stop[moves], return_inverse=True)
    counts = np.zeros((time.size, s, s))
    np.add.at(counts, (when, stays.state[moves], stays.following[moves]), 1.0)
    risk = at_risk(stays, time)
    change = np.divide(counts, risk[:, :, None], out=np.zeros_like(counts), where=risk[:, :, None] > 0.0)
    every = np.arange(s)
    change[:, every, every] = -change.sum(axis=2)
    probability = np.empty((time.size + 1, s))
    probability[0] = initial
    for k in range(time.size):
        probability[k + 1] = probability[k] + probability[k] @ change[k]
    share = np.divide(probability[:-1], risk, out=np.zeros_like(risk), where=risk > 0.0)
    return _Steps(time, change, share, np.clip(probability, 0.0, 1.0))


def _path(stays: Stays, steps: _Steps, width: Floats) -> Path:
    first, end = (np.searchsorted(steps.time, day, side="right") for day in (stays.start, stays.stop))
    return Path(steps.change, steps.share, width, stays.subject, first, end, stays.state, stays.following)


def _start(initial: Floats, first: Ints, n_first: int) -> Floats:
    """Influence on the initial distribution: (own state - mean) / number present; 0 for late entries."""
    present = first >= 0
    if n_first == 0:
        return np.zeros((first.size, initial.size))
    influence = np.where(present[:, None], -initial / n_first, 0.0)
    influence[np.flatnonzero(present), first[present]] += 1.0 / n_first
    return influence
