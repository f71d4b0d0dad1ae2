"""Exponentials of many small matrices, and how a number made of them changes with the matrices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

WORST: Final = 1e5
"""Condition number of the eigenvectors above which they would cost more than five of sixteen digits."""
NEAR: Final = 0.5
"""Half the difference of two exponents below which their difference quotient is taken from a hyperbolic sine."""


SMALL: Final = 0.5
"""Norm at which the power series is taken."""
ORDER: Final = 14
"""Last power of the series: what follows is below the last of sixteen digits."""


@dataclass(frozen=True, slots=True, eq=False)
class Exponentials:
    """exp(Q t) for pairs of a matrix Q and a time t.

    Parameters
    ----------
    matrices
        Distinct matrices Q, shape (m, S, S).
    which, time
        Matrix and time of each pair, shape (u,).
    value
        exp(Q t), shape (u, S, S).
    vectors, inverses, roots
        Eigenvectors, their inverses and eigenvalues, shape (m, S, S), (m, S, S), (m, S).
    plain
        Pairs whose matrix has eigenvectors good enough to compute with, shape (u,).
    """

    matrices: Floats
    which: Ints
    time: Floats
    value: Floats
    vectors: NDArray[Any]
    inverses: NDArray[Any]
    roots: NDArray[Any]
    plain: NDArray[np.bool_]

    def pull_back(self, slope: Floats) -> Floats:
        """Derivative by the entries of Q, from the derivative by those of exp(Q t); both of shape (u, S, S).

        It is the derivative of the exponential at the transposed matrix in the direction ``slope``.
        """
        out = np.empty_like(self.value)
        out[self.plain] = self._through_vectors(slope[self.plain])
        rest = ~self.plain
        if rest.any():
            turned = np.swapaxes(self.matrices[self.which[rest]], 1, 2)
            out[rest] = directional(turned, slope[rest], self.time[rest])[1]
        return out

    def _through_vectors(self, slope: Floats) -> Floats:
        which, time = self.which[self.plain], self.time[self.plain]
        ahead = np.swapaxes(self.vectors[which], 1, 2)
        back = np.swapaxes(self.inverses[which], 1, 2)
        inner = (ahead @ slope @ back) * quotients(self.roots[which], time)
        return np.real(back @ inner @ ahead)


def exponentials(matrices: Floats, which: Ints, time: Floats) -> Exponentials:
    """Exponentials by eigenvectors where those are well conditioned, by scaling and squaring elsewhere.

    Parameters
    ----------
    matrices
        Distinct matrices, shape (m, S, S).
    which, time
        Matrix and time of each pair, shape (u,).
    """
    roots, vectors = np.linalg.eig(matrices)
    good = np.linalg.cond(vectors) < WORST
    inverses = np.zeros_like(vectors)
    inverses[good] = np.linalg.inv(vectors[good])
    plain = good[which]
    value = np.empty((which.size, *matrices.shape[1:]))
    chosen = which[plain]
    powers = np.exp(roots[chosen] * time[plain, None])
    value[plain] = np.real((vectors[chosen] * powers[:, None, :]) @ inverses[chosen])
    if not plain.all():
        value[~plain] = exponential(matrices[which[~plain]] * time[~plain, None, None])
    return Exponentials(matrices, which, time, value, vectors, inverses, roots, plain)


def quotients(roots: NDArray[Any], time: Floats) -> NDArray[Any]:
    """(exp(a t) - exp(b t)) / (a - b) over pairs of eigenvalues, t exp(a t) where they agree; shape (u, S, S)."""
    exponent = roots * time[:, None]
    first, second = exponent[:, :, None], exponent[:, None, :]
    half = (first - second) / 2.0
    close = np.abs(half) < NEAR
    small, large = np.where(close & (half != 0.0), half, 1.0), np.where(close, 1.0, 2.0 * half)
    middle = np.exp((first + second) / 2.0) * np.where(half == 0.0, 1.0, np.sinh(small) / small)
    return time[:, None, None] * np.where(close, middle, (np.exp(first) - np.exp(second)) / large)


def directional(matrix: Floats, direction: Floats, time: Floats) -> tuple[Floats, Floats]:
    """exp(Q t) and its derivative by Q in a direction, from the exponential of a matrix of twice the size.

    Parameters
    ----------
    matrix, direction
        Shape (u, S, S).
    time
        Shape (u,).
    """
    size = matrix.shape[-1]
    steepness = np.abs(direction).max(axis=(-2, -1), keepdims=True)
    steepness = np.where(steepness > 0.0, steepness, 1.0)
    block = np.zeros((*matrix.shape[:-2], 2 * size, 2 * size))
    block[..., :size, :size] = block[..., size:, size:] = matrix * time[..., None, None]
    block[..., :size, size:] = direction / steepness
    whole = exponential(block)
    return whole[..., :size, :size], whole[..., :size, size:] * steepness * time[..., None, None]


def exponential(matrices: Floats) -> Floats:
    """Exponentials of many matrices at once: each halved until small, a power series, as many squarings; any shape."""
    norm = np.abs(matrices).sum(axis=-1).max(axis=-1)
    halvings = np.ceil(np.log2(np.maximum(norm / SMALL, 1.0))).astype(np.int64)
    small = matrices / np.exp2(halvings)[..., None, None]
    one = np.eye(matrices.shape[-1])
    out = np.broadcast_to(one, matrices.shape)
    for power in range(ORDER, 0, -1):
        out = one + (small / power) @ out
    for round_ in range(int(halvings.max(initial=0))):
        left = halvings > round_
        out[left] = out[left] @ out[left]
    return out
