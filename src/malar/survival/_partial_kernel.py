"""Partial likelihood of proportional hazards: value, slope, information and each row's influence on the slope.

With n rows, p covariates and L likelihood terms one evaluation costs O((n + L) p²), spent in matrix products: the
second moments over the risk sets are never formed, since their weighted sum over event times equals a sum over rows
with the hazard each row has been through.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from malar.survival._cox_risk_kernel import RiskSets

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]


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
    sets: RiskSets
    terms: Terms

    def death_sums(self, values: Floats) -> Floats:
        """Sums of values (..., events) over the events of each event time, shape (..., K)."""
        starts = np.flatnonzero(np.append(True, self.event_place[1:] != self.event_place[:-1]))
        return np.add.reduceat(values, starts, axis=-1)


class Evaluation:
    """The likelihood at one vector of coefficients; parts are computed when asked for."""

    def __init__(self, model: Model, beta: Floats) -> None:
        self.model, self.beta = model, beta
        eta = beta @ model.x
        self.shift = float(eta.max())
        self.eta = eta - self.shift
        self.risk: Floats = model.weight * np.exp(self.eta)
        self.dying: Floats = model.death_sums(self.risk[model.event])
        present = model.sets.sum(self.risk[None])[0]
        self.careful = model.sets.loses_digits(self.risk, present)
        if self.careful:
            present = model.sets.sum(self.risk[None], careful=True)[0]
        terms = model.terms
        self.present: Floats = present[terms.of] - terms.share * self.dying[terms.of]
        with np.errstate(divide="ignore"):
            self.loglik = float(model.weight[model.event] @ self.eta[model.event] - terms.lift @ np.log(self.present))

    @cached_property
    def hazard(self) -> Floats:
        """Step of the baseline hazard at each factor, on the scale of ``risk``, shape (L,)."""
        return self.model.terms.lift / self.present

    @cached_property
    def mean(self) -> Floats:
        """Mean covariates of those at risk at each factor, shape (p, L)."""
        model, terms = self.model, self.model.terms
        weighted = model.x * self.risk
        total = model.sets.sum(weighted, careful=self.careful)
        if terms.tied:
            dying = model.death_sums(weighted[:, model.event])
            total = total[:, terms.of] - terms.share * dying[:, terms.of]
        return total / self.present

    @cached_property
    def score(self) -> Floats:
        """Slope of the log-likelihood, shape (p,)."""
        model = self.model
        return model.x[:, model.event] @ model.weight[model.event] - self.mean @ model.terms.lift

    def information(self, by: Floats | None = None) -> Floats:
        """Information, shape (p, p); with ``by`` (K,) every event time counts that many times."""
        model, terms = self.model, self.model.terms
        hazard, lift = self.hazard, terms.lift
        if by is not None:
            hazard, lift = hazard * by[terms.of], lift * by[terms.of]
        through = self.risk * self.exposure(hazard)
        return (model.x * through) @ model.x.T - (self.mean * lift) @ self.mean.T

    def exposure(self, increments: Floats) -> Floats:
        """Sum of increments (..., L) that each row has been through, its own death in part: shape (..., n)."""
        model, terms = self.model, self.model.terms
        through = model.sets.spread(terms.by_time(increments), careful=self.careful)
        if terms.tied:
            spared = terms.by_time(increments * terms.share)
            through[..., model.event] -= spared[..., model.event_place]
        return through

    def score_rows(self) -> Floats:
        """Each row's weighted part of the slope, its time at risk counted against it: shape (p, n)."""
        model, terms = self.model, self.model.terms
        x_part = model.x * self.exposure(self.hazard)
        parts = self.risk * (self.exposure(self.hazard * self.mean) - x_part)
        counts = np.diff(np.append(terms.starts, terms.of.size))
        mean = terms.by_time(self.mean) / counts if terms.tied else self.mean
        event = model.event
        parts[:, event] += model.weight[event] * (model.x[:, event] - mean[:, model.event_place])
        return parts


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
