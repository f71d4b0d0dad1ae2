"""Published results pooled: the size is a number of studies."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
import polars as pl

from malar.synthesis import MixedPooling, Pooling
from simulations.coverage.scenario import (
    NUMBERS,
    Interval,
    Intervals,
    Method,
    Scenario,
    Size,
    unless_undefined,
)

MEDIAN: Final = 0.60
"""Responders in the median study."""
BETWEEN_LOGITS: Final = 0.6
"""Standard deviation of the studies' logits."""
PATIENTS: Final = (5, 40)
LOG_RATIO: Final = -0.5
BETWEEN_RATIOS: Final = 0.2
ERRORS: Final = (0.15, 0.50)
"""Standard errors of log ratios, least and largest."""

SPECS: Final[dict[str, dict[str, Any]]] = {
    "reml_hartung_knapp": {},
    "reml_normal": {"limits": "normal"},
    "dersimonian_laird_normal": {"tau2": "DL", "limits": "normal"},
}
"""Of inverse-variance pooling."""
TITLES: Final = {
    "reml_hartung_knapp": "REML, Hartung–Knapp",
    "reml_normal": "REML, Wald",
    "dersimonian_laird_normal": "DerSimonian–Laird, Wald",
}
BIASED: Final = (
    "logits are weighted by variances from the same counts, which pulls the mean toward 0; that tells once studies are "
    "many, and the GLMM is free of it"
)
NARROW: Final = (
    "the variance between studies is estimated, and t with k − 2 allows for too little of its error where it is small "
    "beside the standard errors"
)


def _names(size: Size) -> tuple[str, ...]:
    return tuple(map(str, range(size.n)))


def proportions(rng: np.random.Generator, size: Size) -> Intervals:
    """Logit of the median study's proportion, by the likelihood of the counts and by inverse variance."""
    truth, names = math.log(MEDIAN / (1.0 - MEDIAN)), _names(size)
    patients = rng.integers(PATIENTS[0], PATIENTS[1] + 1, size.n).astype(np.float64)
    share = 1.0 / (1.0 + np.exp(-rng.normal(truth, BETWEEN_LOGITS, size.n)))
    events = rng.binomial(patients.astype(np.int64), share).astype(np.float64)
    found: dict[str, Interval] = {}
    for limits in ("t", "normal"):

        def mixed(limits: Any = limits) -> Intervals:
            pooled = MixedPooling(outcome="proportion", limits=limits).pool(events, patients, names)
            return {f"glmm_{limits}": Interval(pooled.lower, pooled.upper, truth)}

        found |= unless_undefined(mixed)
    frame = pl.DataFrame({"study": names, "events": events, "n": patients})
    for key, options in SPECS.items():
        pooled = Pooling(measure="proportion_logit", **options).fit(frame)
        found[f"logit_{key}"] = Interval(pooled.lower, pooled.upper, truth)
    return found


def ratios(rng: np.random.Generator, size: Size) -> Intervals:
    """Log ratios with known standard errors: their mean, and the true ratio of one more study."""
    se = rng.uniform(*ERRORS, size.n)
    own, more = rng.normal(LOG_RATIO, BETWEEN_RATIOS, size.n), float(rng.normal(LOG_RATIO, BETWEEN_RATIOS))
    effects = rng.normal(own, se)
    found: dict[str, Interval] = {}
    for key, options in SPECS.items():
        pooled = Pooling(measure="estimate", **options).pool(effects, se**2, _names(size))
        found[f"ratio_{key}"] = Interval(pooled.lower, pooled.upper, LOG_RATIO)
        if not options:
            found["ratio_prediction"] = Interval(*pooled.prediction, more)
    return found


SCENARIOS: Final = (
    Scenario(
        key="pooled_proportions",
        model="Series of 5 to 40 patients. In the median one 60 % respond; the studies' logits are normal with an SD "
        "of 0.6. Truth: the logit of 0.60.",
        page="pooling.md",
        methods=(
            Method(key="glmm_t", title="proportion, GLMM, t limits"),
            Method(key="glmm_normal", title="proportion, GLMM, normal limits"),
            *(
                Method(key=f"logit_{key}", title=f"proportion, logits by {title}", aside=BIASED)
                for key, title in TITLES.items()
            ),
        ),
        trial=proportions,
        sizes=NUMBERS,
    ),
    Scenario(
        key="pooled_ratios",
        model="Log hazard ratios with known standard errors of 0.15 to 0.50 about true ones that are normal with mean "
        "−0.5 and SD 0.2. Truths: −0.5, and for the prediction the true log ratio of one more study.",
        page="pooling.md",
        methods=(
            *(Method(key=f"ratio_{key}", title=f"log ratio, {title}") for key, title in TITLES.items()),
            Method(
                key="ratio_prediction",
                title="log ratio of a new study, REML, prediction by t with k − 2",
                aside=NARROW,
            ),
        ),
        trial=ratios,
        sizes=NUMBERS,
    ),
)
