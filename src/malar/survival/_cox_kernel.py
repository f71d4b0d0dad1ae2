"""Cox regression on plain arrays: from rows to sorted risk sets, estimates, tests and robust variance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from malar.survival._cox_risk_kernel import risk_sets
from malar.survival._newton_kernel import Ascent, ascend
from malar.survival._partial_kernel import Evaluation, Model, breslow_terms, efron_terms

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

Ties = Literal["efron", "breslow"]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Rows with positive weight; shape (n,), covariates (p, n)."""

    time: Floats
    event: Flags
    x: Floats
    weight: Floats
    entry: Floats | None = None
    stratum: Ints | None = None
    cluster: Ints | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """Rows in order of stratum and time, with standardized covariates."""

    model: Model
    order: Ints  # rows as they came -> in order
    time: Floats  # (n,), in order
    entry: Floats | None  # (n,), in order
    cluster: Ints  # (n,), in order: code of the cluster, or of the row itself
    event_time: Floats  # (K,)
    event_stratum: Ints  # (K,)
    last_time: Floats  # (strata,): last time under observation
    center: Floats  # (p,)
    scale: Floats  # (p,)


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """Coefficients on the scale of the covariates; those without a finite estimate are infinite."""

    ascent: Ascent
    coefficient: Floats
    model_variance: Floats  # (p, p); NaN for infinite coefficients
    robust_variance: Floats | None
    influence: Floats | None
    """Change of the standardized coefficients by each cluster, shape (p, clusters), where robust."""


def prepare(rows: Rows, ties: Ties) -> Prepared:
    """Sort the rows, find each row's event times and standardize the covariates.

    Parameters
    ----------
    rows
        At least one with the event.
    ties
        How events at one time share the risk set.
    """
    n = rows.time.size
    stratum = np.zeros(n, dtype=np.int64) if rows.stratum is None else rows.stratum
    order = np.lexsort((rows.time, stratum))
    time, stratum, event = rows.time[order], stratum[order], np.flatnonzero(rows.event[order])
    weight = rows.weight[order]
    new = np.append(True, (np.diff(time[event]) != 0) | (np.diff(stratum[event]) != 0))
    event_time, event_stratum = time[event][new], stratum[event][new]
    place = np.cumsum(new) - 1
    past = _place_of(event_stratum, event_time, stratum, time)
    entry = None if rows.entry is None else rows.entry[order]
    since = np.full(n, -np.inf) if entry is None else entry
    first = np.minimum(_place_of(event_stratum, event_time, stratum, since), past)
    center, scale = _standard(rows.x, rows.weight)
    terms = efron_terms if ties == "efron" else breslow_terms
    x = np.ascontiguousarray((rows.x - center[:, None])[:, order] / scale[:, None])
    x[:, first >= past] = 0.0  # at risk at no event time: such covariates bear on nothing
    model = Model(x, weight, event, place, risk_sets(first, past, event_time.size), terms(weight[event], place))
    ends = np.append(np.flatnonzero(np.diff(stratum)), n - 1)
    cluster = np.arange(n) if rows.cluster is None else rows.cluster[order]
    return Prepared(model, order, time, entry, cluster, event_time, event_stratum, time[ends], center, scale)


def estimate(prepared: Prepared, *, robust: bool) -> Estimate:
    """Maximize the likelihood and take both variances where asked."""
    ascent = ascend(prepared.model)
    scale, finite = prepared.scale, ~ascent.runaway
    coefficient = np.where(finite, ascent.end.beta, np.copysign(np.inf, ascent.end.beta)) / scale
    variance = np.full((scale.size, scale.size), np.nan)
    keep = np.ix_(finite, finite)
    variance[keep] = np.linalg.inv(ascent.end.information()[keep])
    units = np.outer(scale, scale)
    if not robust:
        return Estimate(ascent, coefficient, variance / units, None, None)
    parts = by_cluster(ascent.end.score_rows(), prepared.cluster)
    influence = np.full_like(parts, np.nan)
    influence[finite] = variance[keep] @ parts[finite]
    return Estimate(ascent, coefficient, variance / units, influence @ influence.T / units, influence)


def score_test(start: Evaluation) -> float:
    """Score statistic of all coefficients being 0."""
    return float(start.score @ np.linalg.solve(start.information(), start.score))


def robust_score_test(start: Evaluation, cluster: Ints) -> float:
    """Score statistic with the variance of the clusters' parts of the slope in place of the information."""
    parts = by_cluster(start.score_rows(), cluster)
    return float(start.score @ np.linalg.lstsq(parts @ parts.T, start.score, rcond=None)[0])


def by_cluster(values: Floats, cluster: Ints) -> Floats:
    """Sums of values (p, n) by cluster, shape (p, clusters)."""
    size = int(cluster.max()) + 1
    sums = [np.bincount(cluster, weights=row, minlength=size) for row in values]
    return np.stack(sums).astype(np.float64, copy=False)


def _place_of(event_stratum: Ints, event_time: Floats, stratum: Ints, time: Floats) -> Ints:
    """Number of event times, over all strata in order, up to and including a time in a row's stratum."""
    ends = np.searchsorted(event_stratum, np.arange(int(stratum.max()) + 2))
    if ends.size == 2:
        return np.searchsorted(event_time, time, side="right")
    rank = np.lexsort((np.append(np.zeros(event_time.size), np.ones(time.size)), np.append(event_time, time),
                       np.append(event_stratum, stratum)))  # fmt: skip
    is_event = rank < event_time.size
    passed = np.cumsum(is_event)
    out = np.empty(time.size, dtype=np.int64)
    out[rank[~is_event] - event_time.size] = passed[~is_event]
    return out


def _standard(x: Floats, weight: Floats) -> tuple[Floats, Floats]:
    center = x @ weight / weight.sum()
    spread = np.sqrt(((x - center[:, None]) ** 2) @ weight / weight.sum())
    return center, np.where(spread > 1e-12 * np.abs(center), spread, 1.0)
