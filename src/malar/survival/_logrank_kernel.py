"""Weighted log-rank scores of k groups and their covariance: O(n log n + T k²) for T event times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from malar.survival._risk_kernel import ascending, before, distinct, starts

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
    sets = group_sets(time, event.astype(np.int64), group, entry, size, 1)
    if sets.time.size == 0:
        return Scores(np.zeros(size), np.zeros(size), np.zeros((size, size)))
    deaths, risk = sets.events[0], sets.risk
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
    """Numbers at the T distinct times at which any row of k groups has an event."""

    time: Floats
    risk: Floats
    """At risk just before, shape (k, T)."""
    events: Floats
    """With an event of each kind, shape (kinds, k, T)."""


def group_sets(time: Floats, code: Ints, group: Ints, entry: Floats | None, size: int, kinds: int) -> GroupSets:
    """Numbers at risk and with events, by group: one sort, no search.

    Parameters
    ----------
    time, code, group, entry
        One value a row, shape (n,); code 0 = censored, 1 to kinds = the kind of event; groups 0 to size - 1.
    size, kinds
        Numbers of groups and of kinds of events.
    """
    order, ranked = ascending(time)
    both = (code * size + group).astype(np.min_scalar_type((kinds + 1) * size))[order]
    rows = np.flatnonzero(both >= size)
    times, place = distinct(ranked[rows])
    cell = (both[rows].astype(np.int64) - size) * times.size + place
    events = np.bincount(cell, minlength=kinds * size * times.size).reshape(kinds, size, times.size)
    new = starts(ranked)
    leading = np.cumsum(new)[rows[np.flatnonzero(starts(ranked[rows]))]] - 1
    first = np.flatnonzero(new)[leading]  # of the rows at each event time
    owner, risk = both % size, np.empty((size, first.size))
    risk[-1] = both.size - first  # all who stand there, less those of the other groups
    for number in range(size - 1):
        risk[number] = _still_to_come(owner == number, first)
        risk[-1] -= risk[number]
    if entry is not None:  # less those who were not there yet
        late = np.searchsorted(times, entry, side="right")
        seen = np.bincount(group * (times.size + 1) + late, minlength=size * (times.size + 1))
        risk -= seen.reshape(size, -1)[:, :0:-1].cumsum(axis=1)[:, ::-1]
    return GroupSets(times, risk, events.astype(np.float64))


def _still_to_come(member: Flags, first: Ints) -> Ints:
    """How many of the rows marked stand at or after some places."""
    return np.cumsum(member[::-1], dtype=np.int64)[::-1].take(first)


def quadratic(score: Floats, covariance: Floats) -> tuple[float, int]:
    """Chi-square u'V⁻u of scores with a covariance that may be singular, and its rank.

    Groups without variance (never at risk at an event) count for nothing.
    """
    values, vectors = np.linalg.eigh((covariance + covariance.T) / 2.0)
    kept = values > 1e-10 * max(float(values.max(initial=0.0)), 0.0)
    kept &= values > 0.0
    along = vectors[:, kept].T @ score
    return float(np.sum(along**2 / values[kept])), int(np.count_nonzero(kept))
