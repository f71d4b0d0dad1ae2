"""Fine-Gray regression on plain arrays: forward and backward running sums, cost linear in the rows after sorting.

A row whose competing event came at s stays at risk at t > s with weight G(t-)/G(s-), G the Kaplan-Meier estimate
of not being censored. The weight is a product of one factor of the row and one of the time, so that sums over those
who linger need one running sum forward, and sums over the times they linger through one backward.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from malar.survival._cox_hazard_kernel import baseline_influence
from malar.survival._cox_risk_kernel import Lingering, risk_sets
from malar.survival._newton_kernel import Ascent, ascend
from malar.survival._partial_kernel import Evaluation, Model, breslow_terms

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Censoring:
    """The distribution of censoring times at its C distinct times, each of shape (C,)."""

    time: Floats
    at_risk: Floats
    hazard: Floats
    kept: Floats
    """Chance not to have been censored up to and including each time."""

    def before(self, times: Floats) -> Floats:
        """Chance not to have been censored before some times."""
        return np.append(1.0, self.kept)[np.searchsorted(self.time, times, side="left")]


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """Rows in order of time, with standardized covariates."""

    model: Model
    time: Floats  # (n,)
    censored: Flags  # (n,)
    event_time: Floats  # (K,)
    censoring: Censoring
    center: Floats  # (p,)
    scale: Floats  # (p,)


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """Coefficients on the scale of the covariates, with the variance that knows the weights are estimated."""

    ascent: Ascent
    coefficient: Floats
    variance: Floats
    influence: Floats
    """Change of the standardized coefficients by each row, shape (p, n); NaN where infinite."""


def prepare(time: Floats, event: Flags, competing: Flags, x: Floats) -> Prepared:
    """Sort the rows, weight those with a competing event and standardize the covariates.

    Parameters
    ----------
    time
        Shape (n,).
    event, competing
        The event of interest and any other; neither means censored. At least one event.
    x
        Covariates, shape (p, n).
    """
    order = np.argsort(time, kind="stable")
    time, event, competing = time[order], event[order], competing[order]
    censoring = _censoring(time, ~(event | competing))
    rows = np.flatnonzero(event)
    event_time, place = np.unique(time[rows], return_inverse=True)
    by_row = np.where(competing, 1.0 / np.where(competing, censoring.before(time), 1.0), 0.0)
    past = np.searchsorted(event_time, time, side="right")
    lingering = Lingering(by_row, censoring.before(event_time)) if competing.any() else None
    sets = risk_sets(np.zeros_like(past), past, event_time.size, lingering)
    center, weight = x.mean(axis=1), np.ones(time.size)
    spread = x.std(axis=1)
    scale = np.where(spread > 1e-12 * np.abs(center), spread, 1.0)
    standard = np.ascontiguousarray((x - center[:, None])[:, order] / scale[:, None])
    standard[:, (past == 0) & ~competing] = 0.0  # at risk at no event time: such covariates bear on nothing
    model = Model(standard, weight, rows, place, sets, breslow_terms(weight[rows], place))
    return Prepared(model, time, ~(event | competing), event_time, censoring, center, scale)


def estimate(prepared: Prepared) -> Estimate:
    """Maximize the weighted partial likelihood; robust variance after Fine and Gray."""
    ascent = ascend(prepared.model)
    scale, finite = prepared.scale, ~ascent.runaway
    coefficient = np.where(finite, ascent.end.beta, np.copysign(np.inf, ascent.end.beta)) / scale
    influence = np.full(prepared.model.x.shape, np.nan)
    inverse = np.linalg.inv(ascent.end.information()[np.ix_(finite, finite)])
    influence[finite] = inverse @ score_rows(prepared, ascent.end)[finite]
    return Estimate(ascent, coefficient, influence @ influence.T / np.outer(scale, scale), influence)


def score_rows(prepared: Prepared, at: Evaluation) -> Floats:
    """Each row's part of the slope, with its part in the estimated chance of censoring: shape (p, n)."""
    weighted = np.concatenate([at.risk[None], prepared.model.x * at.risk])
    steps = np.concatenate([at.hazard[None], at.hazard * at.mean])
    stayed, ahead = lingering_sums(prepared, weighted, steps)
    push = stayed[1:] * ahead[0] - stayed[0] * ahead[1:]
    return at.score_rows() + censoring_rows(prepared, push)


def baseline_rows(prepared: Prepared, at: Evaluation, span: slice) -> Floats:
    """Each row's influence on the baseline hazard over a span of event times, with its part in the censoring: (n,)."""
    within = np.zeros(prepared.event_time.size)
    within[span] = 1.0
    stayed, ahead = lingering_sums(prepared, at.risk[None], (within * at.hazard / at.present)[None])
    return baseline_influence(at, span) + censoring_rows(prepared, stayed * ahead)[0] * np.exp(-at.shift)


def lingering_sums(prepared: Prepared, weighted: Floats, steps: Floats) -> tuple[Floats, Floats]:
    """At each censoring time: sums over rows that linger by then, and over the event times not yet past.

    As in cmprsk's crr, a row lingers at a censoring time when its competing event came before it, and an event
    at that very time is still ahead.

    Parameters
    ----------
    weighted
        Values by row, shape (q, n).
    steps
        Values by event time, shape (q, K).

    Returns
    -------
    tuple
        Shape (q, C) each; rows weighted by 1/G of their time, event times by G.
    """
    lingering = prepared.model.sets.lingering
    censored_at = prepared.censoring.time
    if lingering is None:
        empty = np.zeros((weighted.shape[0], censored_at.size))
        return empty, empty
    stayed = np.cumsum(weighted * lingering.by_row, axis=1)
    by_then = np.searchsorted(prepared.time, censored_at, side="left")
    ahead = np.cumsum((steps * lingering.by_time)[:, ::-1], axis=1)[:, ::-1]
    still = np.searchsorted(prepared.event_time, censored_at, side="left")
    return _padded(stayed, front=True)[:, by_then], _padded(ahead, front=False)[:, still]


def censoring_rows(prepared: Prepared, push: Floats) -> Floats:
    """Each row's sum of push / at risk over its martingale of censoring: shape (q, n) from push (q, C)."""
    censoring = prepared.censoring
    by_time = push / censoring.at_risk
    through = _padded(np.cumsum(by_time * censoring.hazard, axis=1), front=True)
    rows = -through[:, np.searchsorted(censoring.time, prepared.time, side="right")]
    own = np.searchsorted(censoring.time, prepared.time[prepared.censored])
    rows[:, prepared.censored] += by_time[:, own]
    return rows


def _padded(values: Floats, *, front: bool) -> Floats:
    return np.pad(values, ((0, 0), (1, 0) if front else (0, 1)))


def _censoring(time: Floats, censored: Flags) -> Censoring:
    distinct, counts = np.unique(time[censored], return_counts=True)
    at_risk = (time.size - np.searchsorted(time, distinct, side="left")).astype(np.float64)
    hazard = counts / at_risk
    return Censoring(distinct, at_risk, hazard, np.cumprod(1.0 - hazard, dtype=np.float64))
