"""Effects of single studies and their variances. NumPy and SciPy only; every argument has shape (k,)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def _half(events: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Add a half to events and to non-events of a study with none or all."""
    add = np.where((events == 0.0) | (events == n), 0.5, 0.0)
    return events + add, n + 2.0 * add


def proportion_logit(events: Floats, n: Floats) -> tuple[Floats, Floats]:
    """log(x/(n-x)) and 1/x + 1/(n-x)."""
    x, m = _half(events, n)
    return np.log(x / (m - x)), 1.0 / x + 1.0 / (m - x)


def proportion_freeman_tukey(events: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Half the sum of two arcsines, and 1/(4n + 2)."""
    first = np.arcsin(np.sqrt(events / (n + 1.0)))
    second = np.arcsin(np.sqrt((events + 1.0) / (n + 1.0)))
    return (first + second) / 2.0, 1.0 / (4.0 * n + 2.0)


def proportion_arcsine(events: Floats, n: Floats) -> tuple[Floats, Floats]:
    """arcsin √p and 1/(4n)."""
    return np.arcsin(np.sqrt(events / n)), 1.0 / (4.0 * n)


def proportion_raw(events: Floats, n: Floats) -> tuple[Floats, Floats]:
    """p and p(1-p)/n."""
    x, m = _half(events, n)
    p = x / m
    return p, p * (1.0 - p) / m


def proportion_log(events: Floats, n: Floats) -> tuple[Floats, Floats]:
    """log p and 1/x - 1/n."""
    x, m = _half(events, n)
    return np.log(x / m), 1.0 / x - 1.0 / m


def rate_log(events: Floats, time: Floats) -> tuple[Floats, Floats]:
    """log(x/t) and 1/x, with a half event where there is none."""
    x = np.where(events == 0.0, 0.5, events)
    return np.log(x / time), 1.0 / x


def mean(mean: Floats, sd: Floats, n: Floats) -> tuple[Floats, Floats]:
    """The mean and sd²/n."""
    return mean, sd**2 / n


def estimate(estimate: Floats, se: Floats) -> tuple[Floats, Floats]:
    """The estimate and se²."""
    return estimate, se**2


def survival_log_log(survival: Floats, se: Floats) -> tuple[Floats, Floats]:
    """log(-log S) and (se/(S log S))²."""
    return np.log(-np.log(survival)), (se / (survival * np.log(survival))) ** 2


def survival_logit(survival: Floats, se: Floats) -> tuple[Floats, Floats]:
    """log(S/(1-S)) and (se/(S(1-S)))²."""
    return np.log(survival / (1.0 - survival)), (se / (survival * (1.0 - survival))) ** 2


def _four_cells(
    events: Floats, n: Floats, control_events: Floats, control_n: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """Add a half to all four cells of a study in which one is empty."""
    cells = np.stack([events, n - events, control_events, control_n - control_events])
    add = np.where((cells == 0.0).any(axis=0), 0.5, 0.0)
    return events + add, n + 2.0 * add, control_events + add, control_n + 2.0 * add


def odds_ratio(events: Floats, n: Floats, control_events: Floats, control_n: Floats) -> tuple[Floats, Floats]:
    """Log odds ratio and the sum of the cells' reciprocals."""
    a, m, c, k = _four_cells(events, n, control_events, control_n)
    b, d = m - a, k - c
    return np.log(a * d / (b * c)), 1.0 / a + 1.0 / b + 1.0 / c + 1.0 / d


def risk_ratio(events: Floats, n: Floats, control_events: Floats, control_n: Floats) -> tuple[Floats, Floats]:
    """Log risk ratio and 1/a - 1/n + 1/c - 1/m."""
    a, m, c, k = _four_cells(events, n, control_events, control_n)
    return np.log((a / m) / (c / k)), 1.0 / a - 1.0 / m + 1.0 / c - 1.0 / k


def risk_difference(events: Floats, n: Floats, control_events: Floats, control_n: Floats) -> tuple[Floats, Floats]:
    """p - q and p(1-p)/n + q(1-q)/m."""
    a, m, c, k = _four_cells(events, n, control_events, control_n)
    p, q = a / m, c / k
    return p - q, p * (1.0 - p) / m + q * (1.0 - q) / k


def mean_difference(
    mean: Floats, sd: Floats, n: Floats, control_mean: Floats, control_sd: Floats, control_n: Floats
) -> tuple[Floats, Floats]:
    """Difference of means and the sum of their variances."""
    return mean - control_mean, sd**2 / n + control_sd**2 / control_n


def back_freeman_tukey(values: Floats, n: float) -> Floats:
    """Miller's inverse at one number of subjects; 0 and 1 beyond the ends of the transformation."""
    low = np.arcsin(np.sqrt(1.0 / (n + 1.0))) / 2.0
    high = (np.arcsin(np.sqrt(n / (n + 1.0))) + np.pi / 2.0) / 2.0
    inside = np.clip(values, low, high)
    sine = np.sin(2.0 * inside)
    root = np.sqrt(np.maximum(0.0, 1.0 - (sine + (sine - 1.0 / sine) / n) ** 2))
    p = 0.5 * (1.0 - np.sign(np.cos(2.0 * inside)) * root)
    return np.where(values <= low, 0.0, np.where(values >= high, 1.0, p))


def back_arcsine(values: Floats) -> Floats:
    """sin² within the quarter circle."""
    return np.sin(np.clip(values, 0.0, np.pi / 2.0)) ** 2


def back_log_log(values: Floats) -> Floats:
    """exp(-exp(y)): decreasing, so that the limits change places."""
    return np.exp(-np.exp(values))


def back_logit(values: Floats) -> Floats:
    """1/(1 + exp(-y))."""
    return expit(values)


def back_identity(values: Floats) -> Floats:
    """As it is."""
    return values
