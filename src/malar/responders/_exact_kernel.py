"""Exact distributions of a 2 x 2 table: conditional on both margins, and with the arms' sizes fixed only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import gammaln, xlog1py, xlogy

from malar.responders._score_kernel import score

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Marks = NDArray[np.bool_]

EQUAL: Final = 1e-7
"""Two probabilities or statistics this close, relatively, are one: rounding must not order tables."""

GRID: Final = 512
"""Points at which the unknown common proportion is first tried, before the best are refined."""


def _log_choose(n: int) -> Floats:
    x = np.arange(n + 1)
    return gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1)


def conditional(n1: int, n2: int, total: int) -> tuple[NDArray[np.int64], Floats]:
    """Possible numbers of responders in the first arm given both margins, and their probabilities under no effect."""
    x = np.arange(max(0, total - n2), min(n1, total) + 1)
    log = _log_choose(n1)[x] + _log_choose(n2)[total - x]
    mass = np.exp(log - log.max())
    return x, mass / mass.sum()


def fisher(x1: int, n1: int, x2: int, n2: int) -> tuple[float, float]:
    """Two-sided p of the tables no more probable than the observed one, and its mid-P: those as probable at half."""
    x, mass = conditional(n1, n2, x1 + x2)
    own = float(mass[x == x1][0])
    less, no_more = (float(mass[mass <= own * (1 + side)].sum()) for side in (-EQUAL, EQUAL))
    return min(1.0, no_more), min(1.0, (less + no_more) / 2)


def fisher_smallest(n1: int, n2: int) -> float:
    """The smallest two-sided p that any outcome of two arms of these sizes can give."""
    totals = range(n1 + n2 + 1)
    ends = [(max(0, t - n2), min(n1, t), t) for t in totals]
    return min(fisher(x, n1, t - x, n2)[0] for low, high, t in ends for x in (low, high))


def fisher_all(n1: int, n2: int) -> Floats:
    """Two-sided Fisher p of every table of two arms, shape (n1 + 1, n2 + 1)."""
    out = np.empty((n1 + 1, n2 + 1))
    for total in range(n1 + n2 + 1):
        x, mass = conditional(n1, n2, total)
        order = np.sort(mass)
        running = np.cumsum(order)
        last = np.searchsorted(order, mass * (1 + EQUAL), side="right") - 1
        out[x, total - x] = np.minimum(running[last], 1.0)
    return out


def probabilities(n: int, p: Floats) -> Floats:
    """Binomial probabilities of 0 to n responders at each proportion, shape (proportions, n + 1)."""
    x = np.arange(n + 1)
    return np.exp(_log_choose(n) + xlogy(x, p[:, None]) + xlog1py(n - x, -p[:, None]))


def largest(region: Marks, n1: int, n2: int, delta: float = 0.0) -> float:
    """Largest probability of a set of tables over all proportions with p1 - p2 = delta.

    A grid of the second arm's proportion, then a finer one about each of its five highest peaks, twice.
    """
    low, high = max(0.0, -delta), min(1.0, 1.0 - delta)

    def at(p2: Floats) -> Floats:
        first = probabilities(n1, np.clip(p2 + delta, 0.0, 1.0))
        return np.einsum("ki,ij,kj->k", first, region.astype(np.float64), probabilities(n2, p2), optimize=True)

    p2 = np.linspace(low, high, GRID + 1)
    width = (high - low) / GRID
    found = at(p2)
    for _ in range(2):
        best = p2[np.argsort(found)[-5:]]
        fine = best[:, None] + np.linspace(-width, width, 65)[None, :]
        p2, width = np.clip(fine.ravel(), low, high), width / 32
        found = at(p2)
    return min(1.0, float(found.max()))


def boschloo(x1: int, n1: int, x2: int, n2: int) -> float:
    """Unconditional p, tables ordered by Fisher's p."""
    every = fisher_all(n1, n2)
    return largest(every <= every[x1, x2] * (1 + EQUAL), n1, n2)


def barnard(x1: int, n1: int, x2: int, n2: int) -> float:
    """Unconditional p, tables ordered by the size of the score statistic with pooled variance."""
    every = np.abs(statistics(n1, n2, 0.0))
    return largest(every >= every[x1, x2] * (1 - EQUAL), n1, n2)


def statistics(n1: int, n2: int, delta: float) -> Floats:
    """Score statistic of every table under p1 - p2 = delta, shape (n1 + 1, n2 + 1)."""
    x1, x2 = np.arange(n1 + 1.0)[:, None], np.arange(n2 + 1.0)[None, :]
    return score("difference", x1, float(n1), x2, float(n2), delta, factor=False)


def difference_limits(x1: int, n1: int, x2: int, n2: int, level: float) -> tuple[float, float]:
    """Unconditional exact limits of p1 - p2: two one-sided tests, tables ordered by the score statistic."""
    lower = _lower(x1, n1, x2, n2, (1 - level) / 2)
    turned = _lower(x2, n2, x1, n1, (1 - level) / 2)
    return lower, -turned


def _lower(x1: int, n1: int, x2: int, n2: int, tail: float) -> float:
    """The lowest difference at which so large a statistic has a probability above one tail."""

    def accepted(delta: float) -> bool:
        """Whether the one-sided test does not reject this difference."""
        every = statistics(n1, n2, delta)
        own = every[x1, x2]
        region = every >= own - EQUAL * max(1.0, abs(float(own)))
        return largest(region, n1, n2, delta) > tail

    if x1 == 0 and x2 == n2:
        return -1.0
    estimate = x1 / n1 - x2 / n2
    tried = np.linspace(-1 + 1e-9, estimate, 41)
    first = next((i for i, delta in enumerate(tried) if accepted(float(delta))), len(tried) - 1)
    if first == 0:
        return -1.0
    low, high = float(tried[first - 1]), float(tried[first])
    while high - low > 1e-9:
        middle = (low + high) / 2
        low, high = (low, middle) if accepted(middle) else (middle, high)
    return high
