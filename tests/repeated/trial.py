"""Invented trials for tests of repeated measures."""

from __future__ import annotations

import numpy as np
import polars as pl


def trial(
    subjects: int = 40, visits: int = 4, *, seed: int = 1, missing: float = 0.15, correlation: float = 0.5
) -> pl.DataFrame:
    """Two arms, a baseline and a stratum; outcomes are missing at random."""
    rng = np.random.default_rng(seed)
    base = rng.normal(12, 3, subjects)
    arm = np.arange(subjects) % 2
    sd = 2.0 + np.arange(visits) * 0.3
    noise = rng.multivariate_normal(np.zeros(visits), compound(sd, correlation), subjects)
    month = np.arange(1, visits + 1) * 3
    change = -0.3 * (base - 12)[:, None] - 0.2 * arm[:, None] * month - 1.0 + noise
    hidden = rng.random((subjects, visits)) < missing
    hidden[: 2 * visits] = False
    return pl.DataFrame(
        {
            "subject": np.repeat([f"S{i:03d}" for i in range(subjects)], visits),
            "visit": np.tile(month, subjects),
            "arm": np.repeat(np.where(arm == 1, "cells", "standard"), visits),
            "baseline": np.repeat(base, visits),
            "stratum": np.repeat(np.where(rng.random(subjects) < 0.5, "nephritis", "other"), visits),
            "change": [None if gone else value for value, gone in zip(change.ravel(), hidden.ravel(), strict=True)],
        }
    )


def compound(sd: np.ndarray, correlation: float) -> np.ndarray:
    """Compound symmetry with unequal variances."""
    return np.outer(sd, sd) * (correlation + (1 - correlation) * np.eye(sd.size))
