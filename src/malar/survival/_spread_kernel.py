"""Squared influence of subjects on state occupation probabilities and areas, without visiting subjects at each time.

Between two changes of state every subject's influence moves as that of all others in the same state does, by a
linear map. So it is held at the changes only, and sums of products over those in a state at a time are running sums.
Where a map has no inverse, as when all leave a state at once, that one time is taken subject by subject.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

STEEP: Final = 100.0
"""Largest number in the inverse of a product of maps; before it is passed, all subjects are taken anew."""

PART: Final = 4096
"""Knots whose sums are put together at once."""

ROUNDING: Final = 2.0**-40
"""Share of the terms of a sum below which it is their rounding, and 0."""


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """What happens to all at T transition times, and the steps over which each stay is at risk, shape (stays,)."""

    change: Floats
    """Increments of the cumulative transition intensity, shape (T, s, s); rows sum to 0."""
    share: Floats
    """Probability just before, divided by the number at risk, shape (T, s)."""
    width: Floats
    """Days from the knot before to each transition time, shape (T,)."""
    subject: Ints
    first: Ints
    """First step at risk."""
    end: Ints
    """Step after the last."""
    state: Ints
    following: Ints
    """-1 where the stay ends in no transition."""


@dataclass(frozen=True, slots=True, eq=False)
class _Maps:
    """Maps over a stretch of L steps from its first knot to each of its L + 1."""

    product: Floats
    """P, shape (L + 1, s, s)."""
    inverse: Floats
    area: Floats
    """Q = Σ width P, shape (L + 1, s, s)."""
    pushed: Floats
    """G, by state and last for unseen: Σ of what its members are pushed by, brought back to the first knot."""
    pushed_area: Floats
    """H, the same of areas; G and H have shape (L + 1, s + 1, s)."""


@dataclass(slots=True, eq=False)
class _Influence:
    """Of each subject on probabilities and areas, shape (subjects, s)."""

    on: Floats
    on_area: Floats


def squared(path: Path, influence: Floats) -> Floats:
    """Sums over subjects of squared influence, squared influence on area, and their product, at T + 1 knots.

    Parameters
    ----------
    path
        Transitions and stays, sorted by subject and time.
    influence
        On the first distribution, shape (subjects, s).

    Returns
    -------
    numpy.ndarray
        Shape (3, T + 1, s).

    Notes
    -----
    Influence u on the probabilities p moves by u ← u(I + dA) + p_j/Y_j (dN - Y_j dA_j) for who is in state j.
    """
    here = _Influence(influence.copy(), np.zeros_like(influence))
    sums = np.zeros((3, path.width.size + 1, influence.shape[1]))
    sums[:, 0] = _squares(here)
    for low, maps in _stretches(path):
        if maps is None:
            _step(path, here, low)
            sums[:, low + 1] = _squares(here)
        else:
            sums[:, low : low + len(maps.product)] = _stretch(path, here, low, maps)
    return sums


def _squares(here: _Influence) -> Floats:
    pairs = ((here.on, here.on), (here.on_area, here.on_area), (here.on_area, here.on))
    return np.stack([np.einsum("ij,ij->j", left, right) for left, right in pairs])


def _step(path: Path, here: _Influence, k: int) -> None:
    """Move every subject by one step."""
    here.on_area += path.width[k] * here.on
    here.on += here.on @ path.change[k]
    inside = np.flatnonzero((path.first <= k) & (path.end > k))
    who, state = path.subject[inside], path.state[inside]
    here.on[who] -= (path.share[k][:, None] * path.change[k])[state]
    moving = (path.end[inside] == k + 1) & (path.following[inside] >= 0)
    who, state, target = who[moving], state[moving], path.following[inside][moving]
    lift = path.share[k][state]
    here.on[who, target] += lift
    here.on[who, state] -= lift


def _stretches(path: Path) -> Iterator[tuple[int, _Maps | None]]:
    """First step of each stretch and its maps; None for a step whose map has no inverse to speak of."""
    steps, s = path.width.size, path.share.shape[1]
    each = np.eye(s) + path.change
    lost = np.abs(np.linalg.det(each)) < 1.0 / STEEP
    back = np.linalg.inv(np.where(lost[:, None, None], np.eye(s), each))
    k = 0
    while k < steps:
        if lost[k]:
            yield k, None
            k += 1
            continue
        products, inverses = [np.eye(s)], [np.eye(s)]
        low = k
        while k < steps and not lost[k]:
            inverse = back[k] @ inverses[-1]
            if np.abs(inverse).max() > STEEP and k > low:
                break
            products.append(products[-1] @ each[k])
            inverses.append(inverse)
            k += 1
        yield low, _maps(path, low, np.array(products), np.array(inverses))


def _maps(path: Path, low: int, product: Floats, inverse: Floats) -> _Maps:
    own = slice(low, low + len(product) - 1)
    width, s = path.width[own, None, None], product.shape[1]
    area, pushed, pushed_area = np.zeros_like(product), *np.zeros((2, len(product), s + 1, s))
    np.cumsum(width * product[:-1], axis=0, out=area[1:])
    np.cumsum(-path.share[own, :, None] * (path.change[own] @ inverse[1:]), axis=0, out=pushed[1:, :s])
    np.cumsum(width * (pushed[:-1] @ product[:-1]), axis=0, out=pushed_area[1:])
    return _Maps(product, inverse, area, pushed, pushed_area)


def _stretch(path: Path, here: _Influence, low: int, maps: _Maps) -> Floats:
    """Sums at the knots of a stretch, and every subject's influence at its end."""
    last, s = len(maps.product) - 1, maps.product.shape[1]
    held = _Held(here, maps)
    for rows in _in_turn(path, low, low + last):
        who, state = path.subject[rows], path.state[rows]
        held.stay(who, np.full(who.size, s), np.maximum(path.first[rows] - low, 0))
        end = np.minimum(path.end[rows] - low, last)
        held.stay(who, state, end)
        moving = np.flatnonzero((path.following[rows] >= 0) & (path.end[rows] - low <= last))
        who, state, end, target = who[moving], state[moving], end[moving], path.following[rows][moving]
        back = maps.inverse[end]
        lift = path.share[low + end - 1, state][:, None]
        every = np.arange(moving.size)
        held.on[who] += lift * (back[every, target] - back[every, state])
    everyone = np.arange(len(held.on))
    held.stay(everyone, np.full(everyone.size, s), np.full(everyone.size, last))
    held.until[-1] = held.until[-1] + 1  # the last knot belongs to nothing later
    here.on, here.on_area = held.on @ maps.product[-1], held.on_area
    return _moments(maps, held)


class _Held:
    """What is constant of every subject during each stay of a stretch, brought back to its first knot."""

    def __init__(self, here: _Influence, maps: _Maps) -> None:
        self.maps, self.on, self.on_area = maps, here.on, here.on_area
        self.at = np.zeros(len(here.on), dtype=np.int64)
        self.state: list[Ints] = []
        self.begun: list[Ints] = []
        self.until: list[Ints] = []
        self.fixed: list[Floats] = []

    def stay(self, who: Ints, state: Ints, until: Ints) -> None:
        """Keep some subjects in a state up to a knot, from where they are."""
        maps, begun = self.maps, self.at[who]
        start = self.on[who] - maps.pushed[begun, state]
        gone = np.einsum("ns,nst->nt", start, maps.area[begun]) + maps.pushed_area[begun, state]
        fixed = self.on_area[who] - gone
        self.state.append(state)
        self.begun.append(begun)
        self.until.append(until)
        self.fixed.append(np.concatenate([start, fixed, np.ones((who.size, 1))], axis=1))
        self.on[who] = start + maps.pushed[until, state]
        gained = np.einsum("ns,nst->nt", start, maps.area[until]) + maps.pushed_area[until, state]
        self.on_area[who] = fixed + gained
        self.at[who] = until


def _in_turn(path: Path, low: int, high: int) -> Iterator[Ints]:
    """Stays at risk in some of the steps from low to high: the first of each subject, then the second, …"""
    rows = np.flatnonzero((path.first < high) & (path.end > low) & (path.first < path.end))
    subject = path.subject[rows]
    heads = np.flatnonzero(np.diff(subject, prepend=-1))
    turn = np.arange(rows.size) - np.repeat(heads, np.diff(heads, append=rows.size))
    while rows.size:
        yield rows[turn == 0]
        rows, turn = rows[turn > 0], turn[turn > 0] - 1


def _moments(maps: _Maps, held: _Held) -> Floats:
    """Sums over subjects from running sums, by state, of products of what is held and a 1."""
    knots, s = len(maps.product), maps.product.shape[1]
    size, cells = 2 * s + 1, (s + 1) * (knots + 1)
    state, begun, until, fixed = map(np.concatenate, (held.state, held.begun, held.until, held.fixed))
    here = np.concatenate([state * (knots + 1) + begun, state * (knots + 1) + until])
    sums = np.empty((size, size, s + 1, knots))
    for i in range(size):
        for j in range(i + 1):
            product = fixed[:, i] * fixed[:, j]
            stepped = np.bincount(here, np.concatenate([product, -product]), minlength=cells)
            sums[i, j] = sums[j, i] = np.cumsum(stepped.reshape(s + 1, knots + 1), axis=1)[:, :-1]
    parts = [slice(low, low + PART) for low in range(0, knots, PART)]
    by_knot = sums.transpose(3, 2, 0, 1)
    return np.concatenate([_quadratic(np.ascontiguousarray(by_knot[part]), maps, part) for part in parts], axis=1)


def _quadratic(sums: Floats, maps: _Maps, part: slice) -> Floats:
    """Squares and products of the linear forms of what is held at some knots, shape (3, knots, s)."""
    product, area = maps.product[part], maps.area[part]
    s = product.shape[1]
    forms = np.zeros((2, len(product), s + 1, 2 * s + 1, s))
    forms[0, :, :, :s] = product[:, None]
    forms[0, :, :, -1] = maps.pushed[part] @ product
    forms[1, :, :, :s] = area[:, None]
    forms[1, :, :, s : 2 * s] = np.eye(s)
    forms[1, :, :, -1] = maps.pushed_area[part]
    pairs = ((0, 0), (1, 1), (1, 0))
    found = np.array([((sums @ forms[b]) * forms[a]).sum(axis=(1, 2)) for a, b in pairs])
    terms = np.array([((np.abs(sums) @ np.abs(forms[b])) * np.abs(forms[a])).sum(axis=(1, 2)) for a, b in pairs])
    return np.where(np.abs(found) <= ROUNDING * terms, 0.0, found)
