"""Scores of Gray's test for k cumulative incidences and their covariance: O(n log n + T k³), no loop over times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from malar.survival._logrank_kernel import along, crossed, group_sets
from malar.survival._risk_kernel import before

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


FULL: Final = 1e-12
"""A common incidence closer to 1 than this is 1: later influence through its complement is left out."""


@dataclass(frozen=True, slots=True, eq=False)
class _Sets:
    """What all causes share at the T times with any event, by group; arrays of shape (k, T), total (T,)."""

    risk: Floats
    heads: Floats  # at risk as if nobody had been lost: Y/S(t-)
    total: Floats  # heads of all groups
    rate: Floats  # S(t-)/Y, 0 where nobody is at risk
    free_before: Floats  # S(t-)
    inverse: Floats  # 1/S(t), 0 where nobody stays event-free


def gray_scores(
    time: Floats, code: Ints, group: Ints, size: int, causes: int, rho: float
) -> list[tuple[Floats, Floats]]:
    """Score of each group within one stratum and their covariance, for each cause.

    Parameters
    ----------
    time, code, group
        One value a row, shape (n,); code 0 = censored, 1 to causes = the cause; groups 0 to size - 1.
    size, causes
        Numbers of groups and of causes.
    rho
        Weight (1 - F(t-))^rho, F the incidence common to all groups under the hypothesis.

    Returns
    -------
    list of tuple
        Scores, shape (size,), and covariance, shape (size, size), a cause.

    Notes
    -----
    With Y_i at risk, S_i event-free and F_i the incidence of group i, h_i = Y_i/S_i(t-) counts those at
    risk as if nobody had been lost, and dF = d/Σh_i is the common incidence. The score of group i sums
    w (d_i - d R_i/ΣR) with R_i = h_i (1 - F_i(t-)). Where a group has run out, F may reach 1 and pass it,
    as in cuminc; its weights are then 0 with rho > 0.
    """
    event = code > 0
    sets = group_sets(time, event, group, None, size)
    if sets.time.size == 0:
        return [(np.zeros(size), np.zeros((size, size)))] * causes
    happened = sets.count(event)
    shared = _shared(sets.risk, happened)
    own = [sets.count(code == cause) for cause in range(1, causes + 1)]
    return [_one_cause(shared, deaths, happened - deaths, rho) for deaths in own]


def _shared(at_risk: Floats, happened: Floats) -> _Sets:
    seen = at_risk > 0.0
    risk = np.where(seen, at_risk, 1.0)
    free = np.cumprod((risk - happened) / risk, axis=1, dtype=np.float64)
    free_before = _just_before(free, 1.0)
    rate = np.where(seen, free_before / risk, 0.0)
    heads = np.divide(1.0, rate, out=np.zeros_like(rate), where=seen)
    inverse = np.divide(1.0, free, out=np.zeros_like(free), where=free > 0.0)
    return _Sets(risk, heads, heads.sum(axis=0), rate, free_before, inverse)


def _just_before(values: Floats, first: float) -> Floats:
    shifted = np.empty_like(values)
    shifted[:, 0], shifted[:, 1:] = first, values[:, :-1]
    return shifted


def _one_cause(sets: _Sets, own: Floats, other: Floats, rho: float) -> tuple[Floats, Floats]:
    """Score and covariance. Scores of all groups sum to 0, so the last group's follow from the others'."""
    dying = own.sum(axis=0)
    hazard = dying / sets.total
    common = np.cumsum(hazard)
    left = 1.0 - before(common, 0.0)
    exposed = sets.heads * (1.0 - _just_before(np.cumsum(sets.rate * own, axis=1), 0.0))
    everyone = exposed.sum(axis=0)
    weight = np.maximum(left, 0.0) ** rho if rho else np.ones_like(left)
    score = along(own, weight) - along(exposed, weight * dying / np.where(everyone > 0.0, everyone, 1.0))
    step = hazard / np.where(np.abs(left) > FULL, left, np.inf)
    first, heads = slice(0, own.shape[0] - 1), weight * sets.heads
    share = sets.heads / sets.total
    by_own, by_other = _variances(sets, own, other)
    covariance = np.zeros((own.shape[0] - 1, own.shape[0] - 1))
    for k in range(own.shape[0]):
        spread = heads[first] * -share[k]
        if k < spread.shape[0]:
            spread[k] += heads[k]
        carried = np.cumsum(spread * step, axis=1)
        ahead = carried[:, -1:] - carried
        indirect = ahead * ((1.0 - common) * sets.inverse[k])
        direct = spread + ahead - indirect
        covariance += crossed(direct * by_own[k], direct) + crossed(indirect * by_other[k], indirect)
    return score, _with_last(covariance)


def _with_last(covariance: Floats) -> Floats:
    """The covariance with the last group's row and column, so that all rows sum to 0."""
    wide = np.hstack([covariance, -covariance.sum(axis=1, keepdims=True)])
    return np.vstack([wide, -wide.sum(axis=0, keepdims=True)])


def _variances(sets: _Sets, own: Floats, other: Floats) -> tuple[Floats, Floats]:
    """Variance of an increment of each group's incidence, by the cause tested and by the others, shape (k, T).

    A score is sensitive to the events of group k directly, and through the weights of later times: by
    1 - (1 - F)/S for the cause tested, by (1 - F)/S for the others.
    """
    dying = own.sum(axis=0)
    by_own = sets.rate * (dying / sets.total)
    if (dying > 1.0).any():
        pool = np.maximum(sets.total * sets.free_before - 1.0, 1e-300)
        by_own *= np.where(dying > 1.0, 1.0 - (dying - 1.0) / pool, 1.0)
    by_other = np.where(sets.inverse > 0.0, sets.rate**2 * other, 0.0)
    if (other > 1.0).any():
        by_other *= np.where(other > 1.0, 1.0 - (other - 1.0) / np.maximum(sets.risk - 1.0, 1.0), 1.0)
    return by_own, by_other
