"""Wald statistics of coefficients and chi-squared tests, as frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.special import chdtrc, ndtr

from malar.survival._limits import normal_quantile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def coefficient_frame(names: Sequence[str], coefficient: Floats, covariance: Floats, level: float) -> pl.DataFrame:
    """``term, estimate, se, z, p, lower, upper, ratio, ratio_lower, ratio_upper``; undefined = null.

    Parameters
    ----------
    names
        The p covariates.
    coefficient, covariance
        Shape (p,) and (p, p); infinite coefficients have NaN variances.
    level
        Confidence level.
    """
    se = np.sqrt(np.diag(covariance))
    z = np.divide(coefficient, se, out=np.full(se.shape, np.nan), where=se != 0)
    margin = normal_quantile(level) * se
    numbers = {
        "estimate": coefficient, "se": se, "z": z, "p": 2.0 * ndtr(-np.abs(z)),
        "lower": coefficient - margin, "upper": coefficient + margin, "ratio": np.exp(coefficient),
        "ratio_lower": np.exp(coefficient - margin), "ratio_upper": np.exp(coefficient + margin),
    }  # fmt: skip
    return pl.DataFrame({"term": list(names), **numbers}).fill_nan(None)


def wald_statistic(coefficient: Floats, covariance: Floats) -> float:
    """Statistic of all coefficients being 0; NaN where one is infinite."""
    if not np.isfinite(covariance).all():
        return float("nan")
    return float(coefficient @ np.linalg.lstsq(covariance, coefficient, rcond=None)[0])


def chi_squared_frame(label: str, found: Mapping[str, tuple[float, int]]) -> pl.DataFrame:
    """``label, chisq, df, p`` from statistics with their degrees of freedom."""
    chisq = np.array([value for value, _ in found.values()])
    df = np.array([degrees for _, degrees in found.values()])
    frame = {label: list(found), "chisq": chisq, "df": df, "p": chdtrc(df, chisq)}
    return pl.DataFrame(frame).fill_nan(None)
