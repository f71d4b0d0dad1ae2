"""Try covariances in their order of preference, and keep what each attempt came to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from malar.repeated._covariances_kernel import STRUCTURES
from malar.repeated._design import Basis, basis
from malar.repeated._inference_kernel import Uncertainty, uncertainty
from malar.repeated._moments_kernel import gather
from malar.repeated._newton_kernel import maximize

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from malar.repeated._design import Design
    from malar.repeated.mmrm import MMRM

    Floats = NDArray[np.float64]


NOTHING_LEFT: Final = 1e-12
"""Residuals below this share of the largest outcome are rounding: the design follows the outcome exactly."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """How the fit of one covariance ended.

    Parameters
    ----------
    covariance
        Its name.
    converged, reason
        Whether it did, and why not.
    steps, gain
        Steps made, and twice the rise of the log-likelihood that one more would bring.
    loglik
        (Restricted) log-likelihood where it ended.
    parameters
        Number of covariance parameters.
    maxima
        Different maxima that several starts led to (at most 100 outcomes; else there is one start): the
        highest is used. More than one: the data hardly decide between covariances.
    """

    covariance: str
    converged: bool
    reason: str
    steps: int
    gain: float
    loglik: float
    parameters: int
    maxima: int


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """The fit that converged.

    Parameters
    ----------
    attempt
        Which it was.
    sigma
        Covariance matrix of the visits.
    uncertainty
        Coefficients of the basis and their uncertainty.
    """

    attempt: Attempt
    sigma: Floats
    uncertainty: Uncertainty


def fitted(spec: MMRM, design: Design) -> tuple[Basis, tuple[Attempt, ...], Fitted | None]:
    """Fit the covariances of a specification one after another until one converges."""
    made = basis(design.columns())
    plain = made.columns.T @ design.outcome
    rest = design.outcome - made.columns @ plain
    rest = np.where(np.abs(rest) > NOTHING_LEFT * np.abs(design.outcome).max(), rest, 0.0)
    data = gather(np.column_stack((made.columns, rest)), design.subject, design.visit, made.logdet)
    attempts: list[Attempt] = []
    reml = spec.likelihood == "reml"
    for name in spec.preference:
        structure = STRUCTURES[name if len(design.visits) > 1 else "unstructured"](len(design.visits))
        found = maximize(data, structure, reml=reml)
        if found is None:
            attempts.append(Attempt(name, False, "the outcome does not vary about its means", 0, np.nan, np.nan, 0, 0))
            continue
        ended = (found.converged, found.reason, found.steps, found.gain, found.at.loglik)
        attempts.append(Attempt(name, *ended, found.theta.size, found.maxima))
        if found.converged:
            jacobian = structure.jacobian(found.theta)
            of = uncertainty(data, found, jacobian, kenward_roger=spec.df == "kenward_roger")
            whole = Uncertainty(of.coefficients + plain, of.model, of.adjusted, of.slopes, of.parameters)
            return made, tuple(attempts), Fitted(attempts[-1], found.sigma, whole)
    return made, tuple(attempts), None
