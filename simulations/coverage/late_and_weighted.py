"""Patients who join late or stand for others of their kind: left truncation and sampling weights."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
import polars as pl

from malar.survival import CumulativeIncidence, KaplanMeier
from malar.survival.kaplan_meier import Interval as Scale
from simulations.coverage.competing import BOTH, CAUSES, DEATH, RELAPSE, TRUTHS, incidence_of
from simulations.coverage.scenario import Interval, Intervals, Method, Scenario, Size, given, interval
from simulations.coverage.survival import RATE, YEAR, observed

LATEST: Final = 270.0
"""Day by which everyone has joined; half join on day 0."""
IN_SAMPLE: Final = 0.5
"""Of the patients sampled, those with nephritis."""
IN_ALL: Final = {False: 0.8, True: 0.2}
"""Shares of all patients without nephritis and with it."""
FREE: Final = {False: 0.60, True: 0.35}
"""Free of relapse at one year."""
FREE_IN_ALL: Final = sum(share * FREE[sick] for sick, share in IN_ALL.items())
SICKER: Final = {False: RELAPSE, True: 2.0 * RELAPSE}
RELAPSED_IN_ALL: Final = sum(share * incidence_of(SICKER[sick], DEATH) for sick, share in IN_ALL.items())
DEAD_IN_ALL: Final = sum(share * incidence_of(DEATH, SICKER[sick]) for sick, share in IN_ALL.items())

SKEWED: Final = (
    "the variance is right, but grows with the estimate of a rare outcome, so that symmetric limits around a low one "
    "end too low; log limits miss on both sides alike"
)
SCALES: Final[dict[str, Scale]] = {"log_log": "log-log", "log": "log", "plain": "plain"}

Sample = dict[str, np.ndarray[Any, np.dtype[Any]]]


def joined(rng: np.random.Generator, size: Size) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Day of joining; at constant rates, who is free of events then goes on like anyone on day 0."""
    return np.where(rng.random(size.n) < 0.5, 0.0, rng.uniform(0.0, LATEST, size.n))


def sampled(rng: np.random.Generator, size: Size) -> Sample:
    """Who has nephritis, and how many of all patients each stands for."""
    nephritis = rng.random(size.n) < IN_SAMPLE
    weight = np.where(nephritis, IN_ALL[True] / IN_SAMPLE, IN_ALL[False] / (1.0 - IN_SAMPLE))
    return {"nephritis": nephritis, "weight": weight}


def curve(frame: pl.DataFrame, truth: float, scale: Scale, **options: Any) -> Interval | None:
    """Kaplan-Meier at one year."""
    at = KaplanMeier(interval=scale, **options).fit(frame).at(YEAR)
    return interval(at["lower"][0], at["upper"][0], truth)


def late(rng: np.random.Generator, size: Size) -> Intervals:
    """Kaplan-Meier where half join late; Greenwood's variance and the infinitesimal jackknife then differ."""
    entry = joined(rng, size)
    after, event = observed(rng, rng.exponential(1.0 / RATE, size.n))
    frame = pl.DataFrame({"entry": entry, "time": entry + after, "event": event})
    median = KaplanMeier(entry="entry").fit(frame).quantile(0.5)
    upper = math.inf if median["upper"][0] is None else median["upper"][0]
    by_jackknife = curve(frame, 0.55, "log-log", entry="entry", variance="infinitesimal_jackknife")
    return given(
        [
            *((f"late_{key}", curve(frame, 0.55, scale, entry="entry")) for key, scale in SCALES.items()),
            ("late_jackknife", by_jackknife),
            ("late_median", interval(median["lower"][0], upper, math.log(2.0) / RATE)),
        ]
    )


def weighted(rng: np.random.Generator, size: Size) -> Intervals:
    """Kaplan-Meier of all patients from a sample with too much nephritis."""
    sample = sampled(rng, size)
    rate = -np.log(np.where(sample["nephritis"], FREE[True], FREE[False])) / YEAR
    time, event = observed(rng, rng.exponential(1.0 / rate))
    frame = pl.DataFrame({**sample, "time": time, "event": event})
    return given(
        (f"weighted_{key}", curve(frame, FREE_IN_ALL, scale, weight="weight")) for key, scale in SCALES.items()
    )


def incidences(
    frame: pl.DataFrame, key: str, truths: tuple[float, float], *, entry: str | None = None, weight: str | None = None
) -> Intervals:
    """Incidence of relapse and of death at one year, infinitesimal jackknife."""
    found: list[tuple[str, Interval | None]] = []
    for scale in ("log", "plain"):
        result = CumulativeIncidence(causes=CAUSES, interval=scale, entry=entry, weight=weight).fit(frame)
        for cause, truth in zip(CAUSES, truths, strict=True):
            row = result.at(YEAR).filter(cause=cause).row(0, named=True)
            found.append((f"{key}_{cause}_{scale}", interval(row["lower"], row["upper"], truth)))
    return given(found)


def late_causes(rng: np.random.Generator, size: Size) -> Intervals:
    """Cumulative incidence where half join late; Aalen's variance beside the jackknife."""
    entry = joined(rng, size)
    after, event = observed(rng, rng.exponential(1.0 / BOTH, size.n))
    which = np.where(rng.random(size.n) < RELAPSE / BOTH, *CAUSES)
    frame = pl.DataFrame({"entry": entry, "time": entry + after, "cause": np.where(event, which, "")})
    result = CumulativeIncidence(causes=CAUSES, entry="entry", variance="aalen").fit(frame)
    row = result.at(YEAR).filter(cause="relapse").row(0, named=True)
    by_aalen = given([("late_aalen", interval(row["lower"], row["upper"], TRUTHS[0]))])
    return by_aalen | dict(incidences(frame, "late", TRUTHS, entry="entry"))


def weighted_causes(rng: np.random.Generator, size: Size) -> Intervals:
    """Cumulative incidence in all patients from a sample with too much nephritis, in which relapse is twice as fast."""
    sample = sampled(rng, size)
    relapses = np.where(sample["nephritis"], SICKER[True], SICKER[False])
    time, event = observed(rng, rng.exponential(1.0 / (relapses + DEATH)))
    which = np.where(rng.random(size.n) < relapses / (relapses + DEATH), *CAUSES)
    frame = pl.DataFrame({**sample, "time": time, "cause": np.where(event, which, "")})
    return incidences(frame, "weighted", (RELAPSED_IN_ALL, DEAD_IN_ALL), weight="weight")


def _kaplan_meier(key: str, title: str) -> tuple[Method, ...]:
    return tuple(Method(key=f"{key}_{one}", title=f"{title}, {scale} limits") for one, scale in SCALES.items())


def _incidence(key: str, title: str, rare: str = "") -> tuple[Method, ...]:
    return tuple(
        Method(
            key=f"{key}_{cause}_{scale}",
            title=f"incidence of {cause} {title}, {scale} limits",
            aside=rare if (cause, scale) == ("death", "plain") else "",
        )
        for cause in CAUSES
        for scale in ("log", "plain")
    )


SCENARIOS: Final = (
    Scenario(
        key="late_entry",
        model="Relapse as in one group above, 55 % free of it at one year; half are followed from day 0, half from a "
        "day up to 270 on which they have not relapsed. Truths: 0.55 and the median.",
        page="time-to-event.md",
        methods=(
            *_kaplan_meier("late", "Kaplan–Meier with late entry"),
            Method(key="late_jackknife", title="Kaplan–Meier with late entry, infinitesimal jackknife, log-log limits"),
            Method(key="late_median", title="median time with late entry, log-log limits"),
        ),
        trial=late,
    ),
    Scenario(
        key="weighted_sample",
        model="A fifth of all patients have nephritis, of whom 35 % are free of relapse at one year, and 60 % of the "
        f"others. Half of the sample have it, and weigh 0.4, the others 1.6. Truth: {FREE_IN_ALL:.2f}, of all. "
        "Infinitesimal jackknife.",
        page="time-to-event.md",
        methods=_kaplan_meier("weighted", "Kaplan–Meier with sampling weights"),
        trial=weighted,
    ),
    Scenario(
        key="late_entry_causes",
        model="Relapse and death as under competing causes, half followed from a day up to 270.",
        page="competing-causes.md",
        methods=(
            *_incidence("late", "with late entry", rare=SKEWED),
            Method(key="late_aalen", title="incidence of relapse with late entry, Aalen variance, log limits"),
        ),
        trial=late_causes,
    ),
    Scenario(
        key="weighted_sample_causes",
        model="The same rates, but relapse comes twice as fast with nephritis; sampled and weighted as above. Truths: "
        f"{RELAPSED_IN_ALL:.1%} relapsed and {DEAD_IN_ALL:.1%} dead without relapse at one year, of all patients.",
        page="competing-causes.md",
        methods=_incidence("weighted", "with sampling weights"),
        trial=weighted_causes,
    ),
)
