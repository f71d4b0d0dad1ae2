"""Cumulative incidences of competing causes with two variances: O(n log n) time, O(n) memory, no loop over times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from malar.survival._risk_kernel import (
    NOBODY,
    RiskSets,
    ascending,
    before,
    drawn,
    from_here_on,
    less,
    passed_at_entry,
    present,
    risk_sets,
    running,
    spread,
    sum_by,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Rows sorted by time, shape (n,): code 0 = censored, 1 to causes = the first event's cause."""

    code: Ints
    weight: Floats
    entry: Floats | None


@dataclass(frozen=True, slots=True, eq=False)
class Incidences:
    """The curves at the k distinct times, and what their variances are made of."""

    rows: Rows
    sets: RiskSets
    free: Floats
    """Probability of no event up to and including each time, shape (k,)."""
    incidence: Floats
    """Shape (causes, k)."""


def incidences(time: Floats, code: Ints, weight: Floats, entry: Floats | None, causes: int) -> Incidences:
    """Aalen-Johansen estimate of the incidence of every cause.

    Parameters
    ----------
    time, code, weight, entry
        One value a row, shape (n,); at risk at t means entry < t <= time; all rows valid.
    causes
        Number of causes.

    Returns
    -------
    Incidences
        At the distinct times, events before censorings at a tie.
    """
    order, ranked = ascending(time)
    rows = Rows(code[order], weight[order], None if entry is None else entry[order])
    sets = risk_sets(ranked, rows.code, rows.weight, rows.entry, causes)
    hazard = sets.events / np.maximum(sets.at_risk, NOBODY)
    hazard[sets.last] = 1.0
    free = running(1.0 - hazard, np.multiply)
    each = before(free, 1.0) * hazard / np.maximum(sets.events, NOBODY)
    return Incidences(rows, sets, free, running(sets.by_kind * each))


def jackknife(curves: Incidences, cause: int) -> Floats:
    """Sum over rows of the squared weighted influence on one incidence at every distinct time, shape (k,).

    A row's influence is F(t) R - A while at risk and F(t) (R - r) - (A - a) once it left, with R and A the
    running sums of `_influence` at its own time and r, a its own event's; so the sums of three products do.
    """
    sets, rows = curves.sets, curves.rows
    slope, level, own_slope, own_level = _influence(curves, cause)
    begun = [passed_at_entry(sets, values, rows.entry, rows.code.size) for values in (slope, level)]
    ends = (slope[sets.index] - begun[0] - own_slope, level[sets.index] - begun[1] - own_level)
    squared, f = rows.weight**2, curves.incidence[cause - 1]
    size = sets.time.size
    products = (ends[0] ** 2, ends[0] * ends[1], ends[1] ** 2)
    left = [running(sum_by(sets.index, squared * product, size)) for product in products]
    total, taken = f**2 * left[0] + left[2], 2.0 * f * left[1]
    now = f * slope - level
    here = [present(sets, squared, rows.entry)]
    if rows.entry is None:
        return less(total + now**2 * here[0], taken)
    sums = [begun[0], begun[1], begun[0] ** 2, begun[0] * begun[1], begun[1] ** 2]
    here += [present(sets, squared * values, rows.entry) for values in sums]
    crossed = now * (f * here[1] - here[2])
    total = total + now**2 * here[0] + f**2 * here[3] + here[5]
    return less(total, taken + 2.0 * crossed + 2.0 * f * here[4])


def aalen(curves: Incidences) -> list[Floats]:
    """Delta-method variance of every incidence at every distinct time, shape (k,); whole weights count subjects.

    An event at s moves F(t) by -(F(t) - F(s))/(Y - d), as one fewer stays for what comes later, and by
    S(s-)/Y more if it is of the cause. Squared and summed, that is C - 2 F(t) B + F(t)² A with running sums.
    """
    sets, at_risk = curves.sets, np.maximum(curves.sets.at_risk, 1.0)
    staying = at_risk - sets.events
    lost = (staying > 0.0) / np.maximum(staying, 1.0)
    gained = before(curves.free, 1.0) / at_risk
    found: list[Floats] = []
    for f, own in zip(curves.incidence, sets.by_kind, strict=True):
        variance = drawn(own, at_risk)
        squared = lost * lost * (variance + drawn(sets.events - own, at_risk))
        product = lost * gained * variance
        a = running(squared)
        b = running(f * squared + product)
        c = running(f * (f * squared + 2.0 * product) + gained * gained * variance)
        found.append(less(c + f * f * a, 2.0 * f * b))
    return found


def event_free_variance(curves: Incidences, *, by_jackknife: bool) -> Floats:
    """Variance of the event-free probability, shape (k,): Greenwood's (undefined at 0), or the jackknife's."""
    sets, free = curves.sets, curves.free
    if by_jackknife:
        slope, _, own_slope = _fall(curves)
        return free**2 * spread(sets, curves.rows.weight, curves.rows.entry, slope, own_slope)
    staying = np.maximum(sets.at_risk - sets.events, NOBODY)
    terms = sets.events / np.maximum(sets.at_risk, NOBODY) / staying
    terms[sets.last] = np.inf
    with np.errstate(invalid="ignore"):
        return free * free * running(terms)


def time_lost(curves: Incidences, cause: int, until: float) -> tuple[float, float]:
    """Area under one incidence from the origin to a day, and its infinitesimal-jackknife variance.

    Every row's influence on the incidence is summed over time in closed form, by running sums.
    """
    sets, rows, f = curves.sets, curves.rows, curves.incidence[cause - 1]
    slope, level, own_slope, own_level = _influence(curves, cause)
    width = np.diff(np.minimum(np.append(sets.time, np.inf), until))
    width[sets.time >= until] = 0.0
    ahead = from_here_on(f * width)
    rest = np.maximum(until - sets.time, 0.0)
    steps = [np.diff(values, prepend=0.0) for values in (slope, level)]
    gain = running(np.where(sets.time <= until, ahead * steps[0] - rest * steps[1], 0.0))
    counts = sets.time[sets.index] <= until
    own = np.where(counts, ahead[sets.index] * own_slope - rest[sets.index] * own_level, 0.0)
    influence = gain[sets.index] - passed_at_entry(sets, gain, rows.entry, rows.code.size) - own
    return float(ahead[0]), float(np.sum((rows.weight * influence) ** 2))


def _fall(curves: Incidences) -> tuple[Floats, Floats, Floats]:
    """Running sum of d/(Y(Y-d)) over all causes, its steps, and 1/(Y-d) of the rows with an event.

    Nothing is left to fall where all have the event.
    """
    sets = curves.sets
    happened = sets.events > 0.0
    staying = np.where(sets.last | ~happened, np.inf, sets.at_risk - sets.events)
    step = np.where(happened, sets.events, 0.0) / np.where(happened, sets.at_risk, 1.0) / staying
    return running(step), step, np.where(curves.rows.code > 0, 1.0 / staying[sets.index], 0.0)


def _influence(curves: Incidences, cause: int) -> tuple[Floats, Floats, Floats, Floats]:
    """Running sums R and A over times, and r and a of each row's own event.

    R as in `_fall`; A sums S(s-) d/Y² over events of the cause and F(s) d/(Y(Y-d)) over all.
    """
    sets, f = curves.sets, curves.incidence[cause - 1]
    slope, step, own_slope = _fall(curves)
    at_risk = np.where(sets.events > 0.0, sets.at_risk, np.inf)
    share = before(curves.free, 1.0) / at_risk
    level = running(share * sets.by_kind[cause - 1] / at_risk + f * step)
    mine = curves.rows.code == cause
    return slope, level, own_slope, np.where(mine, share[sets.index], 0.0) + f[sets.index] * own_slope
