"""Logistic regression by maximum likelihood, and the average of its predictions under either arm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import expit, log1p

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Marks = NDArray[np.bool_]

STEPS: Final = 60
TIGHT: Final = 1e-10
"""Largest score, in standard errors, of a converged fit."""

APART: Final = 1e-7
"""Predictions this close to 0 or 1 for some rows mean that responders and nonresponders are separated."""


@dataclass(frozen=True, slots=True)
class Logistic:
    """A fit: coefficients (p,), predictions (n,), inverse information (p, p), log-likelihood, and how it ended."""

    coefficients: Floats
    fitted: Floats
    covariance: Floats
    log_likelihood: float
    converged: bool
    separated: bool


def log_likelihood(x: Floats, y: Floats, beta: Floats) -> float:
    """Of a logistic model, sum over rows."""
    eta = x @ beta
    return float(np.sum(y * eta - np.maximum(eta, 0) - log1p(np.exp(-np.abs(eta)))))


def fit(x: Floats, y: Floats) -> Logistic:
    """Newton's method with halved steps.

    Parameters
    ----------
    x
        Design with an intercept, full column rank, shape (n, p).
    y
        0 or 1, shape (n,).
    """
    beta = np.zeros(x.shape[1])
    value, converged = log_likelihood(x, y, beta), False
    for _ in range(STEPS):
        p = expit(x @ beta)
        u = x.T @ (y - p)
        information = (x * (p * (1 - p))[:, None]).T @ x
        step = _solve(information, u)
        if np.sqrt(max(float(u @ step), 0.0)) < TIGHT:
            converged = True
            break
        size = 1.0
        while (new := log_likelihood(x, y, beta + size * step)) < value - 1e-12 and size > 1e-6:
            size /= 2
        beta, value = beta + size * step, new
    p = expit(x @ beta)
    information = (x * (p * (1 - p))[:, None]).T @ x
    separated = bool(np.any((p < APART) | (p > 1 - APART)))
    return Logistic(
        beta,
        p,
        np.asarray(np.linalg.pinv(information), dtype=np.float64),
        value,
        converged and not separated,
        separated,
    )


def _solve(information: Floats, u: Floats) -> Floats:
    try:
        return np.asarray(np.linalg.solve(information, u), dtype=np.float64)
    except np.linalg.LinAlgError:
        return np.asarray(np.linalg.lstsq(information, u, rcond=None)[0], dtype=np.float64)


def standardized(model: Logistic, x: Floats, y: Floats, x1: Floats, x0: Floats, treated: Marks) -> dict[str, Floats]:
    """Mean predictions with all in the arm and all in the control, and their covariance by four formulas.

    Parameters
    ----------
    x, x1, x0
        Design as observed, with everyone in the arm, with everyone in the control, shape (n, p).
    y
        Responses, shape (n,).
    treated
        Who was in the arm, shape (n,).

    Returns
    -------
    dict
        ``means`` (arm, control), and a (2, 2) covariance of them under ``model``, ``delta``, ``m_estimation``
        and ``ye``.
    """
    n = len(y)
    p = np.column_stack([expit(x1 @ model.coefficients), expit(x0 @ model.coefficients)])
    slope = p * (1 - p)
    gradient = np.stack([x1.T @ slope[:, 0], x0.T @ slope[:, 1]]) / n
    scores = x * (y - model.fitted)[:, None]
    influence = p - p.mean(axis=0) + n * scores @ model.covariance @ gradient.T
    sandwich = model.covariance @ (scores.T @ scores) @ model.covariance
    return {
        "means": p.mean(axis=0),
        "model": gradient @ model.covariance @ gradient.T,
        "delta": gradient @ sandwich @ gradient.T,
        "m_estimation": influence.T @ influence / n**2,
        "ye": _ye(y, p, treated),
    }


def _ye(y: Floats, p: Floats, treated: Marks) -> Floats:
    """Covariance over repeated samples of covariates too (Ye, Bannick, Yi and Shao), residuals taken directly."""
    n = len(y)
    whole = np.cov(p.T)
    out = np.empty((2, 2))
    cross = np.empty((2, 2))
    for a, own in enumerate((treated, ~treated)):
        joint = np.cov(np.column_stack([y, p])[own].T)
        cross[a] = joint[0, 1:]
        out[a, a] = np.var(y[own] - p[own, a], ddof=1) * n / own.sum() + 2 * cross[a, a] - whole[a, a]
    out[0, 1] = out[1, 0] = cross[0, 1] + cross[1, 0] - whole[0, 1]
    return out / n
