"""Score statistics of two proportions: estimates under a contrast, and the limits at which the score is critical."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from malar.responders.contrast_limits import Measure

    Floats = NDArray[np.float64]

SMALL: Final = 1e-300
"""Stands for a variance of 0 below a line."""


def under_difference(x1: Any, n1: Any, x2: Any, n2: Any, delta: Any) -> tuple[Floats, Floats]:
    """Maximum-likelihood proportions with p1 - p2 = delta: the root of a cubic, polished by Newton's method.

    All arguments broadcast; delta lies within (-1, 1).
    """
    n, x = n1 + n2, x1 + x2
    b, c, d = (n1 + 2 * n2) * delta - n - x, (n2 * delta - n - 2 * x2) * delta + x, x2 * delta * (1 - delta)
    middle = b / (3 * n)
    v = middle**3 - b * c / (6 * n**2) + d / (2 * n)
    u = np.where(v >= 0, 1.0, -1.0) * np.sqrt(np.maximum(middle**2 - c / (3 * n), 0.0))
    cosine = np.clip(np.divide(v, u**3, out=np.zeros(np.shape(v)), where=u != 0), -1.0, 1.0)
    low, high = np.maximum(0.0, -delta), np.minimum(1.0, 1.0 - delta)
    p2: Floats = np.clip(2 * u * np.cos((np.pi + np.arccos(cosine)) / 3) - middle, low, high)
    for _ in range(3):
        slope = (3 * n * p2 + 2 * b) * p2 + c
        step: Floats = np.divide(((n * p2 + b) * p2 + c) * p2 + d, slope, out=np.zeros(np.shape(p2)), where=slope != 0)
        p2 = np.where(np.abs(step) < 1e-4, np.clip(p2 - step, low, high), p2)
    return np.clip(p2 + delta, 0.0, 1.0), p2


def under_ratio(x1: Any, n1: Any, x2: Any, n2: Any, ratio: Any) -> tuple[Floats, Floats]:
    """Maximum-likelihood proportions with p1 = ratio p2."""
    b = n1 * ratio + x1 + n2 + x2 * ratio
    root = np.sqrt(np.maximum(b * b - 4 * (n1 + n2) * ratio * (x1 + x2), 0.0))
    p2 = 2 * (x1 + x2) / (b + root)
    return np.clip(ratio * p2, 0.0, 1.0), np.clip(p2, 0.0, 1.0)


def under_odds_ratio(x1: Any, n1: Any, x2: Any, n2: Any, odds_ratio: Any) -> tuple[Floats, Floats]:
    """Maximum-likelihood proportions whose odds have the ratio given."""
    b = n1 * odds_ratio + n2 - (x1 + x2) * (odds_ratio - 1)
    root = np.sqrt(np.maximum(b * b + 4 * n2 * (odds_ratio - 1) * (x1 + x2), 0.0))
    p2 = np.clip(2 * (x1 + x2) / (b + root), 0.0, 1.0)
    return odds_ratio * p2 / (1 + p2 * (odds_ratio - 1)), p2


def score(
    measure: Measure,
    x1: Any,
    n1: Any,
    x2: Any,
    n2: Any,
    value: Any,
    *,
    factor: bool = True,
    unbiased: bool = False,
) -> Floats:
    """Score statistic of p1 against p2 under a contrast: positive where the contrast observed is larger.

    ``factor``: Miettinen and Nurminen's N/(N - 1) on the variance. ``unbiased``: the odds ratio's score less its mean,
    to the order of 1/n: the total of both arms being fixed, E x1 - n1 p1 = (p1 - p2) v1 v2 / (v1 + v2)², v the
    binomial variances.
    """
    inflate = (n1 + n2) / (n1 + n2 - 1.0) if factor else 1.0
    if measure == "difference":
        p1, p2 = under_difference(x1, n1, x2, n2, value)
        gap, variance = x1 / n1 - x2 / n2 - value, p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2
    elif measure == "ratio":
        p1, p2 = under_ratio(x1, n1, x2, n2, value)
        gap, variance = x1 / n1 - value * x2 / n2, p1 * (1 - p1) / n1 + value**2 * p2 * (1 - p2) / n2
    else:
        p1, p2 = under_odds_ratio(x1, n1, x2, n2, value)
        v1, v2 = np.maximum(n1 * p1 * (1 - p1), SMALL), np.maximum(n2 * p2 * (1 - p2), SMALL)
        variance = 1 / (1 / v1 + 1 / v2)
        gap = x1 - n1 * p1 - ((p1 - p2) * variance / (v1 + v2) if unbiased else 0.0)
    return _over(gap, np.sqrt(np.maximum(variance * inflate, 0.0)))


def stratified_score(x1: Floats, n1: Floats, x2: Floats, n2: Floats, delta: float, *, factor: bool = True) -> float:
    """Score statistic of a common difference, strata weighted by n1 n2 / N (Mantel and Haenszel)."""
    n, weight = n1 + n2, n1 * n2 / (n1 + n2)
    p1, p2 = under_difference(x1, n1, x2, n2, delta)
    inflate = n / (n - 1) if factor else 1.0
    variance = (p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2) * inflate
    gap = float(np.sum(weight * (x1 / n1 - x2 / n2 - delta)))
    return float(_over(gap, np.sqrt(np.sum(weight**2 * variance))))


def _over(gap: Any, se: Any) -> Floats:
    """A gap in standard errors; 0 where there is no gap, infinite where a gap has no variance."""
    gap, se = np.broadcast_arrays(np.asarray(gap, dtype=np.float64), np.asarray(se, dtype=np.float64))
    rounded = np.where(np.abs(gap) < 1e-15, 0.0, gap)
    out = np.where(rounded == 0.0, 0.0, np.copysign(np.inf, rounded))
    return np.divide(rounded, se, out=out, where=se > 0)


def difference_limits(z_at: Callable[[float], float], estimate: float, z: float) -> tuple[float, float]:
    """Differences at which a falling statistic is z and -z; -1 or 1 where it never is."""
    from scipy.optimize import brentq

    edge = 1 - 1e-14

    def crossing(target: float, start: float, end: float) -> float:
        if abs(estimate - np.sign(end)) < 1e-15 or abs(z_at(end)) < abs(target):
            return float(np.sign(end))
        return float(brentq(lambda d: _finite(z_at(d)) - target, start, end, xtol=1e-15, rtol=1e-14))

    inner = float(np.clip(estimate, -edge, edge))
    return crossing(z, inner, -edge), crossing(-z, inner, edge)


def log_limit(z_at: Callable[[float], float], target: float, start: float, *, upward: bool) -> float:
    """The ratio at which a statistic that falls with the ratio equals the target, searched from `start` outward."""
    from scipy.optimize import brentq

    def excess(u: float) -> float:
        return _finite(z_at(float(np.exp(u)))) - target

    near, step = float(np.log(start)), 1.0 if upward else -1.0
    far = near + step
    while (excess(far) > 0) == upward and abs(far) < 200:
        near, far, step = far, far + 2 * step, 2 * step
    return float(np.exp(brentq(excess, near, far, xtol=1e-15, rtol=1e-14)))


def _finite(value: float) -> float:
    return float(np.clip(value, -1e9, 1e9))
