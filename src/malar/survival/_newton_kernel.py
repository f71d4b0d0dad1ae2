"""Newton's ascent of a concave partial likelihood, with what it met on the way told as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from malar.survival._partial_kernel import Evaluation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from malar.survival._partial_kernel import Model

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

STILL: Final = 1e-20
"""Squared step, in standard errors, below which coefficients have settled."""
FLAT: Final = 1e-8
"""Squared step below which the likelihood gains nothing; coefficients that still run then never stop."""
RUNNING: Final = 0.1
"""Range of the linear predictor's change, over rows, of a step that has not settled."""
FAR: Final = 100.0
"""Range of the linear predictor at which a likelihood that does not fall is taken to have no maximum."""
MOST: Final = 60
"""Newton steps before giving up."""
ALIASED: Final = 1e-10
"""Share of a covariate's information left beside the others', below which they determine it."""
NOTHING: Final = 1e-13
"""Information of a covariate over its greatest possible, below which it does not vary."""


@dataclass(frozen=True, slots=True, eq=False)
class Ascent:
    """Where the ascent began and ended."""

    start: Evaluation
    end: Evaluation
    iterations: int
    settled: bool
    runaway: Flags
    """Covariates whose coefficients have no finite estimate, shape (p,)."""


def ascend(start: Evaluation) -> Ascent:
    """Maximize the partial likelihood from coefficients of 0.

    Parameters
    ----------
    start
        At coefficients 0, covariates of mean 0 and standard deviation 1; information not singular.

    Returns
    -------
    Ascent
        First and last evaluation, whether it settled, and which coefficients ran away.
    """
    here, nobody = start, np.zeros(start.beta.size, dtype=np.bool_)
    before, taken = np.inf, nobody.astype(np.float64)
    for iteration in range(MOST):
        step = _solve(here.information, here.score)
        gain = float(step @ here.score)
        if not np.isfinite(gain):  # so far out that the information is lost in rounding
            return Ascent(start, here, iteration, False, _runaway(here, taken))
        if gain <= STILL or (gain <= 1e-12 and gain >= before):
            return Ascent(start, here, iteration, True, nobody)
        if gain <= FLAT and (runaway := _runaway(here, step)).any():
            return Ascent(start, here, iteration, False, runaway)
        before, taken, there = gain, step, _climb(here, step)
        if there is None:
            return Ascent(start, here, iteration, gain <= FLAT, nobody)
        here = there
    return Ascent(start, here, MOST, False, nobody)


def at_zero(model: Model) -> Evaluation:
    """The likelihood with all coefficients 0."""
    return Evaluation(model, np.zeros(len(model.x)))


def undetermined(start: Evaluation) -> int | None:
    """The first covariate that those before it determine, or that varies in no risk set; None if there is none."""
    model, information = start.model, start.information
    noise = NOTHING * model.terms.lift.sum() * (model.x**2).max(axis=1)
    left = information.copy()
    for j in range(len(left)):
        if left[j, j] <= max(ALIASED * information[j, j], float(noise[j])):
            return j
        left = left - np.outer(left[:, j] / left[j, j], left[j])
    return None


def _climb(here: Evaluation, step: Floats) -> Evaluation | None:
    """The evaluation after a step, halved until the likelihood does not fall."""
    noise = 1e-13 * (1.0 + abs(here.loglik))
    for _ in range(30):
        there = Evaluation(here.model, here.beta + step)
        if there.loglik >= here.loglik - noise:
            return there
        step = step / 2.0
    return None


def _runaway(here: Evaluation, step: Floats) -> Flags:
    """Which coefficients grow for ever along a step: the likelihood does not fall however far one goes."""
    change = np.einsum("p,pn->n", step, here.model.x)
    width = float(np.ptp(change))
    nobody = np.zeros(step.size, dtype=np.bool_)
    if width < RUNNING:
        return nobody
    far = Evaluation(here.model, here.beta + step * (FAR / width))
    if not far.loglik >= here.loglik - 1e-7:
        return nobody
    return np.abs(step) * np.ptp(here.model.x, axis=1) > 1e-3 * width


def inverse(information: Floats) -> Floats:
    """Inverse of the information; NaN where there is none, as where the ascent was broken off."""
    try:
        return np.asarray(np.linalg.inv(information), dtype=np.float64)
    except np.linalg.LinAlgError:
        return np.full_like(information, np.nan)


def _solve(information: Floats, score: Floats) -> Floats:
    try:
        return np.asarray(np.linalg.solve(information, score), dtype=np.float64)
    except np.linalg.LinAlgError:
        return np.asarray(np.linalg.lstsq(information, score, rcond=None)[0], dtype=np.float64)
