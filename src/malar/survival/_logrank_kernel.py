"""Weighted log-rank scores of k groups and their covariance: O(n log n + T k²) for T event times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from malar.survival._risk_kernel import before, distinct, sum_by

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Weighted sums over event times: observed and expected of shape (k,), covariance of O - E (k, k)."""

    observed: Floats
    expected: Floats
    covariance: Floats

    def __add__(self, other: Scores) -> Scores:
        return Scores(
            self.observed + other.observed, self.expected + other.expected, self.covariance + other.covariance
        )


def scores(
    time: Floats, event: Flags, group: Ints, entry: Floats | None, size: int, rho: float, gamma: float
) -> Scores:
    """Observed and expected events of each group within one stratum.

    Parameters
    ----------
    time, event, group, entry
        One value a row, shape (n,); at risk at t means entry < t <= time; groups 0 to size - 1.
    size
        Number of groups.
    rho, gamma
        Weight S(t-)^rho (1 - S(t-))^gamma at each event time, S the Kaplan-Meier curve of all rows here.

    Returns
    -------
    Scores
        With events tied at a time drawn from those at risk without replacement (hypergeometric).
    """
    times, index = distinct(np.sort(time[event]))
    if times.size == 0:
        return Scores(np.zeros(size), np.zeros(size), np.zeros((size, size)))
    place = np.searchsorted(times, time[event])
    deaths = sum_by(place * size + group[event], np.ones(place.size), times.size * size).reshape(-1, size)
    risk = counts_at_risk(times, time, group, entry, size)
    total, dying = risk.sum(axis=1), sum_by(index, np.ones(index.size), times.size)
    survival = before(np.cumprod(1.0 - dying / total, dtype=np.float64), 1.0)
    weight = survival**rho * (1.0 - survival) ** gamma
    share = risk / total[:, None]
    spare = np.maximum(total - 1.0, 1.0)
    factor = weight**2 * dying * (total - dying) / spare
    covariance = np.diag(factor @ share) - share.T @ (factor[:, None] * share)
    return Scores(weight @ deaths, (weight * dying) @ share, covariance)


def counts_at_risk(times: Floats, time: Floats, group: Ints, entry: Floats | None, size: int) -> Floats:
    """Numbers at risk of each group just before some times, shape (times, size)."""
    counts = np.empty((times.size, size))
    for code in range(size):
        mine = group == code
        gone = np.searchsorted(np.sort(time[mine]), times, side="left")
        begun = np.count_nonzero(mine)
        if entry is not None:
            begun = np.searchsorted(np.sort(entry[mine]), times, side="left")
        counts[:, code] = begun - gone
    return counts


def quadratic(score: Floats, covariance: Floats) -> tuple[float, int]:
    """Chi-square u'V⁻u of scores with a covariance that may be singular, and its rank.

    Groups without variance (never at risk at an event) count for nothing.
    """
    values, vectors = np.linalg.eigh((covariance + covariance.T) / 2.0)
    kept = values > 1e-10 * max(float(values.max(initial=0.0)), 0.0)
    kept &= values > 0.0
    along = vectors[:, kept].T @ score
    return float(np.sum(along**2 / values[kept])), int(np.count_nonzero(kept))
