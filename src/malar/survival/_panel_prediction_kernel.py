"""What a fitted panel model says: transition probabilities and time in states, with derivatives by the parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from malar.survival._matrix_exponential_kernel import directional

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from malar.survival._panel_kernel import Design

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """From one day on, at m times.

    Parameters
    ----------
    probability
        P[state then, state at the time], shape (m, S, S).
    days
        Expected days in each state up to the time, shape (m, S, S).
    probability_slope, days_slope
        Their derivatives by the P parameters, shape (m, P, S, S).
    """

    probability: Floats
    days: Floats
    probability_slope: Floats
    days_slope: Floats


def course(design: Design, theta: Floats, values: Floats, breaks: Floats, origin: float, times: Floats) -> Course:
    """Follow the model over its periods.

    Parameters
    ----------
    design
        Transitions, columns and links; its own values are not read.
    theta
        Parameters, shape (P,).
    values
        Row of values in each period, shape (periods, columns).
    breaks
        Days at which periods after the first begin, increasing.
    origin
        Day started from.
    times
        Days not before it, shape (m,), any order.

    Notes
    -----
    With B the matrix [[Q, I], [0, 0]], exp(B t) is [[P(t), ∫ P], [0, I]]: probabilities and days at once.
    """
    size = int(max(design.start.max(), design.stop.max())) + 1
    inside = breaks[(breaks > origin) & (breaks < times.max(initial=origin))]
    knots = np.unique(np.concatenate([[origin], inside, times]))
    period = np.searchsorted(breaks, knots[:-1], side="right")
    move, slope = _moves(design, theta, values, period, np.diff(knots), size)
    whole = [np.eye(2 * size)]
    change = [np.zeros((theta.size, 2 * size, 2 * size))]
    for place in range(knots.size - 1):
        change.append(change[-1] @ move[place] + whole[-1] @ slope[place])
        whole.append(whole[-1] @ move[place])
    chosen = np.searchsorted(knots, times)
    reached, moved = np.stack(whole)[chosen], np.stack(change)[chosen]
    top, left, right = np.s_[:size], np.s_[:size], np.s_[size:]
    return Course(
        reached[:, top, left], reached[:, top, right], moved[:, :, top, left], moved[:, :, top, right]
    )  # fmt: skip


def _moves(
    design: Design, theta: Floats, values: Floats, period: Ints, days: Floats, size: int
) -> tuple[Floats, Floats]:
    """exp(B days) of each span and its derivatives by the parameters; shape (spans, 2S, 2S), (spans, P, 2S, 2S)."""
    spans, which = np.unique(np.column_stack([period, days]), axis=0, return_inverse=True)
    own, count = spans[:, 0].astype(np.int64), design.start.size
    intensity = design.intensities(theta, values)
    block = np.zeros((own.size, count, 2 * size, 2 * size))
    block[:, :, :size, :size] = design.matrices(intensity, size)[own, None]
    block[:, :, np.arange(size), size + np.arange(size)] = 1.0
    direction = np.zeros_like(block)
    kinds = np.arange(count)
    direction[:, kinds, design.start, design.stop] = intensity[own]
    direction[:, kinds, design.start, design.start] = -intensity[own]
    time = np.repeat(spans[:, 1:], count, axis=1).astype(np.float64)
    whole, by_log = directional(block, direction, time)
    weight = design.link.T * values[own][:, design.column][:, :, None]
    slope = np.einsum("upk,ukij->upij", weight, by_log)
    return whole[which.ravel(), 0], slope[which.ravel()]


def standard_error(slope: Floats, covariance: Floats) -> Floats:
    """Delta method: square roots of g' V g over derivatives on axis 1; shape without that axis."""
    moved = np.moveaxis(slope, 1, -1)
    variance = np.einsum("...p,pq,...q->...", moved, covariance, moved)
    return np.sqrt(np.maximum(variance, 0.0))
