"""Limits of the difference, ratio and odds ratio of two proportions, from four counts."""

from __future__ import annotations

import math
from typing import Literal

from malar.errors import ParameterError
from malar.responders.proportion_limits import wilson

Measure = Literal["difference", "ratio", "odds_ratio"]
ExactTest = Literal["fisher", "fisher_mid_p", "boschloo", "barnard"]


def miettinen_nurminen(
    x1: int,
    n1: int,
    x2: int,
    n2: int,
    *,
    measure: Measure = "difference",
    level: float = 0.95,
    factor: bool = True,
    unbiased: bool = False,
) -> tuple[float, float]:
    """Score limits of the first proportion against the second.

    Parameters
    ----------
    x1, n1, x2, n2
        Responders and subjects of the arm, then of the control; 0 ≤ x ≤ n, n ≥ 1.
    measure
        ``difference`` p1 - p2, ``ratio`` p1/p2, or ``odds_ratio``.
    level
        Confidence level.
    factor
        Multiply the variance by N/(N - 1), as Miettinen and Nurminen did; without it the limits are those
        of Mee (difference) and Koopman (ratio).
    unbiased
        Take its bias of order 1/n off the score of the odds ratio (Gart); of no effect on other measures.

    Returns
    -------
    tuple of float
        Lower and upper limit. A difference lies within -1 and 1. A ratio or odds ratio has lower limit 0 or
        upper limit infinity where the counts set none.

    Raises
    ------
    ParameterError
        Counts or level outside their ranges, or a measure not named above.

    Notes
    -----
    The contrasts that a score test at 1 - level would not reject, its variance estimated under the contrast.

    Source
    ------
    Miettinen O, Nurminen M. Stat Med 1985;4:213-26; Gart JJ. Biometrika 1985;72:673-7 (bias).

    Examples
    --------
    >>> [round(limit, 4) for limit in miettinen_nurminen(56, 70, 48, 80)]
    [0.0528, 0.3382]
    """
    from malar.responders import _score_kernel as kernel

    _demand(x1, n1, x2, n2, level)
    if measure not in ("difference", "ratio", "odds_ratio"):
        raise ParameterError(
            f"`{measure}` is no contrast of two proportions.",
            "Each has limits of its own.",
            "Use 'difference', 'ratio' or 'odds_ratio'.",
        )
    z = _normal_quantile(level)

    def z_at(value: float) -> float:
        return float(kernel.score(measure, x1, n1, x2, n2, value, factor=factor, unbiased=unbiased))

    if measure == "difference":
        return kernel.difference_limits(z_at, x1 / n1 - x2 / n2, z)
    odds = measure == "odds_ratio"
    open_below, open_above = x1 == 0 or (odds and x2 == n2), x2 == 0 or (odds and x1 == n1)
    start = (x1 + 0.5) * (n2 + 1) / ((x2 + 0.5) * (n1 + 1))
    low = 0.0 if open_below else kernel.log_limit(z_at, z, start * math.exp(8), upward=False)
    high = math.inf if open_above else kernel.log_limit(z_at, -z, start * math.exp(-8), upward=True)
    return low, high


def newcombe(x1: int, n1: int, x2: int, n2: int, *, level: float = 0.95) -> tuple[float, float]:
    """Hybrid score limits of a difference, squared and added from the Wilson limits of each proportion.

    Parameters
    ----------
    x1, n1, x2, n2
        Responders and subjects of the arm, then of the control; 0 ≤ x ≤ n, n ≥ 1.
    level
        Confidence level.

    Returns
    -------
    tuple of float
        Lower and upper limit of p1 - p2.

    Raises
    ------
    ParameterError
        Counts or level outside their ranges.

    Source
    ------
    Newcombe RG. Stat Med 1998;17:873-90, method 10.

    Examples
    --------
    >>> [round(limit, 3) for limit in newcombe(9, 12, 5, 6)]
    [-0.397, 0.345]
    """
    _demand(x1, n1, x2, n2, level)
    p1, p2 = x1 / n1, x2 / n2
    (low1, high1), (low2, high2) = wilson(x1, n1, level=level), wilson(x2, n2, level=level)
    return p1 - p2 - math.hypot(p1 - low1, high2 - p2), p1 - p2 + math.hypot(high1 - p1, p2 - low2)


def _normal_quantile(level: float) -> float:
    from statistics import NormalDist

    return NormalDist().inv_cdf(0.5 + level / 2)


def _demand(x1: int, n1: int, x2: int, n2: int, level: float) -> None:
    if not (0 <= x1 <= n1 and 0 <= x2 <= n2 and n1 >= 1 and n2 >= 1 and 0 < level < 1):
        raise ParameterError(
            "Two proportions need 0 ≤ events ≤ n, n ≥ 1 in either arm and a level between 0 and 1.",
            "Their contrast is not defined otherwise.",
            "Pass responders and subjects of the arm, then of the control.",
        )
