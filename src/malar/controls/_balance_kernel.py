"""How alike two arms are in one covariate, weighted or not. NumPy only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Likeness:
    """Means of both arms, standardized difference, ratio of variances, Kolmogorov-Smirnov distance; NaN undefined."""

    mean_treated: float
    mean_control: float
    smd: float
    variance_ratio: float
    ks: float


def mean(values: Values, weight: Values) -> float:
    """Weighted mean."""
    return float(weight @ values / weight.sum())


def variance(values: Values, weight: Values) -> float:
    """Weighted variance; with equal weights that with n - 1 below the line."""
    total = weight.sum()
    free = total**2 - weight @ weight
    around = weight @ (values - mean(values, weight)) ** 2
    return float(around * total / free) if free > 1e-12 * total**2 else float("nan")


def is_binary(values: Values) -> bool:
    """Whether a column holds 0 and 1 only."""
    return bool(((values == 0.0) | (values == 1.0)).all())


def unit(values: Values, treated: NDArray[np.bool_], standardize: str) -> float:
    """Standard deviation that differences are divided by: of the treated, the controls, or the root of both's mean."""
    ones = np.ones(len(values))
    arms = {"treated": [treated], "control": [~treated], "pooled": [treated, ~treated]}[standardize]
    if is_binary(values):
        spread = [(p := float(values[arm].mean())) * (1.0 - p) for arm in arms]
    else:
        spread = [variance(values[arm], ones[arm]) for arm in arms]
    return float(np.sqrt(np.mean(spread)))


def likeness(values: Values, treated: NDArray[np.bool_], weight: Values, scale: float) -> Likeness:
    """Compare the arms in one covariate.

    Parameters
    ----------
    values, treated, weight
        Shape (rows,).
    scale
        What the difference of means is divided by; 0 leaves it undefined, except where there is none.
    """
    t, c = values[treated], values[~treated]
    wt, wc = weight[treated], weight[~treated]
    first, second = mean(t, wt), mean(c, wc)
    difference = first - second
    smd = difference / scale if scale > 0 else (0.0 if difference == 0 else float("nan"))
    ratio = float("nan")
    if not is_binary(values):
        below = variance(c, wc)
        ratio = variance(t, wt) / below if below > 0 else float("nan")
    return Likeness(first, second, smd, ratio, ks_distance(t, wt, c, wc))


def ks_distance(first: Values, first_weight: Values, second: Values, second_weight: Values) -> float:
    """Largest distance between two weighted distribution functions; ties are counted together."""
    values = np.concatenate([first, second])
    rise = np.concatenate([first_weight / first_weight.sum(), -second_weight / second_weight.sum()])
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(rise[order])
    last = np.append(np.diff(values[order]) > 0, True)
    return float(np.abs(reached[last]).max())
