"""Estimates of a panel model on the covariates' own scale, and the names of its parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from malar.errors import ParameterError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from malar.survival._panel_ascent_kernel import Maximum
    from malar.survival._panel_reading import Terms
    from malar.survival.panel_multistate import PanelMultistate

    Floats = NDArray[np.float64]


def coefficient(terms: Terms, maximum: Maximum, n_transitions: int) -> Floats:
    """Parameters, infinite where they run away; shape (P,)."""
    runs = maximum.runaway
    out = terms.back(n_transitions) @ maximum.theta
    out[runs != 0.0] = runs[runs != 0.0] * np.inf
    return out


def covariance(terms: Terms, maximum: Maximum, n_transitions: int) -> Floats:
    """Their variance, NaN where one has no finite estimate, the others as if it were known; shape (P, P)."""
    there = np.asarray(np.linalg.inv(terms.back(n_transitions)), dtype=np.float64)
    finite = np.flatnonzero(maximum.runaway == 0.0)
    part = (there.T @ maximum.information @ there)[np.ix_(finite, finite)]
    out = np.full_like(there, np.nan)
    if part.size and _concave(part):
        out[np.ix_(finite, finite)] = np.linalg.inv(part)
    return out


def _concave(information: Floats) -> bool:
    scale = np.sqrt(np.abs(np.diag(information)))
    return bool((scale > 0.0).all()) and float(np.linalg.eigvalsh(information / np.outer(scale, scale))[0]) > 0.0


def parameter_names(spec: PanelMultistate, terms: Terms) -> list[tuple[str | None, str]]:
    """Transition, or None for all, and term of each parameter; the term of a baseline is empty."""
    columns = ["", *(f"from day {day:g}" for day in spec.breaks), *spec.covariates, *spec.shared]
    moves = [f"{a} to {b}" for a, b in spec.pairs()]
    return [
        (None if move is None else moves[move], columns[column])
        for move, column in zip(terms.transition, terms.column, strict=True)
    ]


def profile_values(spec: PanelMultistate, profile: Mapping[str, float] | None) -> Floats:
    """The constant 1, periods and covariates in each period, shape (periods, columns)."""
    names, given = (*spec.covariates, *spec.shared), dict(profile or {})
    if set(given) != set(names) or not all(np.isfinite(float(value)) for value in given.values()):
        raise ParameterError(
            f"`profile` has {len(given)} values for {len(names)} covariates, misnames one, or is not finite.",
            "Intensities depend on each of them.",
            f"Give a number to each of {', '.join(names)}." if names else "This fit has no covariates.",
        )
    periods = np.eye(len(spec.breaks) + 1)
    periods[:, 0] = 1.0
    own = np.array([float(given[name]) for name in names])
    return np.hstack([periods, np.tile(own, (periods.shape[0], 1))])
