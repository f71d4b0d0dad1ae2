"""What is simulated: a model with a known truth, the methods tried on it, and the sizes of the trial."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import numpy as np

from malar.errors import UndefinedError

LEVEL: Final = 0.95
REPLICATIONS: Final = 2_000


class Size(NamedTuple):
    """Subjects of the arm and of its control; or a number of studies, and none beside."""

    arm: int
    control: int

    @property
    def n(self) -> int:
        """Subjects in all: what a method with one group gets."""
        return self.arm + self.control

    @property
    def label(self) -> str:
        """As in the table's head."""
        return "12+6" if self == (12, 6) else str(self.n)

    @property
    def treated(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Who is in the arm, shape (n,)."""
        return np.arange(self.n) < self.arm

    @property
    def words(self) -> np.ndarray[Any, np.dtype[np.str_]]:
        """Arm of each subject by name, shape (n,)."""
        return np.where(self.treated, "cells", "control")


SIZES: Final = (Size(12, 6), Size(20, 20), Size(100, 100), Size(500, 500))
NUMBERS: Final = tuple(Size(number, 0) for number in (5, 10, 20, 100))
"""Of studies or of negative controls."""


class Interval(NamedTuple):
    """Limits beside the truth they are meant to cover."""

    lower: float
    upper: float
    truth: float


Intervals = Mapping[str, Interval]
"""Intervals by method; a method that is not there gave none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One way to an interval.

    Parameters
    ----------
    key, title
        Name in the results, and the row's label in the table.
    exact
        Promises at least 95 % at any size; the others promise 95 % as the trial grows.
    aside
        Why it is not held to 95 % even in large trials, where it is not.
    """

    key: str
    title: str
    exact: bool = False
    aside: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One model of a trial.

    Parameters
    ----------
    key
        Names the scenario and keys its seeds.
    model
        The model and its truth in words.
    page
        Page of the estimators, below ``docs/estimators``.
    methods
        What is tried on the same data.
    trial
        Draws one trial of a size and gives an interval for each method.
    sizes
        Sizes simulated.
    fewer
        Replications by size, where they are not 2,000.
    left_out
        Why sizes or replications are fewer.
    enumerated
        Coverage without chance by method, from all possible data of a size; empty where data are not countable.
    """

    key: str
    model: str
    page: str
    methods: tuple[Method, ...]
    trial: Callable[[np.random.Generator, Size], Intervals]
    sizes: tuple[Size, ...] = SIZES
    fewer: Mapping[Size, int] = field(default_factory=dict[Size, int])
    left_out: str = ""
    enumerated: Callable[[Size], Mapping[str, float]] | None = None

    def replications(self, size: Size) -> int:
        """Trials of a size."""
        return self.fewer.get(size, REPLICATIONS)


def interval(lower: float | None, upper: float | None, truth: float) -> Interval | None:
    """Limits as an interval; None where one of them is null."""
    return None if lower is None or upper is None else Interval(float(lower), float(upper), truth)


def log_interval(lower: float | None, upper: float | None, truth: float) -> Interval | None:
    """Limits of a ratio on the log scale, on which widths of different ratios compare."""
    if lower is None or upper is None:
        return None
    low = math.log(lower) if lower > 0.0 else -math.inf
    return Interval(low, math.log(upper) if upper < math.inf else math.inf, math.log(truth))


def given(found: Iterable[tuple[str, Interval | None]]) -> dict[str, Interval]:
    """Those methods that gave an interval."""
    return {key: one for key, one in found if one is not None}


def unless_undefined(fit: Callable[[], Intervals]) -> Intervals:
    """Intervals of a fit; none where the estimator refuses the data as not determining its number."""
    try:
        return fit()
    except UndefinedError:
        return {}
