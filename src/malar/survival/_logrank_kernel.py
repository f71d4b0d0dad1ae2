"""Weighted log-rank scores of k groups and their covariance: O(n log n + T k²) for T event times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from malar.survival._risk_kernel import before, distinct

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
    sets = group_sets(time, event, group, entry, size)
    if sets.time.size == 0:
        return Scores(np.zeros(size), np.zeros(size), np.zeros((size, size)))
    deaths, risk = sets.count(event), sets.risk
    total, dying = risk.sum(axis=0), deaths.sum(axis=0)
    survival = before(np.cumprod(1.0 - dying / total, dtype=np.float64), 1.0)
    weight = survival**rho * (1.0 - survival) ** gamma
    share = risk / total
    spare = np.maximum(total - 1.0, 1.0)
    factor = weight**2 * dying * (total - dying) / spare
    covariance = np.diag(along(share, factor)) - crossed(share * factor, share)
    return Scores(along(deaths, weight), along(share, weight * dying), covariance)


def along(rows: Floats, values: Floats) -> Floats:
    """Σ over times of each row times some values; not by BLAS, whose threads wait on each other for so few rows."""
    return np.einsum("it,t->i", rows, values)


def crossed(left: Floats, right: Floats) -> Floats:
    """Σ over times of each row on the left times each on the right."""
    return np.einsum("it,jt->ij", left, right)


@dataclass(frozen=True, slots=True, eq=False)
class GroupSets:
    """Numbers at risk at the T distinct event times, by group."""

    time: Floats
    risk: Floats
    """Shape (k, T)."""
    cell: Ints
    """Place of each row's time and group in the flattened table; of use for rows with an event, shape (n,)."""

    def count(self, which: Flags) -> Floats:
        """Numbers of some of the rows with an event, shape (k, T)."""
        found = np.bincount(self.cell[which], minlength=self.risk.size)
        return found.astype(np.float64).reshape(self.risk.shape)


def group_sets(time: Floats, event: Flags, group: Ints, entry: Floats | None, size: int) -> GroupSets:
    """Numbers at risk of each group just before each time at which any row has an event: one sort, no search."""
    order = np.argsort(time)
    ranked, index = distinct(time[order])
    happened = np.bincount(index[event[order]], minlength=ranked.size) > 0
    passed = np.empty(time.size, dtype=np.int64)
    passed[order] = np.cumsum(happened)[index]  # event times up to and including the row's own
    times = ranked[happened]
    risk = _still_to_come(group, passed, size, times.size)
    if entry is not None:  # less those who were not there yet
        risk -= _still_to_come(group, np.searchsorted(times, entry, side="right"), size, times.size)
    return GroupSets(times, risk, group * times.size + passed - 1)


def _still_to_come(group: Ints, passed: Ints, size: int, times: int) -> Floats:
    """Numbers of rows of each group that have not passed each of some event times, shape (size, times)."""
    gone = np.bincount(group * (times + 1) + passed, minlength=size * (times + 1)).reshape(size, times + 1)
    return gone[:, :0:-1].cumsum(axis=1)[:, ::-1].astype(np.float64)


def quadratic(score: Floats, covariance: Floats) -> tuple[float, int]:
    """Chi-square u'V⁻u of scores with a covariance that may be singular, and its rank.

    Groups without variance (never at risk at an event) count for nothing.
    """
    values, vectors = np.linalg.eigh((covariance + covariance.T) / 2.0)
    kept = values > 1e-10 * max(float(values.max(initial=0.0)), 0.0)
    kept &= values > 0.0
    along = vectors[:, kept].T @ score
    return float(np.sum(along**2 / values[kept])), int(np.count_nonzero(kept))
