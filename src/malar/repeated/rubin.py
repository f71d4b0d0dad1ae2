"""Rubin's rules: one estimate from many imputed data sets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from malar.errors import ParameterError, UndefinedError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Pooled:
    """Estimates over imputations, each shape (m,).

    Parameters
    ----------
    estimate, se, df
        Mean of the estimates, standard error, degrees of freedom.
    missing_information
        Share of the variance that comes from the imputations: (1 + 1/D) between / total.
    """

    estimate: Floats
    se: Floats
    df: Floats
    missing_information: Floats


def pool(estimates: ArrayLike, variances: ArrayLike, *, complete_df: float | None = None) -> Pooled:
    """Combine estimates of imputed data sets.

    Parameters
    ----------
    estimates, variances
        Shape (imputations, m): estimate and squared standard error in each data set.
    complete_df
        Degrees of freedom had nothing been missing; infinite by default.

    Returns
    -------
    Pooled
        Total variance: mean variance within + (1 + 1/D) variance between.

    Raises
    ------
    UndefinedError
        Fewer than two imputations.
    ParameterError
        The shapes differ, a variance is negative or the degrees of freedom are not positive.

    Notes
    -----
    Degrees of freedom after Barnard and Rubin 1999: 1/(1/ν₁ + 1/ν₂) with ν₁ = (D-1)/λ² and
    ν₂ = (ν+1)/(ν+3) ν (1-λ); λ is the share of missing information. Without variance between, those of
    complete data times (ν+1)/(ν+3).

    Source
    ------
    Rubin 1987; Barnard & Rubin 1999; agrees with R mice 3.15.

    Examples
    --------
    >>> pooled = pool([[1.0], [2.0], [3.0]], [[0.5], [0.5], [0.5]], complete_df=30)
    >>> [float(x[0].round(3)) for x in (pooled.estimate, pooled.se, pooled.df)]
    [2.0, 1.354, 2.534]
    """
    import numpy as np

    found, within = np.asarray(estimates, dtype=np.float64), np.asarray(variances, dtype=np.float64)
    _demand(found, within, complete_df)
    between = (1.0 + 1.0 / len(found)) * found.var(axis=0, ddof=1)
    total = within.mean(axis=0) + between
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(total > 0.0, between / total, 0.0)
        df = (len(found) - 1) / share**2
        if complete_df is not None and np.isfinite(complete_df):
            seen = (complete_df + 1.0) / (complete_df + 3.0) * complete_df * (1.0 - share)
            df = 1.0 / (1.0 / df + 1.0 / seen)
    return Pooled(found.mean(axis=0), np.sqrt(total), df, share)


def _demand(found: Floats, within: Floats, complete_df: float | None) -> None:
    if found.shape != within.shape or found.ndim != 2 or (within < 0.0).any():
        raise ParameterError(
            f"`estimates` has shape {found.shape}, `variances` {within.shape}; no variance may be negative.",
            "One row an imputation, one column a quantity.",
            "Pass squared standard errors of the same quantities.",
        )
    if len(found) < 2:
        raise UndefinedError(
            "There are fewer than two imputations.", "Nothing tells how much they vary.", "Impute at least 20 times."
        )
    if complete_df is not None and complete_df <= 0.0:
        raise ParameterError(f"`complete_df` is {complete_df}.", "It is a count of rows left over.", "Use n - p.")
