"""Relapse with death competing: cumulative incidence, days lost, and Fine and Gray's regression."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import polars as pl

from malar.survival import CumulativeIncidence, FineGray
from malar.survival.cumulative_incidence import IncidenceVariance
from simulations.coverage.scenario import Interval, Intervals, Method, Scenario, Size, given, interval, unless_undefined
from simulations.coverage.survival import YEAR, observed

RELAPSE: Final = 0.45 / YEAR
DEATH: Final = 0.10 / YEAR
BOTH: Final = RELAPSE + DEATH
CAUSES: Final = ("relapse", "death")
SHARE: Final = 0.5
"""Of the controls, those who ever relapse first."""
LOG_RATIO: Final = -0.7
AT_RISK: Final = {False: "control", True: "cells"}


def incidence_of(rate: float, other: float) -> float:
    """Incidence at one year of a cause at a constant rate, with another beside it."""
    return rate / (rate + other) * -math.expm1(-(rate + other) * YEAR)


TRUTHS: Final = (incidence_of(RELAPSE, DEATH), incidence_of(DEATH, RELAPSE))


def _lost(rate: float) -> float:
    return rate / BOTH * (YEAR + math.expm1(-BOTH * YEAR) / BOTH)


def incidence(rng: np.random.Generator, size: Size) -> Intervals:
    """Incidence of relapse and of death at one year, and days lost to relapse."""
    time, event = observed(rng, rng.exponential(1.0 / BOTH, size.n))
    which = np.where(rng.random(size.n) < RELAPSE / BOTH, *CAUSES)
    frame = pl.DataFrame({"time": time, "cause": np.where(event, which, "")})
    found: list[tuple[str, Interval | None]] = []
    kinds: tuple[tuple[IncidenceVariance, str], ...] = (("infinitesimal_jackknife", "jackknife"), ("aalen", "aalen"))
    for variance, short in kinds:
        for scale in ("log", "log-log", "plain"):
            result = CumulativeIncidence(causes=CAUSES, variance=variance, interval=scale).fit(frame)
            for cause, truth in zip(CAUSES, TRUTHS, strict=True):
                row = result.at(YEAR).filter(cause=cause).row(0, named=True)
                key = f"{cause}_{short}_{scale.replace('-', '_')}"
                found.append((key, interval(row["lower"], row["upper"], truth)))

    def lost() -> Intervals:
        rows = CumulativeIncidence(causes=CAUSES).fit(frame).time_lost(YEAR)
        row = rows.filter(cause="relapse").row(0, named=True)
        return given([("time_lost", interval(row["lower"], row["upper"], _lost(RELAPSE)))])

    return given(found) | dict(unless_undefined(lost))


def regression(rng: np.random.Generator, size: Size) -> Intervals:
    """Ratio of subdistribution hazards, and the incidence predicted under treatment.

    The incidence of relapse is 1 - (1 - p(1 - exp(-t)))^r, as Fine and Gray simulated; deaths come among the others.
    """
    ratio = np.where(size.treated, math.exp(LOG_RATIO), 1.0)
    ever = 1.0 - (1.0 - SHARE) ** ratio
    relapse = rng.random(size.n) < ever
    u = rng.random(size.n) * ever
    years = -np.log1p(-(1.0 - (1.0 - u) ** (1.0 / ratio)) / SHARE)
    years = np.where(relapse, years, rng.exponential(3.0, size.n))
    time, event = observed(rng, years * YEAR)
    frame = pl.DataFrame(
        {"time": time, "cause": np.where(event, np.where(relapse, *CAUSES), ""), "cells": size.treated}
    )

    def fit() -> Intervals:
        result = FineGray(covariates=("cells",), interest="relapse").fit(frame)
        row = result.coefficients().row(0, named=True)
        found = [("fine_gray", interval(row["lower"], row["upper"], LOG_RATIO))]
        if result.convergence.reason is None:
            truth = 1.0 - (1.0 - SHARE * -math.expm1(-1.0)) ** math.exp(LOG_RATIO)
            row = result.predict(pl.DataFrame({"cells": [True]}), YEAR).row(0, named=True)
            found.append(("fine_gray_incidence", interval(row["lower"], row["upper"], truth)))
        return given(found)

    return unless_undefined(fit)


def _labels() -> tuple[Method, ...]:
    words = {"jackknife": "infinitesimal jackknife", "aalen": "Aalen variance"}
    return tuple(
        Method(
            key=f"{cause}_{short}_{scale.replace('-', '_')}",
            title=f"incidence of {cause}, {words[short]}, {scale} limits",
        )
        for cause in CAUSES
        for short in words
        for scale in ("log", "log-log", "plain")
    )


SCENARIOS: Final = (
    Scenario(
        key="competing_causes",
        model="Relapse at 0.45 and death at 0.10 a year, both at a constant rate: 34.5 % have relapsed and 7.7 % have "
        "died "
        "without relapse at one year. Follow-up as for relapse.",
        page="competing-causes.md",
        methods=(*_labels(), Method(key="time_lost", title="days lost to relapse until one year")),
        trial=incidence,
    ),
    Scenario(
        key="fine_gray",
        model="Fine and Gray's own model: half of the controls ever relapse first, the log ratio of subdistribution "
        "hazards "
        "is −0.7. Truths: that, and the incidence of the treated at one year.",
        page="fine-gray.md",
        methods=(
            Method(key="fine_gray", title="Fine–Gray, log ratio"),
            Method(key="fine_gray_incidence", title="Fine–Gray, incidence predicted for the treated"),
        ),
        trial=regression,
    ),
)
