"""Normal likelihood of repeated outcomes, full or restricted, with its derivatives by the covariance matrix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from malar.repeated._moments_kernel import Data

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """The likelihood at one covariance matrix, with the coefficients that maximize it there.

    Parameters
    ----------
    loglik
        Log-likelihood, all constants in it.
    weight
        Inverse covariance of each pattern, zero at visits not observed, (patterns, visits, visits).
    coefficients, bread
        Generalized least squares, and the inverse of XᵀV⁻¹X.
    """

    loglik: float
    weight: Floats
    coefficients: Floats
    bread: Floats


def solve(data: Data, sigma: Floats, *, reml: bool) -> Solution | None:
    """Evaluate the likelihood; None where the matrix is not positive definite.

    Parameters
    ----------
    data
        Cross-products by pattern.
    sigma
        Covariance of all visits.
    reml
        Restricted likelihood, or the full one.
    """
    visits = len(sigma)
    both = data.present[:, :, None] & data.present[:, None, :]
    try:
        np.linalg.cholesky(sigma)
        factor = np.linalg.cholesky(np.where(both, sigma, np.eye(visits)))
        weight = np.where(both, np.linalg.inv(np.where(both, sigma, np.eye(visits))), 0.0)
        moment = data.moments.quadratic(weight)
        p = len(moment) - 1
        root = np.linalg.cholesky(moment[:p, :p])
        bread = np.linalg.inv(moment[:p, :p]).astype(np.float64)
    except np.linalg.LinAlgError:
        return None
    logdet = 2.0 * float(data.subjects @ np.log(np.diagonal(factor, axis1=1, axis2=2)).sum(axis=1))
    coefficients = bread @ moment[:p, p]
    loglik = logdet + float(moment[p, p] - moment[p, :p] @ coefficients) + data.rows * np.log(2.0 * np.pi)
    if reml:
        loglik += 2.0 * float(np.log(np.diag(root)).sum()) + data.basis_logdet - p * np.log(2.0 * np.pi)
    return Solution(-0.5 * float(loglik), weight, coefficients, bread) if np.isfinite(loglik) else None


@dataclass(frozen=True, slots=True, eq=False)
class Slopes:
    """Derivatives at one covariance matrix.

    Parameters
    ----------
    by_matrix
        First derivative of the log-likelihood by the entries of the covariance matrix.
    by_parameter
        First derivative by the parameters.
    hessian
        Second derivative by the parameters, as if the matrix were linear in them.
    bread
        XᵀV⁻¹ (dV) V⁻¹X for each parameter, shape (parameters, p, p).
    """

    by_matrix: Floats
    by_parameter: Floats
    hessian: Floats
    bread: Floats


def slopes(data: Data, at: Solution, jacobian: Floats, *, reml: bool) -> Slopes:
    """First and second derivatives of the log-likelihood.

    Parameters
    ----------
    data, at
        Cross-products, and the likelihood solved at the same matrix.
    jacobian
        Derivatives of the covariance matrix by its parameters, (parameters, visits, visits).
    reml
        Restricted likelihood, or the full one.
    """
    p = len(at.coefficients)
    contrast = np.append(-at.coefficients, 1.0)
    form = np.outer(contrast, contrast)
    if reml:
        form[:p, :p] += at.bread
    around = at.weight @ data.moments.spread(form) @ at.weight
    counted = data.subjects[:, None, None] * at.weight
    by_matrix = -0.5 * (counted - around).sum(axis=0)
    flat = jacobian.reshape(len(jacobian), -1)
    sandwich = np.tensordot(flat, data.moments.sandwich(at.weight), axes=1)
    bread, cross = sandwich[:, :p, :p], sandwich[:, :p] @ contrast
    hessian = flat @ _products(counted - 2.0 * around, at.weight) @ flat.T + 2.0 * cross @ at.bread @ cross.T
    if reml:
        hessian += _traces(bread @ at.bread)
    return Slopes(by_matrix, flat @ by_matrix.reshape(-1), 0.5 * hessian, bread)


def expected_information(data: Data, at: Solution, jacobian: Floats, bread: Floats, *, reml: bool) -> Floats:
    """Fisher's information of the parameters, never indefinite: ½ tr(P dV P dV), or ½ tr(V⁻¹ dV V⁻¹ dV)."""
    p = len(at.coefficients)
    flat = jacobian.reshape(len(jacobian), -1)
    counted = data.subjects[:, None, None] * at.weight
    if not reml:
        return 0.5 * flat @ _products(counted, at.weight) @ flat.T
    form = np.zeros((p + 1, p + 1))
    form[:p, :p] = at.bread
    around = at.weight @ data.moments.spread(form) @ at.weight
    return 0.5 * (flat @ _products(counted - 2.0 * around, at.weight) @ flat.T + _traces(bread @ at.bread))


def _products(left: Floats, right: Floats) -> Floats:
    """Σ over patterns of tr(L A R B) as a form in vec A and vec B, symmetrized."""
    visits = left.shape[-1]
    both = (left.reshape(len(left), -1).T @ right.reshape(len(right), -1)).reshape((visits,) * 4)
    form = both.transpose(1, 2, 3, 0).reshape(visits**2, visits**2)
    return 0.5 * (form + form.T)


def _traces(matrices: Floats) -> Floats:
    """tr(A B) for every pair of some matrices."""
    flat = matrices.reshape(len(matrices), -1)
    return flat @ matrices.transpose(0, 2, 1).reshape(len(matrices), -1).T
