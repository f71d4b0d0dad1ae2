"""Common contrasts of strata: Cochran-Mantel-Haenszel test, Mantel-Haenszel difference and odds ratio."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Strata:
    """Responders and subjects of either arm, each of shape (strata,); no arm of a stratum is empty."""

    x1: Floats
    n1: Floats
    x2: Floats
    n2: Floats

    @property
    def n(self) -> Floats:
        """Subjects of each stratum."""
        return self.n1 + self.n2

    @property
    def weight(self) -> Floats:
        """Mantel-Haenszel weights, n1 n2 / n."""
        return self.n1 * self.n2 / self.n

    @property
    def difference(self) -> float:
        """Difference of proportions, weighted."""
        return float(np.sum(self.weight * (self.x1 / self.n1 - self.x2 / self.n2)) / np.sum(self.weight))


def cmh(s: Strata, *, corrected: bool) -> float:
    """Cochran-Mantel-Haenszel statistic, chi-squared with 1 degree of freedom; NaN where nothing varies."""
    total = s.x1 + s.x2
    gap = abs(float(np.sum(s.x1 - s.n1 * total / s.n)))
    variance = float(np.sum(s.n1 * s.n2 * total * (s.n - total) / (s.n**2 * np.maximum(s.n - 1, 1))))
    if corrected:
        gap -= min(0.5, gap)
    return gap**2 / variance if variance else float("nan")


def sato_variance(s: Strata) -> float:
    """Sato's variance of the Mantel-Haenszel difference: sound with few large and with many small strata."""
    p = np.sum((s.n1**2 * s.x2 - s.n2**2 * s.x1 + s.n1 * s.n2 * (s.n2 - s.n1) / 2) / s.n**2)
    q = np.sum((s.x1 * (s.n2 - s.x2) + s.x2 * (s.n1 - s.x1)) / (2 * s.n))
    return float((s.difference * p + q) / np.sum(s.weight) ** 2)


def greenland_robins_variance(s: Strata) -> float:
    """Greenland and Robins's variance of the Mantel-Haenszel difference: for few large strata."""
    top = s.x1 * (s.n1 - s.x1) * s.n2**3 + s.x2 * (s.n2 - s.x2) * s.n1**3
    return float(np.sum(top / (s.n1 * s.n2 * s.n**2)) / np.sum(s.weight) ** 2)


def odds_ratio(s: Strata) -> tuple[float, float]:
    """Mantel-Haenszel odds ratio, and the variance of its logarithm (Robins, Breslow and Greenland)."""
    a, b, c, d = s.x1, s.n1 - s.x1, s.x2, s.n2 - s.x2
    r, t = a * d / s.n, b * c / s.n
    whole_r, whole_t = float(r.sum()), float(t.sum())
    if not whole_r or not whole_t:
        return (float("inf") if whole_r else 0.0 if whole_t else float("nan")), float("nan")
    p, q = (a + d) / s.n, (b + c) / s.n
    variance = np.sum(p * r) / (2 * whole_r**2) + np.sum(p * t + q * r) / (2 * whole_r * whole_t)
    return whole_r / whole_t, float(variance + np.sum(q * t) / (2 * whole_t**2))


def equal_odds_ratios(s: Strata, common: float) -> tuple[float, float, int]:
    """Breslow and Day's statistic that the strata have a common odds ratio, Tarone's, and their degrees of freedom.

    Expected responders are those of the likeliest proportions with that ratio: they keep the margins of a stratum.
    Strata in which all respond or none does say nothing.
    """
    from malar.responders._score_kernel import under_odds_ratio

    total = s.x1 + s.x2
    told = (total > 0) & (total < s.n)
    x1, n1, x2, n2 = s.x1[told], s.n1[told], s.x2[told], s.n2[told]
    p1, p2 = under_odds_ratio(x1, n1, x2, n2, common)
    gap = x1 - n1 * p1
    variance = 1 / (1 / (n1 * p1 * (1 - p1)) + 1 / (n2 * p2 * (1 - p2)))
    breslow_day = float(np.sum(gap**2 / variance)) if told.any() else 0.0
    excess = float(gap.sum() ** 2 / variance.sum()) if told.any() else 0.0
    return breslow_day, max(0.0, breslow_day - excess), int(told.sum()) - 1
