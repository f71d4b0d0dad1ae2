"""Sums over the rows at risk at each event time, and back from event times to rows: O(rows), no loop over times.

Rows are sorted by stratum and time. The K event times of all strata stand one after another; a row is at risk at
the places ``first <= k < past``. Two running sums answer every question: what is still to leave, less what is still
to enter. Where that difference would lose too many digits (one row's risk beside another's e^30), the sums are taken
again without subtraction. In the Fine-Gray model a row with a competing event stays, at a weight that falls with the
chance of not having been censored.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from malar.survival._interval_kernel import Intervals

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

LOST: Final = 1e5
"""Ratio of a minuend to a difference from which on the difference is taken another way."""


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Rows that share a place among K + 1: how to add them up in one pass."""

    order: Ints | None  # rows in order of their place; None where they are so already
    starts: Ints  # where each place that occurs begins
    places: Ints  # the places that occur
    size: int

    def add_up(self, values: Floats) -> Floats:
        """Sums of values (p, n) by place, shape (p, size)."""
        ranked = values if self.order is None else np.take(values, self.order, axis=1)
        sums = np.zeros((values.shape[0], self.size))
        sums[:, self.places] = np.add.reduceat(ranked, self.starts, axis=1)
        return sums


@dataclass(frozen=True, slots=True, eq=False)
class Lingering:
    """Rows that stay at risk after a competing event, in the Fine-Gray model."""

    by_row: Floats  # (n,): 1 / G(time-) for a row with a competing event, else 0
    by_time: Floats  # (K,): G(t-), the chance not to have been censored before each event time


@dataclass(frozen=True, slots=True, eq=False)
class RiskSets:
    """Who is at risk at each of K event times."""

    first: Ints  # (n,)
    past: Ints  # (n,), never falling
    leaving: Groups
    entering: Groups | None  # None where everybody is at risk from the first event time on
    lingering: Lingering | None

    def sum(self, values: Floats, *, careful: bool = False) -> Floats:
        """Sums over the rows at risk at each event time: (p, n) to (p, K); ``careful`` without subtraction."""
        if careful and self.entering is not None:
            return Intervals(self.first, self.past, self.leaving.size - 1).sum(values)
        total = _from_here_on(self.leaving.add_up(values))[:, 1:]
        if self.entering is not None:
            total = total - _from_here_on(self.entering.add_up(values))[:, 1:]
        if self.lingering is not None:
            stayed = np.cumsum(self.leaving.add_up(values * self.lingering.by_row), axis=1)
            total = total + stayed[:, :-1] * self.lingering.by_time
        return total

    def loses_digits(self, values: Floats, sums: Floats) -> bool:
        """Whether `sum` of values (n,) to sums (K,) took a difference of numbers that are nearly equal."""
        if self.entering is None:
            return False
        ever = _from_here_on(self.leaving.add_up(values[None]))[0, 1:]
        return bool((ever > LOST * sums).any())

    def spread(self, increments: Floats, *, careful: bool = False) -> Floats:
        """Sums of increments (..., K) over the event times at which each row is at risk: shape (..., n)."""
        if careful and self.entering is not None:
            return Intervals(self.first, self.past, self.leaving.size - 1).spread(increments)
        passed = np.zeros((*increments.shape[:-1], increments.shape[-1] + 1))
        np.cumsum(increments, axis=-1, out=passed[..., 1:])
        mine = passed[..., self.past]
        if self.entering is not None:
            mine = mine - passed[..., self.first]
        if self.lingering is not None:
            ahead = np.zeros_like(passed)
            ahead[..., :-1] = _from_here_on(increments * self.lingering.by_time)
            mine = mine + ahead[..., self.past] * self.lingering.by_row
        return mine


def risk_sets(first: Ints, past: Ints, n_times: int, lingering: Lingering | None = None) -> RiskSets:
    """Prepare the sums for rows at risk at the places ``first <= k < past`` of ``n_times``.

    Parameters
    ----------
    first, past
        Shape (n,); ``past`` in rising order.
    n_times
        Number of event times.
    lingering
        Weights after a competing event.

    Returns
    -------
    RiskSets
        Sums and their reverse.
    """
    entering = _groups(first, n_times + 1) if first.any() else None
    return RiskSets(first, past, _groups(past, n_times + 1), entering, lingering)


def _groups(place: Ints, size: int) -> Groups:
    order = None
    if (np.diff(place) < 0).any():
        order = np.argsort(place, kind="stable")
        place = place[order]
    starts = np.flatnonzero(np.append(True, place[1:] != place[:-1]))
    return Groups(order, starts, place[starts], size)


def _from_here_on(values: Floats) -> Floats:
    return np.cumsum(values[..., ::-1], axis=-1)[..., ::-1]
