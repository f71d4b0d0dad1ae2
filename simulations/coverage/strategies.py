"""Treatment begun within a grace period or not at all, the sicker sooner: clones, censored and weighted."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import polars as pl

from malar.controls import CloneCensorWeight
from simulations.coverage.scenario import (
    SIZES,
    Interval,
    Intervals,
    Method,
    Scenario,
    Size,
    given,
    interval,
    unless_undefined,
)
from simulations.coverage.survival import YEAR

GRACE: Final = 84.0
NEPHRITIS: Final = {False: 0.6, True: 0.4}
"""Shares without it and with it."""
STARTS: Final = {False: 0.008, True: 0.014}
"""Treatments begun a day until the grace period ends; none begins later."""
RELAPSES: Final = {False: -math.log(0.60) / YEAR, True: -math.log(0.35) / YEAR}
"""Relapses a day, untreated."""
RATIO: Final = 0.5
"""Of the rate of relapse from the day of treatment on."""
LEAVING: Final = -math.log(0.9) / YEAR


def cohort(rng: np.random.Generator, size: Size) -> pl.DataFrame:
    """Nephritis, day of treatment, and day of relapse or of the end of follow-up after one to two years."""
    n = size.n
    nephritis = rng.random(n) < NEPHRITIS[True]
    start = rng.exponential(1.0 / np.where(nephritis, STARTS[True], STARTS[False]))
    start[start > GRACE] = np.inf
    untreated = rng.exponential(1.0 / np.where(nephritis, RELAPSES[True], RELAPSES[False]))
    relapse = np.minimum(untreated, start) + np.maximum(untreated - start, 0.0) / RATIO
    leaves = np.minimum(rng.exponential(1.0 / LEAVING, n), rng.uniform(YEAR, 2.0 * YEAR, n))
    time = np.minimum(relapse, leaves)
    frame = {"subject": np.arange(n), "nephritis": nephritis, "time": time, "event": relapse <= leaves}
    began = pl.when(pl.col("start") <= pl.col("time")).then("start")
    return pl.DataFrame({**frame, "start": start}).with_columns(treatment_start=began)


def _stays(rate: float, days: float) -> float:
    return -math.expm1(-rate * days) / rate


def strategy_truths() -> dict[str, float]:
    """Event-free at one year under both strategies and their difference, and the difference of mean days.

    Under the first, treatment begins as it does until the grace period ends, and then at once; so that until then
    the event-free are (1 - k) exp(-(c + h) t) + k exp(-r h t), k = c / (c + (1 - r) h), with treatments c, relapses h
    and the ratio r, and after it all relapse at r h.
    """
    free, days = {"treated": 0.0, "control": 0.0}, {"treated": 0.0, "control": 0.0}
    for sick, share in NEPHRITIS.items():
        starts, rate = STARTS[sick], RELAPSES[sick]
        mixed, eased = starts / (starts + (1.0 - RATIO) * rate), RATIO * rate
        at_grace = (1.0 - mixed) * math.exp(-(starts + rate) * GRACE) + mixed * math.exp(-eased * GRACE)
        free["treated"] += share * at_grace * math.exp(-eased * (YEAR - GRACE))
        before = (1.0 - mixed) * _stays(starts + rate, GRACE) + mixed * _stays(eased, GRACE)
        days["treated"] += share * (before + at_grace * _stays(eased, YEAR - GRACE))
        free["control"] += share * math.exp(-rate * YEAR)
        days["control"] += share * _stays(rate, YEAR)
    return {
        **free,
        "difference": free["treated"] - free["control"],
        "days": days["treated"] - days["control"],
    }


TRUTHS: Final = strategy_truths()


def cloned(rng: np.random.Generator, size: Size) -> Intervals:
    """Both strategies at one year and their differences, limits by the bootstrap."""
    frame = cohort(rng, size)
    spec = CloneCensorWeight(
        covariates=["nephritis"], grace_days=GRACE, horizon=YEAR, interval_days=14.0, untreated="not_within_grace"
    )

    def fit() -> Intervals:
        result = spec.fit(frame, rng=rng)
        rows = {row["strategy"]: row for row in result.at([YEAR]).iter_rows(named=True)}
        terms = {row["term"]: row for row in result.contrasts().iter_rows(named=True)}
        rows |= {"difference": terms["event_free"], "days": terms["restricted_mean"]}
        found: list[tuple[str, Interval | None]] = [
            (f"cloned_{key}", interval(rows[key]["lower"], rows[key]["upper"], truth)) for key, truth in TRUTHS.items()
        ]
        return given(found)

    return unless_undefined(fit)


SCENARIOS: Final = (
    Scenario(
        key="strategies",
        model="Of untreated patients 60 % without nephritis and 35 % with it (two in five) are free of relapse at one "
        "year; treatment halves the rate from its day on. It begins within 84 days, at 0.8 % a day without nephritis "
        "and 1.4 % with it. A tenth are lost a year. Truths: event-free at one year "
        f"{TRUTHS['treated']:.1%} where treatment begins by day 84, {TRUTHS['control']:.1%} where none does; "
        f"the difference, and that of mean days, {TRUTHS['days']:.1f}.",
        page="target-trial.md",
        methods=(
            Method(key="cloned_treated", title="event-free where treatment begins within the grace period"),
            Method(key="cloned_control", title="event-free without treatment"),
            Method(key="cloned_difference", title="difference of the event-free"),
            Method(key="cloned_days", title="difference of restricted means"),
        ),
        trial=cloned,
        fewer=dict.fromkeys(SIZES, 200),
        left_out="200 trials, since each is fitted again in 500 bootstrap samples.",
    ),
)
