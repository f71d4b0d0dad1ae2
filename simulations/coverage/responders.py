"""One proportion, and two arms: every possible table is counted besides, so that coverage is known without chance."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Final

import numpy as np
import polars as pl
from scipy.stats import binom

from malar.responders import (
    ExactContrast,
    Proportion,
    clopper_pearson,
    jeffreys,
    mid_p,
    miettinen_nurminen,
    newcombe,
    wilson,
)
from malar.responders.contrast_limits import Measure
from simulations.coverage.counting import judged
from simulations.coverage.scenario import (
    SIZES,
    Interval,
    Intervals,
    Method,
    Scenario,
    Size,
    given,
    interval,
    log_interval,
)

ARM: Final = 0.55
CONTROL: Final = 0.30
RARE: Final = 0.05
NEGLIGIBLE: Final = 1e-9
"""Probability of a count above which it is enumerated."""
LIMITS: Final = {"clopper_pearson": clopper_pearson, "wilson": wilson, "jeffreys": jeffreys, "mid_p": mid_p}
RESPONSE: Final = Proportion(denominator="randomized", unknown="nonresponder", by="arm")


def table(x1: int, x2: int, size: Size) -> pl.DataFrame:
    """One row a subject, with given numbers of responders."""
    responds = np.concatenate([np.arange(size.arm) < x1, np.arange(size.control) < x2])
    return pl.DataFrame({"arm": size.words, "outcome": responds, "randomized": True})


@cache
def _one(x: int, n: int) -> tuple[tuple[str, tuple[float, float]], ...]:
    return tuple((key, limits(x, n)) for key, limits in LIMITS.items())


@cache
def _two(x1: int, x2: int, size: Size) -> Intervals:
    found: list[tuple[str, Interval | None]] = []
    counts = (x1, size.arm, x2, size.control)
    odds = ARM / (1 - ARM) / (CONTROL / (1 - CONTROL))
    ratios: tuple[tuple[Measure, float], ...] = (("ratio", ARM / CONTROL), ("odds_ratio", odds))
    for measure, truth in ratios:
        found.append((measure, log_interval(*miettinen_nurminen(*counts, measure=measure), truth)))
    found.append(("difference", interval(*miettinen_nurminen(*counts), ARM - CONTROL)))
    found.append(("newcombe", interval(*newcombe(*counts), ARM - CONTROL)))
    return given(found)


@cache
def _exact(x1: int, x2: int, size: Size) -> Intervals:
    spec = ExactContrast(response=RESPONSE, control="control", tests=())
    one = spec.fit(table(x1, x2, size)).of("difference")
    return given([("exact_difference", interval(one.lower, one.upper, ARM - CONTROL))])


def one_proportion(truth: float) -> Callable[[np.random.Generator, Size], Intervals]:
    """A trial of one group with a given proportion."""

    def trial(rng: np.random.Generator, size: Size) -> Intervals:
        return {key: Interval(*limits, truth) for key, limits in _one(int(rng.binomial(size.n, truth)), size.n)}

    return trial


def two_proportions(rng: np.random.Generator, size: Size) -> Intervals:
    """Approximate limits of two arms."""
    return _two(int(rng.binomial(size.arm, ARM)), int(rng.binomial(size.control, CONTROL)), size)


def two_exactly(rng: np.random.Generator, size: Size) -> Intervals:
    """Exact limits of two arms."""
    return _exact(int(rng.binomial(size.arm, ARM)), int(rng.binomial(size.control, CONTROL)), size)


def _counts(n: int, p: float) -> Iterator[tuple[int, float]]:
    mass = binom.pmf(np.arange(n + 1), n, p)
    return ((x, float(mass[x])) for x in range(n + 1) if mass[x] > NEGLIGIBLE)


def _covered(found: list[tuple[float, Intervals]]) -> dict[str, float]:
    """Probability of covering, over weighted outcomes; what was too improbable to look at is taken as not covered."""
    keys = found[0][1]
    return {key: sum(mass * judged(made[key]).covered for mass, made in found) for key in keys}


def enumerate_one(truth: float) -> Callable[[Size], Mapping[str, float]]:
    """Coverage over all numbers of responders."""

    def coverage(size: Size) -> Mapping[str, float]:
        outcomes: list[tuple[float, Intervals]] = [
            (mass, {key: Interval(*limits, truth) for key, limits in _one(x, size.n)})
            for x, mass in _counts(size.n, truth)
        ]
        return _covered(outcomes)

    return coverage


def _enumerate_two(intervals: Callable[[int, int, Size], Intervals], size: Size) -> dict[str, float]:
    control = list(_counts(size.control, CONTROL))
    found = [
        (first * second, intervals(x1, x2, size))
        for x1, first in _counts(size.arm, ARM)
        for x2, second in control
        if first * second > NEGLIGIBLE
    ]
    return _covered(found)


def _enumerate_exactly(size: Size) -> dict[str, float]:
    """Through the limits where tables are few; else by the two tests at the truth that the limits invert.

    The limits reach from the lowest to the highest difference that is not rejected, so they cover wherever the tests
    do not reject the truth: the second number is never above the first.
    """
    return _enumerate_two(_exact, size) if size.n <= 40 else {"exact_difference": not_rejected(size)}


def not_rejected(size: Size) -> float:
    """Probability that neither one-sided test of the true difference rejects it at 2.5 %."""
    truth = ARM - CONTROL
    mass = np.outer(_pmf(size.arm, ARM), _pmf(size.control, CONTROL))
    above = _accepted(size.arm, size.control, truth)
    below = _accepted(size.control, size.arm, -truth).T
    return float(mass[above & below].sum())


def _pmf(n: int, p: float) -> np.ndarray:
    return binom.pmf(np.arange(n + 1), n, p)


def _accepted(n1: int, n2: int, difference: float) -> np.ndarray:
    """Tables whose statistic is not too large; the larger the statistic, the smaller its probability."""
    from malar.responders import _exact_kernel as kernel

    every = kernel.statistics(n1, n2, difference)
    ordered = np.unique(every)
    low, high = 0, len(ordered) - 1
    while low < high:
        middle = (low + high) // 2
        own = float(ordered[middle])
        region = every >= own - kernel.EQUAL * max(1.0, abs(own))
        rejected = kernel.largest(region, n1, n2, difference) <= 0.025
        low, high = (low, middle) if rejected else (middle + 1, high)
    return every < ordered[low]


def lowest_coverage(n: int) -> dict[str, tuple[float, float]]:
    """The lowest coverage over proportions from 0.01 to 0.99, and where, by method."""
    p = np.arange(10, 991) / 1000
    mass = binom.pmf(np.arange(n + 1)[:, None], n, p)
    found: dict[str, tuple[float, float]] = {}
    for place, key in enumerate(LIMITS):
        limits = np.array([_one(x, n)[place][1] for x in range(n + 1)])
        inside = (limits[:, :1] <= p) & (p <= limits[:, 1:])
        coverage = (mass * inside).sum(axis=0)
        found[key] = float(coverage.min()), float(p[coverage.argmin()])
    return found


ONE: Final = (
    Method(key="clopper_pearson", title="Clopper–Pearson", exact=True),
    Method(key="wilson", title="Wilson"),
    Method(key="jeffreys", title="Jeffreys"),
    Method(key="mid_p", title="mid-P"),
)


def _named(which: str) -> tuple[Method, ...]:
    return tuple(Method(key=one.key, title=f"{one.title}, {which}", exact=one.exact) for one in ONE)


SCENARIOS: Final = (
    Scenario(
        key="proportion",
        model="30 % respond.",
        page="responders.md",
        methods=_named("of 30 %"),
        trial=one_proportion(CONTROL),
        enumerated=enumerate_one(CONTROL),
    ),
    Scenario(
        key="proportion_rare",
        model="5 % respond.",
        page="responders.md",
        methods=_named("of 5 %"),
        trial=one_proportion(RARE),
        enumerated=enumerate_one(RARE),
    ),
    Scenario(
        key="two_arms",
        model="55 % of the treated respond and 30 % of the controls. Truths: 0.25, and the logarithms of the ratio "
        "and of "
        "the odds ratio.",
        page="responders.md",
        methods=(
            Method(key="difference", title="difference, Miettinen–Nurminen"),
            Method(key="newcombe", title="difference, Newcombe"),
            Method(key="ratio", title="ratio, Miettinen–Nurminen"),
            Method(key="odds_ratio", title="odds ratio, Miettinen–Nurminen"),
        ),
        trial=two_proportions,
        enumerated=lambda size: _enumerate_two(_two, size),
    ),
    Scenario(
        key="two_arms_exact",
        model="The same two arms.",
        page="responders.md",
        methods=(Method(key="exact_difference", title="difference, exact unconditional", exact=True),),
        trial=two_exactly,
        sizes=SIZES[:3],
        fewer={SIZES[2]: 200},
        left_out="The exact limits are refused above 200 in an arm. At n = 200 one fit takes almost a second: 200 "
        "trials, and coverage without chance by the tests that the limits invert.",
        enumerated=_enumerate_exactly,
    ),
)
