"""Meta-analytic-predictive densities by quadrature, and what is read off a density on a grid. NumPy and SciPy only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.special import expit

from malar.synthesis._glmm_kernel import Counts, study_terms

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Scale = Literal["logit", "log", "identity"]
LogLikelihood = Callable[["Floats", float], "Floats"]
"""Log likelihood of all studies at means of shape (m,) and one between-study standard deviation."""

DEPTH: Final = 40.0
"""Log density below the highest at which a range is cut: a share of 4e-18."""
POINTS: Final = 3201
STEP: Final = 0.15
"""Of the midpoints in which the between-study standard deviation is taken."""
TAIL: Final = 1e-6
"""Probability left out at either end of the local-information ratio: there it is a huge number times nothing."""
WIDER: Final = 1e-5
CHANGE: Final = 0.02
"""Share by which the ratio may change with so much left out instead; beyond it, it rests on the ends alone."""
STENCIL: Final = np.array([-1.0, 16.0, -30.0, 16.0, -1.0]) / 12.0


@dataclass(frozen=True, slots=True, eq=False)
class Slice:
    """The mean's unnormalized density at one between-study standard deviation, on equidistant points.

    ``log_share`` is the log of the stretch of τ that the slice stands for.
    """

    tau: float
    mean: Floats
    log_density: Floats
    log_share: float = 0.0

    @property
    def log_area(self) -> float:
        """Log of the integral over the mean, with the share of τ."""
        top = float(self.log_density.max())
        area = float(np.exp(self.log_density - top).sum() * (self.mean[1] - self.mean[0]))
        return top + float(np.log(area)) + self.log_share

    @property
    def mean_sd(self) -> float:
        """Standard deviation of the mean here."""
        share = np.exp(self.log_density - self.log_density.max())
        share /= share.sum()
        middle = float(share @ self.mean)
        return float(np.sqrt(share @ (self.mean - middle) ** 2))


def counts_likelihood(counts: Counts, nodes: int = 30) -> LogLikelihood:
    """Exact likelihood of counts."""
    tall = Counts(counts.family, counts.events[:, None], counts.size[:, None])

    def log_likelihood(mean: Floats, tau: float) -> Floats:
        value, *_ = study_terms(tall, mean[None, :], tau, nodes)
        return value.sum(axis=0)

    return log_likelihood


def normal_likelihood(y: Floats, v: Floats) -> LogLikelihood:
    """Effects with known variances."""

    def log_likelihood(mean: Floats, tau: float) -> Floats:
        total = v + tau * tau
        return -0.5 * (np.log(total).sum() + ((y[:, None] - mean) ** 2 / total[:, None]).sum(axis=0))

    return log_likelihood


def predictive(
    log_likelihood: LogLikelihood, mean: float, mean_sd: float, tau_scale: float
) -> tuple[Floats, Floats, Floats, Floats]:
    """Density of the parameter of a new study.

    Parameters
    ----------
    log_likelihood
        Of the studies.
    mean, mean_sd
        Normal prior of the mean.
    tau_scale
        Scale of the half-normal prior of the between-study standard deviation.

    Returns
    -------
    tuple
        Equidistant points and the density there; and between-study standard deviations with their posterior weights.
    """

    def density(point: Floats, tau: float) -> Floats:
        return log_likelihood(point, tau) - 0.5 * ((point - mean) / mean_sd) ** 2 - 0.5 * (tau / tau_scale) ** 2

    span = (mean - 9.0 * mean_sd, mean + 9.0 * mean_sd)
    slices = _slices(density, span, tau_scale)
    heights = np.array([one.log_area for one in slices])
    weights = np.exp(heights - heights.max())
    weights /= weights.sum()
    kept = [(w, one) for w, one in zip(weights, slices, strict=True) if w > 1e-14]
    grid = _span_of(kept)
    values = np.zeros_like(grid)
    for weight, one in kept:
        values += weight * _blurred(one, grid)
    values /= values.sum() * (grid[1] - grid[0])
    return grid, values, np.array([one.tau for one in slices]), weights


def _slices(density: LogLikelihood, span: tuple[float, float], tau_scale: float) -> list[Slice]:
    """Slices at τ = s sinh x, x at equidistant midpoints, s the standard deviation of the mean at τ = 0 or τ's scale.

    The density is even in τ with singularities at imaginary values of s and above: in x they all lie π/2 away, and
    the midpoint rule converges geometrically however small s is.
    """
    slices: list[Slice] = []
    first = _slice(density, 0.0, span, span, 121)
    s, best, near = min(first.mean_sd, tau_scale), -np.inf, first.mean
    for x in np.arange(STEP / 2.0, float(np.arcsinh(9.0 * tau_scale / s)) + STEP, STEP):
        width = float(near[-1] - near[0]) / 2.0
        around = float(near[0]) - width, float(near[-1]) + width
        one = _slice(density, s * float(np.sinh(x)), around, span, 121)
        one = Slice(one.tau, one.mean, one.log_density, float(np.log(np.cosh(x))))
        slices.append(one)
        best, near = max(best, one.log_area), one.mean
        if one.log_area < best - DEPTH:
            break
    return slices


def _slice(
    density: LogLikelihood, tau: float, around: tuple[float, float], span: tuple[float, float], points: int
) -> Slice:
    """Close in on where the density is not nothing, then lay the points there; from the whole span if that is cut."""
    low, high = around
    for _ in range(6):
        mean = np.linspace(low, high, 33)
        height = density(mean, tau)
        inside = np.flatnonzero(height > height.max() - DEPTH)
        first, last = int(inside[0]), int(inside[-1])
        if (first == 0 or last == mean.size - 1) and (low, high) != span and (low, high) == around:
            return _slice(density, tau, span, span, points)
        low, high = float(mean[max(first - 1, 0)]), float(mean[min(last + 1, mean.size - 1)])
        if last - first > 12:
            break
    mean = np.linspace(low, high, points)
    return Slice(tau, mean, density(mean, tau))


def _span_of(kept: list[tuple[float, Slice]]) -> Floats:
    """Points that hold the new study's parameter but for a probability of about 1e-14."""
    low = high = float(kept[0][1].mean[0])
    for weight, one in kept:
        share = np.exp(one.log_density - one.log_density.max())
        share /= share.sum()
        middle = float(share @ one.mean)
        spread = float(share @ one.mean**2) - middle**2 + one.tau**2
        reach = float(np.sqrt(2.0 * spread * np.log(weight / 1e-15)))
        low, high = min(low, middle - reach), max(high, middle + reach)
    return np.linspace(low, high, POINTS)


def _blurred(one: Slice, grid: Floats) -> Floats:
    """A slice, normalized, with the normal between-study distribution added, at points of a grid."""
    step = float(one.mean[1] - one.mean[0])
    share = np.exp(one.log_density - one.log_density.max())
    share /= share.sum()
    reach = 9.0 * one.tau + step
    near = slice(*np.searchsorted(grid, [one.mean[0] - reach, one.mean[-1] + reach]))
    out = np.zeros_like(grid)
    if one.tau >= step:
        z = (grid[near, None] - one.mean) / one.tau
        out[near] = (np.exp(-0.5 * z * z) @ share) / (one.tau * np.sqrt(2.0 * np.pi))
        return out
    nodes, weights = np.polynomial.hermite_e.hermegauss(11)
    curve = CubicSpline(one.mean, one.log_density - one.log_density.max())
    at = grid[near, None] - one.tau * nodes
    inside = (at >= one.mean[0]) & (at <= one.mean[-1])
    height = np.where(inside, np.exp(np.where(inside, curve(at), -DEPTH)), 0.0)
    out[near] = (height @ weights) / weights.sum() / (np.exp(one.log_density - one.log_density.max()).sum() * step)
    return out


def distribution(grid: Floats, density: Floats) -> tuple[Callable[[float], float], Floats]:
    """Distribution function, by a cubic through the density, and its values at the grid's points."""
    area = CubicSpline(grid, density).antiderivative()
    total = float(area(grid[-1]))

    def below(point: float) -> float:
        return min(1.0, max(0.0, float(area(min(max(point, grid[0]), grid[-1]))) / total))

    return below, np.maximum.accumulate(area(grid) / total)


def resample(grid: Floats, density: Floats, new: Floats) -> Floats:
    """A density at other points, by a cubic through its log; 0 beyond its own."""
    known = density > density.max() * 1e-300
    first, last = np.flatnonzero(known)[[0, -1]]
    curve = CubicSpline(grid[first : last + 1], np.log(density[first : last + 1]))
    inside = (new >= grid[first]) & (new <= grid[last])
    return np.where(inside, np.exp(np.where(inside, curve(new), 0.0)), 0.0)


def natural(grid: Floats, scale: Scale) -> Floats:
    """The grid's points as probabilities, rates or effects."""
    if scale == "logit":
        return expit(grid)
    return np.exp(grid) if scale == "log" else grid


def unit_information(grid: Floats, scale: Scale, unit_sd: float) -> Floats:
    """Fisher information of one patient (of one unit of time on the log scale) about the parameter."""
    if scale == "logit":
        return expit(grid) * expit(-grid)
    return np.exp(grid) if scale == "log" else np.full_like(grid, 1.0 / unit_sd**2)


def expected_local_information_ratio(grid: Floats, density: Floats, information: Floats) -> float:
    """Mean of -(log density)'' over the information of one patient, but for the outermost ends.

    NaN where these decide it: between the ends of a vague prior the ratio may grow faster than the density falls.
    """
    _, total = distribution(grid, density)
    height = np.log(np.maximum(density, 1e-300))

    def without(tail: float) -> float:
        """The mean with so much probability left out at either end."""
        inner = np.flatnonzero((total > tail) & (total < 1.0 - tail))
        inner = inner[(inner >= 2) & (inner < grid.size - 2)]
        curve = sum(weight * height[inner + shift] for weight, shift in zip(STENCIL, range(-2, 3), strict=True))
        local = -np.asarray(curve) / (grid[1] - grid[0]) ** 2
        share = density[inner] / density[inner].sum()
        return float(share @ (local / information[inner]))

    ratio = without(TAIL)
    return ratio if abs(without(WIDER) - ratio) <= CHANGE * abs(ratio) else float("nan")
