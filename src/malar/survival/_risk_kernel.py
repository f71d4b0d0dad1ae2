"""Who is at risk, has the event or is censored at each distinct time: sums by time in O(n log n), no loop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]


NOBODY: Final = np.finfo(np.float64).tiny
"""Stands for a sum of weights of nobody in a quotient whose numerator is then 0."""

GRID: Final = 2.0**32 - 1.0
"""Steps of the grid that values are sorted on."""

ROUNDING: Final = 2.0**-46
"""Share of a sum below which a difference from it is rounding: 64 times that of one number."""

LONG, BLOCK = 10_000, 16
"""Length from which running sums are taken in blocks, and the length of a block."""


@dataclass(frozen=True, slots=True, eq=False)
class RiskSets:
    """Weighted sums at the k distinct times, and who leaves at which; arrays of shape (k,) but for ``index``."""

    time: Floats
    index: Ints
    """Row -> place of its time, shape (n,)."""
    at_risk: Floats
    events: Floats
    by_kind: Floats
    """Events of each kind, shape (kinds, k)."""
    censored: Floats
    last: Flags
    """Everyone at risk has the event."""
    entry_time: Floats
    """Distinct entry times, shape (m,); empty without delayed entry."""
    entered: Floats
    """Sum of weights entered up to and including each entry time, shape (m,)."""


def risk_sets(time: Floats, code: Ints | Flags, weight: Floats, entry: Floats | None, kinds: int = 1) -> RiskSets:
    """Sums at the distinct times of rows sorted by time; at risk at t means entry < t <= time.

    Code 0 or false means censored, 1 to ``kinds`` the kind of event.
    """
    times, index = distinct(time)
    k = times.size
    leaving = sum_by(index + k * code, weight, (kinds + 1) * k).reshape(kinds + 1, k)
    censored, by_kind = leaving[0], leaving[1:]
    events = by_kind.sum(axis=0)
    counted, dying, at_risk = weight, events, from_here_on(events + censored)
    persons = at_risk
    if (weight != 1.0).any():
        counted = (weight > 0.0).astype(np.float64)
        dying = sum_by(index, counted * (code > 0), k)
        persons = from_here_on(sum_by(index, counted, k))
    entry_time = entered = np.empty(0)
    if entry is not None:
        order, ranked = ascending(entry)
        entry_time, entry_index = distinct(ranked)
        entered = running(sum_by(entry_index, weight[order], entry_time.size))
        before = np.searchsorted(entry_time, times, side="left")
        at_risk = at_risk - (entered[-1] - np.append(0.0, entered)[before])
        heads = running(sum_by(entry_index, counted[order], entry_time.size))
        persons = persons - (heads[-1] - np.append(0.0, heads)[before])
    last = (persons == dying) & (dying > 0.0)
    return RiskSets(times, index, at_risk, events, by_kind, censored, last, entry_time, entered)


def at_risk_at(sets: RiskSets, times: Floats) -> Floats:
    """Sum of weights with entry < t <= time, for each t; without delayed entry everybody at day 0."""
    place = np.searchsorted(sets.time, times, side="left")
    if sets.entry_time.size == 0:
        return np.append(sets.at_risk, 0.0)[place]
    entered = np.append(0.0, sets.entered)[np.searchsorted(sets.entry_time, times, side="left")]
    gone = np.append(0.0, running(sets.events + sets.censored))[place]
    return np.maximum(entered - gone, 0.0)


def ascending(values: Floats) -> tuple[Ints, Floats]:
    """Row numbers in the order of finite values, ties in the order of rows, and the values in that order.

    O(n) where values spread evenly: two passes of a radix sort, by the halves of a 32-bit grid; what the grid
    cannot tell apart is merged last.
    """
    low, span = values.min(initial=np.inf), np.ptp(values) if values.size else 0.0
    if not span > 0.0:
        return np.arange(values.size), values
    grid = ((values - low) / span * GRID).astype(np.uint32)
    order = np.argsort(grid.astype(np.uint16), kind="stable")
    order = order[np.argsort((grid >> 16).astype(np.uint16)[order], kind="stable")]
    ranked = values[order]
    if (ranked[1:] < ranked[:-1]).any():
        merged = np.argsort(ranked, kind="stable")
        order, ranked = order[merged], ranked[merged]
    return order, ranked


def starts(ranked: Floats) -> Flags:
    """Which values of a sorted array are the first of their kind."""
    new = np.ones(ranked.size, dtype=np.bool_)
    new[1:] = ranked[1:] != ranked[:-1]
    return new


def distinct(ranked: Floats) -> tuple[Floats, Ints]:
    """Distinct values of a sorted array, and each row's place among them."""
    new = starts(ranked)
    return ranked[np.flatnonzero(new)], np.cumsum(new) - 1


def sum_by(index: Ints, values: Floats, size: int) -> Floats:
    """Sum of the values of each place."""
    return np.bincount(index, weights=values, minlength=size).astype(np.float64, copy=False)


def running(values: Floats, operation: np.ufunc = np.add) -> Floats:
    """Sum (or product) of all values up to and including each, along the last axis.

    Long ones in blocks side by side, then block after block: each sum waits for that before it, and this is
    half the waiting. It rises where no value is below 0, as the plain one does.
    """
    size = values.shape[-1]
    if size < LONG:
        return operation.accumulate(values, axis=-1, dtype=np.float64)
    blocks = np.empty((*values.shape[:-1], -(-size // BLOCK), BLOCK))
    found = blocks.reshape(*values.shape[:-1], -1)
    found[..., :size], found[..., size:] = values, 0.0
    for place in range(1, BLOCK):
        operation(blocks[..., place], blocks[..., place - 1], out=blocks[..., place])
    passed = operation.accumulate(blocks[..., :-1, -1], axis=-1)
    operation(blocks[..., 1:, :], passed[..., None], out=blocks[..., 1:, :])
    return found[..., :size]


def from_here_on(values: Floats) -> Floats:
    """Running sum from the end."""
    return running(values[::-1])[::-1]


def before(values: Floats, first: float) -> Floats:
    """A step function's values just before its steps: ``first``, then all but the last."""
    return np.append(first, values[:-1])


def drawn(events: Floats, at_risk: Floats) -> Floats:
    """Variance of a number of events: d (Y - d)/(Y - 1), as tied events are drawn without replacement; d if untied."""
    if events.size == 0 or events.max() <= 1.0:
        return events
    return events * (1.0 - (events - 1.0) / np.maximum(at_risk - 1.0, 1.0))


def passed_at_entry(sets: RiskSets, passed: Floats, entry: Floats | None, n: int) -> Floats:
    """A running sum's value at each row's entry; 0 without delayed entry, shape (n,)."""
    if entry is None:
        return np.zeros(n)
    return np.append(0.0, passed)[np.searchsorted(sets.time, entry, side="right")]


def present(sets: RiskSets, values: Floats, entry: Floats | None) -> Floats:
    """Sum of values over rows that have entered by a distinct time and leave after it."""
    k = sets.time.size
    leaving = sum_by(sets.index, values, k)
    if entry is None:
        return np.append(from_here_on(leaving)[1:], 0.0)
    first_seen = np.searchsorted(sets.time, entry, side="left")
    return running(sum_by(first_seen, values, k)) - running(leaving)


def spread(sets: RiskSets, weight: Floats, entry: Floats | None, passed: Floats, own: Floats) -> Floats:
    """Sum over rows of the squared weighted influence on a running sum, at every distinct time.

    A row at risk has influence passed(t) - passed(entry); a row that left keeps ``own`` at its own time
    less that. The sums run over both kinds, so that no row is visited twice.
    """
    k = sets.time.size
    started = passed_at_entry(sets, passed, entry, weight.size)
    settled = own - passed[sets.index] + started
    squared = weight**2
    left = running(sum_by(sets.index, squared * settled**2, k))
    here = [present(sets, squared * started**power, entry) for power in range(3)]
    return less(left + passed**2 * here[0] + here[2], 2.0 * passed * here[1])


def less(total: Floats, taken: Floats) -> Floats:
    """A sum of squares as the difference of two sums: 0 where it is no more than their rounding.

    Without this a variance of 0, as where a curve has come to 1, has a standard error of about 1e-8.
    """
    rest = total - taken
    return rest * (rest > ROUNDING * total)
