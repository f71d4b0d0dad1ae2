"""Negative binomial regression with an offset, by maximum likelihood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import digamma, gammaln, polygamma, xlogy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

STEPS: Final = 100
TIGHT: Final = 1e-11
EVEN: Final = 1e7
"""Size parameter above which the counts are taken as Poisson."""
SINGULAR: Final = 1e-13
"""Least eigenvalue of the information, scaled to a diagonal of 1, of which something is known."""


@dataclass(frozen=True, slots=True)
class NegativeBinomial:
    """A fit: coefficients (p,), their covariance (p, p), size parameter with standard error, log-likelihood."""

    coefficients: Floats
    covariance: Floats
    theta: float
    theta_se: float
    log_likelihood: float
    converged: bool


def _at(x: Floats, y: Floats, offset: Floats, theta: float, start: Floats) -> tuple[Floats, Floats, bool]:
    """Coefficients at a given size parameter by Fisher's scoring, means, and whether they converged."""
    beta = start
    for _ in range(STEPS):
        mean = np.exp(np.clip(x @ beta + offset, -30, 30))
        shrink = 1.0 if np.isinf(theta) else 1 / (1 + mean / theta)
        u = x.T @ ((y - mean) * shrink)
        try:
            step = np.linalg.solve((x * (mean * shrink)[:, None]).T @ x, u)
        except np.linalg.LinAlgError:
            return beta, mean, False
        if float(np.sqrt(max(u @ step, 0.0))) < TIGHT:
            return beta, mean, True
        beta = beta + step * min(1.0, 3.0 / float(np.abs(step).max()))
    return beta, np.exp(np.clip(x @ beta + offset, -30, 30)), False


def theta_score(y: Floats, mean: Floats, theta: float) -> float:
    """Derivative of the log-likelihood by the size parameter at given means."""
    part = digamma(y + theta) - digamma(theta) + np.log(theta / (theta + mean)) + (mean - y) / (theta + mean)
    return float(np.sum(part))


def fit(x: Floats, y: Floats, offset: Floats) -> NegativeBinomial:
    """Profile the size parameter: the root of its score, coefficients refitted at each value.

    Parameters
    ----------
    x
        Design of full column rank, shape (n, p).
    y, offset
        Counts, and the logarithm of the time observed, shape (n,).
    """
    from scipy.optimize import brentq

    first = np.zeros(x.shape[1])
    first[0] = np.log(max(float(y.sum()), 0.5) / float(np.exp(offset).sum()))
    warm = [_at(x, y, offset, np.inf, first)]

    def score(log_theta: float) -> float:
        warm[0] = _at(x, y, offset, float(np.exp(log_theta)), warm[0][0])
        return theta_score(y, warm[0][1], float(np.exp(log_theta)))

    low, high = -8.0, float(np.log(EVEN))
    if score(high) * np.exp(3 * high) >= -1e-3 or score(low) <= 0:
        poisson = score(low) > 0
        beta, mean, converged = _at(x, y, offset, np.inf, warm[0][0])
        return _made(x, y, beta, mean, np.inf, converged and poisson)
    try:
        theta = float(np.exp(brentq(score, low, high, xtol=1e-13, rtol=1e-14)))
    except ValueError:  # refitted from afar, the profile has another sign at an end: it has several branches
        return _made(x, y, *warm[0][:2], np.inf, converged=False)
    beta, mean, converged = _at(x, y, offset, theta, warm[0][0])
    return _made(x, y, beta, mean, theta, converged)


def _made(x: Floats, y: Floats, beta: Floats, mean: Floats, theta: float, converged: bool) -> NegativeBinomial:
    poisson = np.isinf(theta)
    shrink = 1.0 if poisson else 1 / (1 + mean / theta)
    information = (x * (mean * shrink)[:, None]).T @ x
    covariance = np.full(information.shape, np.nan)
    size = np.sqrt(np.diag(information))
    if size.min() > 0.0 and np.linalg.eigvalsh(information / np.outer(size, size))[0] > SINGULAR:
        covariance = np.asarray(np.linalg.inv(information), dtype=np.float64)
    else:  # some coefficient has run away: nothing was found
        converged = False
    if poisson:
        value = float(np.sum(xlogy(y, mean) - mean - gammaln(y + 1)))
        return NegativeBinomial(beta, covariance, theta, float("nan"), value, converged)
    parts = gammaln(theta + y) - gammaln(theta) - gammaln(y + 1) + xlogy(y, mean) + theta * np.log(theta)
    value = float(np.sum(parts - (theta + y) * np.log(theta + mean)))
    curve = -polygamma(1, theta + y) + polygamma(1, theta) - 1 / theta + 2 / (mean + theta)
    bend = float(np.sum(curve - (y + theta) / (mean + theta) ** 2))
    se = float(np.sqrt(1 / bend)) if bend > 0 else float("nan")
    return NegativeBinomial(beta, covariance, theta, se, value, converged)
