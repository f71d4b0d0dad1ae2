"""Change of a score over four visits: MMRM, complete and with dropout, and reference-based imputation."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import polars as pl

from malar.repeated import MMRM, ReferenceBasedImputation
from simulations.coverage.scenario import (
    SIZES,
    Interval,
    Intervals,
    Method,
    Scenario,
    Size,
    given,
    interval,
    unless_undefined,
)

MONTHS: Final = (3, 6, 9, 12)
EFFECT: Final = np.array([-1.0, -1.5, -2.0, -2.5])
COURSE: Final = np.array([-2.0, -3.0, -3.5, -4.0])
SLOPE: Final = -0.4
"""Change a point of the score at the start."""
SDS: Final = np.array([3.5, 4.0, 4.5, 5.0])
CORRELATION: Final = np.array(
    [[1.00, 0.65, 0.50, 0.40], [0.65, 1.00, 0.70, 0.55], [0.50, 0.70, 1.00, 0.75], [0.40, 0.55, 0.75, 1.00]]
)
ROOT: Final = np.linalg.cholesky(CORRELATION * np.outer(SDS, SDS))
LEAVE: Final = 0.12
"""Of those still there, who leave after each visit, whatever their outcome."""


def outcomes(rng: np.random.Generator, size: Size) -> tuple[np.ndarray, np.ndarray]:
    """Scores at the start, and changes of shape (n, visits)."""
    score = rng.normal(0.0, 4.0, size.n)
    mean = COURSE + SLOPE * score[:, None] + size.treated[:, None] * EFFECT
    return score, mean + rng.normal(size=(size.n, len(MONTHS))) @ ROOT.T


def long(score: np.ndarray, change: np.ndarray, size: Size) -> pl.DataFrame:
    """One row a subject and visit; a change not seen is null."""
    n, visits = change.shape
    return pl.DataFrame(
        {
            "subject": np.repeat(np.arange(n), visits),
            "visit": np.tile(MONTHS, n),
            "arm": np.repeat(size.words, visits),
            "score": np.repeat(score, visits),
            "change": change.ravel(),
        }
    ).with_columns(pl.col("change").fill_nan(None))


def after_outcome(rng: np.random.Generator, change: np.ndarray) -> np.ndarray:
    """Dropout at random: who did badly at the last visit seen leaves more often; about a fifth of outcomes are lost."""
    out, here = change.copy(), np.ones(len(change), dtype=bool)
    for k in range(1, len(MONTHS)):
        odds = np.exp(-1.76 + 0.12 * (change[:, k - 1] - COURSE[k - 1]))
        here = here & (rng.random(len(change)) > odds / (1.0 + odds))
        out[~here, k] = np.nan
    return out


def _contrasts(frame: pl.DataFrame) -> list[tuple[str, Interval | None]]:
    found: list[tuple[str, Interval | None]] = []
    for df in ("kenward_roger", "satterthwaite"):
        model: Any = MMRM(outcome="change", covariates=("score",), reference="control", df=df)
        row = model.fit(frame).contrasts().row(len(MONTHS) - 1, named=True)
        found.append((df, interval(row["lower"], row["upper"], float(EFFECT[-1]))))
    return found


def complete(rng: np.random.Generator, size: Size) -> Intervals:
    """Difference at the last visit, all outcomes seen."""
    score, change = outcomes(rng, size)
    return unless_undefined(lambda: given(_contrasts(long(score, change, size))))


def dropout(rng: np.random.Generator, size: Size) -> Intervals:
    """Difference at the last visit, had nobody left."""
    score, change = outcomes(rng, size)
    frame = long(score, after_outcome(rng, change), size)
    return unless_undefined(lambda: given(_contrasts(frame)))


def imputed(rng: np.random.Generator, size: Size) -> Intervals:
    """Jump to reference: who left has the effect no more. Truth: the effect times the share still there."""
    score, change = outcomes(rng, size)
    stays = rng.geometric(LEAVE, size.n)
    change[np.arange(len(MONTHS)) >= stays[:, None]] = np.nan
    model = MMRM(outcome="change", covariates=("score",), reference="control")
    truth = float(EFFECT[-1]) * (1.0 - LEAVE) ** (len(MONTHS) - 1)

    def fit() -> Intervals:
        spec = ReferenceBasedImputation(model=model, strategy="jump_to_reference", imputations=20)
        row = spec.fit(long(score, change, size), rng=rng).contrasts().row(-1, named=True)
        return given([("jump_to_reference", interval(row["lower"], row["upper"], truth))])

    return unless_undefined(fit)


MODEL: Final = (
    "Change of SLEDAI-2K at months 3, 6, 9 and 12, normal with SD 3.5 to 5 and correlations 0.40 to 0.75, falling by "
    "0.4 a "
    "point of the score at the start. Truth: a difference of −2.5 points at month 12. Unstructured covariance."
)
KR: Final = Method(key="kenward_roger", title="MMRM, Kenward–Roger")
SATTERTHWAITE: Final = Method(key="satterthwaite", title="MMRM, Satterthwaite")

SCENARIOS: Final = (
    Scenario(key="mmrm_complete", model=MODEL, page="mmrm.md", methods=(KR, SATTERTHWAITE), trial=complete),
    Scenario(
        key="mmrm_dropout",
        model="The same, and who did badly at the visit before leaves more often: a fifth of all outcomes are missing "
        "at random.",
        page="mmrm.md",
        methods=(
            Method(key="kenward_roger", title="MMRM with a fifth missing, Kenward–Roger"),
            Method(key="satterthwaite", title="MMRM with a fifth missing, Satterthwaite"),
        ),
        trial=dropout,
    ),
    Scenario(
        key="jump_to_reference",
        model="The same, 12 % leave after each visit whatever their outcome, and the effect with them. Truth: "
        "−2.5 × 0.88³ = −1.70. Twenty imputations.",
        page="dropouts.md",
        methods=(
            Method(
                key="jump_to_reference",
                title="jump to reference, Rubin's rules",
                aside="Rubin's rules are conservative under reference-based assumptions, by design",
            ),
        ),
        trial=imputed,
        fewer=dict.fromkeys(SIZES, 1_000),
        left_out="1,000 replications, since each fits the model twenty times.",
    ),
)
