"""Quantiles and tails of the normal, Student's and chi-squared distributions, as plain floats."""

from __future__ import annotations

import numpy as np
from scipy.special import chdtrc, ndtr, ndtri, stdtr, stdtrit


def normal_quantile(level: float) -> float:
    """The standard normal deviate of a two-sided interval: 1.96 for 0.95."""
    return float(ndtri(0.5 + level / 2.0))


def t_quantile(level: float, df: float) -> float:
    """Student's deviate of a two-sided interval."""
    return float(stdtrit(df, 0.5 + level / 2.0))


def two_sided(statistic: float, df: float | None = None) -> float:
    """Two-sided p of a normal deviate, or of Student's where degrees of freedom are given."""
    if np.isnan(statistic):
        return float("nan")
    return float(2.0 * (ndtr(-abs(statistic)) if df is None else stdtr(df, -abs(statistic))))


def chi2_tail(statistic: float, df: float) -> float:
    """Upper tail of the chi-squared distribution."""
    return float(chdtrc(df, max(statistic, 0.0)))
