"""Mean number of recurrent events in the presence of death, with the variance of Ghosh and Lin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Indices = NDArray[np.int64]
    Marks = NDArray[np.bool_]

CHUNK: Final = 4_000_000
"""Numbers held at a time: subjects are taken in parts."""


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
    variance = np.zeros(k)
    size = max(1, CHUNK // max(k, 1))
    for low in range(0, end.size, size):
        part = slice(low, low + size)
        mine = (owner >= low) & (owner < low + size)
        influence = _influence(
            (owner[mine] - low, event_time[mine]), end[part], died[part], (time, at_risk, before, mean), sums
        )
        variance += np.sum(influence**2, axis=0)
    return Curve(time, mean, np.sqrt(variance), at_risk, events)


def _influence(
    own: tuple[Indices, Floats],
    end: Floats,
    died: Marks,
    curve: tuple[Floats, Floats, Floats, Floats],
    sums: tuple[Floats, Floats, Floats],
) -> Floats:
    """What each subject adds to the error of the mean at each time, shape (subjects, k)."""
    time, at_risk, before, mean = curve
    owner, event_time = own
    k, n = time.size, end.size
    jumps = np.zeros((n, k))
    at = np.searchsorted(time, event_time)
    np.add.at(jumps, (owner, at), before[at] / at_risk[at])
    # What was expected of a subject stops growing at its end.
    last = np.minimum(np.arange(k)[None, :], np.searchsorted(time, end, side="right")[:, None] - 1)
    recurrent, death, pull = (np.where(last >= 0, total[np.maximum(last, 0)], 0.0) for total in sums)
    fell = np.searchsorted(time, end)
    inside = died[:, None] & (np.arange(k)[None, :] >= fell[:, None])
    place = np.minimum(fell, k - 1)
    own_death = np.where(inside, (1 / at_risk[place])[:, None], 0.0)
    own_pull = np.where(inside, (mean[place] / at_risk[place])[:, None], 0.0)
    return np.cumsum(jumps, axis=1) - recurrent - mean[None, :] * (own_death - death) + (own_pull - pull)
