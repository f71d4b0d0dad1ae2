"""Likelihood of states seen at visits, and its gradient.

Observed intervals are joined to chains: from a known state over steps to the next known state, or to the end of
follow-up. A step is a matrix; equal chains are counted once, equal steps computed once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from malar.survival._matrix_exponential_kernel import exponentials

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

VISIT: Final = 0
"""Anything may happen on the way; the state at the end is seen, or known to be one of several."""
ENTERED: Final = 1
"""Anything may happen on the way; the state at the end is entered at the end."""
FOLLOWED: Final = 2
"""Nothing happens on the way; the state at the end is entered at the end, or is still that of the beginning."""
STAYED: Final = 3
"""Nothing happens on the way nor at the end."""


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """Distinct steps.

    Parameters
    ----------
    kind
        `VISIT`, `ENTERED`, `FOLLOWED` or `STAYED`, shape (u,).
    time
        Days, > 0, shape (u,).
    pattern
        Row of ``Design.values`` that holds on the step, shape (u,).
    """

    kind: Ints
    time: Floats
    pattern: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Chains:
    """Distinct chains of one length L.

    Parameters
    ----------
    count
        How often the chain was observed, shape (n,).
    first
        State it begins in, shape (n,).
    step
        Steps in order, shape (n, L).
    after
        States possible after each step, 0 or 1, shape (n, L, S).
    """

    count: Floats
    first: Ints
    step: Ints
    after: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """How log intensities depend on parameters: log q_k = Σ_p values[pattern, column_p] link[k, p] θ_p.

    Parameters
    ----------
    start, stop
        States of the K transitions, shape (K,).
    values
        Distinct patterns of the constant 1, periods and covariates, shape (patterns, columns).
    column
        Column that each of P parameters multiplies, shape (P,).
    link
        Which transitions each parameter acts on, 0 or 1, shape (K, P).
    """

    start: Ints
    stop: Ints
    values: Floats
    column: Ints
    link: Floats

    def intensities(self, theta: Floats, values: Floats) -> Floats:
        """Intensities of the transitions at rows of values, shape (rows, K)."""
        weights = np.zeros((self.start.size, values.shape[1]))
        np.add.at(weights.T, self.column, (self.link * theta).T)
        return np.exp(values @ weights.T)

    def gradient(self, by_log: Floats) -> Floats:
        """Derivatives by the parameters from those by log intensities, the latter of shape (patterns, K)."""
        weights = by_log.T @ self.values
        return np.einsum("kp,kp->p", self.link, weights[:, self.column])

    def matrices(self, intensity: Floats, n_states: int) -> Floats:
        """Intensity matrices, rows summing to 0, shape (rows, S, S)."""
        out = np.zeros((intensity.shape[0], n_states, n_states))
        out[:, self.start, self.stop] = intensity
        places = np.arange(n_states)
        out[:, places, places] = -out.sum(axis=2)
        return out


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """All that the likelihood rests on."""

    n_states: int
    design: Design
    steps: Steps
    chains: tuple[Chains, ...]


def log_likelihood(panel: Panel, theta: Floats) -> tuple[float, Floats]:
    """Log-likelihood and its gradient; minus infinity and zeros where it cannot be computed.

    Parameters
    ----------
    panel
        Observations.
    theta
        Parameters, shape (P,).
    """
    design, steps = panel.design, panel.steps
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        intensity = design.intensities(theta, design.values)
        if not np.isfinite(intensity).all() or intensity.max() > 1e8:
            return -np.inf, np.zeros_like(theta)
        matrices = design.matrices(intensity, panel.n_states)
        moves, pull_back = _moves(matrices, steps)
        slope = np.zeros_like(moves)
        total = sum(_chains(chains, moves, slope) for chains in panel.chains)
        if not np.isfinite(total):
            return -np.inf, np.zeros_like(theta)
        by_entry = pull_back(slope)
    by_pattern = np.zeros_like(matrices)
    np.add.at(by_pattern, steps.pattern, by_entry)
    leave = by_pattern[:, design.start, design.start]
    return float(total), design.gradient(intensity * (by_pattern[:, design.start, design.stop] - leave))


def impossible(panel: Panel) -> int:
    """Number of observed chains that the transitions allowed cannot produce."""
    size, design = panel.n_states, panel.design
    step = np.zeros((size, size))
    step[design.start, design.stop] = 1.0
    stay = np.eye(size)
    reach = (np.linalg.matrix_power(stay + step, size) > 0.0).astype(np.float64)
    moves = np.stack([reach, reach @ step, stay + step, stay])[panel.steps.kind]
    return sum(int(chains.count[_forward(chains, moves)[-1].sum(axis=1) == 0.0].sum()) for chains in panel.chains)


def _moves(matrices: Floats, steps: Steps) -> tuple[Floats, Callable[[Floats], Floats]]:
    """Matrix of each step, and the way from derivatives by it to derivatives by the intensity matrix."""
    kind, time, size = steps.kind, steps.time, matrices.shape[1]
    off = matrices * (1.0 - np.eye(size))
    free, entered = np.flatnonzero(kind <= ENTERED), np.flatnonzero(kind == ENTERED)
    watched, followed = np.flatnonzero(kind >= FOLLOWED), np.flatnonzero(kind == FOLLOWED)
    power = exponentials(matrices, steps.pattern[free], time[free])
    moves = np.zeros((kind.size, size, size))
    moves[free] = power.value
    moves[entered] = moves[entered] @ off[steps.pattern[entered]]
    leave = np.diagonal(matrices, axis1=1, axis2=2)[steps.pattern]
    stay = np.exp(leave * time[:, None])
    moves[watched] = stay[watched, :, None] * np.eye(size)
    moves[followed] += stay[followed, :, None] * off[steps.pattern[followed]]

    def pull_back(slope: Floats) -> Floats:
        """Derivatives by the steps' intensity matrices, from those by the steps' moves."""
        out, by_power = np.zeros_like(moves), slope.copy()
        by_power[entered] = slope[entered] @ np.swapaxes(off[steps.pattern[entered]], 1, 2)
        out[free] = power.pull_back(by_power[free])
        is_entered = kind[free] == ENTERED
        last = np.swapaxes(power.value[is_entered], 1, 2) @ slope[entered]
        out[entered] += last * (1.0 - np.eye(size))
        out[followed] = stay[followed, :, None] * slope[followed]
        rows = time[watched, None] * (slope[watched] * moves[watched]).sum(axis=2)
        out[watched] = out[watched] * (1.0 - np.eye(size)) + rows[:, :, None] * np.eye(size)
        return out

    return moves, pull_back


def _forward(chains: Chains, moves: Floats) -> list[Floats]:
    """Probability of what was seen up to each step, by the state then in; L + 1 arrays of shape (n, S)."""
    found = [np.eye(moves.shape[1])[chains.first]]
    for place in range(chains.step.shape[1]):
        ahead = np.einsum("ni,nij->nj", found[-1], moves[chains.step[:, place]])
        found.append(ahead * chains.after[:, place])
    return found


def _chains(chains: Chains, moves: Floats, slope: Floats) -> float:
    """Log-likelihood of the chains; its derivatives by the steps' matrices are added to ``slope``."""
    before = _forward(chains, moves)
    likelihood = before[-1].sum(axis=1)
    if not (likelihood > 0.0).all():
        return -np.inf
    share, ahead = chains.count / likelihood, np.ones_like(before[-1])
    for place in reversed(range(chains.step.shape[1])):
        ahead = ahead * chains.after[:, place]
        outer = (share[:, None] * before[place])[:, :, None] * ahead[:, None, :]
        np.add.at(slope, chains.step[:, place], outer)
        ahead = np.einsum("nij,nj->ni", moves[chains.step[:, place]], ahead)
    return float(chains.count @ np.log(likelihood))
