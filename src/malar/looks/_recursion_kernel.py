"""Test statistics at successive looks: their paths followed from look to look by numerical integration.

Z at look k has variance 1 and mean drift * sqrt(information); Z times sqrt(information) gains independent
increments. The density of those that have not crossed is carried on Gauss-Legendre nodes, on panels narrow against
the scale on which it and the next step vary: errors stay near 1e-13.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

REACH = 12.0
PANEL = 1.5
HIGHEST = 1 - 1e-9
NODES, WEIGHTS = np.polynomial.legendre.leggauss(10)


@dataclass(frozen=True, slots=True)
class Paths:
    """Those that have crossed no bound: nodes of Z, the mass at each, and the information they have."""

    z: Floats
    mass: Floats
    information: float


def begin() -> Paths:
    """Before the first look: all at 0, without information."""
    return Paths(np.zeros(1), np.ones(1), 0.0)


def beyond(paths: Paths, information: float, bound: float, drift: float, *, above: bool = True) -> float:
    """Probability of having crossed no bound before and lying above (or below) one at this look."""
    step = information - paths.information
    mean = paths.z * math.sqrt(paths.information) + drift * step
    away = (mean - bound * math.sqrt(information)) / math.sqrt(step)
    return float(paths.mass @ ndtr(away if above else -away))


def between(paths: Paths, information: float, bounds: tuple[float, float], drift: float, following: float) -> Paths:
    """Those within the bounds at this look, on nodes fine enough for the step to the following information."""
    step = information - paths.information
    middle = drift * math.sqrt(information)
    low, high = max(bounds[0], middle - REACH), min(bounds[1], middle + REACH)
    if high <= low:
        return Paths(np.zeros(0), np.zeros(0), information)
    scale = min(1.0, math.sqrt(step / information), math.sqrt((following - information) / information))
    edges = np.linspace(low, high, 1 + math.ceil((high - low) / (PANEL * scale)))
    half = np.diff(edges) / 2
    z = ((edges[:-1] + half)[:, None] + half[:, None] * NODES).ravel()
    weight = (half[:, None] * WEIGHTS).ravel()
    mean = paths.z * math.sqrt(paths.information) + drift * step
    away = (z[:, None] * math.sqrt(information) - mean) / math.sqrt(step)
    density = np.exp(-(away**2) / 2) @ paths.mass * math.sqrt(information / (2 * math.pi * step))
    return Paths(z, weight * density, information)


def crossing_probabilities(
    upper: Sequence[float], lower: Sequence[float], information: Sequence[float], drift: float = 0.0
) -> tuple[Floats, Floats]:
    """Probability of first crossing the upper, and the lower, bound at each look, shapes (looks,)."""
    paths, above, below = begin(), np.zeros(len(upper)), np.zeros(len(upper))
    for k, now in enumerate(information):
        above[k] = beyond(paths, now, upper[k], drift)
        below[k] = beyond(paths, now, lower[k], drift, above=False)
        if k + 1 < len(information):
            paths = between(paths, now, (lower[k], upper[k]), drift, information[k + 1])
    return above, below


def spending_bounds(spent: Sequence[float], information: Sequence[float]) -> tuple[float, ...]:
    """Upper bounds that are first crossed with given cumulative probabilities where there is no effect."""
    paths, bounds, before = begin(), list[float](), 0.0
    for k, now in enumerate(information):
        bounds.append(_bound(paths, now, spent[k] - before))
        before = spent[k]
        if k + 1 < len(information):
            paths = between(paths, now, (-math.inf, bounds[-1]), 0.0, information[k + 1])
    return tuple(bounds)


def _bound(paths: Paths, information: float, spent: float) -> float:
    """Bound first crossed at this look with a probability; infinite where nothing is spent."""
    if spent <= 0:
        return math.inf
    highest = -float(ndtri(spent))
    if paths.information == 0:
        return highest

    def excess(bound: float) -> float:
        found = beyond(paths, information, bound, 0.0)
        return math.log(found / spent) if found > 0 else -math.inf

    return falling_root(excess, highest)


def falling_root(excess: Callable[[float], float], highest: float) -> float:
    """Zero of a falling function that lies at or below a bound; minus infinity where it stays below zero."""
    if not excess(highest) < 0:
        return highest
    lowest, width = highest, 0.25
    while excess(lowest) < 0:
        if lowest < -2 * REACH:
            return -math.inf
        highest, lowest, width = lowest, lowest - width, 2 * width
    return float(brentq(lambda bound: max(excess(bound), -1e300), lowest, highest, xtol=1e-14, rtol=1e-14))


def shaped_bounds(level: float, information: Sequence[float], shape: float) -> tuple[float, ...]:
    """Upper bounds C t^(shape - 1/2), C so that one is crossed with the probability ``level`` without an effect."""
    if len(information) == 1:
        return (-float(ndtri(level)),)

    def excess(constant: float) -> float:
        return math.log(shaped_level(constant, information, shape) / level)

    # Where shape is at most 1/2 the last bound is the lowest: Bonferroni's bound there is high enough.
    constant = falling_root(excess, -float(ndtri(level / len(information))))
    return tuple(constant * share for share in shares(information, shape))


def shaped_level(constant: float, information: Sequence[float], shape: float) -> float:
    """Probability of crossing any bound C t^(shape - 1/2) without an effect."""
    upper = [constant * share for share in shares(information, shape)]
    return float(crossing_probabilities(upper, [-math.inf] * len(upper), information)[0].sum())


def shares(information: Sequence[float], shape: float) -> tuple[float, ...]:
    """t^(shape - 1/2) at every look, t the fraction of the last look's information."""
    return tuple((now / information[-1]) ** (shape - 0.5) for now in information)


def quantile(p: float) -> float:
    """Z of a one-sided p."""
    return -float(ndtri(p))


def rising_root(room: Callable[[float], float], lowest: float) -> float:
    """Level at which a rising function of the level is 0; it is not above 0 at the lowest. 1 where it stays below."""
    if lowest in {0.0, 1.0} or room(lowest) >= 0:
        return lowest
    highest = lowest
    while room(highest) < 0:
        if highest >= HIGHEST:
            return 1.0
        lowest, highest = highest, min(4 * highest, HIGHEST)
    found = brentq(
        lambda u: max(room(math.exp(u)), -1e300), math.log(lowest), math.log(highest), xtol=1e-14, rtol=1e-14
    )
    return math.exp(float(found))
