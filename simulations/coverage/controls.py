"""Treated patients and those on standard therapy who differ from them: matching and weighting."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import polars as pl
from scipy.special import expit

from malar.controls import EntropyBalancing, MatchedEffect, NearestNeighborMatching, PropensityScore, Weighting
from simulations.coverage.scenario import SIZES, Interval, Intervals, Method, Scenario, Size, unless_undefined

EFFECT: Final = 2.0
COVARIATES: Final = ("sledai_2k", "upcr")


def cohort(rng: np.random.Generator, size: Size) -> pl.DataFrame:
    """About three in ten treated, the sicker more often; the fall of the score depends on both covariates."""
    score, upcr = rng.normal(10.0, 4.0, size.n), rng.gamma(2.0, 0.8, size.n)
    true_score = expit(-1.5 + 0.10 * (score - 10.0) + 0.35 * upcr)
    treated = rng.random(size.n) < true_score
    fall = 3.0 + 0.5 * score - 1.0 * upcr + EFFECT * treated + rng.normal(0.0, 3.0, size.n)
    return pl.DataFrame({"treated": treated, "sledai_2k": score, "upcr": upcr, "fall": fall, "true_score": true_score})


def matched(rng: np.random.Generator, size: Size) -> Intervals:
    """Pairs by the nearest score, estimated or true, whose difference is adjusted or not."""
    frame = cohort(rng, size)

    def fit(key: str, score: str, covariates: tuple[str, ...]) -> Intervals:
        scored = PropensityScore(covariates=COVARIATES).fit(frame).scored()
        rows = NearestNeighborMatching(score=score).fit(scored).matched()
        effect = MatchedEffect(outcome="fall", kind="linear", covariates=covariates).fit(rows)
        return {key: Interval(*effect.limits, EFFECT)}

    found: dict[str, Interval] = {}
    for key, score, covariates in (
        ("matched", "propensity_score", ()),
        ("matched_adjusted", "propensity_score", COVARIATES),
        ("matched_true_score", "true_score", ()),
    ):
        found |= unless_undefined(lambda key=key, score=score, covariates=covariates: fit(key, score, covariates))
    return found


def weighted(rng: np.random.Generator, size: Size) -> Intervals:
    """Weights for three estimands; the effect is the same for everyone, so that all have one truth."""
    frame = cohort(rng, size)
    specs: dict[str, Any] = {
        "weighting_att": Weighting(covariates=COVARIATES, estimand="att"),
        "weighting_ate": Weighting(covariates=COVARIATES, estimand="ate"),
        "weighting_ato": Weighting(covariates=COVARIATES, estimand="ato"),
        "balancing_att": EntropyBalancing(covariates=COVARIATES),
        "balancing_ate": EntropyBalancing(covariates=COVARIATES, estimand="ate"),
    }
    found: dict[str, Interval] = {}
    for key, spec in specs.items():
        found |= unless_undefined(
            lambda key=key, spec=spec: {key: Interval(*spec.fit(frame).effect("fall").limits, EFFECT)}
        )
    return found


LEFT_OUT: Final = "12+6 is left out: six treated and two covariates give no model of the treatment."

SCENARIOS: Final = (
    Scenario(
        key="matching",
        model="About 30 % are treated, the more active and proteinuric more often; the score falls by 2 points more "
        "under treatment, for everyone, SD 3 besides what covariates explain.",
        page="matching.md",
        methods=(
            Method(
                key="matched",
                title="matched pairs, difference of means",
                aside="pairs on an estimated score agree better than the variance knows, as Abadie and Imbens found "
                "in 2016",
            ),
            Method(key="matched_adjusted", title="matched pairs, adjusted for the covariates"),
            Method(key="matched_true_score", title="matched pairs on the true score, difference of means"),
        ),
        trial=matched,
        sizes=SIZES[1:],
        left_out=LEFT_OUT,
    ),
    Scenario(
        key="weighting",
        model="The same.",
        page="weighting.md",
        methods=(
            Method(key="weighting_att", title="propensity weights, ATT"),
            Method(key="weighting_ate", title="propensity weights, ATE"),
            Method(key="weighting_ato", title="overlap weights, ATO"),
            Method(key="balancing_att", title="entropy balancing, ATT"),
            Method(key="balancing_ate", title="entropy balancing, ATE"),
        ),
        trial=weighted,
        sizes=SIZES[1:],
        left_out=LEFT_OUT,
    ),
)
