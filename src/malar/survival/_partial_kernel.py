"""Partial likelihood of proportional hazards: value, slope, information and each row's influence on the slope.

With n rows, p covariates and L likelihood terms one evaluation costs O((n + L) p²), spent in matrix products: the
second moments over the risk sets are never formed, since their weighted sum over event times equals a sum over rows
with the hazard each row has been through.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from malar.survival._cox_risk_kernel import RiskSets

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]


BLOCK: Final = 2048
PRODUCTS: Final = 262_144
"""Most rows of a matrix product taken at a time, and most multiplications: they stay in the cache, and no threads
are started for so little. On a busy machine threads that wait for each other cost twenty times the product."""


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """The L factors of the likelihood: one an event time (Breslow), or one an event (Efron)."""

    of: Ints  # (L,): place of the event time, rising
    share: Floats  # (L,): share of the dying that has left before this factor; 0 throughout for Breslow
    lift: Floats  # (L,): weight of the factor
    starts: Ints  # (K,): first factor of each event time

    @property
    def tied(self) -> bool:
        """Whether any factor differs from Breslow's."""
        return self.share.size > self.starts.size

    def by_time(self, values: Floats) -> Floats:
        """Sums of values (..., L) over the factors of each event time, shape (..., K)."""
        return np.add.reduceat(values, self.starts, axis=-1) if self.tied else values


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """Everything the likelihood needs; rows sorted by stratum and time."""

    x: Floats  # (p, n)
    weight: Floats  # (n,)
    event: Ints  # rows with the event, rising
    event_place: Ints  # place of the event time of each of them
    event_starts: Ints  # (K,): first event at each event time
    event_x: Floats  # (p, events)
    sets: RiskSets
    terms: Terms

    def death_sums(self, values: Floats) -> Floats:
        """Sums of values (..., events) over the events of each event time, shape (..., K)."""
        return np.add.reduceat(values, self.event_starts, axis=-1)


class Evaluation:
    """The likelihood at one vector of coefficients; parts are computed when asked for.

    At event time k the risks of those at risk add up to S0 and their products with the covariates to S1; of those who
    die then, to D0 and D1. Factor l has S0 - f D0 below the line and the mean (S1 - f D1) / (S0 - f D0).
    """

    def __init__(self, model: Model, beta: Floats) -> None:
        self.model, self.beta = model, beta
        eta = np.einsum("p,pn->n", beta, model.x)
        self.shift = float(eta.max())
        self.eta = eta - self.shift
        self.risk: Floats = model.weight * np.exp(self.eta)
        dying = model.death_sums(self.risk[model.event])
        present = model.sets.sum(self.risk[None])[0]
        self.careful = model.sets.loses_digits(self.risk, present)
        if self.careful:
            present = model.sets.sum(self.risk[None], careful=True)[0]
        present, terms = np.maximum(present, dying), model.terms
        self.present: Floats = present[terms.of] - terms.share * dying[terms.of] if terms.tied else present
        with np.errstate(divide="ignore"):
            lost = (terms.lift * np.log(self.present)).sum()
        self.loglik = float((model.weight[model.event] * self.eta[model.event]).sum() - lost)

    @cached_property
    def hazard(self) -> Floats:
        """Step of the baseline hazard at each factor, on the scale of ``risk``, shape (L,)."""
        return self.model.terms.lift / self.present

    @cached_property
    def moments(self) -> tuple[Floats, Floats]:
        """S1 and D1, shape (p, K) each; D1 is empty where no factor needs it."""
        model = self.model
        total = model.sets.products(model.x, self.risk, careful=self.careful)
        if not model.terms.tied:
            return total, np.empty((len(total), 0))
        return total, model.death_sums(model.event_x * self.risk[model.event])

    def means(self, factor: Floats) -> Floats:
        """Sums over the factors of each event time of ``factor`` (L,) times the mean covariates: shape (p, K)."""
        terms, (total, dying) = self.model.terms, self.moments
        scaled = factor / self.present
        sums = total * terms.by_time(scaled)
        return sums - dying * terms.by_time(scaled * terms.share) if terms.tied else sums

    @cached_property
    def expected(self) -> Floats:
        """Covariates expected of those who die at each event time, shape (p, K)."""
        return self.means(self.model.terms.lift)

    @cached_property
    def score(self) -> Floats:
        """Slope of the log-likelihood, shape (p,)."""
        return np.einsum("pe,e->p", self.model.event_x, self.model.weight[self.model.event]) - self.expected.sum(axis=1)

    @cached_property
    def information(self) -> Floats:
        """Information, shape (p, p); NaN where the coefficients are so far out that rounding left none."""
        with np.errstate(over="ignore", invalid="ignore"):
            return self.information_by(np.ones(self.model.event_starts.size))

    def information_by(self, times: Floats) -> Floats:
        """Information in which every event time counts ``times`` (K,) times."""
        terms, (total, dying) = self.model.terms, self.moments
        spread = self.hazard / self.present
        hazard = self.hazard * times[terms.of] if terms.tied else self.hazard * times
        squares = _products(total, terms.by_time(spread) * times, total)
        if terms.tied:
            cross = _products(total, terms.by_time(spread * terms.share) * times, dying)
            squares += _products(dying, terms.by_time(spread * terms.share**2) * times, dying) - cross - cross.T
        return _products(self.model.x, self.risk * self.exposure(hazard), self.model.x) - squares

    def exposure(self, increments: Floats) -> Floats:
        """Sum of increments (L,) that each row has been through, its own death in part: shape (n,)."""
        terms = self.model.terms
        spared = terms.by_time(increments * terms.share) if terms.tied else None
        return self.gone_through(terms.by_time(increments), spared)

    def gone_through(self, increments: Floats, spared: Floats | None) -> Floats:
        """Sum of increments (..., K) over each row's event times, less what the dying are spared: (..., n)."""
        through = self.model.sets.spread(increments, careful=self.careful)
        if spared is not None:
            through[..., self.model.event] -= spared[..., self.model.event_place]
        return through

    def score_rows(self) -> Floats:
        """Each row's weighted part of the slope, its time at risk counted against it: shape (p, n)."""
        model, terms = self.model, self.model.terms
        spared = self.means(self.hazard * terms.share) if terms.tied else None
        parts = self.gone_through(self.means(self.hazard), spared)
        parts -= model.x * self.exposure(self.hazard)
        parts *= self.risk
        counts = np.diff(np.append(terms.starts, terms.of.size))
        mean = self.means(np.repeat(1.0 / counts, counts))
        parts[:, model.event] += model.weight[model.event] * (model.event_x - mean[:, model.event_place])
        return parts


def _products(left: Floats, weight: Floats, right: Floats) -> Floats:
    """Sum over n of weight (n,) times the outer product of left (p, n) and right (p, n), shape (p, p)."""
    total = np.zeros((len(left), len(right)))
    rows = max(32, min(BLOCK, PRODUCTS // max(total.size, 1)))
    for low in range(0, weight.size, rows):
        part = slice(low, low + rows)
        total += (left[:, part] * weight[part]) @ right[:, part].T
    return total


def model_of(x: Floats, weight: Floats, event: Ints, place: Ints, sets: RiskSets, *, efron: bool) -> Model:
    """Put a model together; parameters as in `Model`."""
    terms = (efron_terms if efron else breslow_terms)(weight[event], place)
    return Model(x, weight, event, place, _runs(place)[0], np.ascontiguousarray(x[:, event]), sets, terms)


def efron_terms(weight: Floats, place: Ints) -> Terms:
    """One factor an event, after Efron.

    Parameters
    ----------
    weight, place
        Weight and place of the event time of each event, in order of the place.
    """
    starts, counts = _runs(place)
    within = np.arange(place.size) - np.repeat(starts, counts)
    share = within / np.repeat(counts, counts)
    lift = np.repeat(np.add.reduceat(weight, starts) / counts, counts)
    return Terms(place, share, lift, starts)


def breslow_terms(weight: Floats, place: Ints) -> Terms:
    """One factor an event time, after Breslow; arguments as of `efron_terms`."""
    starts, _ = _runs(place)
    every = np.arange(starts.size)
    return Terms(every, np.zeros(starts.size), np.add.reduceat(weight, starts), every)


def _runs(place: Ints) -> tuple[Ints, Ints]:
    starts = np.flatnonzero(np.append(True, place[1:] != place[:-1]))
    return starts, np.diff(np.append(starts, place.size))
