"""Cox and Fine-Gray regression."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import polars as pl

from benchmarks.cohorts import covariates, in_days
from benchmarks.comparison import Comparison, Growth, power, sorting
from malar.survival import CoxRegression, FineGray

SUBJECTS, COVARIATES = 100_000, 10
FEW, MANY = 5_000, 20_000


def names(rows: pl.DataFrame) -> list[str]:
    """The covariates of a frame."""
    return [name for name in rows.columns if name.startswith("x")]


def cox(rows: pl.DataFrame, entry: str | None = None) -> Callable[[], object]:
    """Hazard ratios with errors, limits and tests, as summary(coxph) gives them."""
    return lambda: CoxRegression(covariates=names(rows), entry=entry).fit(rows).table()


def fine_gray(rows: pl.DataFrame) -> Callable[[], object]:
    """Subdistribution hazard ratios with robust errors and limits."""
    return lambda: FineGray(covariates=names(rows), interest=1).fit(rows).table()


def comparisons() -> Iterator[Comparison]:
    """Against survival and cmprsk in R, and comprisk in Python."""
    rows = covariates(SUBJECTS, COVARIATES).drop("cause")
    days = in_days(rows)
    late = days.with_columns(entry=(pl.col("time") * 0.4).floor())
    name = "Cox regression, n = 100,000, p = 10, distinct times"
    yield Comparison(name, cox(rows), "R", "coxph", "coxph", "cox", rows, 2)
    name = "Cox regression, n = 100,000, p = 10, whole days"
    yield Comparison(name, cox(days), "R", "coxph_days", "coxph", "cox_days", days, 2)
    name = "Cox regression, n = 100,000, p = 10, delayed entry"
    yield Comparison(name, cox(late, "entry"), "R", "coxph_entry", "coxph", "cox_entry", late, 2)
    many, few = covariates(MANY, 5), covariates(FEW, 5)
    name = "Fine–Gray, n = 20,000, p = 5, robust errors"
    yield Comparison(name, fine_gray(many), "Python", "comprisk_fine_gray", "comprisk", "fine_gray", many, 1)
    name = "Fine–Gray, n = 5,000, p = 5, robust errors"
    yield Comparison(name, fine_gray(few), "R", "crr", "crr", "fine_gray_small", few, 300)


def growths() -> Iterator[Growth]:
    """Linear in rows after sorting, quadratic in covariates."""
    sizes, more = (12_500, 50_000, 200_000), (10, 20, 40)
    of = "subjects, 10 covariates"
    yield Growth("Cox regression", of, sizes, lambda n: cox(covariates(n, 10)), "n log n", sorting)
    of = "covariates, 50,000 subjects"
    yield Growth("Cox regression", of, more, lambda p: cox(covariates(50_000, p)), "p²", power(2))
    of = "subjects, 5 covariates"
    yield Growth("Fine–Gray", of, sizes, lambda n: fine_gray(covariates(n, 5)), "n log n", sorting)
    of = "covariates, 20,000 subjects"
    yield Growth("Fine–Gray", of, more, lambda p: fine_gray(covariates(20_000, p)), "p²", power(2))
