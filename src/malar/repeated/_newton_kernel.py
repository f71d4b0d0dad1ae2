"""Maximize the likelihood over a covariance structure; how it ended is part of the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from malar.repeated._likelihood_kernel import Slopes, Solution, expected_information, slopes, solve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from malar.repeated._covariances_kernel import Structure
    from malar.repeated._moments_kernel import Data

    Floats = NDArray[np.float64]

STEPS: Final = 200
"""Steps before giving up."""
STILL_TO_GAIN: Final = 1e-12
"""Converged where a Newton step would raise the log-likelihood by less than half of this."""
SINGULAR: Final = 1e-8
"""A correlation matrix with an eigenvalue below this, or a scaled information matrix so, is singular."""
COLLAPSED: Final = 1e-10
"""A variance below this share of its start is on its way to zero, the likelihood to infinity."""


@dataclass(frozen=True, slots=True, eq=False)
class Optimum:
    """Where the search ended.

    Parameters
    ----------
    converged
        True only at a maximum inside the parameters' range: no slope left, information positive definite.
    reason
        Why not, or an empty string.
    steps
        Steps made.
    gain
        Rise of the log-likelihood, twice, that one more Newton step would bring; NaN where none is defined.
    theta, sigma
        Parameters, and covariance matrix.
    at, slopes
        The likelihood and its derivatives there.
    information
        Observed information of the parameters: minus the second derivative.
    """

    converged: bool
    reason: str
    steps: int
    gain: float
    theta: Floats
    sigma: Floats
    at: Solution
    slopes: Slopes
    information: Floats


def maximize(data: Data, structure: Structure, *, reml: bool) -> Optimum | None:
    """Newton steps, Fisher's where the likelihood is not concave, halved until it rises.

    Parameters
    ----------
    data
        Cross-products by pattern.
    structure
        Covariance structure.
    reml
        Restricted likelihood, or the full one.

    Returns
    -------
    Optimum or None
        None where not even a start is found: the outcome does not vary about its means.
    """
    begun = _begin(data, structure, reml=reml)
    if begun is None:
        return None
    theta, at = begun
    least = COLLAPSED * np.diag(structure.matrix(theta))
    step = 0
    while True:
        jacobian = structure.jacobian(theta)
        now = slopes(data, at, jacobian, reml=reml)
        information = -(now.hessian + structure.curvature(theta, now.by_matrix))
        move = _newton(information, now.by_parameter)
        gain = float("nan") if move is None else float(move @ now.by_parameter)
        arrived = gain < STILL_TO_GAIN
        if arrived or step == STEPS or _singular(structure.matrix(theta), least):
            break
        if move is None:
            fisher = expected_information(data, at, jacobian, now.bread, reml=reml)
            ways = _uphill(fisher, now.by_parameter)
        else:
            ways = [move]
        risen = next(filter(None, (_rise(data, structure, theta, at, way, reml=reml) for way in ways)), None)
        if risen is None or (move is None and risen[1].loglik <= at.loglik):
            break
        theta, at = risen
        step += 1
    sigma = structure.matrix(theta)
    reason = _reason(sigma, least, arrived=arrived, concave=move is not None, steps=step)
    return Optimum(not reason, reason, step, gain, theta, sigma, at, now, information)


def _begin(data: Data, structure: Structure, *, reml: bool) -> tuple[Floats, Solution] | None:
    """The first start, from residuals' covariances shrunk toward independence, that is positive definite."""
    products, counts = data.pairs
    moment = products / np.maximum(counts, 1.0)
    variance = np.diag(moment)
    if not (variance > 0.0).any():
        return None
    variance = np.where(variance > 0.0, variance, variance.mean())
    for kept in (0.9, 0.7, 0.5, 0.3, 0.1, 0.0):
        theta = structure.start(kept * (moment - np.diag(np.diag(moment))) + np.diag(variance))
        at = solve(data, structure.matrix(theta), reml=reml)
        if at is not None:
            return theta, at
    return None


def _newton(information: Floats, slope: Floats) -> Floats | None:
    """Newton's step, or None where the information is not safely positive definite."""
    diagonal = np.diag(information)
    if not (np.isfinite(information).all() and (diagonal > 0.0).all()):
        return None
    scale = np.sqrt(diagonal)
    scaled = information / np.outer(scale, scale)
    if np.linalg.eigvalsh(scaled)[0] < SINGULAR:
        return None
    return np.linalg.solve(scaled, slope / scale) / scale


def _uphill(fisher: Floats, slope: Floats) -> list[Floats]:
    """Fisher's step, then ever closer to the slope itself: directions along which the likelihood rises at first."""
    diagonal = np.diag(fisher)
    largest = float(diagonal.max())
    if not (np.isfinite(fisher).all() and largest > 0.0):
        return []
    scale = np.sqrt(np.maximum(diagonal, np.finfo(np.float64).eps * largest))
    scaled = fisher / np.outer(scale, scale)
    ridge = [0.0, 1e-6, 1e-2, 1.0]
    size = np.eye(len(slope))
    return [np.linalg.lstsq(scaled + r * size, slope / scale, rcond=None)[0] / scale for r in ridge]


def _rise(
    data: Data, structure: Structure, theta: Floats, at: Solution, move: Floats, *, reml: bool
) -> tuple[Floats, Solution] | None:
    """The first of the halved steps at which the likelihood does not fall."""
    share = structure.longest(move)
    for _ in range(30):
        there = theta + share * move
        found = solve(data, structure.matrix(there), reml=reml)
        if found is not None and found.loglik >= at.loglik - 1e-12 * abs(at.loglik):
            return there, found
        share *= 0.5
    return None


def _singular(sigma: Floats, least: Floats) -> bool:
    """A variance has collapsed, or the visits' correlations leave a direction without any."""
    variance = np.diag(sigma)
    if not np.isfinite(variance).all() or (variance < least).any():
        return True
    sd = np.sqrt(variance)
    return bool(np.linalg.eigvalsh(sigma / np.outer(sd, sd))[0] < SINGULAR)


def _reason(sigma: Floats, least: Floats, *, arrived: bool, concave: bool, steps: int) -> str:
    if _singular(sigma, least):
        return "the covariance matrix became singular"
    if arrived:
        return ""
    if not concave:
        return "the information matrix is singular: the data do not determine every covariance"
    if steps >= STEPS:
        return f"no maximum within {STEPS} steps"
    return "the likelihood no longer rises although its slope is not zero"
