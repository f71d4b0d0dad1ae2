"""Pooling survival curves interval by interval, on the arcsine scale of conditional survival."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def transform(conditional: Floats, n_risk: Floats, *, correction: bool) -> tuple[Floats, Floats]:
    """Arcsine of the root of conditional survival, and its variance; NaN where nothing was observed.

    ``correction``: a quarter of a patient is added to survivors and to the rest.
    """
    if correction:
        return np.arcsin(np.sqrt((n_risk * conditional + 0.25) / (n_risk + 0.5))), 0.25 / (n_risk + 0.5)
    return np.arcsin(np.sqrt(conditional)), 0.25 / n_risk


def between_studies(y: Floats, v: Floats) -> Floats:
    """Covariance between studies of the intervals, by moments, its negative directions set to 0.

    Parameters
    ----------
    y, v
        Shape (studies, intervals), NaN where nothing was observed; intervals of a study are independent given it.

    Returns
    -------
    numpy.ndarray
        Shape (intervals, intervals).

    Notes
    -----
    For a pair of intervals with weights g = (w w')^½ of the studies observed in both:
    Σ g (y - m)(y' - m') = within + c Σ, m and m' the means by g, c = Σg - Σg²/Σg; within is the number of studies
    less 1 on the diagonal, 0 elsewhere. A pair that fewer than two studies share has no covariance: 0.
    """
    seen = ~np.isnan(y)
    root = np.where(seen, 1.0 / np.sqrt(np.where(seen, v, 1.0)), 0.0)
    filled = np.where(seen, y, 0.0)
    weights = root[:, :, None] * root[:, None, :]
    total = weights.sum(axis=0)
    shared = (seen[:, :, None] & seen[:, None, :]).sum(axis=0)
    products = np.einsum("kij,ki,kj->ij", weights, filled, filled)
    means = np.divide(np.einsum("kij,ki->ij", weights, filled), total, out=np.zeros_like(total), where=total > 0)
    moments = products - means * means.T * total
    scale = total - np.divide((weights**2).sum(axis=0), total, out=np.zeros_like(total), where=total > 0)
    within = np.diag(np.diag(shared) - 1.0)
    sigma = np.divide(moments - within, scale, out=np.zeros_like(total), where=(shared > 1) & (scale > 0))
    values, directions = np.linalg.eigh((sigma + sigma.T) / 2)
    return np.asarray((directions * np.maximum(values, 0.0)) @ directions.T, dtype=np.float64)


def pool(y: Floats, v: Floats, sigma: Floats) -> tuple[Floats, Floats]:
    """Means of the intervals by generalized least squares, and their covariance."""
    size = y.shape[1]
    precision, weighted = np.zeros((size, size)), np.zeros(size)
    for row, variance in zip(y, v, strict=True):
        own = np.flatnonzero(~np.isnan(row))
        inverse = np.linalg.inv(sigma[np.ix_(own, own)] + np.diag(variance[own]))
        precision[np.ix_(own, own)] += inverse
        weighted[own] += inverse @ row[own]
    covariance = np.asarray(np.linalg.inv(precision), dtype=np.float64)
    return covariance @ weighted, covariance


def curve(mean: Floats, covariance: Floats) -> tuple[Floats, Floats]:
    """Survival at the end of each interval, and the standard error of its logarithm by the delta method; NaN at 0."""
    tangent = np.tan(mean)
    each = np.divide(2.0, tangent, out=np.full(mean.shape, np.nan), where=tangent != 0)
    slope = np.where(np.tri(mean.size, dtype=bool), each, 0.0)
    survival = np.asarray(np.cumprod(np.sin(mean) ** 2), dtype=np.float64)
    return survival, np.sqrt(np.einsum("ij,jk,ik->i", slope, covariance, slope))


def heterogeneity(y: Floats, v: Floats) -> tuple[float, int]:
    """Q of all intervals together about their weighted means, and its degrees of freedom."""
    weight = np.where(np.isnan(y), 0.0, 1.0 / v)
    mean = np.nansum(weight * y, axis=0) / weight.sum(axis=0)
    return float(np.nansum(weight * (y - mean) ** 2)), int((~np.isnan(y)).sum() - y.shape[1])
