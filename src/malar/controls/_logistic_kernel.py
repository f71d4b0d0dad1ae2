"""Logistic regression by iteratively reweighted least squares, and whether a finite fit exists. No dataframe here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import expit, log_expit

if TYPE_CHECKING:
    from numpy.typing import NDArray

STEP: Final = 1e-10
"""Converged where no coefficient of a standardized column moves by more."""
DEPENDENT: Final = 1e-9
"""A column whose remainder, after the others, is below this part of the largest is a combination of them."""
FAR: Final = 15.0
"""A linear predictor beyond this asks for the test of separation."""


@dataclass(frozen=True, slots=True, eq=False)
class LogisticFit:
    """Coefficients (intercept first) with their inverse information, and the fitted values.

    Rows with the same covariates have exactly the same linear predictor, wherever they stand.
    """

    coefficients: NDArray[np.float64]
    covariance: NDArray[np.float64]
    linear: NDArray[np.float64]
    probability: NDArray[np.float64]
    log_likelihood: float
    iterations: int
    converged: bool


def standardized(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Columns with mean 0 and standard deviation 1 (constant ones are all 0), the means and the deviations."""
    center = values.mean(axis=0)
    constant = (np.ptp(values, axis=0) == 0.0) | (values.std(axis=0) == 0.0)
    scale = np.where(constant, 1.0, values.std(axis=0))
    scaled = np.asfortranarray((values - center) / scale)
    scaled[:, constant] = 0.0
    return scaled, center, scale


def dependent_columns(values: NDArray[np.float64]) -> NDArray[np.intp]:
    """Columns that are constant, or linear combinations of the others and the constant."""
    from scipy.linalg import qr

    if values.shape[1] == 0:
        return np.zeros(0, dtype=np.intp)
    triangle, pivots = qr(standardized(values)[0], mode="r", pivoting=True)
    found = np.zeros(values.shape[1])
    found[: min(triangle.shape)] = np.abs(np.diagonal(triangle))
    return np.sort(np.asarray(pivots, dtype=np.intp)[found <= DEPENDENT * max(found[0], 1.0)])


def linear_predictor(values: NDArray[np.float64], coefficients: NDArray[np.float64]) -> NDArray[np.float64]:
    """Intercept plus columns times coefficients, added column by column: equal rows give equal sums."""
    total = np.full(values.shape[0], coefficients[0])
    for column, coefficient in zip(values.T, coefficients[1:], strict=True):
        total += coefficient * column
    return total


def fit_logistic(
    values: NDArray[np.float64],
    outcome: NDArray[np.bool_],
    weight: NDArray[np.float64] | None = None,
    most: int = 50,
) -> LogisticFit:
    """Maximum likelihood by Newton's method with halved steps, in standardized columns.

    Parameters
    ----------
    values
        Shape (rows, columns), without the constant and without dependent columns.
    outcome, weight
        Shape (rows,).
    most
        Most iterations.
    """
    scaled, center, scale = standardized(values)
    full = np.column_stack([np.ones(len(scaled)), scaled])
    w = np.ones(len(full)) if weight is None else weight
    y = outcome.astype(np.float64)
    beta, iterations, converged = np.zeros(full.shape[1]), 0, False
    score, information = _derivatives(full, y, w, beta)
    level = _log_likelihood(scaled, y, w, beta)
    while not converged and iterations < most:
        try:
            step = np.asarray(np.linalg.solve(information, score), dtype=np.float64)
        except np.linalg.LinAlgError:
            break
        iterations += 1
        beta, level = _climb(scaled, y, w, beta, step, level)
        score, information = _derivatives(full, y, w, beta)
        converged = bool(np.abs(step).max() < STEP)
    linear = linear_predictor(scaled, beta)
    back = _back(center, scale)
    covariance = back @ np.linalg.pinv(information) @ back.T
    return LogisticFit(back @ beta, covariance, linear, expit(linear), level, iterations, converged)


def _back(center: NDArray[np.float64], scale: NDArray[np.float64]) -> NDArray[np.float64]:
    """The matrix that turns coefficients of standardized columns into those of the columns as given."""
    back = np.diag(np.concatenate([[1.0], 1.0 / scale]))
    back[0, 1:] = -center / scale
    return back


def _log_likelihood(
    scaled: NDArray[np.float64], y: NDArray[np.float64], w: NDArray[np.float64], beta: NDArray[np.float64]
) -> float:
    return float(w @ log_expit((2.0 * y - 1.0) * linear_predictor(scaled, beta)))


def _derivatives(
    full: NDArray[np.float64], y: NDArray[np.float64], w: NDArray[np.float64], beta: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    p = expit(full @ beta)
    return full.T @ (w * (y - p)), (full * (w * p * (1.0 - p))[:, None]).T @ full


def _climb(
    scaled: NDArray[np.float64],
    y: NDArray[np.float64],
    w: NDArray[np.float64],
    beta: NDArray[np.float64],
    step: NDArray[np.float64],
    level: float,
) -> tuple[NDArray[np.float64], float]:
    """The step, halved until the likelihood does not fall."""
    for halving in range(30):
        there = beta + step * 0.5**halving
        reached = _log_likelihood(scaled, y, w, there)
        if reached >= level - 1e-9 * abs(level):
            return there, reached
    return beta, level


def separating_columns(values: NDArray[np.float64], outcome: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Columns of a combination that never misplaces a row and sets at least one apart; empty where there is none.

    Such a combination exists exactly where the likelihood has no finite maximum. It is found by linear
    programming over combinations with coefficients between -1 and 1; columns it can do without are left out.
    """
    found = _combination(values, outcome)
    for column in found.copy():
        fewer = found[found != column]
        if len(_combination(values[:, fewer], outcome)):
            found = fewer
    return found


def _combination(values: NDArray[np.float64], outcome: NDArray[np.bool_]) -> NDArray[np.intp]:
    from scipy.optimize import linprog

    scaled = np.column_stack([np.ones(len(values)), standardized(values)[0]])
    apart = np.unique(np.where(outcome, 1.0, -1.0)[:, None] * scaled, axis=0)
    found = linprog(-apart.sum(axis=0), A_ub=-apart, b_ub=np.zeros(len(apart)), bounds=(-1.0, 1.0), method="highs")
    if found.x is None or float((apart @ found.x).max()) < 1e-6:
        return np.zeros(0, dtype=np.intp)
    return np.flatnonzero(np.abs(np.asarray(found.x)[1:]) > 1e-7)
