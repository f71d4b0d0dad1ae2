"""Regression of the restricted event time on covariates, censored rows replaced by weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]
    Ints = NDArray[np.intp]


def fit(time: Floats, event: Bools, design: Floats, strata: list[Ints], until: float) -> tuple[Floats, Floats]:
    """Coefficients and their covariance.

    Parameters
    ----------
    time, event
        Shape (n,).
    design
        Shape (n, q), its first column 1.
    strata
        Row numbers of each group with a censoring curve of its own; together all rows.
    until
        End of the span.

    Returns
    -------
    tuple of numpy.ndarray
        Shape (q,) and (q, q).

    Notes
    -----
    Weighted least squares of Y = min(time, until) with weight 1/G(Y) on the rows whose Y is known and 0 elsewhere; G
    is the Kaplan-Meier curve of censoring, the event being at risk of censoring at its own time. A row's influence is
    its weighted residual plus what it does to G: ∫ q(s)/Y(s) dM(s), M the martingale of its censoring and q(s) the
    sum of weighted residuals of those with Y ≥ s. The middle of the sandwich is the sum of squared influences, its
    outside the unweighted Σ z z'.
    """
    restricted = np.minimum(time, until)
    known = event | (time >= until)
    curves = [_censoring(restricted[rows], known[rows]) for rows in strata]
    weight = np.zeros(time.size)
    for rows, (place, remaining, _, _) in zip(strata, curves, strict=True):
        weight[rows] = np.divide(1.0, remaining[place], out=np.zeros(rows.size), where=known[rows])
    weighted = design * weight[:, None]
    coefficient = np.asarray(np.linalg.solve(weighted.T @ design, weighted.T @ restricted), dtype=np.float64)
    influence = weighted * (restricted - design @ coefficient)[:, None]
    for rows, (place, _, at_risk, hazard) in zip(strata, curves, strict=True):
        influence[rows] += _through_weights(influence[rows], place, at_risk, hazard, ~known[rows])
    outside = np.asarray(np.linalg.inv(design.T @ design), dtype=np.float64)
    return coefficient, outside @ (influence.T @ influence) @ outside


def _censoring(restricted: Floats, known: Bools) -> tuple[Ints, Floats, Floats, Floats]:
    """Place of each row among distinct times; at those the censoring curve, numbers at risk and hazard."""
    times, place = np.unique(restricted, return_inverse=True)
    left = np.bincount(place, minlength=times.size)
    at_risk = np.cumsum(left[::-1])[::-1].astype(np.float64)
    hazard = np.bincount(place, weights=~known, minlength=times.size) / at_risk
    remaining = np.cumprod(1.0 - hazard, dtype=np.float64)
    return place, remaining, at_risk, hazard


def _through_weights(residual: Floats, place: Ints, at_risk: Floats, hazard: Floats, censored: Bools) -> Floats:
    """What a row adds by its part in the censoring curve, shape (rows, q)."""
    at_times = np.zeros((at_risk.size, residual.shape[1]))
    np.add.at(at_times, place, residual)
    share = np.cumsum(at_times[::-1], axis=0)[::-1] / at_risk[:, None]
    compensated = np.cumsum(share * hazard[:, None], axis=0)
    return share[place] * censored[:, None] - compensated[place]
