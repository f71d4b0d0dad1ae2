"""Densities of a log odds ratio on equidistant points. NumPy only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from malar.synthesis._prior_kernel import resample

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

STEP: Final = 0.01
MIDDLE_SD: Final = 2.0
"""Standard deviation of the normal prior, around 0, of the middle of a trial's two logits."""


def apparent_difference(treated: tuple[Floats, Floats], control: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """Density of the difference of two independent logits, from grids and densities.

    Returns
    -------
    tuple
        Points, step 0.01, and the density there, which sums to 1 over the step.
    """
    first, second = (_even(*one) for one in (treated, control))
    height = np.convolve(first[1], second[1][::-1]) * STEP
    start = first[0][0] - second[0][-1]
    points = start + STEP * np.arange(height.size)
    return points, height / (height.sum() * STEP)


def _even(grid: Floats, density: Floats) -> tuple[Floats, Floats]:
    """The same density on points of one step, without its outermost nothing."""
    known = np.flatnonzero(density > density.max() * 1e-12)
    low, high = int(np.floor(float(grid[known[0]]) / STEP)), int(np.ceil(float(grid[known[-1]]) / STEP))
    points = np.linspace(low * STEP, high * STEP, high - low + 1)
    return points, resample(grid, density, points)


def deflated(grid: Floats, apparent: tuple[Floats, Floats], inflation: float, sd: float) -> Floats:
    """Density of the effect at a grid's points: the apparent difference less a normal inflation."""
    points, density = apparent
    reach = max(2, int(np.ceil(9.0 * sd / STEP)))
    kernel = np.exp(-0.5 * (STEP * np.arange(-reach, reach + 1) / sd) ** 2)
    height: Floats = np.convolve(density, kernel / kernel.sum()).astype(np.float64)
    start = float(points[0]) - reach * STEP - inflation
    return resample(np.linspace(start, start + STEP * (height.size - 1), height.size), height, grid)


def trial_likelihood(grid: Floats, trials: Sequence[Floats]) -> Floats:
    """Likelihood of a common log odds ratio, highest 1: the middle of each trial's two logits is integrated out."""
    middle = np.linspace(-9.0 * MIDDLE_SD, 9.0 * MIDDLE_SD, 361)
    total = np.zeros_like(grid)
    for events, n, control_events, control_n in trials:
        height = np.empty_like(grid)
        for start in range(0, grid.size, 400):
            half = grid[start : start + 400, None] / 2.0
            joint = _binomial(events, n, middle + half) + _binomial(control_events, control_n, middle - half)
            joint -= 0.5 * (middle / MIDDLE_SD) ** 2
            top = joint.max(axis=1, keepdims=True)
            height[start : start + 400] = np.log(np.exp(joint - top).sum(axis=1)) + top[:, 0]
        total += height
    return np.exp(total - total.max())


def _binomial(events: float, n: float, eta: Floats) -> Floats:
    return events * eta - n * np.logaddexp(0.0, eta)


def moments(grid: Floats, density: Floats) -> tuple[float, float]:
    """Mean and standard deviation of an unnormalized density."""
    share = density / density.sum()
    mean = float(share @ grid)
    return mean, float(np.sqrt(share @ (grid - mean) ** 2))
