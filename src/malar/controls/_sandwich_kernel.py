"""Weighted linear and logistic regression with errors robust to clusters. NumPy only."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from malar.controls._logistic_kernel import LogisticFit

    Values = NDArray[np.float64]


def linear(full: Values, outcome: Values, weight: Values) -> tuple[Values, Values, Values]:
    """Coefficients, inverse of X'WX, and each row's score, shape (rows, columns)."""
    root = np.sqrt(weight)
    orthogonal, triangle = np.linalg.qr(full * root[:, None])
    inverse = np.linalg.inv(triangle)
    coefficients = inverse @ (orthogonal.T @ (outcome * root))
    residual = outcome - full @ coefficients
    return coefficients, inverse @ inverse.T, full * (weight * residual)[:, None]


def logistic(
    full: Values, outcome: NDArray[np.bool_], weight: Values, fit: LogisticFit
) -> tuple[Values, Values, Values]:
    """The same of a fitted logistic regression."""
    return fit.coefficients, fit.covariance, full * (weight * (outcome - fit.probability))[:, None]


def cluster_covariance(
    scores: Values, bread: Values, clusters: Sequence[NDArray[np.integer]], corrected: bool = True
) -> Values:
    """The sandwich with scores summed within clusters.

    Parameters
    ----------
    scores
        Shape (rows, columns).
    bread
        Inverse information, shape (columns, columns).
    clusters
        Numbered clusters, each of shape (rows,). Of two kinds of clusters, their covariances are added and that of
        their intersection is taken away (Cameron, Gelbach & Miller 2011).
    corrected
        Multiply each part by G / (G - 1) and the whole by (n - 1) / (n - k), as sandwich's ``HC1`` does.
    """
    n, k = scores.shape
    meat = np.zeros((k, k))
    for size in range(1, len(clusters) + 1):
        for kinds in combinations(clusters, size):
            group = np.unique(np.column_stack(kinds), axis=0, return_inverse=True)[1].ravel()
            sums = np.zeros((int(group.max()) + 1, k))
            np.add.at(sums, group, scores)
            factor = len(sums) / (len(sums) - 1) if corrected else 1.0
            meat += (-1.0) ** (size + 1) * factor * sums.T @ sums
    return bread @ meat @ bread * ((n - 1) / (n - k) if corrected else 1.0)
