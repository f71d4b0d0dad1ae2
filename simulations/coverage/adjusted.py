"""Two arms with strata or a covariate, and outcomes in order of weight."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import polars as pl
from scipy.special import expit, ndtr

from malar.responders import FirthLogistic, GComputation, Outcome, StratifiedContrast, WinRatio
from simulations.coverage.responders import RESPONSE
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

CLASSES: Final = np.array(["none", "III", "IV or V"])
BASE: Final = np.array([0.20, 0.30, 0.45])
"""Of the controls, by stratum."""
DIFFERENCE: Final = 0.25
ODDS: Final = 2.8
START: Final = math.log(0.3 / 0.7)
LOG_ODDS: Final = 1.1
PER_POINT: Final = -0.12
SD: Final = 4.0
DEATHS: Final = {"cells": -math.log(0.90), "control": -math.log(0.85)}
"""A year."""
BETTER: Final = 2.0
"""Points of the final score, SD 4."""


def stratified(common: str) -> Callable[[np.random.Generator, Size], Intervals]:
    """Strata of equal size within each arm, with a common difference or a common odds ratio."""
    odds = BASE / (1 - BASE) * ODDS
    arm = BASE + DIFFERENCE if common == "difference" else odds / (1 + odds)

    def trial(rng: np.random.Generator, size: Size) -> Intervals:
        place = np.concatenate([np.arange(size.arm) % 3, np.arange(size.control) % 3])
        p = np.where(size.treated, arm[place], BASE[place])
        frame = pl.DataFrame(
            {"arm": size.words, "class": CLASSES[place], "outcome": rng.random(size.n) < p, "randomized": True}
        )

        def fit(variance: Any) -> dict[str, Any]:
            spec = StratifiedContrast(response=RESPONSE, control="control", strata=("class",), variance=variance)
            return {one.term: one for one in spec.fit(frame).numbers}

        sato = fit("sato")
        if common == "odds_ratio":
            one = sato["odds_ratio"]
            return given([("odds_ratio", log_interval(one.lower, one.upper, ODDS))])
        robins = fit("greenland_robins")["difference"]
        one, score = sato["difference"], sato["difference_score"]
        return given(
            (key, interval(made.lower, made.upper, DIFFERENCE))
            for key, made in (("sato", one), ("greenland_robins", robins), ("score", score))
        )

    return trial


def _logistic(rng: np.random.Generator, size: Size) -> tuple[pl.DataFrame, tuple[np.ndarray, np.ndarray]]:
    """A trial with one covariate, and each subject's probabilities under either arm."""
    score = rng.normal(0.0, SD, size.n)
    treated, control = (expit(START + LOG_ODDS * arm + PER_POINT * score) for arm in (1, 0))
    responds = rng.random(size.n) < np.where(size.treated, treated, control)
    return pl.DataFrame({"arm": size.words, "outcome": responds, "randomized": True, "score": score}), (
        treated,
        control,
    )


def marginal() -> tuple[float, float]:
    """Proportions of responders under either arm over the covariate's distribution, by Gauss-Hermite nodes."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    weights = weights / weights.sum()
    one, other = (float(weights @ expit(START + LOG_ODDS * arm + PER_POINT * SD * nodes)) for arm in (1, 0))
    return one, other


MARGINAL: Final = marginal()


def g_computation(rng: np.random.Generator, size: Size) -> Intervals:
    """Adjusted contrasts; `delta` and `model` speak of these very covariates: their truth is the average over them."""
    frame, (treated, control) = _logistic(rng, size)
    p1, p0 = MARGINAL
    own = float(treated.mean() - control.mean())

    def fit() -> Intervals:
        found: list[tuple[str, Interval | None]] = []
        for variance in ("ye", "m_estimation", "delta", "model"):
            spec: Any = GComputation(response=RESPONSE, control="control", covariates=("score",), variance=variance)
            terms = {one.term: one for one in spec.fit(frame).numbers if one.comparator}
            one = terms["difference"]
            fixed = variance in ("delta", "model")
            found.append((variance, interval(one.lower, one.upper, own if fixed else p1 - p0)))
            if variance == "ye" and "ratio" in terms:
                one = terms["ratio"]
                found.append(("ratio", log_interval(one.lower, one.upper, p1 / p0)))
                one = terms["odds_ratio"]
                found.append(("odds_ratio", log_interval(one.lower, one.upper, p1 / (1 - p1) / (p0 / (1 - p0)))))
        return given(found)

    return unless_undefined(fit)


def firth(rng: np.random.Generator, size: Size) -> Intervals:
    """Conditional log odds ratio by the profile of the penalized likelihood."""
    frame, _ = _logistic(rng, size)

    def fit() -> Intervals:
        one = FirthLogistic(response=RESPONSE, covariates=("score",), control="control").fit(frame).of("arm=cells")
        return given([("firth", interval(one.lower, one.upper, LOG_ODDS))])

    return unless_undefined(fit)


def win_probabilities() -> tuple[float, float]:
    """Of a pair: won by the treated, and lost. Later death within the year first, then the lower score."""
    a, c = DEATHS["cells"], DEATHS["control"]
    decided = -math.expm1(-(a + c))
    lower = float(ndtr(BETTER / (4.0 * math.sqrt(2.0))))
    return c / (a + c) * decided + (1 - decided) * lower, a / (a + c) * decided + (1 - decided) * (1 - lower)


def wins(rng: np.random.Generator, size: Size) -> Intervals:
    """Win ratio, win odds and net benefit."""
    rate = np.where(size.treated, DEATHS["cells"], DEATHS["control"])
    death = rng.exponential(1.0 / rate)
    score = rng.normal(8.0, 4.0, size.n) - BETTER * size.treated
    frame = pl.DataFrame(
        {"arm": size.words, "days": np.minimum(death, 1.0) * 365.0, "died": death < 1.0, "score": score}
    )
    outcomes = (Outcome(column="days", event="died"), Outcome(column="score", better="lower"))
    numbers = {one.term: one for one in WinRatio(outcomes=outcomes, control="control").fit(frame).numbers}
    won, lost = win_probabilities()
    found = [
        (term, log_interval(numbers[term].lower, numbers[term].upper, won / lost))
        for term in ("win_ratio", "win_odds")
        if term in numbers
    ]
    one = numbers["net_benefit"]
    found.append(("net_benefit", interval(one.lower, one.upper, won - lost)))
    return given(found)


SCENARIOS: Final = (
    Scenario(
        key="strata_difference",
        model="Three strata of equal size in which 20, 30 and 45 % of the controls respond, and 25 % more of the "
        "treated.",
        page="responders.md",
        methods=(
            Method(key="sato", title="stratified difference, Mantel–Haenszel with Sato's variance"),
            Method(key="greenland_robins", title="stratified difference, Greenland–Robins"),
            Method(key="score", title="stratified difference, Miettinen–Nurminen"),
        ),
        trial=stratified("difference"),
    ),
    Scenario(
        key="strata_odds_ratio",
        model="The same strata, with a common odds ratio of 2.8.",
        page="responders.md",
        methods=(Method(key="odds_ratio", title="stratified odds ratio, Mantel–Haenszel"),),
        trial=stratified("odds_ratio"),
    ),
    Scenario(
        key="g_computation",
        model="Logistic: log odds of −0.85 at the mean score, +1.1 under treatment, −0.12 a point (SD 4). Truths: "
        f"{MARGINAL[0]:.1%} less {MARGINAL[1]:.1%}, over all patients; for `delta` and `model`, the difference "
        "averaged over the patients of the trial.",
        page="responders.md",
        methods=(
            Method(key="ye", title="g-computation, difference, `ye`"),
            Method(key="m_estimation", title="g-computation, difference, `m_estimation`"),
            Method(key="delta", title="g-computation, difference, `delta`"),
            Method(key="model", title="g-computation, difference, `model`"),
            Method(key="ratio", title="g-computation, ratio, `ye`"),
            Method(key="odds_ratio", title="g-computation, odds ratio, `ye`"),
        ),
        trial=g_computation,
    ),
    Scenario(
        key="firth",
        model="The same logistic model. Truth: the coefficient of the arm, 1.1.",
        page="responders.md",
        methods=(Method(key="firth", title="Firth, log odds ratio, profile limits"),),
        trial=firth,
    ),
    Scenario(
        key="win_ratio",
        model="10 % of the treated and 15 % of the controls die within the year; then the lower score wins, 2 points "
        "better "
        "(SD 4) under treatment. Truths: probabilities of winning and losing a pair, "
        f"{win_probabilities()[0]:.3f} and {win_probabilities()[1]:.3f}.",
        page="win-ratio.md",
        methods=(
            Method(key="win_ratio", title="win ratio"),
            Method(key="win_odds", title="win odds"),
            Method(key="net_benefit", title="net benefit"),
        ),
        trial=wins,
    ),
)
