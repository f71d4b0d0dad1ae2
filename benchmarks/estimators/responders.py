"""Proportions, rates, wins and paired changes; adjustment for several tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import polars as pl

from benchmarks.cohorts import flares, pairs, recurrent, responses
from benchmarks.comparison import Comparison, Growth, linear, power, sorting
from malar.responders import (
    ExactContrast,
    FirthLogistic,
    GComputation,
    MeanCumulativeFunction,
    NegativeBinomialRate,
    Outcome,
    Proportion,
    ResponderContrast,
    SignedRank,
    StratifiedContrast,
    WinRatio,
)

RESPONSE = Proportion(denominator="randomized", unknown="nonresponder", by="arm")


def negative_binomial(rows: pl.DataFrame) -> Callable[[], object]:
    """Rate ratio and adjusted rates."""
    return lambda: NegativeBinomialRate(control="control", covariates=("sledai_2k",)).fit(rows)


def stratified(rows: pl.DataFrame) -> Callable[[], object]:
    """Mantel-Haenszel difference, ratio, odds ratio and test over four strata."""
    return lambda: StratifiedContrast(response=RESPONSE, control="control", strata=("stratum",)).fit(rows)


def signed_rank(rows: pl.DataFrame) -> Callable[[], object]:
    """Exact Wilcoxon test with the Hodges-Lehmann change and its limits."""
    return lambda: SignedRank(before="before", after="after", unknown="refused").fit(rows)


def comparisons() -> Iterator[Comparison]:
    """Against R's own tests and MASS."""
    counts, answers, changes = flares(1_000), responses(10_000), pairs(40)
    name = "negative binomial rates, 1,000 subjects, one covariate"
    yield Comparison(name, negative_binomial(counts), "R", "glm_nb", "MASS::glm.nb", "flares", counts)
    name = "stratified difference and test, 10,000 subjects"
    yield Comparison(name, stratified(answers), "R", "mantelhaen", "mantelhaen.test", "response", answers)
    name = "exact signed-rank test with limits, 40 pairs"
    yield Comparison(name, signed_rank(changes), "R", "wilcox", "wilcox.test", "pairs", changes)


def growths() -> Iterator[Growth]:
    """Linear in subjects but for sorting, and for the win ratio, which looks at every pair."""
    sizes, of = (20_000, 80_000, 320_000), "subjects"

    def contrast(n: int) -> Callable[[], object]:
        return lambda: ResponderContrast(response=RESPONSE, control="control").fit(responses(n))

    def computed(n: int) -> Callable[[], object]:
        spec = GComputation(response=RESPONSE, control="control", covariates=("sledai_2k",))
        return lambda: spec.fit(responses(n))

    def firth(n: int) -> Callable[[], object]:
        spec = FirthLogistic(response=RESPONSE, control="control", covariates=("sledai_2k",))
        return lambda: spec.fit(responses(n))

    def cumulative(n: int) -> Callable[[], object]:
        spec = MeanCumulativeFunction(recurrent="flare", terminal="death", by="arm")
        return lambda: spec.fit(recurrent(n)).at([180, 365])

    def wins(n: int) -> Callable[[], object]:
        outcomes = (Outcome(column="days", event="died"), Outcome(column="sledai_2k", better="lower"))
        return lambda: WinRatio(outcomes=outcomes, control="control").fit(responses(n))

    yield Growth("difference of proportions", of, sizes, contrast, "n", linear)
    yield Growth("stratified difference", of, sizes, lambda n: stratified(responses(n)), "n", linear)
    yield Growth("g-computation", of, sizes, computed, "n", linear)
    yield Growth("Firth regression, profile limits", of, (1_000, 4_000, 16_000), firth, "n", linear)
    yield Growth("negative binomial rates", of, sizes, lambda n: negative_binomial(flares(n)), "n", linear)
    yield Growth("mean cumulative number", of, (5_000, 20_000, 80_000), cumulative, "n log n", sorting)

    def exact(n: int) -> Callable[[], object]:
        spec = ExactContrast(response=RESPONSE, control="control", limits=False)
        return lambda: spec.fit(responses(n))

    yield Growth("exact tests of two proportions", of, (40, 80, 160), exact, "n²", power(2))
    yield Growth("win ratio", of, (500, 1_000, 2_000), wins, "n²", power(2))
    yield Growth("exact signed-rank test", "pairs", (25, 100, 400), lambda n: signed_rank(pairs(n)), "n³", power(3))
