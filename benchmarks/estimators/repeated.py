"""The mixed model for repeated measures, and imputation that rests on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

import numpy as np
import polars as pl

from benchmarks.cohorts import trial
from benchmarks.comparison import Comparison, Growth, linear, power
from malar.repeated import MMRM, ReferenceBasedImputation

SUBJECTS, VISITS = 1_000, 5


def mmrm(rows: pl.DataFrame, df: Literal["satterthwaite", "kenward_roger"]) -> Callable[[], object]:
    """Least-squares means and contrasts at every visit and averaged, with errors, degrees of freedom and limits."""
    spec = MMRM(outcome="change", covariates=("baseline", "stratum"), covariates_by_visit=("baseline",), df=df)

    def work() -> object:
        result = spec.fit(rows)
        assert result.converged
        return result.ls_means(averaged=True), result.contrasts(averaged=True)

    return work


def imputed(rows: pl.DataFrame, imputations: int) -> Callable[[], object]:
    """Jump to reference."""
    model = MMRM(outcome="change", covariates=("baseline",), reference="control")
    spec = ReferenceBasedImputation(model=model, strategy="jump_to_reference", imputations=imputations)
    return lambda: spec.fit(rows, rng=np.random.default_rng(1))


def comparisons() -> Iterator[Comparison]:
    """Against mmrm where R has it, and the fit alone of nlme::gls."""
    rows = trial(SUBJECTS, VISITS)
    name = "MMRM, 1,000 × 5 visits, {}, means and contrasts"
    one, two = name.format("Satterthwaite"), name.format("Kenward–Roger-linear")
    satterthwaite, kenward_roger = mmrm(rows, "satterthwaite"), mmrm(rows, "kenward_roger")
    yield Comparison(one, satterthwaite, "R", "mmrm_satterthwaite", "mmrm with emmeans", "trial", rows, 5)
    yield Comparison(two, kenward_roger, "R", "mmrm_kenward_roger", "mmrm with emmeans", "trial", rows, 5)
    yield Comparison(two, kenward_roger, "R", "gls", "nlme::gls (fit only)", "trial", rows, 60)


def growths() -> Iterator[Growth]:
    """Linear in subjects; in visits m the traces of m²(m+1)²/4 pairs of matrices as large as the coefficients."""
    sizes, visits = (2_000, 8_000, 32_000), (4, 8, 16)
    of = "subjects, 5 visits"
    yield Growth("MMRM, Satterthwaite", of, sizes, lambda n: mmrm(trial(n), "satterthwaite"), "n", linear)
    yield Growth("MMRM, Kenward–Roger", of, sizes, lambda n: mmrm(trial(n), "kenward_roger"), "n", linear)
    of = "visits, 500 subjects who leave"
    yield Growth("MMRM, Kenward–Roger", of, visits, lambda m: mmrm(_leaving(m), "kenward_roger"), "m⁶", power(6))
    of = "imputations, 200 × 5 visits"
    yield Growth("reference-based imputation", of, (5, 10, 20), lambda k: imputed(trial(200), k), "k", linear)


def _leaving(visits: int) -> pl.DataFrame:
    """Missing for good only, so that there are as many patterns as visits whatever their number."""
    rows = trial(500, visits)
    gone = pl.col("change").is_null().cum_max().over("subject", order_by="visit")
    return rows.with_columns(pl.when(~gone).then("change").alias("change"))
