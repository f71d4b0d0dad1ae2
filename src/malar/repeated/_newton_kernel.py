"""Maximize the likelihood over a covariance structure; how it ended is part of the answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
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
UNDETERMINED: Final = 1e-6
"""Information of a parameter that is less than this share of what known means would give is rounding: there is none."""
FEW: Final = 100
"""Outcomes up to which the likelihood is climbed from several starts: with few it may have several maxima."""
OTHER: Final = 1e-6
"""Log-likelihoods that differ by more than this are of different maxima."""
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
    maxima
        Different maxima that the starts led to: 0 or 1 from one start, more where the likelihood has several.
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
    maxima: int


def maximize(data: Data, structure: Structure, *, reml: bool) -> Optimum | None:
    """Climb the likelihood, with at most 100 outcomes from several starts, and keep the highest maximum.

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
        None where not even a start is found: the outcome does not vary about its means. Where the first start
        ends at no maximum, one that another start finds counts only if it is higher.
    """
    begun = _begin(data, structure, reml=reml)
    if begun is None:
        return None
    best = _climb(data, structure, *begun, reml=reml)
    heights = [best.at.loglik] if best.converged else []
    for theta in _other_starts(data, structure) if data.rows <= FEW else ():
        at = solve(data, structure.matrix(theta), reml=reml)
        found = None if at is None else _climb(data, structure, theta, at, reml=reml)
        if found is not None and found.converged:
            if all(abs(found.at.loglik - height) > OTHER for height in heights):
                heights.append(found.at.loglik)
            best = found if found.at.loglik > best.at.loglik + OTHER else best
    return replace(best, maxima=len(heights))


def _other_starts(data: Data, structure: Structure) -> Iterator[Floats]:
    """Starts with the variances of the residuals, and visits unrelated, closely related or against each other."""
    products, counts = data.pairs
    variance = np.diag(products) / np.maximum(np.diag(counts), 1.0)
    sd = np.sqrt(np.where(variance > 0.0, variance, variance.mean()))
    visits = len(sd)
    lag = np.abs(np.subtract.outer(np.arange(visits), np.arange(visits)))
    against = np.where(lag == 0, 1.0, -0.9 / max(visits - 1, 1))
    for correlation in (np.eye(visits), 0.9**lag, against):
        yield structure.start(np.outer(sd, sd) * correlation)


def _climb(data: Data, structure: Structure, theta: Floats, at: Solution, *, reml: bool) -> Optimum:
    """Newton steps, Fisher's where the likelihood is not concave, halved until it rises."""
    least = COLLAPSED * np.diag(structure.matrix(theta))
    step = 0
    while True:
        jacobian = structure.jacobian(theta)
        now = slopes(data, at, jacobian, reml=reml)
        information = _symmetric(-(now.hessian + structure.curvature(theta, now.by_matrix)))
        most = np.diag(expected_information(data, at, jacobian, now.bread, reml=False))
        move = _newton(information, now.by_parameter, UNDETERMINED * most)
        gain = float("nan") if move is None else float(move @ now.by_parameter)
        arrived = 0.0 <= gain < STILL_TO_GAIN
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
    return Optimum(not reason, reason, step, gain, theta, sigma, at, now, information, int(not reason))


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


def _symmetric(information: Floats) -> Floats:
    """The same matrix without the asymmetry that rounding leaves near a singular covariance."""
    return 0.5 * (information + information.T)


def _newton(information: Floats, slope: Floats, least: Floats) -> Floats | None:
    """Newton's step, or None where the information is not safely positive definite."""
    diagonal = np.diag(information)
    if not (np.isfinite(information).all() and (diagonal > least).all()):
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
