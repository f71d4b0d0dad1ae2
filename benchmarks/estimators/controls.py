"""Comparable controls: scores, matching, weights and sequential trials.

Debian 12 ships MatchIt 4.5.1, which pairs wrongly under a caliper: no caliper is used, and only time is compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import polars as pl

from benchmarks.cohorts import COVARIATES, cohort, entries
from benchmarks.comparison import Comparison, Growth, linear, power, sorting
from malar.controls import (
    Balance,
    EntropyBalancing,
    MatchedEffect,
    NearestNeighborMatching,
    OptimalMatching,
    PropensityScore,
    SequentialTrials,
    Weighting,
)

SUBJECTS = 5_000


def nearest(rows: pl.DataFrame, ratio: int = 1) -> Callable[[], object]:
    """The score and the matched sets: MatchIt's time holds its score too."""
    score = PropensityScore(covariates=COVARIATES)
    spec = NearestNeighborMatching(ratio=ratio, scale="probability", caliper=None)
    return lambda: spec.fit(score.fit(rows).scored())


def comparisons() -> Iterator[Comparison]:
    """Against MatchIt in R."""
    rows = cohort(SUBJECTS)
    name = "score and nearest {}:1 matching, 5,000 subjects"
    yield Comparison(name.format(1), nearest(rows), "R", "matchit", "MatchIt", "cohort", rows, 1)
    yield Comparison(name.format(2), nearest(rows, 2), "R", "matchit_two", "MatchIt", "cohort", rows, 1)


def growths() -> Iterator[Growth]:
    """Sorting for the nearest, an assignment for the optimal, linear algebra for scores and weights."""
    sizes = (5_000, 20_000, 80_000)
    of = "subjects, 5 covariates"

    def score(rows: pl.DataFrame) -> Callable[[], object]:
        names = [name for name in rows.columns if name != "treated"]
        return lambda: PropensityScore(covariates=names).fit(rows).scored()

    yield Growth("score and nearest matching", of, sizes, lambda n: nearest(cohort(n)), "n log n", sorting)
    yield Growth("propensity score", of, (20_000, 80_000, 320_000), lambda n: score(cohort(n)), "n", linear)
    more = (10, 20, 40)
    yield Growth(
        "propensity score", "covariates, 20,000 subjects", more, lambda p: score(cohort(20_000, p)), "p²", power(2)
    )

    def optimal(n: int) -> Callable[[], object]:
        scored = PropensityScore(covariates=COVARIATES).fit(cohort(n)).scored()
        return lambda: OptimalMatching(scale="probability", caliper=None).fit(scored)

    yield Growth("optimal matching", "subjects", (500, 1_000, 2_000), optimal, "n³", power(3))

    def weighted(n: int) -> Callable[[], object]:
        return lambda: Weighting(covariates=COVARIATES, estimand="att").fit(cohort(n)).weighted()

    def balanced(n: int) -> Callable[[], object]:
        return lambda: EntropyBalancing(covariates=COVARIATES).fit(cohort(n)).weighted()

    yield Growth("inverse-probability weights", of, (20_000, 80_000, 320_000), weighted, "n", linear)
    yield Growth("entropy balancing", of, (20_000, 80_000, 320_000), balanced, "n", linear)

    def alike(n: int) -> Callable[[], object]:
        rows = cohort(n).with_columns(weight=1.0)
        return lambda: Balance(covariates=COVARIATES, weight="weight").fit(rows).rows()

    yield Growth("balance of covariates", of, (20_000, 80_000, 320_000), alike, "n log n", sorting)

    def effect(n: int) -> Callable[[], object]:
        change = np.random.default_rng(3).normal(size=n)
        rows = cohort(n).with_columns(change=change, weight=1.0, matched_set=pl.Series(np.arange(n) // 2))
        return lambda: MatchedEffect(outcome="change", kind="linear", covariates=COVARIATES).fit(rows)

    yield Growth("matched effect, cluster-robust", of, (20_000, 80_000, 320_000), effect, "n log n", sorting)

    def trials(n: int) -> Callable[[], object]:
        spec = SequentialTrials(treatment_start="treated_from", event="relapse", window_days=14)
        return lambda: spec.enroll(entries(n))

    yield Growth("sequential trials", "subjects, 8 visits", (5_000, 20_000, 80_000), trials, "n log n", sorting)
