"""Draw missing outcomes of a multivariate normal whose mean after dropout is borrowed from a reference arm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from malar.repeated.strategies import Strategy

    Floats = NDArray[np.float64]


def profile(own: Floats, reference: Floats, last: NDArray[np.intp], strategy: Strategy) -> Floats:
    """Mean of each subject's visits under a strategy.

    Parameters
    ----------
    own, reference
        Means in the subject's own arm and in the reference arm, shape (subjects, visits).
    last
        Each subject's last visit with an outcome; -1 where there is none.
    strategy
        What is assumed from the next visit on.
    """
    if strategy == "missing_at_random":
        return own
    if strategy == "copy_reference":
        return reference
    visits = np.arange(own.shape[1], dtype=np.intp)
    after = visits[None, :] > last[:, None]
    shift = np.zeros((len(own), 1))
    if strategy == "copy_increments_in_reference":
        at = np.maximum(last, 0)[:, None]
        kept = np.take_along_axis(own - reference, at, axis=1)
        shift = np.where(last[:, None] >= 0, kept, 0.0)
    return np.where(after, reference + shift, own)


def draw(outcome: Floats, mean: Floats, sigma: Floats, rng: np.random.Generator) -> Floats:
    """Fill what is missing, given what was seen.

    Parameters
    ----------
    outcome
        Shape (subjects, visits), NaN = missing.
    mean, sigma
        Mean of each subject's visits, and the covariance of visits.
    rng
        Random numbers: one normal deviate for every cell, used where it is missing.
    """
    filled = outcome.copy()
    missing = np.isnan(outcome)
    deviates = rng.standard_normal(outcome.shape)
    patterns, of = np.unique(missing, axis=0, return_inverse=True)
    of = of.reshape(-1)
    for g, gone in enumerate(patterns):
        if not gone.any():
            continue
        own = np.flatnonzero(of == g)
        seen = ~gone
        expected = mean[np.ix_(own, gone)]
        spread = sigma[np.ix_(gone, gone)]
        if seen.any():
            slope = np.linalg.solve(sigma[np.ix_(seen, seen)], sigma[np.ix_(seen, gone)])
            expected = expected + (outcome[np.ix_(own, seen)] - mean[np.ix_(own, seen)]) @ slope
            spread = spread - sigma[np.ix_(gone, seen)] @ slope
        root = np.linalg.cholesky(spread)
        filled[np.ix_(own, gone)] = expected + deviates[np.ix_(own, gone)] @ root.T
    return filled
