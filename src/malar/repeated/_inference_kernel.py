"""Standard errors and degrees of freedom of linear functions of the coefficients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from malar.repeated._moments_kernel import Data
    from malar.repeated._newton_kernel import Optimum

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Uncertainty:
    """Covariance of the coefficients and how it depends on the covariance parameters.

    Parameters
    ----------
    coefficients, model, adjusted
        Estimates, their model-based covariance, and the covariance that standard errors are made of.
    slopes
        Derivative of the model-based covariance by each covariance parameter, (parameters, p, p).
    parameters
        Covariance matrix of the covariance parameters: the inverse of the observed information.
    """

    coefficients: Floats
    model: Floats
    adjusted: Floats
    slopes: Floats
    parameters: Floats


def uncertainty(data: Data, found: Optimum, jacobian: Floats, *, kenward_roger: bool) -> Uncertainty:
    """What inference rests on, after the fit.

    Parameters
    ----------
    data, found
        Cross-products, and the maximum of the likelihood.
    jacobian
        Derivatives of the covariance matrix by its parameters at the maximum.
    kenward_roger
        Adjust the covariance of the coefficients by Kenward and Roger's first-derivative terms.
    """
    bread = found.at.bread
    parameters: Floats = np.linalg.inv(found.information).astype(np.float64)
    slope = bread @ found.slopes.bread @ bread
    adjusted = bread
    if kenward_roger:
        adjusted = bread + 2.0 * bread @ _bias(data, found, jacobian, parameters) @ bread
    return Uncertainty(found.at.coefficients, bread, adjusted, slope, parameters)


def _bias(data: Data, found: Optimum, jacobian: Floats, parameters: Floats) -> Floats:
    """Σ wᵢⱼ (Qᵢⱼ - PᵢΦPⱼ)."""
    p = len(found.at.coefficients)
    visits = jacobian.shape[-1]
    flat = jacobian.reshape(len(jacobian), -1)
    pairs = (flat.T @ parameters @ flat).reshape((visits,) * 4)
    middle = np.einsum("abcd,gbc->gad", pairs, found.at.weight, optimize=True)
    outer = data.moments.quadratic(found.at.weight @ middle @ found.at.weight)[:p, :p]
    bread = found.slopes.bread
    mixed = np.tensordot(parameters, bread, axes=1)
    inner = np.einsum("kij,jl,klm->im", bread, found.at.bread, mixed, optimize=True)
    return outer - inner


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """Estimates of some linear functions, with standard errors and degrees of freedom, each shape (m,)."""

    estimate: Floats
    se: Floats
    df: Floats


def estimate(of: Uncertainty, functions: Floats) -> Estimates:
    """Estimate linear functions of the coefficients, one row a function.

    Satterthwaite's degrees of freedom 2 v²/var(v), where v is the model-based variance; Kenward and
    Roger's are the same for one function.
    """
    variance = np.einsum("mi,ij,mj->m", functions, of.model, functions)
    slope = np.einsum("mi,kij,mj->mk", functions, of.slopes, functions, optimize=True)
    spread = np.einsum("mk,kl,ml->m", slope, of.parameters, slope)
    with np.errstate(divide="ignore", invalid="ignore"):
        df = 2.0 * variance**2 / spread
    se = np.sqrt(np.einsum("mi,ij,mj->m", functions, of.adjusted, functions))
    return Estimates(functions @ of.coefficients, se, df)


@dataclass(frozen=True, slots=True)
class JointTest:
    """An F test that several linear functions are all zero."""

    f: float
    df: int
    denominator_df: float
    p: float


def joint_test(of: Uncertainty, functions: Floats, *, kenward_roger: bool) -> JointTest:
    """Test linearly independent functions together, shape (m, p)."""
    if kenward_roger and len(functions) > 1:
        return _kenward_roger(of, functions)
    values, vectors = np.linalg.eigh(functions @ of.adjusted @ functions.T)
    each = estimate(of, vectors.T @ functions)
    f = float(np.mean(each.estimate**2 / values))
    return _tested(f, len(functions), _fai_cornelius(each.df))


def _fai_cornelius(df: Floats) -> float:
    """One number of degrees of freedom from those of independent parts."""
    if np.ptp(df) < 1e-8 * df[0]:
        return float(df[0])
    if (df <= 2.0).any():
        return 2.0
    mean = float(np.sum(df / (df - 2.0)))
    return 2.0 * mean / (mean - len(df))


def _kenward_roger(of: Uncertainty, functions: Floats) -> JointTest:
    """Kenward and Roger's scaled F, with the moments of their section 3."""
    q = len(functions)
    theta = functions.T @ np.linalg.solve(functions @ of.model @ functions.T, functions)
    parts = theta @ of.slopes
    trace = np.einsum("kii->k", parts)
    product = np.einsum("kij,lji->kl", parts, parts, optimize=True)
    a1, a2 = float(trace @ of.parameters @ trace), float(np.sum(of.parameters * product))
    b = (a1 + 6.0 * a2) / (2.0 * q)
    g = ((q + 1) * a1 - (q + 4) * a2) / ((q + 2) * a2)
    under = 3.0 * q + 2.0 * (1.0 - g)
    c1, c2, c3 = g / under, (q - g) / under, (q + 2 - g) / under
    mean = 1.0 / (1.0 - a2 / q)
    variance = (2.0 / q) * (1.0 + c1 * b) / ((1.0 - c2 * b) ** 2 * (1.0 - c3 * b))
    rho = variance / (2.0 * mean**2)
    df = 4.0 + (q + 2) / (q * rho - 1.0)
    means = functions @ of.coefficients
    wald = float(means @ np.linalg.solve(functions @ of.adjusted @ functions.T, means)) / q
    return _tested(df / (mean * (df - 2.0)) * wald, q, df)


def _tested(f: float, df: int, denominator: float) -> JointTest:
    from scipy.special import fdtrc

    return JointTest(f, df, denominator, float(fdtrc(df, denominator, f)))
