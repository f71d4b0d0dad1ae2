"""Treated patients and those on standard therapy who differ from them: matching and weighting."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import polars as pl
from scipy.special import expit

from malar.controls import EntropyBalancing, MatchedEffect, NearestNeighborMatching, PropensityScore, Weighting
from simulations.coverage.scenario import SIZES, Interval, Intervals, Method, Scenario, Size, given, unless_undefined

EFFECT: Final = 2.0
COVARIATES: Final = ("sledai_2k", "upcr")


def cohort(rng: np.random.Generator, size: Size) -> pl.DataFrame:
    """About three in ten treated, the sicker more often; the fall of the score depends on both covariates."""
    score, upcr = rng.normal(10.0, 4.0, size.n), rng.gamma(2.0, 0.8, size.n)
    treated = rng.random(size.n) < expit(-1.5 + 0.10 * (score - 10.0) + 0.35 * upcr)
    fall = 3.0 + 0.5 * score - 1.0 * upcr + EFFECT * treated + rng.normal(0.0, 3.0, size.n)
    return pl.DataFrame({"treated": treated, "sledai_2k": score, "upcr": upcr, "fall": fall})


def effects(rng: np.random.Generator, size: Size) -> Intervals:
    """The effect is the same for everyone, so all estimands have one truth."""
    frame = cohort(rng, size)

    def weighted(spec: Any) -> Interval:
        return Interval(*spec.fit(frame).effect("fall").limits, EFFECT)

    def matched(covariates: tuple[str, ...]) -> Interval:
        scored = PropensityScore(covariates=COVARIATES).fit(frame).scored()
        rows = NearestNeighborMatching().fit(scored).matched()
        return Interval(*MatchedEffect(outcome="fall", kind="linear", covariates=covariates).fit(rows).limits, EFFECT)

    made = {
        "matched": lambda: matched(()),
        "matched_adjusted": lambda: matched(COVARIATES),
        "weighting_att": lambda: weighted(Weighting(covariates=COVARIATES, estimand="att")),
        "weighting_ate": lambda: weighted(Weighting(covariates=COVARIATES, estimand="ate")),
        "weighting_ato": lambda: weighted(Weighting(covariates=COVARIATES, estimand="ato")),
        "balancing_att": lambda: weighted(EntropyBalancing(covariates=COVARIATES)),
        "balancing_ate": lambda: weighted(EntropyBalancing(covariates=COVARIATES, estimand="ate")),
    }
    found: dict[str, Interval] = {}
    for key, make in made.items():
        found |= unless_undefined(lambda key=key, make=make: given([(key, make())]))
    return found


SCENARIOS: Final = (
    Scenario(
        key="controls",
        model="About 30 % are treated, the more active and proteinuric more often; the score falls by 2 points more "
        "under "
        "treatment, for everyone, SD 3 besides what covariates explain.",
        page="matching.md",
        methods=(
            Method(key="matched", title="matched pairs, difference of means"),
            Method(key="matched_adjusted", title="matched pairs, adjusted for the covariates"),
            Method(key="weighting_att", title="propensity weights, ATT"),
            Method(key="weighting_ate", title="propensity weights, ATE"),
            Method(key="weighting_ato", title="overlap weights, ATO"),
            Method(key="balancing_att", title="entropy balancing, ATT"),
            Method(key="balancing_ate", title="entropy balancing, ATE"),
        ),
        trial=effects,
        sizes=SIZES[1:],
        left_out="12+6 is left out: six treated and two covariates give no model of the treatment.",
    ),
)
