"""Covariance structures of the visits of one subject, with their first and second derivatives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


class Structure(Protocol):
    """A covariance matrix as a function of parameters; positive definite only for some of them."""

    def start(self, moment: Floats) -> Floats:
        """Parameters near a covariance matrix of any structure."""
        ...

    def matrix(self, theta: Floats) -> Floats:
        """Covariance matrix, shape (visits, visits)."""
        ...

    def jacobian(self, theta: Floats) -> Floats:
        """First derivatives, shape (parameters, visits, visits)."""
        ...

    def curvature(self, theta: Floats, slope: Floats) -> Floats:
        """Second derivatives, summed over the matrix with weights `slope`: (parameters, parameters)."""
        ...

    def longest(self, move: Floats) -> float:
        """Share of a step, at most 1, that may be tried first."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Linear:
    """A weighted sum of fixed matrices of zeros and ones that do not overlap: parameters are (co)variances."""

    basis: Floats

    def start(self, moment: Floats) -> Floats:
        """Means over the entries that share a parameter."""
        return np.einsum("kij,ij->k", self.basis, moment) / self.basis.sum(axis=(1, 2))

    def matrix(self, theta: Floats) -> Floats:
        """Covariance matrix."""
        return np.tensordot(theta, self.basis, axes=1)

    def jacobian(self, theta: Floats) -> Floats:
        """The fixed matrices."""
        return self.basis

    def curvature(self, theta: Floats, slope: Floats) -> Floats:
        """Zero."""
        return np.zeros((theta.size, theta.size))

    def longest(self, move: Floats) -> float:
        """All of it; a matrix that is not positive definite is refused anyway."""
        return 1.0 if np.isfinite(move).all() else 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Correlation:
    """A correlation matrix, its start, and its derivatives by its parameters."""

    start: Callable[[Floats], Floats]
    derivatives: Callable[[Floats], tuple[Floats, Floats, Floats]]


@dataclass(frozen=True, slots=True, eq=False)
class Scaled:
    """Standard deviations times a correlation: parameters are log standard deviations, then correlations.

    ``share`` has shape (deviations, visits): which visits share a standard deviation.
    """

    share: Floats
    correlation: Correlation

    def start(self, moment: Floats) -> Floats:
        """Mean variances, and the correlation's own start."""
        variance = (self.share @ np.diag(moment)) / self.share.sum(axis=1)
        sd = np.sqrt(self.share.T @ variance)
        return np.concatenate((0.5 * np.log(variance), self.correlation.start(moment / np.outer(sd, sd))))

    def matrix(self, theta: Floats) -> Floats:
        """Covariance matrix."""
        scale = self._scale(theta)
        return scale * self.correlation.derivatives(theta[len(self.share) :])[0]

    def jacobian(self, theta: Floats) -> Floats:
        """First derivatives."""
        k = len(self.share)
        scale = self._scale(theta)
        r, first, _ = self.correlation.derivatives(theta[k:])
        return np.concatenate((self._counts() * (scale * r), scale * first))

    def curvature(self, theta: Floats, slope: Floats) -> Floats:
        """Second derivatives, weighted."""
        k = len(self.share)
        scale, counts = self._scale(theta) * slope, self._counts()
        r, first, second = self.correlation.derivatives(theta[k:])
        out = np.empty((theta.size, theta.size))
        out[:k, :k] = np.einsum("aij,bij,ij->ab", counts, counts, scale * r)
        out[:k, k:] = np.einsum("aij,cij,ij->ac", counts, first, scale)
        out[k:, :k] = out[:k, k:].T
        out[k:, k:] = np.einsum("cdij,ij->cd", second, scale)
        return out

    def longest(self, move: Floats) -> float:
        """Change no standard deviation by a factor above e², no correlation by more than 2."""
        largest = float(np.abs(move).max())
        return min(1.0, 2.0 / largest) if np.isfinite(largest) and largest > 0.0 else 0.0

    def _scale(self, theta: Floats) -> Floats:
        sd = np.exp(self.share.T @ theta[: len(self.share)])
        return np.outer(sd, sd)

    def _counts(self) -> Floats:
        return self.share[:, :, None] + self.share[:, None, :]


def _lags(visits: int) -> NDArray[np.intp]:
    return np.abs(np.subtract.outer(np.arange(visits), np.arange(visits)))


def _compound(visits: int) -> Correlation:
    off = 1.0 - np.eye(visits)
    pairs = max(visits * (visits - 1), 1)
    return Correlation(
        lambda r: np.array([np.sum(off * r) / pairs], dtype=np.float64),
        lambda rho: (np.eye(visits) + rho[0] * off, off[None], np.zeros((1, 1, visits, visits))),
    )


def _autoregressive(visits: int) -> Correlation:
    lag = _lags(visits)

    def derivatives(rho: Floats) -> tuple[Floats, Floats, Floats]:
        """Powers of one correlation by the lag, and their derivatives."""
        below, twice = np.maximum(lag - 1, 0), np.maximum(lag - 2, 0)
        return rho[0] ** lag, (lag * rho[0] ** below)[None], (lag * (lag - 1) * rho[0] ** twice)[None, None]

    return Correlation(lambda r: np.array([np.mean(np.diag(r, 1))], dtype=np.float64), derivatives)


def _toeplitz(visits: int) -> Correlation:
    basis = _by_lag(visits)[1:]
    none = np.zeros((visits - 1, visits - 1, visits, visits))
    return Correlation(
        lambda r: np.array([np.mean(np.diag(r, k)) for k in range(1, visits)], dtype=np.float64),
        lambda rho: (np.eye(visits) + np.tensordot(rho, basis, axes=1), basis, none),
    )


def _ante_dependence(visits: int) -> Correlation:
    step = np.arange(visits - 1)
    low, high = np.minimum.outer(np.arange(visits), np.arange(visits)), np.maximum.outer(*[np.arange(visits)] * 2)
    between = (low <= step[:, None, None]) & (step[:, None, None] < high)

    def without(rho: Floats, *steps: int) -> Floats:
        """The products of correlations of neighbors, some steps left out, where all of those lie between."""
        kept = rho.copy()
        kept[list(steps)] = 1.0
        all_between = np.all(between[list(steps)], axis=0) if steps else np.ones((visits, visits), dtype=bool)
        return np.where(all_between, np.prod(np.where(between, kept[:, None, None], 1.0), axis=0), 0.0)

    def derivatives(rho: Floats) -> tuple[Floats, Floats, Floats]:
        """Products of neighbors' correlations, and their derivatives: the products without one, without two."""
        second = np.zeros((visits - 1, visits - 1, visits, visits))
        for k in range(visits - 1):
            for m in range(k):
                second[k, m] = second[m, k] = without(rho, k, m)
        first = np.array([without(rho, k) for k in range(visits - 1)])
        return without(rho), first.reshape(-1, visits, visits), second

    return Correlation(lambda r: np.diag(r, 1).copy(), derivatives)


def _by_lag(visits: int) -> Floats:
    return (_lags(visits) == np.arange(visits)[:, None, None]).astype(np.float64)


def _every_entry(visits: int) -> Floats:
    rows, columns = np.tril_indices(visits)
    basis = np.zeros((rows.size, visits, visits))
    basis[np.arange(rows.size), rows, columns] = 1.0
    basis[np.arange(rows.size), columns, rows] = 1.0
    return basis


def _diagonal_and_rest(visits: int) -> Floats:
    return np.array([np.eye(visits), 1.0 - np.eye(visits)])[: 2 if visits > 1 else 1]


STRUCTURES: Final[dict[str, Callable[[int], Structure]]] = {
    "unstructured": lambda visits: Linear(_every_entry(visits)),
    "heterogeneous_toeplitz": lambda visits: Scaled(np.eye(visits), _toeplitz(visits)),
    "toeplitz": lambda visits: Linear(_by_lag(visits)),
    "ante_dependence": lambda visits: Scaled(np.eye(visits), _ante_dependence(visits)),
    "heterogeneous_autoregressive": lambda visits: Scaled(np.eye(visits), _autoregressive(visits)),
    "autoregressive": lambda visits: Scaled(np.ones((1, visits)), _autoregressive(visits)),
    "heterogeneous_compound_symmetry": lambda visits: Scaled(np.eye(visits), _compound(visits)),
    "compound_symmetry": lambda visits: Linear(_diagonal_and_rest(visits)),
}
"""Each covariance structure by its name, for a number of visits."""
