"""Wins and losses of every pair of patients from two arms, outcome after outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Marks = NDArray[np.bool_]
    Signs = NDArray[np.int8]


def by_value(arm: Floats, control: Floats, margin: float) -> Signs:
    """1 where the arm's value is higher by more than the margin, -1 where lower, 0 else or unknown: (n1, n2)."""
    with np.errstate(invalid="ignore"):  # two infinities are as good as one another
        gap = arm[:, None] - control[None, :]
    return (gap > margin).astype(np.int8) - (gap < -margin).astype(np.int8)


def by_time(arm: tuple[Floats, Marks], control: tuple[Floats, Marks]) -> Signs:
    """1 where the control's event is known to come first, -1 where the arm's is, 0 else: shape (n1, n2).

    An event at the time of another's censoring comes first.
    """
    (t1, d1), (t2, d2) = arm, control
    later = (t1[:, None] > t2[None, :]) | ((t1[:, None] == t2[None, :]) & ~d1[:, None])
    sooner = (t1[:, None] < t2[None, :]) | ((t1[:, None] == t2[None, :]) & ~d2[None, :])
    return (later & d2[None, :]).astype(np.int8) - (sooner & d1[:, None]).astype(np.int8)


def first_decided(outcomes: list[Signs]) -> tuple[Signs, list[tuple[int, int]]]:
    """The sign of each pair by the first outcome that decides it, and wins and losses decided by each outcome."""
    whole = np.zeros_like(outcomes[0])
    counts: list[tuple[int, int]] = []
    for signs in outcomes:
        deciding = np.where(whole == 0, signs, 0)
        counts.append((int(np.sum(deciding > 0)), int(np.sum(deciding < 0))))
        whole = whole + deciding
    return whole, counts


@dataclass(frozen=True, slots=True)
class Wins:
    """Probabilities of a win and of a loss, and the covariance of the two estimates, shape (2, 2)."""

    win: float
    loss: float
    covariance: Floats


def probabilities(signs: Signs) -> Wins:
    """First-order (projection) covariance of the two U-statistics, plug-in divisors.

    Parameters
    ----------
    signs
        1, 0 or -1 for every pair, shape (n1, n2).
    """
    won, lost = signs > 0, signs < 0
    means = np.array([won.mean(), lost.mean()])
    covariance = np.zeros((2, 2))
    for axis in (1, 0):
        projected = np.stack([won.mean(axis=axis), lost.mean(axis=axis)]) - means[:, None]
        covariance += projected @ projected.T / projected.shape[1] ** 2
    return Wins(float(means[0]), float(means[1]), covariance)
