"""Sums over intervals of places without a single subtraction, so that nothing small is lost beside something large.

An interval that spans more than one place is cut once, at the boundary of the largest power of two inside it: what lies
left of the cut is the end of one block, what lies right is the beginning of the next. Running sums within blocks, one
table a power of two, answer both: O(n + K log K) for n intervals over K places.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Intervals:
    """Intervals ``first <= k < past`` over K places."""

    first: Ints
    past: Ints
    n_places: int

    def sum(self, values: Floats) -> Floats:
        """Sums of the intervals' values (p, n) at each place, shape (p, K)."""
        size = 1 << max(self.n_places - 1, 1).bit_length()
        total = np.zeros((values.shape[0], size))
        for rows, block in self._levels():
            mine = values[:, rows]
            if block == 0:
                total += _scattered(mine, self.first[rows], size)
                continue
            blocks = (values.shape[0], -1, block)
            left = _scattered(mine, self.first[rows], size).reshape(blocks)
            right = _scattered(mine, self.past[rows] - 1, size).reshape(blocks)
            both = np.cumsum(left, axis=2) + np.cumsum(right[..., ::-1], axis=2)[..., ::-1]
            total += both.reshape(total.shape)
        return total[:, : self.n_places]

    def spread(self, increments: Floats) -> Floats:
        """Sums of increments (..., K) over each interval, shape (..., n)."""
        size = 1 << max(self.n_places - 1, 1).bit_length()
        shape = increments.shape[:-1]
        padded = np.zeros((*shape, size))
        padded[..., : self.n_places] = increments
        out = np.zeros((*shape, self.first.size))
        for rows, block in self._levels():
            first, last = self.first[rows], self.past[rows] - 1
            if block == 0:
                out[..., rows] = padded[..., first]
                continue
            blocks = padded.reshape((*shape, -1, block))
            ending = np.cumsum(blocks[..., ::-1], axis=-1)[..., ::-1].reshape(padded.shape)
            beginning = np.cumsum(blocks, axis=-1).reshape(padded.shape)
            out[..., rows] = ending[..., first] + beginning[..., last]
        return out

    def _levels(self) -> Iterator[tuple[Ints, int]]:
        """Intervals that are cut alike, with the size of the blocks; 0 for those of one place."""
        some = np.flatnonzero(self.first < self.past)
        _, level = np.frexp((self.first[some] ^ (self.past[some] - 1)).astype(np.float64))
        for each in np.unique(level):
            yield some[level == each], int(1 << (int(each) - 1)) if each else 0


def _scattered(values: Floats, place: Ints, size: int) -> Floats:
    sums = [np.bincount(place, weights=row, minlength=size) for row in values]
    return np.stack(sums).astype(np.float64, copy=False)
