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
FLAT: Final = 1e-10
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


def ascend(model: Model) -> Ascent:
    """Maximize the partial likelihood from coefficients of 0.

    Parameters
    ----------
    model
        Covariates of mean 0 and standard deviation 1; information at 0 not singular.

    Returns
    -------
    Ascent
        First and last evaluation, whether it settled, and which coefficients ran away.
    """
    p: int = model.x.shape[0]
    start = here = Evaluation(model, np.zeros(p))
    nobody = np.zeros(p, dtype=np.bool_)
    before = np.inf
    for iteration in range(MOST):
        step = _solve(here.information(), here.score)
        gain = float(step @ here.score)
        if not np.isfinite(gain):
            return Ascent(start, here, iteration, False, nobody)
        if gain <= STILL or (gain <= 1e-12 and gain >= before):
            return Ascent(start, here, iteration, True, nobody)
        if gain <= FLAT and (runaway := _runaway(here, step)).any():
            return Ascent(start, here, iteration, False, runaway)
        before, there = gain, _climb(here, step)
        if there is None:
            return Ascent(start, here, iteration, gain <= FLAT, nobody)
        here = there
    return Ascent(start, here, MOST, False, nobody)


def undetermined(model: Model) -> int | None:
    """The first covariate that those before it determine, or that varies in no risk set; None if there is none."""
    information = Evaluation(model, np.zeros(len(model.x))).information()
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
    change = step @ here.model.x
    width = float(np.ptp(change))
    nobody = np.zeros(step.size, dtype=np.bool_)
    if width < RUNNING:
        return nobody
    far = Evaluation(here.model, here.beta + step * (FAR / width))
    if not far.loglik >= here.loglik - 1e-6:
        return nobody
    return np.abs(step) * np.ptp(here.model.x, axis=1) > 1e-3 * width


def _solve(information: Floats, score: Floats) -> Floats:
    try:
        return np.asarray(np.linalg.solve(information, score), dtype=np.float64)
    except np.linalg.LinAlgError:
        return np.asarray(np.linalg.lstsq(information, score, rcond=None)[0], dtype=np.float64)
