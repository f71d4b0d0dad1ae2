"""Weights that make two arms alike: from the propensity score, and by entropy balancing. No dataframe here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from malar.controls._logistic_kernel import standardized

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Values = NDArray[np.float64]

BALANCED: Final = 1e-10
"""Largest imbalance left, in standard deviations, where the search is over."""


def effective_sample_size(weight: Values) -> float:
    """How many equally weighted subjects tell as much: ``(sum w)^2 / sum w^2``."""
    return float(weight.sum() ** 2 / (weight @ weight))


def propensity_weights(logit: Values, treated: NDArray[np.bool_], estimand: str) -> tuple[Values, Values]:
    """Weights of an estimand, and their derivatives with respect to the logit; both of shape (rows,).

    Parameters
    ----------
    estimand
        ``att``: 1 and e / (1 - e); ``ate``: 1 / e and 1 / (1 - e); ``ato``: 1 - e and e.
    """
    odds = np.exp(np.where(treated, -logit, logit))
    """(1 - e) / e of the treated, e / (1 - e) of the controls."""
    slope = np.where(treated, -1.0, 1.0) * odds
    if estimand == "att":
        return np.where(treated, 1.0, odds), np.where(treated, 0.0, slope)
    if estimand == "ate":
        return 1.0 + odds, slope
    return odds / (1.0 + odds), slope / (1.0 + odds) ** 2


@dataclass(frozen=True, slots=True, eq=False)
class Balanced:
    """Weights that sum to 1, and how the search for them ended.

    ``imbalance`` is the largest difference left between weighted mean and target, in standard deviations.
    """

    weight: Values
    iterations: int
    imbalance: float

    @property
    def converged(self) -> bool:
        """Whether the targets are met."""
        return self.imbalance <= BALANCED


def entropy_weights(values: Values, target: Values, base: Values | None = None, most: int = 200) -> Balanced:
    """The weights nearest to the base weights, in relative entropy, under which the means are the targets.

    Newton's method on the dual: the weights are ``base * exp(values @ multipliers)``, normalized; the dual's gradient
    is the imbalance and its second derivative the weighted covariance, so that steps solve a small system. Halved
    steps keep the dual falling.

    Parameters
    ----------
    values
        Shape (rows, columns).
    target
        Means wanted, shape (columns,).
    base
        Weights to stay near to, > 0, shape (rows,); by default equal ones.
    most
        Most iterations.
    """
    scaled, center, scale = standardized(values)
    apart = scaled - (target - center) / scale
    start = np.zeros(len(apart)) if base is None else np.log(base)
    multiplier = np.zeros(apart.shape[1])
    weight, dual = _tilted(apart, start, multiplier)
    for iteration in range(most):
        gradient = weight @ apart
        imbalance = float(np.abs(gradient).max(initial=0.0))
        if imbalance <= BALANCED:
            return Balanced(weight, iteration, imbalance)
        around = apart - gradient
        covariance = (around * weight[:, None]).T @ around
        step = np.asarray(np.linalg.lstsq(covariance, -gradient, rcond=1e-12)[0], dtype=np.float64)
        for halving in range(40):
            there = multiplier + step * 0.5**halving
            tried, reached = _tilted(apart, start, there)
            if reached <= dual + 1e-4 * 0.5**halving * float(gradient @ step) + 1e-15 * abs(dual):
                multiplier, weight, dual = there, tried, reached
                break
        else:
            return Balanced(weight, iteration, imbalance)
    return Balanced(weight, most, float(np.abs(weight @ apart).max()))


def _tilted(apart: Values, start: Values, multiplier: Values) -> tuple[Values, float]:
    """Normalized weights, and the logarithm of what they were divided by."""
    exponent = start + apart @ multiplier
    highest = float(exponent.max())
    weight = np.exp(exponent - highest)
    total = float(weight.sum())
    return weight / total, highest + float(np.log(total))


def score_influence(
    full: Values,
    treated: NDArray[np.bool_],
    probability: Values,
    covariance: Values,
    weights: tuple[Values, Values],
    y: Values,
) -> Values:
    """Each row's influence on the weighted difference of means, the propensity score being estimated; shape (rows,).

    Parameters
    ----------
    full
        The score's columns, constant first, shape (rows, terms).
    probability, covariance
        Fitted scores, and the inverse information of their coefficients.
    weights
        Weights and their derivatives with respect to the logit.
    y
        Outcome.
    """
    weight, slope = weights
    centered, signed = np.empty_like(y), np.empty_like(y)
    for arm, side in ((treated, 1.0), (~treated, -1.0)):
        total = weight[arm].sum()
        centered[arm] = y[arm] - weight[arm] @ y[arm] / total
        signed[arm] = side / total
    moved = full.T @ (signed * slope * centered)
    return signed * weight * centered + (full * (treated - probability)[:, None]) @ (covariance @ moved)


def balanced_influence(
    values: Values, arm: NDArray[np.bool_], toward: NDArray[np.bool_], weight: Values, y: Values
) -> Values:
    """Each row's influence on the mean of an arm balanced by entropy toward the means of some rows; shape (rows,).

    The estimated multipliers take away what a weighted regression of the outcome on the covariates explains within
    the arm; the estimated target adds it for the rows that it is the mean of.
    """
    w = weight[arm] / weight[arm].sum()
    x, mean = values[arm], w @ values[arm]
    residual = y[arm] - w @ y[arm]
    root = np.sqrt(w)[:, None]
    slope = np.asarray(np.linalg.lstsq((x - mean) * root, residual * root[:, 0], rcond=1e-10)[0], dtype=np.float64)
    found = np.zeros(len(y))
    found[arm] = w * (residual - (x - mean) @ slope)
    found[toward] += (values[toward] - mean) @ slope / toward.sum()
    return found
