"""Scores of Gray's test for k cumulative incidences and their covariance: O(n log n + T k³), no loop over times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from malar.survival._logrank_kernel import group_sets
from malar.survival._risk_kernel import before

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


FULL: Final = 1e-12
"""A common incidence closer to 1 than this is 1: later influence through its complement is left out."""


@dataclass(frozen=True, slots=True, eq=False)
class _Sets:
    """Events at the T times with any event, by group; arrays of shape (k, T)."""

    own: Floats  # events of the cause tested
    other: Floats  # events of the other causes
    risk: Floats
    free_before: Floats  # event-free probability just before
    free: Floats  # and from the time on


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
    risk = np.where(sets.risk > 0.0, sets.risk, 1.0)
    free = np.cumprod((risk - happened) / risk, axis=1, dtype=np.float64)
    free_before = _just_before(free, 1.0)
    found: list[tuple[Floats, Floats]] = []
    for cause in range(1, causes + 1):
        own = sets.count(code == cause)
        found.append(_one_cause(_Sets(own, happened - own, sets.risk, free_before, free), rho))
    return found


def _just_before(values: Floats, first: float) -> Floats:
    return np.concatenate([np.full((values.shape[0], 1), first), values[:, :-1]], axis=1)


def _one_cause(sets: _Sets, rho: float) -> tuple[Floats, Floats]:
    seen = sets.risk > 0.0
    risk = np.where(seen, sets.risk, 1.0)
    incidence = np.cumsum(sets.free_before * sets.own / risk, axis=1)
    heads = np.where(seen, sets.risk / np.where(seen, sets.free_before, 1.0), 0.0)
    total, dying = heads.sum(axis=0), sets.own.sum(axis=0)
    common = np.cumsum(dying / total)
    left = 1.0 - before(common, 0.0)
    weight = np.maximum(left, 0.0) ** rho
    exposed = heads * (1.0 - _just_before(incidence, 0.0))
    everyone = exposed.sum(axis=0)
    score = sets.own @ weight - exposed @ (weight * dying / np.where(everyone > 0.0, everyone, 1.0))
    remains = np.where(np.abs(left) > FULL, left, np.inf)
    step = dying / (total * remains)
    own, other, through = _variances(sets, total, 1.0 - common)
    size = heads.shape[0]
    covariance = np.zeros((size, size))
    for k in range(size):
        spread = heads * (-weight * heads[k] / total)
        spread[k] += weight * heads[k]
        carried = np.cumsum(spread * step, axis=1)
        ahead = carried[:, -1:] - carried
        indirect = through[k] * ahead
        direct = spread + np.where(sets.free[k] > 0.0, ahead - indirect, ahead)
        covariance += (direct * own[k]) @ direct.T + (indirect * other[k]) @ indirect.T
    return score, covariance


def _variances(sets: _Sets, total: Floats, kept: Floats) -> tuple[Floats, Floats, Floats]:
    """Variance of an increment of each group's incidence by the cause, and by the others; and (1 - F)/S.

    A score is sensitive to the events of group k directly, and through the weights of later times: by
    1 - (1 - F)/S for the cause tested, by (1 - F)/S for the others; shape (k, T) each.
    """
    dying = sets.own.sum(axis=0)
    alive = sets.free > 0.0
    through = np.where(alive, kept / np.where(alive, sets.free, 1.0), 0.0)
    seen = sets.risk > 0.0
    risk = np.where(seen, sets.risk, 1.0)
    own = np.where(seen, sets.free_before * dying / (total * risk), 0.0)
    if (dying > 1.0).any():
        pool = np.maximum(total * sets.free_before - 1.0, 1e-300)
        own *= np.where(dying > 1.0, 1.0 - (dying - 1.0) / pool, 1.0)
    other = np.where(alive, (sets.free_before / risk) ** 2 * sets.other, 0.0)
    other *= np.where(sets.other > 1.0, 1.0 - (sets.other - 1.0) / np.maximum(risk - 1.0, 1.0), 1.0)
    return own, other, through
