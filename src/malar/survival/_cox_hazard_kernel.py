"""Cumulative hazard for given covariates, with its variance from the model or from the rows' influence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from malar.survival._partial_kernel import Evaluation

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Baseline:
    """Running sums over event times, the first 0; covariates 0 on the standardized scale."""

    hazard: Floats  # (K + 1,)
    mean: Floats  # (p, K + 1): hazard times the mean covariates of those at risk
    square: Floats  # (K + 1,): variance of the hazard, coefficients known


def baseline(at: Evaluation) -> Baseline:
    """The baseline hazard at the fitted coefficients."""
    terms, unit = at.model.terms, np.exp(-at.shift)
    hazard = terms.by_time(at.hazard) * unit
    mean = terms.by_time(at.hazard * at.mean) * unit
    square = terms.by_time(at.hazard**2 / terms.lift) * unit**2
    return Baseline(_running(hazard), _running(mean), _running(square))


def cumulative_hazard(at: Evaluation, base: Baseline, z: Floats, span: slice) -> tuple[Floats, Floats]:
    """Cumulative hazard over a span of event times, and its slope in the coefficients over itself.

    Parameters
    ----------
    at, base
        The fit.
    z
        Standardized covariates, shape (p, profiles).
    span
        Event times gone through.

    Returns
    -------
    tuple
        Relative risk, shape (profiles,); and the slope of the baseline part, shape (p, profiles).
    """
    hazard = base.hazard[span.stop] - base.hazard[span.start]
    mean = base.mean[:, span.stop] - base.mean[:, span.start]
    return np.exp(at.beta @ z), z * hazard - mean[:, None]


def baseline_influence(at: Evaluation, span: slice) -> Floats:
    """Each row's influence on the baseline hazard over a span of event times, coefficients fixed: shape (n,)."""
    model, terms = at.model, at.model.terms
    within = np.zeros(terms.starts.size)
    within[span] = 1.0
    rate = within[terms.of] / at.present
    rows = -at.risk * at.exposure(rate * at.hazard)
    counts = np.diff(np.append(terms.starts, terms.of.size))
    each = terms.by_time(rate) / counts if terms.tied else rate
    rows[model.event] += model.weight[model.event] * each[model.event_place]
    return rows * np.exp(-at.shift)


def variance_by_model(base: Baseline, slope: Floats, variance: Floats, span: slice) -> Floats:
    """Variance of the cumulative hazard at relative risk 1, shape (profiles,)."""
    own = base.square[span.stop] - base.square[span.start]
    return own + np.einsum("pj,pq,qj->j", slope, variance, slope)


def variance_by_influence(
    own: Floats, slope: Floats, influence: Floats, add_up: Callable[[Floats], Floats] = lambda rows: rows
) -> Floats:
    """Variance of the cumulative hazard at relative risk 1 as the sum of squared influences, shape (profiles,).

    Parameters
    ----------
    own
        Influence on the baseline hazard, shape (n,).
    slope
        From `cumulative_hazard`.
    influence
        Influence on the standardized coefficients, shape (p, clusters).
    add_up
        Sums rows into clusters.
    """
    direct = add_up(own)
    cross = 2.0 * (influence @ direct) @ slope
    return direct @ direct + cross + np.einsum("pj,pq,qj->j", slope, influence @ influence.T, slope)


def _running(values: Floats) -> Floats:
    sums = np.zeros((*values.shape[:-1], values.shape[-1] + 1))
    np.cumsum(values, axis=-1, out=sums[..., 1:])
    return sums
