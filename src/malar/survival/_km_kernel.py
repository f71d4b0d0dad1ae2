"""Product-limit arithmetic on sorted arrays: O(n log n) time, O(n) memory, no loop over times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """Counts and the product-limit curve at the k distinct times; every array has shape (k,)."""

    time: Floats
    at_risk: Floats
    events: Floats
    censored: Floats
    survival: Floats
    se: Floats
    cumulative_hazard: Floats
    entry_time: Floats
    """Distinct entry times, shape (m,); empty without delayed entry."""
    entered: Floats
    """Sum of weights entered up to and including each entry time, shape (m,)."""


@dataclass(frozen=True, slots=True, eq=False)
class _RiskSets:
    """Weighted sums at the distinct times, and who leaves at which."""

    time: Floats
    index: Ints  # rows -> distinct time
    at_risk: Floats
    events: Floats
    censored: Floats
    last: Flags  # everyone at risk has the event
    entry_time: Floats
    entered: Floats


def product_limit(time: Floats, event: Flags, weight: Floats, entry: Floats | None, *, jackknife: bool) -> Steps:
    """Kaplan-Meier estimate with its standard error.

    Parameters
    ----------
    time, event, weight, entry
        One value a row, shape (n,); at risk at t means entry < t <= time; all rows valid.
    jackknife
        Infinitesimal-jackknife standard error over rows; otherwise Greenwood's.

    Returns
    -------
    Steps
        Arrays at the distinct times, events before censorings at a tie.
    """
    order = np.argsort(time, kind="stable")
    time, event, weight, entry = time[order], event[order], weight[order], None if entry is None else entry[order]
    sets = _risk_sets(time, event, weight, entry)
    with np.errstate(divide="ignore", invalid="ignore"):
        hazard = np.where(sets.last, 1.0, np.where(sets.events > 0.0, sets.events / sets.at_risk, 0.0))
        staying = np.where(sets.last, 0.0, sets.at_risk - sets.events)
        survival = np.cumprod(1.0 - hazard, dtype=np.float64)
        terms = np.where(sets.events > 0.0, hazard / staying, 0.0)
        if jackknife:
            se = survival * _jackknife(sets, event, weight, entry, terms)
        else:
            se = survival * np.sqrt(np.cumsum(terms))
    return Steps(
        sets.time, sets.at_risk, sets.events, sets.censored, survival, se, np.cumsum(hazard),
        sets.entry_time, sets.entered,
    )  # fmt: skip


def _risk_sets(time: Floats, event: Flags, weight: Floats, entry: Floats | None) -> _RiskSets:
    distinct, index = _distinct(time)
    k = distinct.size
    events = _sum_by(index, weight * event, k)
    censored = _sum_by(index, weight * ~event, k)
    counted = (weight > 0.0).astype(np.float64)
    gone, dying = _sum_by(index, counted, k), _sum_by(index, counted * event, k)
    at_risk, persons = _from_here_on(events + censored), _from_here_on(gone)
    entry_time = entered = np.empty(0)
    if entry is not None:
        order = np.argsort(entry, kind="stable")
        entry_time, entry_index = _distinct(entry[order])
        entered = np.cumsum(_sum_by(entry_index, weight[order], entry_time.size))
        before = np.searchsorted(entry_time, distinct, side="left")
        at_risk = at_risk - (entered[-1] - np.append(0.0, entered)[before])
        heads = np.cumsum(_sum_by(entry_index, counted[order], entry_time.size))
        persons = persons - (heads[-1] - np.append(0.0, heads)[before])
    last = (persons == dying) & (dying > 0.0)
    return _RiskSets(distinct, index, at_risk, events, censored, last, entry_time, entered)


def _distinct(ranked: Floats) -> tuple[Floats, Ints]:
    """Distinct values of a sorted array, and each row's place among them."""
    new = np.append(True, ranked[1:] != ranked[:-1])
    return ranked[new], np.cumsum(new) - 1


def _sum_by(index: Ints, values: Floats, size: int) -> Floats:
    return np.bincount(index, weights=values, minlength=size).astype(np.float64, copy=False)


def _from_here_on(values: Floats) -> Floats:
    return np.cumsum(values[::-1])[::-1]


def _jackknife(sets: _RiskSets, event: Flags, weight: Floats, entry: Floats | None, terms: Floats) -> Floats:
    """Root of the sum over rows of the squared weighted influence on log S(t), at every distinct time.

    A row at risk has influence K(t) - K(entry), with K the running sum of ``terms`` d/(Y(Y-d)); a row
    that left keeps the influence it had, less 1/(Y-d) for an event. The sums run over both kinds.
    """
    passed = np.cumsum(np.where(np.isfinite(terms), terms, 0.0))
    started = np.zeros(weight.size)
    if entry is not None:
        started = np.append(0.0, passed)[np.searchsorted(sets.time, entry, side="right")]
    staying = np.where(sets.last, np.inf, sets.at_risk - sets.events)
    own = np.where(event, 1.0 / staying[sets.index], 0.0)
    settled = own - passed[sets.index] + started
    squared, k = weight**2, sets.time.size
    left = np.cumsum(_sum_by(sets.index, squared * settled**2, k))
    here = [_present(sets, squared * started**power, entry, k) for power in range(3)]
    spread = left + passed**2 * here[0] - 2.0 * passed * here[1] + here[2]
    return np.sqrt(np.maximum(spread, 0.0))


def _present(sets: _RiskSets, values: Floats, entry: Floats | None, k: int) -> Floats:
    """Sum of values over rows that have entered by a distinct time and leave after it."""
    leaving = _sum_by(sets.index, values, k)
    if entry is None:
        return np.append(_from_here_on(leaving)[1:], 0.0)
    first_seen = np.searchsorted(sets.time, entry, side="left")
    return np.cumsum(_sum_by(first_seen, values, k)) - np.cumsum(leaving)
