"""Draw, fit and count. Every replication has a seed of its own, so that any part of a run can be repeated alone."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from simulations.coverage.scenario import Interval, Intervals, Scenario, Size

SEED: Final = 20_261_125
FIRST: Final = 20
"""Replications counted apart: a test repeats them."""
CLOSE: Final = 1e-10


@dataclass(frozen=True, slots=True)
class Tally:
    """Intervals counted.

    Parameters
    ----------
    replications
        Trials drawn.
    covered, too_low, too_high
        Intervals with the truth inside, wholly below the truth, wholly above it.
    not_estimable
        Trials without an interval: a null limit, a fit that did not converge, or data that the estimator refuses.
    open
        Intervals without end on one side; they count as covered or not like others, and have no width.
    width, truth
        Sums over intervals with two ends, and over all intervals.
    """

    replications: int = 0
    covered: int = 0
    too_low: int = 0
    too_high: int = 0
    not_estimable: int = 0
    open: int = 0
    width: float = 0.0
    truth: float = 0.0

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(getattr(self, name.name) + getattr(other, name.name) for name in fields(self)))

    @property
    def estimated(self) -> int:
        """Trials with an interval."""
        return self.covered + self.too_low + self.too_high

    @property
    def coverage(self) -> float:
        """Share of the intervals that cover; NaN where there are none."""
        return self.covered / self.estimated if self.estimated else math.nan

    @property
    def coverage_of_all(self) -> float:
        """Share of all trials with an interval that covers: none covers nothing."""
        return self.covered / self.replications if self.replications else math.nan

    @property
    def standard_error(self) -> float:
        """Monte-Carlo standard error of `coverage`."""
        c = self.coverage
        return math.sqrt(c * (1.0 - c) / self.estimated) if self.estimated else math.nan

    @property
    def mean_width(self) -> float:
        """Mean width of the intervals with two ends."""
        closed = self.estimated - self.open
        return self.width / closed if closed else math.nan


def judged(one: Interval | None) -> Tally:
    """One trial's interval as a tally."""
    if one is None or math.isnan(one.lower) or math.isnan(one.upper):
        return Tally(1, not_estimable=1)
    slack = CLOSE * max(1.0, abs(one.truth))
    low, high = one.upper < one.truth - slack, one.lower > one.truth + slack
    width = one.upper - one.lower
    closed = math.isfinite(width)
    return Tally(1, not (low or high), low, high, 0, not closed, width if closed else 0.0, one.truth)


def generator(scenario: Scenario, size: Size, replication: int) -> np.random.Generator:
    """The random numbers of one replication, keyed by the scenario's name, the size and the replication's number."""
    key = (zlib.crc32(scenario.key.encode()), size.arm, size.control, replication)
    return np.random.default_rng(np.random.SeedSequence(SEED, spawn_key=key))


def tallies(scenario: Scenario, size: Size, replications: Iterable[int]) -> dict[str, Tally]:
    """Counts by method over some replications."""
    found = {method.key: Tally() for method in scenario.methods}
    for replication in replications:
        made: Intervals = scenario.trial(generator(scenario, size, replication), size)
        stray = set(made) - set(found)
        if stray:
            raise AssertionError(f"{scenario.key} gives intervals that it does not declare: {sorted(stray)}")
        found = {key: tally + judged(made.get(key)) for key, tally in found.items()}
    return found
