"""Logistic regression with Firth's penalty, and limits by its profile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import expit

from malar.responders._logistic_kernel import log_likelihood

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

STEPS: Final = 200
TIGHT: Final = 1e-10
"""Score, in standard errors, at which the search stops."""
NEAR: Final = 1e-6
"""Score at which the likelihood is within 1e-12 of its maximum: enough where rounding allows no smaller one."""
LONGEST: Final = 5.0
"""Longest step of a coefficient, in units of its standardized covariate."""


@dataclass(frozen=True, slots=True)
class Penalized:
    """A fit: coefficients (p,), inverse information (p, p), penalized log-likelihood, and whether it converged."""

    coefficients: Floats
    covariance: Floats
    value: float
    converged: bool


def penalized(x: Floats, y: Floats, beta: Floats) -> float:
    """Log-likelihood plus half the logarithm of the information's determinant."""
    p = expit(x @ beta)
    sign, log_det = np.linalg.slogdet((x * (p * (1 - p))[:, None]).T @ x)
    return log_likelihood(x, y, beta) + float(log_det) / 2 if sign > 0 else -np.inf


def fit(x: Floats, y: Floats, *, start: Floats | None = None, held: int | None = None) -> Penalized:
    """Newton's method on the modified score, with halved steps.

    Parameters
    ----------
    x, y
        Design of full column rank, shape (n, p), and 0 or 1, shape (n,).
    start
        First coefficients; by default 0.
    held
        Index of a coefficient that keeps its first value: a point of its profile.
    """
    beta = np.zeros(x.shape[1]) if start is None else start.copy()
    free = np.array([j for j in range(x.shape[1]) if j != held], dtype=np.intp)
    value, left = penalized(x, y, beta), np.inf
    covariance = np.empty((x.shape[1], x.shape[1]))
    for _ in range(STEPS):
        p = expit(x @ beta)
        w = p * (1 - p)
        try:
            covariance = np.asarray(np.linalg.inv((x * w[:, None]).T @ x), dtype=np.float64)
            leverage = w * np.einsum("ij,jk,ik->i", x, covariance, x)
            u = (x.T @ (y - p + leverage * (0.5 - p)))[free]
            information = ((x * (w * (1 + leverage))[:, None]).T @ x)[np.ix_(free, free)]  # the penalty's share too
            move: Floats = np.asarray(np.linalg.solve(information, u), dtype=np.float64) if free.size else u
        except np.linalg.LinAlgError:
            left = np.inf
            break
        left = float(np.sqrt(max(u @ move, 0.0)))
        if left < TIGHT:
            break
        move = move * min(1.0, LONGEST / float(np.abs(move).max()))
        step, size = np.zeros(x.shape[1]), 1.0
        step[free] = move
        while (new := penalized(x, y, beta + size * step)) < value - 1e-13 * abs(value) and size > 1e-8:
            size /= 2
        beta, value = beta + size * step, new
    return Penalized(beta, covariance, value, left < NEAR)


def profile_limits(x: Floats, y: Floats, whole: Penalized, j: int, drop: float) -> tuple[float, float]:
    """Values of a coefficient at which its profile lies `drop` below the maximum; NaN where none is found."""
    return tuple(_limit(x, y, whole, j, drop, direction) for direction in (-1.0, 1.0))  # pyright: ignore


def _limit(x: Floats, y: Floats, whole: Penalized, j: int, drop: float, direction: float) -> float:
    from scipy.optimize import brentq

    warm, known = [whole.coefficients], dict[float, float]()

    def height(value: float) -> float:
        if value not in known:
            made = _held(x, y, j, value, (warm[0], whole.coefficients))
            warm[0] = made.coefficients
            known[value] = made.value - whole.value + drop
        return known[value]

    width = max(float(np.sqrt(whole.covariance[j, j])), 1e-6)
    near, far = float(whole.coefficients[j]), float(whole.coefficients[j]) + direction * 2 * width
    try:
        for _ in range(40):
            if height(far) < 0:
                return float(brentq(height, near, far, xtol=1e-12, rtol=1e-13))
            near, far = far, far + direction * 2 * width
    except ArithmeticError:
        pass
    return float("nan")


def _held(x: Floats, y: Floats, j: int, value: float, origins: tuple[Floats, ...]) -> Penalized:
    """The profile at one value of a coefficient: the highest maximum that the starts lead to, of sometimes several."""
    best = None
    for origin in origins:
        start = origin.copy()
        start[j] = value
        made = fit(x, y, start=start, held=j)
        if made.converged and (best is None or made.value > best.value):
            best = made
    if best is None:
        raise ArithmeticError
    return best


def ratio_test(x: Floats, y: Floats, whole: Penalized, j: int) -> float:
    """Penalized likelihood ratio statistic of one coefficient being 0, chi-squared with 1 df; NaN without a fit."""
    try:
        found = _held(x, y, j, 0.0, (whole.coefficients, np.zeros_like(whole.coefficients)))
    except ArithmeticError:
        return float("nan")
    return max(0.0, 2 * (whole.value - found.value))
