"""Time to relapse in one group and in two: exponential times, dropout and an end of the study."""

from __future__ import annotations

import math
from typing import Final, get_args

import numpy as np
import polars as pl

from malar.survival import KaplanMeier, NelsonAalen, RestrictedMean, RestrictedMeanRegression
from malar.survival.kaplan_meier import Interval as Scale
from simulations.coverage.scenario import (
    Interval,
    Intervals,
    Method,
    Scenario,
    Size,
    given,
    interval,
    log_interval,
    unless_undefined,
)

YEAR: Final = 365.0
RATE: Final = -math.log(0.55) / YEAR
RATES: Final = {"cells": -math.log(0.65) / YEAR, "control": -math.log(0.45) / YEAR}
PER_POINT: Final = 0.06
SD: Final = 4.0
DROPOUT: Final = -math.log(0.8) / YEAR


def observed(rng: np.random.Generator, time: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Follow-up and whether the event was seen: a fifth drop out a year, and the study ends in one to three years."""
    leaves = np.minimum(rng.exponential(1.0 / DROPOUT, time.size), rng.uniform(YEAR, 3.0 * YEAR, time.size))
    return np.minimum(time, leaves), time <= leaves


def mean_until(rate: float, day: float) -> float:
    """Mean event-free time until a day at a constant hazard."""
    return -math.expm1(-rate * day) / rate


def one_group(rng: np.random.Generator, size: Size) -> Intervals:
    """Curve, median and mean of one group."""
    time, event = observed(rng, rng.exponential(1.0 / RATE, size.n))
    frame = pl.DataFrame({"time": time, "event": event})
    found: list[tuple[str, Interval | None]] = []
    for scale in get_args(Scale):
        result = KaplanMeier(interval=scale).fit(frame)
        at, median = result.at(YEAR), result.quantile(0.5)
        key = scale.replace("-", "_")
        found.append((f"kaplan_meier_{key}", interval(at["lower"][0], at["upper"][0], 0.55)))
        upper = math.inf if median["upper"][0] is None else median["upper"][0]
        found.append((f"median_{key}", interval(median["lower"][0], upper, math.log(2.0) / RATE)))
    for variance in ("aalen", "binomial"):
        for scale in ("log", "plain"):
            at = NelsonAalen(interval=scale, variance=variance).fit(frame).at(YEAR)
            found.append((f"nelson_aalen_{variance}_{scale}", interval(at["lower"][0], at["upper"][0], RATE * YEAR)))

    def mean() -> Intervals:
        (row,) = RestrictedMean(until=YEAR).fit(frame).means().iter_rows(named=True)
        return given([("restricted_mean", interval(row["lower"], row["upper"], mean_until(RATE, YEAR)))])

    return given(found) | dict(unless_undefined(mean))


def two_groups(rng: np.random.Generator, size: Size) -> Intervals:
    """Difference and ratio of restricted means."""
    rate = np.where(size.treated, RATES["cells"], RATES["control"])
    time, event = observed(rng, rng.exponential(1.0 / rate))
    frame = pl.DataFrame({"time": time, "event": event, "arm": size.words})
    means = {arm: mean_until(rate, YEAR) for arm, rate in RATES.items()}

    def contrast() -> Intervals:
        result = RestrictedMean(until=YEAR, by="arm", reference="control").fit(frame)
        rows = {row["term"]: row for row in result.contrasts().iter_rows(named=True)}
        d, r, lost = rows["difference"], rows["ratio"], rows["ratio of days lost"]
        less = (YEAR - means["cells"]) / (YEAR - means["control"])
        return given(
            [
                ("difference", interval(d["lower"], d["upper"], means["cells"] - means["control"])),
                ("ratio", log_interval(r["lower"], r["upper"], means["cells"] / means["control"])),
                ("ratio_lost", log_interval(lost["lower"], lost["upper"], less)),
            ]
        )

    return unless_undefined(contrast)


def adjusted_difference() -> float:
    """Difference of the restricted means over the score's distribution, by Gauss-Hermite nodes."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    rates = {arm: rate * np.exp(PER_POINT * SD * nodes) for arm, rate in RATES.items()}
    means = {arm: -np.expm1(-rate * YEAR) / rate @ weights / weights.sum() for arm, rate in rates.items()}
    return float(means["cells"] - means["control"])


def adjusted(rng: np.random.Generator, size: Size) -> Intervals:
    """Difference of restricted means, adjusted for the score at the start."""
    score = rng.normal(0.0, SD, size.n)
    rate = np.where(size.treated, RATES["cells"], RATES["control"]) * np.exp(PER_POINT * score)
    time, event = observed(rng, rng.exponential(1.0 / rate))
    frame = pl.DataFrame({"time": time, "event": event, "cells": size.treated, "score": score})

    def fit() -> Intervals:
        spec = RestrictedMeanRegression(until=YEAR, covariates=("cells", "score"), censoring_by="cells")
        row = spec.fit(frame).coefficients().filter(term="cells").row(0, named=True)
        return given([("adjusted", interval(row["lower"], row["upper"], adjusted_difference()))])

    return unless_undefined(fit)


SCENARIOS: Final = (
    Scenario(
        key="relapse_one_group",
        model="Time to relapse is exponential: 55 % are free of it at one year. A fifth drop out a year; the study "
        "ends "
        "after one to three years. Truths: 0.55 at day 365, the median, the cumulative hazard and the mean until day "
        "365.",
        page="time-to-event.md",
        methods=(
            Method(key="kaplan_meier_log_log", title="Kaplan–Meier at one year, log-log limits"),
            Method(key="kaplan_meier_log", title="Kaplan–Meier at one year, log limits"),
            Method(key="kaplan_meier_plain", title="Kaplan–Meier at one year, plain limits"),
            Method(key="median_log_log", title="median time, log-log limits"),
            Method(key="median_log", title="median time, log limits"),
            Method(key="median_plain", title="median time, plain limits"),
            Method(key="nelson_aalen_aalen_log", title="Nelson–Aalen at one year, Aalen, log limits"),
            Method(key="nelson_aalen_aalen_plain", title="Nelson–Aalen at one year, Aalen, plain limits"),
            Method(key="nelson_aalen_binomial_log", title="Nelson–Aalen at one year, binomial, log limits"),
            Method(key="nelson_aalen_binomial_plain", title="Nelson–Aalen at one year, binomial, plain limits"),
            Method(key="restricted_mean", title="restricted mean until one year"),
        ),
        trial=one_group,
    ),
    Scenario(
        key="relapse_two_groups",
        model="As above in two arms: 65 % of the treated and 45 % of the controls are free of relapse at one year. "
        "Truths: "
        "difference and ratios of the mean days with and without relapse until day 365.",
        page="time-to-event.md",
        methods=(
            Method(key="difference", title="restricted means, difference"),
            Method(key="ratio", title="restricted means, ratio"),
            Method(key="ratio_lost", title="restricted means, ratio of days lost"),
        ),
        trial=two_groups,
    ),
    Scenario(
        key="relapse_adjusted",
        model="The two arms, and a log hazard that rises by 0.06 a point of a score with SD 4. Truth: the difference "
        "of mean days over the score's distribution.",
        page="time-to-event.md",
        methods=(Method(key="adjusted", title="restricted means, difference adjusted for a covariate"),),
        trial=adjusted,
    ),
)
