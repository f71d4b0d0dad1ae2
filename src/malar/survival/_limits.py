"""Confidence limits of a probability, on the scale where it is closest to normal."""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Interval = Literal["log-log", "log", "plain"]

FLAT: Final = 1e-9
"""Two probabilities closer than this are one height of a curve: a flat step is recognized by it."""


def limits(probability: Floats, se: Floats, interval: Interval, level: float) -> tuple[Floats, Floats]:
    """Pointwise limits of a probability from its standard error.

    Parameters
    ----------
    probability, se
        Estimates and standard errors on the probability scale, any equal shape.
    interval
        ``plain``: p ± z se; ``log``: exp(log p ± z se/p); ``log-log``: the same on log(-log p).
    level
        Confidence level.

    Returns
    -------
    tuple
        Lower and upper limits within [0, 1], same shape; NaN where the scale is undefined
        (``log`` at 0, ``log-log`` at 0 and 1) or the standard error is.
    """
    z = normal_quantile(level)
    if interval == "plain":
        return np.clip(probability - z * se, 0.0, 1.0), np.clip(probability + z * se, 0.0, 1.0)
    if interval == "log":
        p = np.where(probability > 0.0, probability, np.nan)
        width = np.exp(z * se / p)
        return p / width, np.minimum(p * width, 1.0)
    p = np.where((probability > 0.0) & (probability < 1.0), probability, np.nan)
    power = np.exp(z * se / (p * -np.log(p)))
    return p**power, p ** (1.0 / power)


def normal_quantile(level: float) -> float:
    """The standard normal deviate of a two-sided interval: 1.96 for 0.95."""
    return NormalDist().inv_cdf(0.5 + level / 2.0)


def crossing(time: Floats, curve: Floats, height: float) -> float:
    """The time at which a falling step curve reaches a height; NaN if it never does.

    Parameters
    ----------
    time, curve
        Step times, increasing, and the curve's value from each on, shape (k,); NaN is ignored.
    height
        The probability looked for.

    Returns
    -------
    float
        The first time with the curve at or below ``height``. Where the curve is flat exactly there,
        the midpoint between that time and the next fall, or the last time if it falls no more.
    """
    reached = np.flatnonzero(curve <= height + FLAT)
    if reached.size == 0:
        return float("nan")
    first = int(reached[0])
    if curve[first] < height - FLAT:
        return float(time[first])
    below = np.flatnonzero(curve < height - FLAT)
    end = time[below[0]] if below.size else time[-1]
    return float((time[first] + end) / 2.0)


def positive_limits(
    value: Floats, se: Floats, interval: Literal["log", "plain"], level: float
) -> tuple[Floats, Floats]:
    """Pointwise limits of a positive quantity that may exceed 1, such as a cumulative hazard.

    Parameters
    ----------
    value, se
        Estimates and standard errors, any equal shape.
    interval
        ``plain``: x ± z se, cut at 0; ``log``: x exp(± z se/x).
    level
        Confidence level.

    Returns
    -------
    tuple
        Lower and upper limits, same shape; ``log`` is NaN at 0.
    """
    z = normal_quantile(level)
    if interval == "plain":
        return np.maximum(value - z * se, 0.0), value + z * se
    positive = np.where(value > 0.0, value, np.nan)
    width = np.exp(z * se / positive)
    return positive / width, positive * width
