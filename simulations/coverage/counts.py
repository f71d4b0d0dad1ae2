"""Flares: rates, their ratio, and the mean number where death ends them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

import numpy as np
import polars as pl
from scipy.stats import poisson

from malar.responders import MeanCumulativeFunction, NegativeBinomialRate, garwood
from simulations.coverage.counting import judged
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
from simulations.coverage.survival import YEAR

RATES: Final = {"cells": 0.6, "control": 1.2}
YEARS: Final = 0.75
"""Observed a patient, where all are observed alike."""
DISPERSION: Final = 0.8
DEATH: Final = 0.10
NEGLIGIBLE: Final = 1e-12


def poisson_rate(rng: np.random.Generator, size: Size) -> Intervals:
    """Exact limits of one rate, flares independent."""
    exposure = size.n * YEARS
    return {"garwood": Interval(*garwood(int(rng.poisson(RATES["cells"] * exposure)), exposure), RATES["cells"])}


def enumerate_rate(size: Size) -> Mapping[str, float]:
    """Coverage over all numbers of flares."""
    exposure = size.n * YEARS
    mean = RATES["cells"] * exposure
    mass = poisson.pmf(np.arange(int(mean + 12 * math.sqrt(mean) + 20)), mean)
    events = np.flatnonzero(mass > NEGLIGIBLE)
    found = [judged(Interval(*garwood(int(x), exposure), RATES["cells"])).covered * float(mass[x]) for x in events]
    return {"garwood": sum(found)}


def rate_ratio(rng: np.random.Generator, size: Size) -> Intervals:
    """Ratio of two rates and the rate of an arm, patients differing."""
    years = rng.uniform(0.5, 1.0, size.n)
    mean = years * np.where(size.treated, RATES["cells"], RATES["control"])
    flares = rng.poisson(mean * rng.gamma(1.0 / DISPERSION, DISPERSION, size.n))
    frame = pl.DataFrame({"group": size.words, "events": flares, "patient_years": years})

    def fit() -> Intervals:
        result = NegativeBinomialRate(control="control").fit(frame)
        found: list[tuple[str, Interval | None]] = []
        for one in result.numbers:
            if one.term == "group=cells":
                found.append(("ratio", log_interval(one.lower, one.upper, RATES["cells"] / RATES["control"])))
            elif one.term == "rate" and one.group == "cells":
                found.append(("rate", log_interval(one.lower, one.upper, RATES["cells"])))
        return given(found)

    return unless_undefined(fit)


def mean_number(rng: np.random.Generator, size: Size) -> Intervals:
    """Mean number of flares by one year: the rate times the mean time alive."""
    death, leaves = rng.exponential(1.0 / DEATH, size.n), rng.uniform(0.75, 2.0, size.n)
    end = np.minimum(death, leaves)
    flares = rng.poisson(RATES["control"] * end * rng.gamma(1.0 / DISPERSION, DISPERSION, size.n))
    owner = np.repeat(np.arange(size.n), flares)
    last = np.where(death <= leaves, "death", "")
    frame = pl.DataFrame(
        {
            "subject": np.concatenate([owner, np.arange(size.n)]),
            "time": np.concatenate([rng.random(owner.size) * end[owner], end]) * YEAR,
            "event": np.concatenate([np.full(owner.size, "flare"), last]),
        }
    )
    row = MeanCumulativeFunction(recurrent="flare", terminal="death").fit(frame).at(YEAR).row(0, named=True)
    truth = RATES["control"] * -math.expm1(-DEATH) / DEATH
    return given([("mean_cumulative", interval(row["lower"], row["upper"], truth))])


SCENARIOS: Final = (
    Scenario(
        key="poisson_rate",
        model="0.6 flares a year, independent, over nine months a patient.",
        page="counts.md",
        methods=(Method(key="garwood", title="rate, exact (Garwood)", exact=True),),
        trial=poisson_rate,
        enumerated=enumerate_rate,
    ),
    Scenario(
        key="negative_binomial",
        model="0.6 flares a year under treatment and 1.2 without, dispersion 0.8, over half a year to a year. Truths: "
        "logarithms of the rate ratio, 0.5, and of the treated's rate.",
        page="counts.md",
        methods=(
            Method(key="ratio", title="rate ratio, negative binomial"),
            Method(key="rate", title="rate of an arm, negative binomial"),
        ),
        trial=rate_ratio,
    ),
    Scenario(
        key="mean_cumulative",
        model="1.2 flares a year, dispersion 0.8, 10 % a year die, observed for 9 to 24 months. Truth: 1.2 × the mean "
        "time "
        "alive within the year, 1.142.",
        page="counts.md",
        methods=(Method(key="mean_cumulative", title="mean number by one year (Ghosh–Lin)"),),
        trial=mean_number,
    ),
)
