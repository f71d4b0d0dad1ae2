"""Hazard ratio of relapse, adjusted for the score at the start: Cox regression."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import polars as pl

from malar.survival import CoxRegression
from simulations.coverage.scenario import Interval, Intervals, Method, Scenario, Size, given, interval, unless_undefined
from simulations.coverage.survival import PER_POINT, RATES, SD, YEAR, observed

LOG_RATIO: Final = math.log(RATES["cells"] / RATES["control"])


def cox(rng: np.random.Generator, size: Size) -> Intervals:
    """Log hazard ratio and predicted survival, with either variance."""
    score = rng.normal(0.0, SD, size.n)
    rate = RATES["control"] * np.exp(LOG_RATIO * size.treated + PER_POINT * score)
    time, event = observed(rng, rng.exponential(1.0 / rate))
    frame = pl.DataFrame({"time": time, "event": event, "cells": size.treated, "score": score})
    profile = pl.DataFrame({"cells": [True], "score": [0.0]})

    def fit() -> Intervals:
        found: list[tuple[str, Interval | None]] = []
        for variance in ("model", "robust"):
            result = CoxRegression(covariates=("cells", "score"), variance=variance).fit(frame)
            row = result.coefficients().row(0, named=True)
            found.append((f"hazard_ratio_{variance}", interval(row["lower"], row["upper"], LOG_RATIO)))
            if result.convergence.reason is None:
                row = result.predict(profile, YEAR).row(0, named=True)
                found.append((f"survival_{variance}", interval(row["lower"], row["upper"], 0.65)))
        return given(found)

    return unless_undefined(fit)


SCENARIOS: Final = (
    Scenario(
        key="cox",
        model="Proportional hazards: at the mean SLEDAI-2K (SD 4) 65 % of the treated and 45 % of the controls are "
        "free of "
        "relapse at one year, and the log hazard rises by 0.06 a point. The model has both. Truths: the log hazard "
        "ratio of the arms, −0.62, and 0.65.",
        page="cox.md",
        methods=(
            Method(key="hazard_ratio_model", title="Cox, log hazard ratio, model variance"),
            Method(key="hazard_ratio_robust", title="Cox, log hazard ratio, robust variance"),
            Method(key="survival_model", title="Cox, predicted survival, model variance"),
            Method(key="survival_robust", title="Cox, predicted survival, robust variance"),
        ),
        trial=cox,
    ),
)
