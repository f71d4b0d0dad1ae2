"""Mantel and Haenszel's common effects and their variances. NumPy only; counts have shape (k,)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def common_effect(measure: str, events: Floats, n: Floats, control: Floats, m: Floats) -> tuple[float, float]:
    """Estimate (on the log scale of a ratio) and variance; NaN where there is none."""
    with np.errstate(divide="ignore", invalid="ignore"):
        if measure == "risk_difference":
            return _risk_difference(events, n, control, m)
        estimate, variance = (_odds_ratio if measure == "odds_ratio" else _risk_ratio)(events, n, control, m)
    return (estimate, variance) if np.isfinite(estimate) else (float("nan"), float("nan"))


def _odds_ratio(a: Floats, n: Floats, c: Floats, m: Floats) -> tuple[float, float]:
    b, d, total = n - a, m - c, n + m
    r, s = a * d / total, b * c / total
    p, q = (a + d) / total, (b + c) / total
    top, bottom = r.sum(), s.sum()
    variance = (p * r).sum() / (2 * top**2) + (q * s).sum() / (2 * bottom**2)
    variance += (p * s + q * r).sum() / (2 * top * bottom)
    return float(np.log(top / bottom)), float(variance)


def _risk_ratio(a: Floats, n: Floats, c: Floats, m: Floats) -> tuple[float, float]:
    total = n + m
    top, bottom = (a * m / total).sum(), (c * n / total).sum()
    spread = (n * m * (a + c) / total**2 - a * c / total).sum()
    return float(np.log(top / bottom)), float(spread / (top * bottom))


def _risk_difference(a: Floats, n: Floats, c: Floats, m: Floats) -> tuple[float, float]:
    total = n + m
    weight = n * m / total
    difference = float((a * m / total - c * n / total).sum() / weight.sum())
    p = (n**2 * c - m**2 * a + n * m * (m - n) / 2.0) / total**2
    q = (a * (m - c) + c * (n - a)) / (2.0 * total)
    return difference, float((difference * p.sum() + q.sum()) / weight.sum() ** 2)
