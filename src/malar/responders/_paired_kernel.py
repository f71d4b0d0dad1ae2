"""Exact distributions of paired changes: signed ranks with ties, and discordant pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import bdtr, gammaln
from scipy.stats import rankdata

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def signed_ranks(change: Floats, *, pratt: bool) -> tuple[Floats, Floats]:
    """Midranks of the sizes of the nonzero changes, and their signs.

    With ``pratt``, zeros are ranked too, and then dropped.
    """
    size, moved = np.abs(change), change != 0
    ranks = rankdata(size)[moved] if pratt else rankdata(size[moved])
    return np.asarray(ranks, dtype=np.float64), np.sign(change[moved])


def rank_sum_distribution(ranks: Floats) -> Floats:
    """Probability of each value of twice the sum of ranks with positive sign, shape (2 sum + 1,); midranks doubled."""
    doubled = np.rint(2 * ranks).astype(np.int64)
    mass = np.zeros(int(doubled.sum()) + 1)
    mass[0] = 1.0
    top = 0
    for rank in doubled:
        moved = mass[: top + 1] / 2
        mass[: top + 1] = moved
        mass[rank : top + rank + 1] += moved
        top += int(rank)
    return mass


def signed_rank_p(ranks: Floats, signs: Floats) -> tuple[float, float]:
    """Sum of positive ranks and its two-sided exact p, given the ranks as they are."""
    statistic = float(ranks[signs > 0].sum())
    if not ranks.size:
        return statistic, 1.0
    below = np.cumsum(rank_sum_distribution(ranks))
    at = round(2 * statistic)
    tail = min(float(below[at]), float(1 - below[at - 1]) if at else 1.0)
    return statistic, min(1.0, 2 * tail)


def walsh_averages(change: Floats) -> Floats:
    """Averages of every two changes and of each with itself, sorted, shape (n (n + 1) / 2,)."""
    i, j = np.triu_indices(change.size)
    return np.sort((change[i] + change[j]) / 2)


def walsh_limits(change: Floats, level: float) -> tuple[float, float, float]:
    """Exact limits of the pseudomedian, and the level they attain; infinite where so few pairs attain none."""
    averages = walsh_averages(change)
    untied = rank_sum_distribution(np.arange(1.0, change.size + 1))[::2]
    below = np.cumsum(untied)
    k = int(np.searchsorted(below, (1 - level) / 2, side="right"))
    if k == 0:
        return -np.inf, np.inf, 1.0
    return float(averages[k - 1]), float(averages[-k]), float(1 - 2 * below[k - 1])


def discordant_p(gained: int, lost: int) -> tuple[float, float]:
    """Exact and mid-P two-sided p of discordant pairs falling equally on both sides."""
    n, low = gained + lost, min(gained, lost)
    if not n:
        return 1.0, 1.0
    point = float(np.exp(gammaln(n + 1) - gammaln(low + 1) - gammaln(n - low + 1) - n * np.log(2)))
    exact = min(1.0, 2 * float(bdtr(low, n, 0.5)))
    return exact, (1 - point / 2 if gained == lost else exact - point)


def paired_score(gained: int, lost: int, n: int, difference: float) -> float:
    """Tango's score statistic of a difference after less before; positive where the one observed is larger.

    The likeliest share of losses under the difference is a root of a quadratic. Turned around where the difference
    is negative, so that no gain cancels.
    """
    if difference < 0:
        return -paired_score(lost, gained, n, -difference)
    half = ((2 * n - gained + lost) * difference - gained - lost) / 2
    product = 2 * n * lost * difference * (1 - difference)
    root = np.sqrt(half**2 + product)
    losses = (root - half) / (2 * n) if half <= 0 else (product / (root + half) / (2 * n) if product else 0.0)
    variance = n * (2 * losses + difference * (1 - difference))
    gap = gained - lost - n * difference
    if variance <= 0:
        return float(np.sign(gap) * np.inf) if gap else 0.0
    return float(gap / np.sqrt(variance))


def paired_limits(gained: int, lost: int, n: int, z: float) -> tuple[float, float]:
    """Differences that the score test does not reject, within -1 and 1."""
    from malar.responders._score_kernel import difference_limits

    return difference_limits(lambda difference: paired_score(gained, lost, n, difference), (gained - lost) / n, z)
