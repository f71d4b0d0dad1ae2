"""Cross-products of design and outcome within each missingness pattern: all that a likelihood reads of the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LARGEST: Final = 16_000_000
"""Numbers that the cross-products may hold (128 MB); beyond it the rows themselves are kept."""


class Moments(Protocol):
    """Sums over subjects of z zᵀ, weighted by pattern; z is a subject's visits × (design, outcome)."""

    def quadratic(self, weight: Floats) -> Floats:
        """Σ zᵀ W z, shape (q, q), of weights (patterns, visits, visits)."""
        ...

    def spread(self, form: Floats) -> Floats:
        """Σ z B zᵀ in each pattern, shape (patterns, visits, visits), of a form (q, q)."""
        ...

    def sandwich(self, weight: Floats) -> Floats:
        """Σ (W z)ᵃᵀ (W z)ᵇ for every pair of visits, shape (visits², q, q)."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """Cross-products held, shape (patterns, visits, visits, q, q): cost without the number of subjects in it."""

    sums: Floats

    def quadratic(self, weight: Floats) -> Floats:
        """Σ zᵀ W z."""
        q = self.sums.shape[-1]
        return (weight.reshape(-1) @ self.sums.reshape(-1, q * q)).reshape(q, q)

    def spread(self, form: Floats) -> Floats:
        """Σ z B zᵀ in each pattern."""
        return (self.sums.reshape(-1, form.size) @ form.reshape(-1)).reshape(self.sums.shape[:3])

    def sandwich(self, weight: Floats) -> Floats:
        """Σ (W z)ᵃᵀ (W z)ᵇ."""
        patterns, visits, _, q, _ = self.sums.shape
        left = np.matmul(weight, self.sums.reshape(patterns, visits, -1)).reshape(patterns, visits, visits, q * q)
        both = np.tensordot(left, weight, axes=([0, 2], [0, 2]))
        return both.transpose(0, 2, 1).reshape(visits * visits, q, q)


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """The rows held, shape (subjects, visits, q), zero where not observed: for many patterns of many columns."""

    rows: Floats
    pattern: NDArray[np.intp]
    first: NDArray[np.intp]

    def quadratic(self, weight: Floats) -> Floats:
        """Σ zᵀ W z."""
        q = self.rows.shape[-1]
        return (weight[self.pattern] @ self.rows).reshape(-1, q).T @ self.rows.reshape(-1, q)

    def spread(self, form: Floats) -> Floats:
        """Σ z B zᵀ in each pattern."""
        each = (self.rows @ form) @ self.rows.transpose(0, 2, 1)
        return np.add.reduceat(each, self.first, axis=0)

    def sandwich(self, weight: Floats) -> Floats:
        """Σ (W z)ᵃᵀ (W z)ᵇ."""
        subjects, visits, q = self.rows.shape
        weighted = (weight[self.pattern] @ self.rows).reshape(subjects, visits * q)
        both = (weighted.T @ weighted).reshape(visits, q, visits, q)
        return both.transpose(0, 2, 1, 3).reshape(visits * visits, q, q)


@dataclass(frozen=True, slots=True, eq=False)
class Data:
    """What a likelihood needs.

    Parameters
    ----------
    moments
        Cross-products of an orthonormal basis of the design, and of the outcome in the last column.
    present
        Visits observed in each pattern, shape (patterns, visits).
    subjects
        Number of subjects of each pattern.
    basis_logdet
        Logarithm of the determinant of XᵀX: the basis against the design's own columns.
    pairs
        Sum of squared outcome residuals by pair of visits, and the numbers of subjects behind it.
    """

    moments: Moments
    present: NDArray[np.bool_]
    subjects: NDArray[np.intp]
    basis_logdet: float
    pairs: tuple[Floats, Floats]

    @property
    def rows(self) -> int:
        """Outcomes observed."""
        return int(self.present.sum(axis=1) @ self.subjects)


def gather(
    columns: Floats,
    subject: NDArray[np.integer[Any]],
    visit: NDArray[np.integer[Any]],
    basis_logdet: float = 0.0,
    largest: int = LARGEST,
) -> Data:
    """Sort rows by subject and pattern, and add up their cross-products.

    Parameters
    ----------
    columns
        Basis of the design, and the outcome in the last column, shape (rows, q).
    subject, visit
        Numbers from 0 of each row's subject and visit; each pair at most once.
    basis_logdet
        Passed on.
    largest
        Numbers that the cross-products may hold before the rows are kept instead.

    Returns
    -------
    Data
        Patterns in the order of their visits.
    """
    subjects, visits, q = int(subject.max()) + 1, int(visit.max()) + 1, columns.shape[1]
    cube = np.zeros((subjects, visits, q))
    cube[subject, visit] = columns
    seen = np.zeros((subjects, visits), dtype=bool)
    seen[subject, visit] = True
    present, pattern, counts = np.unique(seen, axis=0, return_inverse=True, return_counts=True)
    pattern = pattern.reshape(-1)
    order = np.argsort(pattern, kind="stable")
    cube, pattern = cube[order], pattern[order]
    first = np.concatenate(([0], np.cumsum(counts)[:-1]))
    residual = cube[:, :, -1]
    pairs = (residual.T @ residual, seen.T.astype(np.float64) @ seen)
    if len(counts) * (visits * q) ** 2 > largest:
        return Data(Rows(cube, pattern, first), present, counts, basis_logdet, pairs)
    sums = np.empty((len(counts), visits, visits, q, q))
    for g, (start, n) in enumerate(zip(first, counts, strict=True)):
        own = cube[start : start + n].reshape(n, visits * q)
        sums[g] = (own.T @ own).reshape(visits, q, visits, q).transpose(0, 2, 1, 3)
    return Data(Sums(sums), present, counts, basis_logdet, pairs)
