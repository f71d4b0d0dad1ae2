"""Cox regression of 100,000 subjects against coxph, and Fine-Gray regression against crr and against itself.

R keeps its own time, inside one process that has read the data before, where `Rscript` and its packages are installed.
"""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl

from benchmarks.timing import Ratio, compare, from_pairs
from malar.survival import CoxRegression, FineGray

SUBJECTS, COVARIATES = 100_000, 10
FEW, MANY = 5_000, 20_000


def cohort(n: int, p: int) -> pl.DataFrame:
    """Times in days with ties, a third censored, two competing causes, normal covariates."""
    rng = np.random.default_rng(2026)
    x = rng.normal(size=(n, p))
    slopes = np.linspace(-0.5, 0.5, p)
    one, two = rng.exponential(900 * np.exp(-x @ slopes)), rng.exponential(1500, n)
    gone = rng.uniform(100, 2000, n)
    first = np.minimum(one, two)
    columns = {f"x{j}": x[:, j] for j in range(p)}
    cause = np.where(first > gone, 0, np.where(one < two, 1, 2))
    return pl.DataFrame({"time": np.ceil(np.minimum(first, gone)), "cause": cause, "event": cause == 1, **columns})


def seconds_in_r(frame: pl.DataFrame, library: str, call: str, runs: int) -> list[float] | None:
    """Seconds of each run of an R expression on the frame ``d``, one warm-up before; None without R or the package."""
    if shutil.which("Rscript") is None:
        return None
    with TemporaryDirectory() as folder:
        file = Path(folder) / "d.csv"
        frame.with_columns(pl.col("event").cast(pl.Int8)).write_csv(file)
        code = (
            f"if (!requireNamespace('{library}', quietly = TRUE)) quit(status = 3); library({library});"
            f"d <- read.csv('{file}'); x <- as.matrix(d[grep('^x', names(d))]);"
            f"for (i in 0:{runs}) cat(system.time({call})[['elapsed']], '\\n')"
        )
        done = subprocess.run(["Rscript", "-e", code], capture_output=True, text=True, check=False)
    return [float(word) for word in done.stdout.split()][1:] if done.returncode == 0 else None


def seconds(work: Callable[[], object], runs: int) -> list[float]:
    """Seconds of each run, one warm-up before."""
    work()
    found: list[float] = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return found


def against_r(name: str, work: Callable[[], object], peer: list[float] | None, limit: float) -> Iterator[Ratio]:
    """The comparison, if R was there."""
    if peer is not None:
        yield from_pairs(name, list(zip(seconds(work, len(peer)), peer, strict=True)), limit=limit)


def run() -> Iterator[Ratio]:
    """The comparisons, one after another."""
    large, covariates = cohort(SUBJECTS, COVARIATES), [f"x{j}" for j in range(COVARIATES)]
    for ties in ("efron", "breslow"):
        spec = CoxRegression(covariates=covariates, ties=ties)
        peer = seconds_in_r(large, "survival", f"coxph(Surv(time, event) ~ x, d, ties = '{ties}')", 5)
        yield from against_r(
            f"Cox regression, n = 100,000, p = 10, {ties}, against coxph", lambda spec=spec: spec.fit(large), peer, 0.5
        )
    late = large.with_columns(entry=(pl.col("time") * 0.4).floor())
    spans = CoxRegression(covariates=covariates, entry="entry")
    peer = seconds_in_r(late, "survival", "coxph(Surv(entry, time, event) ~ x, d)", 3)
    yield from against_r("the same with delayed entry", lambda: spans.fit(late), peer, 0.5)
    many = cohort(MANY, 5)
    few, spec = many.head(FEW), FineGray(covariates=[f"x{j}" for j in range(5)], interest=1)
    peer = seconds_in_r(few, "cmprsk", "crr(d$time, d$cause, x)", 3)
    yield from against_r(
        "Fine-Gray regression, n = 5,000, p = 5, robust errors, against crr", lambda: spec.fit(few), peer, 0.5
    )
    larger = cohort(10 * MANY, 5)
    yield compare(
        "Fine-Gray regression, n = 20,000 against 5,000", lambda: spec.fit(many), lambda: spec.fit(few), limit=6
    )
    yield compare(
        "Fine-Gray regression, n = 200,000 against 20,000", lambda: spec.fit(larger), lambda: spec.fit(many), limit=15
    )
