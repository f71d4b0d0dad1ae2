"""Scores of Gray's test for k cumulative incidences and their covariance: O(n log n + T k³), no loop over times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from malar.survival._logrank_kernel import counts_at_risk
from malar.survival._risk_kernel import distinct, sum_by

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


FULL: Final = 1e-12
"""A common incidence closer to 1 than this is 1: later influence through its complement is left out."""


@dataclass(frozen=True, slots=True, eq=False)
class _Sets:
    """Events at the T times with any event, by group; arrays of shape (T, k)."""

    own: Floats  # events of the cause tested
    other: Floats  # events of the other causes
    risk: Floats
    free_before: Floats  # event-free probability just before
    free: Floats  # and from the time on
    incidence_before: Floats


def gray_scores(time: Floats, code: Ints, group: Ints, size: int, cause: int, rho: float) -> tuple[Floats, Floats]:
    """Score of each group within one stratum and their covariance.

    Parameters
    ----------
    time, code, group
        One value a row, shape (n,); code 0 = censored, else the cause; groups 0 to size - 1.
    size
        Number of groups.
    cause
        Code of the cause tested.
    rho
        Weight (1 - F(t-))^rho, F the incidence common to all groups under the hypothesis.

    Returns
    -------
    tuple
        Scores, shape (size,), and covariance, shape (size, size).

    Notes
    -----
    With Y_i at risk, S_i event-free and F_i the incidence of group i, h_i = Y_i/S_i(t-) counts those at
    risk as if nobody had been lost, and dF = d/Σh_i is the common incidence. The score of group i sums
    w (d_i - d R_i/ΣR) with R_i = h_i (1 - F_i(t-)). Where a group has run out, F may reach 1 and pass it,
    as in cuminc; its weights are then 0 with rho > 0.
    """
    event = code > 0
    if not event.any():
        return np.zeros(size), np.zeros((size, size))
    sets = _sets(time, code, group, size, cause)
    seen = sets.risk > 0.0
    freed = np.where(seen, sets.free_before, 1.0)
    heads = np.where(seen, sets.risk / freed, 0.0)
    total = heads.sum(axis=1)
    dying = sets.own.sum(axis=1)
    common = np.cumsum(dying / total)
    left = 1.0 - np.append(0.0, common[:-1])
    weight = np.maximum(left, 0.0) ** rho
    exposed = heads * (1.0 - sets.incidence_before)
    everyone = exposed.sum(axis=1)
    score = weight @ sets.own - (weight * dying / np.where(everyone > 0.0, everyone, 1.0)) @ exposed
    spread = weight[:, None, None] * heads[:, :, None] * (np.eye(size) - (heads / total[:, None])[:, None, :])
    remains = np.where(np.abs(left) > FULL, left, np.inf)
    carried = np.cumsum(spread * (dying / (total * remains))[:, None, None], axis=0)
    return score, _covariance(sets, heads, total, 1.0 - common, spread, carried[-1] - carried)


def _sets(time: Floats, code: Ints, group: Ints, size: int, cause: int) -> _Sets:
    event = code > 0
    times, _ = distinct(np.sort(time[event]))
    place = np.searchsorted(times, time[event]) * size + group[event]
    mine = (code[event] == cause).astype(np.float64)
    own = sum_by(place, mine, times.size * size).reshape(-1, size)
    other = sum_by(place, 1.0 - mine, times.size * size).reshape(-1, size)
    risk = counts_at_risk(times, time, group, None, size)
    at_risk = np.where(risk > 0.0, risk, 1.0)
    free = np.cumprod((at_risk - own - other) / at_risk, axis=0, dtype=np.float64)
    free_before = np.vstack([np.ones(size), free[:-1]])
    incidence = np.cumsum(free_before * own / at_risk, axis=0)
    return _Sets(own, other, risk, free_before, free, np.vstack([np.zeros(size), incidence[:-1]]))


def _covariance(sets: _Sets, heads: Floats, total: Floats, kept: Floats, spread: Floats, ahead: Floats) -> Floats:
    """Sums over times and groups k of the squared sensitivity of the scores to the events of group k.

    ``spread`` and ``ahead``, shape (T, k, k), are the direct sensitivity of score i to the incidence of
    group j, and what of it is still to come through the weights of later times.
    """
    dying = sets.own.sum(axis=1)[:, None]
    alive = sets.free > 0.0
    ratio = np.where(alive, kept[:, None] / np.where(alive, sets.free, 1.0), 0.0)
    seen = sets.risk > 0.0
    risk = np.where(seen, sets.risk, 1.0)
    pool = np.maximum(total[:, None] * sets.free_before - 1.0, 1e-300)
    tied = np.where(dying > 1.0, 1.0 - (dying - 1.0) / pool, 1.0)
    own = np.where(seen & (dying > 0.0), tied * sets.free_before * dying / (total[:, None] * risk), 0.0)
    tied = np.where(sets.other > 1.0, 1.0 - (sets.other - 1.0) / np.maximum(risk - 1.0, 1.0), 1.0)
    other = np.where(alive, tied * sets.free_before**2 * sets.other / risk**2, 0.0)
    direct = spread + np.where(alive, 1.0 - ratio, 1.0)[:, None, :] * ahead
    through = ratio[:, None, :] * ahead
    return _sandwich(direct, own) + _sandwich(through, other)


def _sandwich(sensitivity: Floats, variance: Floats) -> Floats:
    """Σ over times and groups k of b_ik b_jk v_k."""
    flat = np.moveaxis(sensitivity, 1, 0).reshape(sensitivity.shape[1], -1)
    return (flat * variance.ravel()) @ flat.T
