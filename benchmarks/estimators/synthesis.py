"""Pooling studies."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import polars as pl

from benchmarks.cohorts import studies, two_arms
from benchmarks.comparison import Comparison, Growth, linear
from malar.synthesis import MantelHaenszel, MetaAnalyticPredictive, MetaRegression, MixedPooling, Pooling

STUDIES = 20


def reml(rows: pl.DataFrame) -> Callable[[], object]:
    """Estimate, limits, prediction and heterogeneity by REML with Hartung-Knapp."""

    def work() -> object:
        result = Pooling(measure="proportion_logit").fit(rows)
        return result.natural, result.natural_prediction, result.q, result.p

    return work


def glmm(rows: pl.DataFrame) -> Callable[[], object]:
    """Estimate, limits, prediction and heterogeneity by the binomial-normal likelihood."""

    def work() -> object:
        result = MixedPooling(outcome="proportion").fit(rows)
        return result.natural, result.natural_prediction, result.heterogeneity

    return work


def moderator(rows: pl.DataFrame) -> Callable[[], object]:
    """Slope on a moderator."""
    return lambda: MetaRegression(pooling=Pooling(measure="proportion_logit"), moderators=("dose",)).fit(rows)


def mantel_haenszel(rows: pl.DataFrame) -> Callable[[], object]:
    """Common risk ratio with limits."""
    return lambda: MantelHaenszel(measure="risk_ratio").fit(rows).natural


def comparisons() -> Iterator[Comparison]:
    """Against metafor in R, and pimeta in Python."""
    rows, trials = studies(STUDIES), two_arms(STUDIES)
    name = "pool 20 proportions, REML with Hartung–Knapp"
    yield Comparison(name, reml(rows), "R", "reml", "metafor", "studies", rows, 20)
    yield Comparison(name, reml(rows), "Python", "pimeta_reml", "pimeta", "studies", rows)
    name = "pool 20 proportions, binomial-normal likelihood"
    yield Comparison(name, glmm(rows), "R", "glmm", "metafor", "studies", rows, 10)
    yield Comparison(name, glmm(rows), "Python", "pimeta_glmm", "pimeta", "studies", rows)
    name = "meta-regression of 20 proportions on one moderator"
    yield Comparison(name, moderator(rows), "R", "moderator", "metafor", "studies", rows)
    name = "Mantel–Haenszel risk ratio of 20 trials"
    yield Comparison(name, mantel_haenszel(trials), "R", "mantel_haenszel", "metafor", "two_arms", trials)


def growths() -> Iterator[Growth]:
    """Linear in studies."""
    of, sizes = "studies", (1_000, 4_000, 16_000)
    yield Growth("REML with Hartung–Knapp", of, sizes, lambda k: reml(studies(k)), "k", linear)
    yield Growth("binomial-normal likelihood", of, (250, 1_000, 4_000), lambda k: glmm(studies(k)), "k", linear)
    yield Growth("meta-regression", of, sizes, lambda k: moderator(studies(k)), "k", linear)
    yield Growth("Mantel–Haenszel", of, sizes, lambda k: mantel_haenszel(two_arms(k)), "k", linear)

    def prior(k: int) -> Callable[[], object]:
        return lambda: MetaAnalyticPredictive(outcome="proportion", tau_scale=0.5).fit(studies(k)).interval()

    yield Growth("meta-analytic-predictive prior", of, (10, 40, 160), prior, "k", linear)
