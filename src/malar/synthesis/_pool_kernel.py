"""Inverse-variance pooling: between-study variance, coefficients, heterogeneity. NumPy and SciPy only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from scipy.optimize import brentq
from scipy.special import chdtri

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Tau2 = Literal["REML", "DL", "PM", "ML", "common"]

LADDER: Final = np.geomspace(1e-4, 1e3, 22)
GRID: Final = np.concatenate(([0.0], LADDER))
"""Multiples of a typical variance at which a likelihood is looked at before it is climbed."""

RUNG: Final = float(LADDER[1] / LADDER[0])
"""Ratio of neighbors on the grid."""

ALIKE: Final = 1e-18
"""Mean squared deviation from the fit, in standard errors, that is rounding."""

SETTLED: Final = 1e-9
"""Relative length of a step of Newton's after which the next would be below rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """What a value of the between-study variance makes of the data.

    ``trace`` and ``trace_2`` are the traces of P and P², with P = W - WX(X'WX)⁻¹X'W; ``q`` is the weighted sum
    of squared residuals y'Py, ``q_2`` is y'PPy.
    """

    weights: Floats
    coefficients: Floats
    covariance: Floats
    q: float
    q_2: float
    trace: float
    trace_2: float
    log_determinant: float


@dataclass(frozen=True, slots=True, eq=False)
class Pooled:
    """Coefficients with their covariance (before Hartung and Knapp's factor), and heterogeneity."""

    coefficients: Floats
    covariance: Floats
    weights: Floats
    tau2: float
    tau2_se: float
    q_weighted: float
    q: float
    df: int
    typical_variance: float


def sums(y: Floats, v: Floats, x: Floats | None, tau2: float) -> Sums:
    """Weighted least squares at one between-study variance.

    Parameters
    ----------
    y, v
        Effects and their variances, shape (k,).
    x
        Design, shape (k, p); None for a common mean alone, which is then done in scalars.
    tau2
        Between-study variance.
    """
    w = 1.0 / (v + tau2)
    if x is None:
        s1, s2 = float(w.sum()), float(w @ w)
        mean = float(w @ y) / s1
        residual = y - mean
        weighted = w * residual
        share = s2 / s1
        return Sums(
            weights=w,
            coefficients=np.array([mean]),
            covariance=np.array([[1.0 / s1]]),
            q=float(weighted @ residual),
            q_2=float(weighted @ weighted),
            trace=s1 - share,
            trace_2=s2 - 2.0 * float((w * w) @ w) / s1 + share * share,
            log_determinant=log(s1),
        )
    xw = x.T * w
    information = xw @ x
    covariance: Floats = np.linalg.inv(information).astype(np.float64, copy=False)
    coefficients = covariance @ (xw @ y)
    residual = y - x @ coefficients
    share = covariance @ ((xw * w) @ x)
    return Sums(
        weights=w,
        coefficients=coefficients,
        covariance=covariance,
        q=float((w * residual) @ residual),
        q_2=float((w * residual) @ (w * residual)),
        trace=float(w.sum() - np.trace(share)),
        trace_2=float(w @ w - 2.0 * np.trace(covariance @ ((xw * w * w) @ x)) + np.trace(share @ share)),
        log_determinant=float(np.linalg.slogdet(information)[1]),
    )


def pool(y: Floats, v: Floats, x: Floats | None = None, method: Tau2 = "REML") -> Pooled:
    """Pool effects with known variances.

    Returns
    -------
    Pooled
        Weighted means or regression coefficients at the estimated between-study variance.
    """
    fixed = sums(y, v, x, 0.0)
    df = y.size - (1 if x is None else x.shape[1])
    typical = df / fixed.trace if df > 0 else float("nan")
    tau2, se = _between(y, v, x, method, fixed, df)
    at = fixed if tau2 == 0.0 else sums(y, v, x, tau2)
    if method in ("REML", "ML"):
        se = float(np.sqrt(2.0 / (at.trace_2 if method == "REML" else at.weights @ at.weights)))
    elif method == "PM":
        se = float(np.sqrt(2.0 * y.size**2 / df) / at.weights.sum())
    return Pooled(
        coefficients=at.coefficients,
        covariance=at.covariance,
        weights=at.weights,
        tau2=tau2,
        tau2_se=se,
        q_weighted=at.q,
        q=fixed.q,
        df=df,
        typical_variance=typical,
    )


def _between(y: Floats, v: Floats, x: Floats | None, method: Tau2, fixed: Sums, df: int) -> tuple[float, float]:
    """Between-study variance and, where it has a form of its own, its standard error."""
    if method == "common":
        return 0.0, float("nan")
    if method == "DL":
        tau2 = max(0.0, (fixed.q - df) / fixed.trace)
        spread = 2.0 * df + 4.0 * tau2 * fixed.trace + 2.0 * tau2**2 * fixed.trace_2
        return tau2, float(np.sqrt(spread) / fixed.trace)
    if method == "PM":
        return q_root(y, v, x, float(df), fixed.q), float("nan")
    return _likelihood(y, v, x, restricted=method == "REML"), float("nan")


def q_root(y: Floats, v: Floats, x: Floats | None, target: float, q_0: float) -> float:
    """The between-study variance at which the generalized Q equals a target; 0 where Q is below it at 0."""
    if q_0 <= target:
        return 0.0
    high = float(v.max() + y.var())
    while sums(y, v, x, high).q > target:
        high *= 2.0
    return _root(lambda tau2: sums(y, v, x, tau2).q - target, 0.0, high)


def q_profile(y: Floats, v: Floats, x: Floats | None, df: int, level: float) -> tuple[float, float]:
    """Limits of the between-study variance by inverting the generalized Q; NaN where no value is compatible."""
    tail = (1.0 - level) / 2.0
    most, least = float(chdtri(df, tail)), float(chdtri(df, 1.0 - tail))
    q_0 = sums(y, v, x, 0.0).q
    if q_0 < least:
        return float("nan"), float("nan")
    return q_root(y, v, x, most, q_0), q_root(y, v, x, least, q_0)


def _likelihood(y: Floats, v: Floats, x: Floats | None, *, restricted: bool) -> float:
    """The maximum of the (restricted) likelihood: the best point of a grid, then the root of the score beside it."""

    def score(tau2: float) -> float:
        at = sums(y, v, x, tau2)
        return at.q_2 - (at.trace if restricted else float(at.weights.sum()))

    ordered = np.sort(v)
    apart = y - y.sum() / y.size
    scale = float((ordered[(v.size - 1) // 2] + ordered[v.size // 2]) / 2.0 + apart @ apart / y.size)
    points = scale * GRID
    powers = _powers(apart)
    heights = _heights(powers, v, points, restricted=restricted) if x is None else _ridge(y, v, x, points, restricted)
    best = int(np.argmax(heights))
    if best == 0 and score(0.0) <= 0.0:
        return 0.0
    low = float(points[max(best - 1, 0)])
    high = float(points[min(best + 1, points.size - 1)])
    if x is None and 0 < best < points.size - 1:
        start = float(points[best]) * (RUNG ** _summit(*heights[best - 1 : best + 2].tolist()) if best > 1 else 1.0)
        return _newton(powers, v, low, start, high, restricted=restricted)
    while score(high) > 0.0:
        low, high = high, 2.0 * high
    if score(low) <= 0.0:
        return low
    return _root(score, low, high)


def _summit(before: float, here: float, after: float) -> float:
    """Place of the highest point of a parabola through three heights one apart, seen from the middle one, the top."""
    bend = before - 2.0 * here + after
    return 0.5 * (before - after) / bend if bend < 0.0 else 0.0


def _powers(y: Floats) -> Floats:
    """1, y and y² of each study, shape (k, 3): weighted sums of them hold all of a common mean's likelihood."""
    powers = np.ones((y.size, 3))
    powers[:, 1] = y
    np.multiply(y, y, out=powers[:, 2])
    return powers


def _newton(powers: Floats, v: Floats, low: float, tau2: float, high: float, *, restricted: bool) -> float:
    """The root of the score of a common mean's likelihood between two limits: Newton's steps, or halves.

    Effects come centered, so that little cancels in their sums.
    """
    weights = np.empty((3, v.size))
    for _ in range(200):
        np.divide(1.0, v + tau2, out=weights[0])
        np.multiply(weights[0], weights[0], out=weights[1])
        np.multiply(weights[1], weights[0], out=weights[2])
        (s1, y1, _), (s2, y2, yy2), (s3, y3, yy3) = (weights @ powers).tolist()
        mean, share = y1 / s1, s2 / s1
        score, slope = yy2 - mean * (2.0 * y2 - mean * s2) - s1, s2
        if restricted:
            score += share
            slope += share * share - 2.0 * s3 / s1
        slope -= 2.0 * (yy3 - mean * (2.0 * y3 - mean * s3) - (y2 - mean * s2) ** 2 / s1)
        low, high = (tau2, high) if score > 0.0 else (low, tau2)
        after = tau2 - score / slope if slope < 0.0 else low
        if not low < after < high:
            after = (low + high) / 2.0
        if abs(after - tau2) <= SETTLED * after:
            return after
        tau2 = after
    return tau2


def _heights(powers: Floats, v: Floats, points: Floats, *, restricted: bool) -> Floats:
    """Twice the profile log likelihood of a common mean at several between-study variances, up to a constant."""
    w = 1.0 / (v + points[:, None])
    total, first, second = (w @ powers).T
    return np.log(w).sum(axis=1) - second + first * first / total - (np.log(total) if restricted else 0.0)


def _ridge(y: Floats, v: Floats, x: Floats, points: Floats, restricted: bool) -> Floats:
    """The same of a regression."""
    every = [sums(y, v, x, float(tau2)) for tau2 in points]
    return np.array([np.log(s.weights).sum() - s.q - (s.log_determinant if restricted else 0.0) for s in every])


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    return float(brentq(function, low, high, xtol=1e-16 * max(high, 1e-300), rtol=1e-14, maxiter=500))


def widening(fitted: Pooled, limits: str) -> float:
    """What the limits multiply the model's variance by; NaN where no study differs from the fit and none is floored."""
    factor = fitted.q_weighted / fitted.df
    if limits == "normal":
        return 1.0
    if limits == "hartung_knapp_floored":
        return max(1.0, factor)
    return factor if factor > ALIKE else float("nan")
