"""Negative controls: the size is the number of outcomes of which the effect is known to be none."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from malar.controls import NegativeControls
from simulations.coverage.scenario import NUMBERS, Interval, Intervals, Method, Scenario, Size

EFFECT: Final = -0.5
"""True log hazard ratio of the main outcome."""
BIAS: Final = 0.2
"""Mean systematic error."""
SPREAD: Final = 0.15
"""Its standard deviation from outcome to outcome."""
ERRORS: Final = (0.10, 0.40)
"""Standard errors, least and largest."""


def calibrated(rng: np.random.Generator, size: Size, spread: float) -> Interval:
    """The main estimate, with an error like those of the controls, freed of what they show."""
    se = rng.uniform(*ERRORS, size.n + 1)
    found = rng.normal(BIAS, spread, size.n + 1) + rng.normal(0.0, se)
    frame = pl.DataFrame({"control": np.arange(size.n), "estimate": found[1:], "se": se[1:]})
    result = NegativeControls().fit(frame).calibrate(EFFECT + float(found[0]), float(se[0]))
    return Interval(result.lower, result.upper, EFFECT)


def trial(rng: np.random.Generator, size: Size) -> Intervals:
    """Where errors differ from outcome to outcome, and where all are the same."""
    spreads = {"differing": SPREAD, "same": 0.0}
    return {f"calibrated_{key}": calibrated(rng, size, spread) for key, spread in spreads.items()}


SCENARIOS: Final[tuple[Scenario, ...]] = (
    Scenario(
        key="negative_controls",
        model="Log hazard ratios with standard errors of 0.10 to 0.40 and a systematic error with mean 0.2, the same "
        "for all outcomes, or normal with an SD of 0.15. Truth: that of the main outcome, −0.5.",
        page="sensitivity.md",
        methods=(
            Method(key="calibrated_differing", title="calibrated log ratio, errors that differ"),
            Method(key="calibrated_same", title="calibrated log ratio, one error for all"),
        ),
        trial=trial,
        sizes=NUMBERS,
    ),
)
