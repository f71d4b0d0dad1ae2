"""The maximum of the likelihood of states seen at visits, and the observed information there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.optimize import minimize

from malar.survival._panel_kernel import Panel, log_likelihood

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

STILL: Final = 1e-16
"""Squared Newton step, in standard errors, below which parameters have settled."""
FLAT: Final = 1e-8
"""Log-likelihood that a step may gain where nothing is gained any more."""
REACH: Final = 12.0
"""How far from the start the quasi-Newton ascent may go: a factor of 160,000 of an intensity."""
VAGUE: Final = 100.0
"""Standard error of a log intensity, where nothing is gained any more, that tells of a likelihood without maximum."""
STRIDE: Final = 2.0
"""Longest step of a combination of log intensities."""
MOST: Final = 50
"""Newton steps before giving up."""
WIDTH: Final = 2e-3
"""Step of the differences of the gradient; their error is of the fourth order."""


@dataclass(frozen=True, slots=True, eq=False)
class Maximum:
    """Where the search ended.

    Parameters
    ----------
    theta, loglik, gradient
        Parameters, log-likelihood and its gradient there; shape (P,), scalar, (P,).
    information
        Observed information, minus the second derivatives, shape (P, P).
    iterations
        Newton steps taken after the quasi-Newton ascent.
    settled
        Whether the parameters settled at a maximum.
    runaway
        1 or -1 for combinations of ``meaning`` that grow or fall for ever, 0 for finite ones, shape (P,).
    """

    theta: Floats
    loglik: float
    gradient: Floats
    information: Floats
    iterations: int
    settled: bool
    runaway: Floats


def maximize(panel: Panel, start: Floats, meaning: Floats) -> Maximum:
    """Quasi-Newton ascent, then Newton's steps with the observed information until nothing moves.

    Parameters
    ----------
    panel
        Observations, covariates of mean 0 and standard deviation 1.
    start
        Parameters to begin with, shape (P,).
    meaning
        Combinations of the parameters that are judged to be finite or not: those of the covariates' own zero, in
        standard deviations; shape (P, P).
    """
    observed = sum(float(chains.count.sum()) for chains in panel.chains)

    def descent(theta: Floats) -> tuple[float, Floats]:
        value, slope = log_likelihood(panel, theta)
        return (-value / observed, -slope / observed) if np.isfinite(value) else (1e300, -slope)

    limits = [(number - REACH, number + REACH) for number in start.tolist()]
    rough = minimize(
        descent,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=limits,
        options={"ftol": 1e-13, "gtol": 1e-7, "maxiter": 500},
    )
    theta, nobody, before, won = np.asarray(rough.x, dtype=np.float64), np.zeros(start.size), np.inf, np.inf
    value, slope = log_likelihood(panel, theta)
    for iteration in range(MOST):
        curvature = information(panel, theta)
        step, rising = _step(curvature, slope)
        gain = float(step @ slope)
        vague = np.where(_errors(curvature, meaning) > VAGUE, np.sign(meaning @ (theta - start)), 0.0)
        if min(gain, won) <= FLAT and vague.any():
            return Maximum(theta, value, slope, curvature, iteration, False, vague)
        if rising and (gain <= STILL or (gain <= 1e-12 and gain >= before)):
            return Maximum(theta, value, slope, curvature, iteration, True, nobody)
        there = _climb(panel, theta, value, step)
        if there is None:
            return Maximum(theta, value, slope, curvature, iteration, rising and gain <= 1e-12, vague)
        before, won, (theta, value, slope) = gain, there[1] - value, there
    return Maximum(theta, value, slope, information(panel, theta), MOST, False, nobody)


def information(panel: Panel, theta: Floats) -> Floats:
    """Minus the second derivatives of the log-likelihood, by differences of its exact gradient; shape (P, P)."""
    rows: list[Floats] = []
    for place in range(theta.size):
        shift = np.zeros_like(theta)
        shift[place] = WIDTH
        near, far = (
            (log_likelihood(panel, theta + k * shift)[1] - log_likelihood(panel, theta - k * shift)[1])
            / (2 * k * WIDTH)
            for k in (1, 2)
        )
        rows.append((far - 4.0 * near) / 3.0)
    whole = np.stack(rows)
    return (whole + whole.T) / 2.0


def _step(curvature: Floats, slope: Floats) -> tuple[Floats, bool]:
    """Newton's step, at most `STRIDE` along each axis of the information, and whether the likelihood is concave here.

    Where it is not, the step goes up all the same.
    """
    values, vectors = np.linalg.eigh(curvature)
    divisor = np.maximum(np.abs(values), 1e-14 * np.abs(values).max() + 1e-300)
    return vectors @ np.clip((vectors.T @ slope) / divisor, -STRIDE, STRIDE), bool(values[0] > 0.0)


def _errors(curvature: Floats, meaning: Floats) -> Floats:
    """Standard errors of combinations of parameters; huge where nothing curves the likelihood."""
    values, vectors = np.linalg.eigh(curvature)
    least = 1e-14 * float(np.abs(values).max()) + 1e-300
    return np.sqrt((meaning @ vectors) ** 2 @ (1.0 / np.maximum(values, least)))


def _climb(panel: Panel, theta: Floats, value: float, step: Floats) -> tuple[Floats, float, Floats] | None:
    """The point after a step, halved until the likelihood does not fall."""
    noise = 1e-13 * (1.0 + abs(value))
    for _ in range(40):
        there, slope = log_likelihood(panel, theta + step)
        if there >= value - noise:
            return theta + step, there, slope
        step = step / 2.0
    return None
