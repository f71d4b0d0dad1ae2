"""Product-limit arithmetic on sorted arrays: O(n log n) time, O(n) memory, no loop over times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from malar.survival._risk_kernel import (
    NOBODY,
    RiskSets,
    ascending,
    from_here_on,
    passed_at_entry,
    risk_sets,
    running,
    spread,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
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
class _Limit:
    """The curve and the terms of its variances, shape (k,)."""

    sets: RiskSets
    hazard: Floats
    survival: Floats
    staying: Floats
    terms: Floats  # d/(Y(Y-d)); infinite where all have the event


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
    time, event, weight, entry = _sorted(time, event, weight, entry)
    curve = _limit(time, event, weight, entry)
    sets = curve.sets
    with np.errstate(invalid="ignore"):
        if jackknife:
            passed, own = _influence(curve, event)
            se = curve.survival * np.sqrt(spread(sets, weight, entry, passed, own))
        else:
            se = curve.survival * np.sqrt(running(curve.terms))
    return Steps(
        sets.time, sets.at_risk, sets.events, sets.censored, curve.survival, se, running(curve.hazard),
        sets.entry_time, sets.entered,
    )  # fmt: skip


def restricted_mean(
    time: Floats, event: Flags, weight: Floats, entry: Floats | None, until: float, *, jackknife: bool
) -> tuple[float, float]:
    """Area under the Kaplan-Meier curve from the origin to a day, and its variance.

    Greenwood: Σ A(s)² d/(Y(Y-d)) over event times s up to the day, with A(s) the area from s to the day.
    Jackknife: the sum over rows of the squared weighted influence ΔA/(Y-d) for an event less the running
    sum of A d/(Y(Y-d)) while at risk. A step at which everyone has the event leaves no area: it adds 0.

    Parameters
    ----------
    time, event, weight, entry, jackknife
        As in `product_limit`.
    until
        Last day of the span.

    Returns
    -------
    tuple of float
        Area and variance.
    """
    time, event, weight, entry = _sorted(time, event, weight, entry)
    curve = _limit(time, event, weight, entry)
    sets, origin = curve.sets, 0.0 if entry is None else float(entry.min())
    knots = np.clip(np.append(sets.time, np.inf), origin, until)
    pieces = curve.survival * np.diff(knots)
    ahead = from_here_on(pieces)
    area = float(ahead[0] + knots[0] - origin)
    finite = np.where(np.isfinite(curve.terms), curve.terms, 0.0)
    if not jackknife:
        return area, float(np.sum(ahead**2 * finite))
    passed = running(ahead * finite)
    own = np.where(event, (ahead / curve.staying)[sets.index], 0.0) - passed[sets.index]
    influence = own + passed_at_entry(sets, passed, entry, weight.size)
    return area, float(np.sum((weight * influence) ** 2))


def _sorted(
    time: Floats, event: Flags, weight: Floats, entry: Floats | None
) -> tuple[Floats, Flags, Floats, Floats | None]:
    order, ranked = ascending(time)
    return ranked, event[order], weight[order], None if entry is None else entry[order]


def _limit(time: Floats, event: Flags, weight: Floats, entry: Floats | None) -> _Limit:
    sets = risk_sets(time, event, weight, entry)
    hazard = sets.events / np.maximum(sets.at_risk, NOBODY)
    staying = sets.at_risk - sets.events
    terms = hazard / np.maximum(staying, NOBODY)
    hazard[sets.last], staying[sets.last], terms[sets.last] = 1.0, np.inf, np.inf
    survival = running(1.0 - hazard, np.multiply)
    return _Limit(sets, hazard, survival, staying, terms)


def _influence(curve: _Limit, event: Flags) -> tuple[Floats, Floats]:
    """Running sum of d/(Y(Y-d)) over times, and 1/(Y-d) for the rows with the event."""
    passed = running(np.where(np.isfinite(curve.terms), curve.terms, 0.0))
    return passed, np.where(event, 1.0 / curve.staying[curve.sets.index], 0.0)
