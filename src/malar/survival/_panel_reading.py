"""From rows of visits to the chains of the panel likelihood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from malar.errors import UndefinedError
from malar.survival._panel_kernel import ENTERED, FOLLOWED, STAYED, VISIT, Chains, Design, Panel, Steps

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

KINDS: Final[Mapping[str, int]] = {"visit": VISIT, "entered": ENTERED, "followed": FOLLOWED}
"""Words of the column ``observed``."""


@dataclass(frozen=True, slots=True, eq=False)
class Visits:
    """Rows sorted by subject and time.

    Parameters
    ----------
    subject, time
        Shape (n,).
    possible
        States the row allows, 0 or 1, shape (n, S).
    kind
        As `Steps.kind`, shape (n,).
    covariates
        Value from the row on, shape (n, p).
    """

    subject: Ints
    time: Floats
    possible: Floats
    kind: Ints
    covariates: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """The parameters by name, and how to read them.

    Parameters
    ----------
    transition
        Transition each parameter acts on, None = all, shape (P,).
    column
        Column each multiplies: 0 the baseline, then periods after the first, then covariates; shape (P,).
    center, scale
        What covariate columns were shifted and divided by; 0 and 1 elsewhere; shape (columns,).
    """

    transition: tuple[int | None, ...]
    column: Ints
    center: Floats
    scale: Floats

    def link(self, n_transitions: int) -> Floats:
        """Which transitions each parameter acts on, shape (K, P)."""
        every = np.arange(n_transitions)[:, None]
        return np.array([[t is None or t == k for t in self.transition] for k in every[:, 0]], dtype=np.float64)

    def back(self, n_transitions: int) -> Floats:
        """Matrix from parameters of standardized covariates to those of the covariates themselves, shape (P, P)."""
        link, out = self.link(n_transitions), np.diag(1.0 / self.scale[self.column])
        for place in np.flatnonzero(self.column == 0):
            row = self.transition[place]
            out[place] -= link[row] * (self.center / self.scale)[self.column]
            out[place, place] = 1.0
        return out


def terms(n_transitions: int, n_periods: int, own: int, shared: int, covariates: Floats) -> Terms:
    """Parameters in order: baselines, periods, covariates of each transition, covariates common to all.

    Parameters
    ----------
    n_transitions, n_periods
        Transitions, and periods with the first.
    own, shared
        Number of covariates with an effect on each transition, and with one on all.
    covariates
        Values at the starts of intervals, those with own effects first, shape (intervals, own + shared).
    """
    each = np.repeat(np.arange(n_periods + own), n_transitions)
    column = np.concatenate([each, n_periods + own + np.arange(shared)])
    transition = (*np.tile(np.arange(n_transitions), n_periods + own).tolist(), *([None] * shared))
    center, scale = np.zeros(n_periods + own + shared), np.ones(n_periods + own + shared)
    center[n_periods:] = covariates.mean(axis=0)
    spread = covariates.std(axis=0)
    scale[n_periods:] = np.where(spread > 0.0, spread, 1.0)
    return Terms(transition, column.astype(np.int64), center, scale)


def panel(visits: Visits, start: Ints, stop: Ints, breaks: Floats, own: int) -> tuple[Panel, Terms]:
    """Steps, chains and parameters.

    Parameters
    ----------
    visits
        Sorted rows, the first of each subject of known state.
    start, stop
        States of the transitions, shape (K,).
    breaks
        Days at which periods after the first begin, increasing.
    own
        Number of covariates with an effect on each transition; the others have one on all.
    """
    row, lower, upper, period, last = _pieces(visits, breaks)
    before = visits.covariates[row - 1]
    found = terms(start.size, breaks.size + 1, own, visits.covariates.shape[1] - own, before)
    indicators = (period[:, None] == np.arange(breaks.size + 1)).astype(np.float64)
    indicators[:, 0] = 1.0
    values = (np.hstack([indicators, before]) - found.center) / found.scale
    patterns, pattern = np.unique(values, axis=0, return_inverse=True)
    kind = np.where(last, visits.kind[row], np.where(visits.kind[row] == FOLLOWED, STAYED, VISIT))
    keys = np.column_stack([kind, pattern.ravel(), upper - lower])
    distinct, step = np.unique(keys, axis=0, return_inverse=True)
    steps = Steps(distinct[:, 0].astype(np.int64), distinct[:, 2].astype(np.float64), distinct[:, 1].astype(np.int64))
    after = np.where(last[:, None], visits.possible[row], 1.0)
    design = Design(start, stop, patterns, found.column, found.link(start.size))
    chains = _chains(visits, row, last, step.ravel(), after)
    return Panel(visits.possible.shape[1], design, steps, chains), found


def _pieces(visits: Visits, breaks: Floats) -> tuple[Ints, Floats, Floats, Ints, Flags]:
    """Intervals cut at the breaks: row at the end, days from and to, period, whether it is the last piece."""
    rows = np.flatnonzero(np.append(False, visits.subject[1:] == visits.subject[:-1]))
    begin, end = visits.time[rows - 1], visits.time[rows]
    first, final = np.searchsorted(breaks, begin, side="right"), np.searchsorted(breaks, end, side="left")
    pieces = final - first + 1
    row = np.repeat(rows, pieces)
    period = np.arange(row.size) - np.repeat(np.cumsum(pieces) - pieces - first, pieces)
    edges = np.concatenate([[-np.inf], breaks, [np.inf]])
    lower = np.maximum(np.repeat(begin, pieces), edges[period])
    upper = np.minimum(np.repeat(end, pieces), edges[period + 1])
    return row, lower, upper, period, period == np.repeat(final, pieces)


def _chains(visits: Visits, row: Ints, last: Flags, step: Ints, after: Floats) -> tuple[Chains, ...]:
    """Chains of equal length together, equal ones counted."""
    known = visits.possible.sum(axis=1) == 1.0
    ends_subject = np.append(visits.subject[1:] != visits.subject[:-1], True)
    ends = np.flatnonzero(last & (known[row] | ends_subject[row]))
    begins = np.append(0, ends[:-1] + 1)
    first = visits.possible[row[begins] - 1].argmax(axis=1)
    sets, code = np.unique(after, axis=0, return_inverse=True)
    lengths = ends - begins + 1
    found: list[Chains] = []
    for length in np.unique(lengths).tolist():
        own = lengths == length
        places = begins[own][:, None] + np.arange(length, dtype=np.int64)
        keys = np.hstack([first[own][:, None], step[places], code.ravel()[places]])
        distinct, count = np.unique(keys, axis=0, return_counts=True)
        steps, masks = distinct[:, 1 : length + 1], sets[distinct[:, length + 1 :]]
        found.append(Chains(count.astype(np.float64), distinct[:, 0], steps, masks))
    return tuple(found)


def crude(visits: Visits, start: Ints, stop: Ints) -> Floats:
    """Log intensities to begin with: changes seen from visit to visit over time in the state, shape (K,)."""
    known = visits.possible.sum(axis=1) == 1.0
    inner = (visits.subject[1:] == visits.subject[:-1]) & known[1:] & known[:-1]
    state = visits.possible.argmax(axis=1)
    here, there, days = state[:-1][inner], state[1:][inner], np.diff(visits.time)[inner]
    size = visits.possible.shape[1]
    count, time = np.zeros((size, size)), np.zeros(size)
    np.add.at(count, (here, there), 1.0)
    np.add.at(time, here, days)
    mean = days.sum() / max(size, 1) if days.size else 1.0
    return np.log((count[start, stop] + 0.5) / (time[start] + mean))


def refuse_undetermined(names: Sequence[str], panel: Panel, breaks: Floats) -> None:
    """Raise `UndefinedError` where a period has no follow-up or covariates do not vary apart."""
    values, periods = panel.design.values, breaks.size + 1
    for place in range(1, periods):
        if not values[:, place].any():
            raise UndefinedError(
                f"Nobody is followed in the period from day {breaks[place - 1]:g}.",
                "Its intensities cannot be estimated.",
                "Leave this break out.",
            )
    if values[:, 1:periods].any(axis=1).all() and periods > 1:
        raise UndefinedError(
            f"Nobody is followed before day {breaks[0]:g}.", "The first period is empty.", "Leave this break out."
        )
    for place, name in enumerate(names):
        upto = values[:, : periods + place + 1]
        if np.linalg.matrix_rank(upto) < upto.shape[1]:
            raise UndefinedError(
                f"The coefficients of `{name}` are not determined: it does not vary, or others determine it.",
                "Infinitely many coefficients fit equally well.",
                "Leave the covariate out.",
            )
