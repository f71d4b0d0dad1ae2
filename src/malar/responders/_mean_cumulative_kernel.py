"""Mean number of recurrent events in the presence of death, with the variance of Ghosh and Lin: O(n log n)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Indices = NDArray[np.int64]
    Marks = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Curve:
    """Steps of the mean: times (k,), mean (k,), standard error (k,), at risk just before (k,), events (k,)."""

    time: Floats
    mean: Floats
    se: Floats
    at_risk: Floats
    events: Floats


def estimate(owner: Indices, event_time: Floats, end: Floats, died: Marks) -> Curve:
    """Sum over event times of survival just before times events over those at risk.

    Parameters
    ----------
    owner, event_time
        Subject (0 to n - 1) and time of each recurrent event, shape (m,).
    end, died
        End of observation and whether it was by death, shape (n,).

    Notes
    -----
    At one time, recurrent events come before deaths, and both before censorings.
    """
    time = np.unique(np.concatenate([event_time, end[died]]))
    k = time.size
    if not k:
        return Curve(time, time, time, time, time)
    at_risk = end.size - np.searchsorted(np.sort(end), time, side="left").astype(np.float64)
    events = np.bincount(np.searchsorted(time, event_time), minlength=k).astype(np.float64)
    deaths = np.bincount(np.searchsorted(time, end[died]), minlength=k).astype(np.float64)
    hazard = deaths / at_risk
    before = np.concatenate([[1.0], np.cumprod(1 - hazard)[:-1]])
    step = before * events / at_risk
    mean = np.cumsum(step)
    pull = np.cumsum(mean * hazard / at_risk)
    sums = (np.cumsum(before * events / at_risk**2), np.cumsum(hazard / at_risk), pull)
    variance = _variance((owner, event_time), end, died, (time, at_risk, before, mean), sums)
    return Curve(time, mean, np.sqrt(variance), at_risk, events)


def _variance(
    own: tuple[Indices, Floats],
    end: Floats,
    died: Marks,
    curve: tuple[Floats, Floats, Floats, Floats],
    sums: tuple[Floats, Floats, Floats],
) -> Floats:
    """Sum over subjects of their squared influence on the mean at each time, shape (k,).

    The influence of a subject at a time is ``own - mean * death``. Of subjects under observation ``own`` is their own
    events less what was expected of all, and ``death`` the same for all; of those who ended neither changes any more.
    So both groups need running sums only.
    """
    time, at_risk, before, mean = curve
    recurrent, death, pull = sums
    k, n = time.size, end.size
    last = np.searchsorted(time, end, side="right") - 1
    here = np.maximum(last, 0)
    seen = (last >= 0).astype(np.float64)
    order, so_far, jump, place = _own_events(*own, time, before / at_risk)
    whole: Floats = np.bincount(own[0][order], weights=jump, minlength=n).astype(np.float64)
    fell = np.where(died, 1.0 / at_risk[here], 0.0)  # the time of a death is one of the times
    final = whole + seen * (fell * mean[here] - recurrent[here] - pull[here])
    final_death = seen * (fell - death[here])

    def ended(values: Floats) -> Floats:
        return _running(here, values, k)

    def happened(values: Floats) -> Floats:
        return _running(place, values, k)

    gone = ended(final**2) - 2.0 * mean * ended(final * final_death) + mean**2 * ended(final_death**2)
    left = n - ended(np.ones(n))
    expected = recurrent + pull - mean * death
    squares = happened(jump * (2.0 * so_far + jump)) - ended(whole**2)
    under_observation = squares - 2.0 * expected * (happened(jump) - ended(whole)) + left * expected**2
    return np.maximum(gone + np.where(left > 0.0, under_observation, 0.0), 0.0)


def _running(place: Indices, values: Floats, k: int) -> Floats:
    """Sums of values up to and with each of k places."""
    return np.cumsum(np.bincount(place, weights=values, minlength=k), dtype=np.float64)


def _own_events(
    owner: Indices, event_time: Floats, time: Floats, jumps: Floats
) -> tuple[Indices, Floats, Floats, Indices]:
    """Events by subject and time: their order, the sum of the subject's jumps before each, its jump and its place."""
    order = np.lexsort((event_time, owner))
    place = np.searchsorted(time, event_time[order])
    jump = jumps[place]
    before = np.cumsum(jump) - jump
    starts = np.flatnonzero(np.diff(owner[order], prepend=-1))
    counts = np.diff(np.append(starts, order.size))
    return order, before - np.repeat(before[starts], counts), jump, place
