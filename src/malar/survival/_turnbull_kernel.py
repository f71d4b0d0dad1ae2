"""Nonparametric maximum likelihood of interval-censored times: innermost intervals and their masses."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

WARM_UP: Final = 20
STEPS: Final = 500
ROUNDING: Final = 1e-13


@dataclass(frozen=True, slots=True, eq=False)
class Masses:
    """Where the likelihood puts probability, and how surely it is at its maximum."""

    left: Floats
    """Open left ends, shape (m,); equal to ``right`` where the mass sits on one day."""
    right: Floats
    """Closed right ends, shape (m,); infinite in the last where the event was not seen."""
    mass: Floats
    """Shape (m,), sums to 1."""
    log_likelihood: float
    gradient: float
    """Largest slope of the mean log-likelihood towards any interval; 0 at the maximum."""
    converged: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Cover:
    """Rows that cover intervals first to last (inclusive), equal rows counted once."""

    first: Ints
    last: Ints
    count: Floats
    size: int

    def row_sums(self, mass: Floats) -> Floats:
        """Probability of each row."""
        total = np.append(0.0, np.cumsum(mass))
        return np.maximum(total[self.last + 1] - total[self.first], 1e-300)

    def column_sums(self, values: Floats) -> Floats:
        """Sum over the rows that cover each interval."""
        change = np.bincount(self.first, values, self.size + 1) - np.bincount(self.last + 1, values, self.size + 1)
        return np.cumsum(change, dtype=np.float64)[:-1]

    def columns(self, which: Ints) -> Floats:
        """Which rows cover some of the intervals, shape (rows, intervals)."""
        return ((self.first[:, None] <= which) & (which <= self.last[:, None])).astype(np.float64)


def turnbull(left: Floats, right: Floats, tolerance: float) -> Masses:
    """Maximum likelihood of the distribution of times known to lie in (left, right].

    Parameters
    ----------
    left, right
        One value a row, shape (n,): left < right, infinite right = not seen; left = right = that very time.
    tolerance
        The gradient at which the maximum counts as found.

    Returns
    -------
    Masses
        On the innermost intervals: those between a left and a right end with no end between them.

    Notes
    -----
    A few self-consistency (EM) steps, then constrained Newton steps: the quadratic form of the likelihood is
    minimized over the probabilities of a small support by non-negative least squares, and the support grows
    by the steepest interval between its members (Wang 2008). Each step costs O(n) and a least-squares
    problem of the size of the support.
    """
    ends, cover = _innermost(left, right)
    mass = np.full(cover.size, 1.0 / cover.size)
    total = cover.count.sum()
    for _ in range(WARM_UP):
        mass = mass * cover.column_sums(cover.count / cover.row_sums(mass)) / total
    mass[mass < 1e-4 / cover.size] = 0.0
    mass /= mass.sum()
    for _ in range(STEPS):
        slope = cover.column_sums(cover.count / cover.row_sums(mass)) / total - 1.0
        if slope.max() <= tolerance:
            break
        mass = _newton(cover, mass, slope)
    slope = cover.column_sums(cover.count / cover.row_sums(mass)) / total - 1.0
    kept = mass > 0.0
    likelihood = float(cover.count @ np.log(cover.row_sums(mass)))
    steepest = float(slope.max())
    return Masses(ends[0][kept], ends[1][kept], mass[kept], likelihood, steepest, steepest <= tolerance)


def _innermost(left: Floats, right: Floats) -> tuple[tuple[Floats, Floats], _Cover]:
    """Ends of the innermost intervals, and which of them each row covers.

    Ends are put on one scale of whole numbers: a time is even, just after it odd; an open left end is just
    after its time, a row of one day begins and ends on it.
    """
    times = np.unique(np.concatenate([left, right]))
    begins = 2 * np.searchsorted(times, left) + (left < right)
    ends = 2 * np.searchsorted(times, right)
    marks = np.unique(begins)
    closing = np.unique(ends)
    opened = np.searchsorted(marks, closing, side="right") - 1  # the last begin at or before each end
    begin = marks[opened]
    inner = np.append(True, closing[:-1] < begin[1:])  # no other end since
    begin, closing = begin[inner], closing[inner]
    first = np.searchsorted(begin, begins, side="left")
    last = np.searchsorted(closing, ends, side="right") - 1
    pairs, count = np.unique(np.stack([first, last]), axis=1, return_counts=True)
    cover = _Cover(pairs[0], pairs[1], count.astype(np.float64), begin.size)
    return (times[begin // 2], times[closing // 2]), cover


def _newton(cover: _Cover, mass: Floats, slope: Floats) -> Floats:
    """One constrained Newton step with a halving line search."""
    from scipy.optimize import nnls

    support = _support(mass, slope)
    rows = cover.row_sums(mass)
    design = (cover.columns(support) / rows[:, None] - 2.0) * np.sqrt(cover.count / cover.count.sum())[:, None]
    found, _ = nnls(np.vstack([design, np.ones(support.size)]), np.append(np.zeros(rows.size), 1.0))
    target = np.zeros_like(mass)
    target[support] = found / found.sum()
    before, rise = cover.count @ np.log(rows), slope @ (target - mass) * cover.count.sum()
    slack = ROUNDING * (1.0 + abs(before))  # below it a gain cannot be told from rounding: take the whole step
    step = 1.0
    while step > 1e-12:
        trial = mass + step * (target - mass)
        if cover.count @ np.log(cover.row_sums(trial)) >= before + step * rise / 3.0 - slack:
            return trial
        step /= 2.0
    return mass


def _support(mass: Floats, slope: Floats) -> Ints:
    """Intervals that hold mass, and the steepest one between each two of them."""
    held = np.flatnonzero(mass > 0.0)
    bounds = np.concatenate([[0], held, [mass.size]])
    spans = [(int(low), int(high)) for low, high in pairwise(bounds) if high > low]
    steepest = [low + int(np.argmax(slope[low:high])) for low, high in spans]
    rising = [place for place in steepest if slope[place] > 0.0]
    return np.unique(np.concatenate([held, np.array(rising, dtype=np.int64)]))
