"""A mixed model for repeated measures with means and contrasts, against the fit alone of nlme::gls in R."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.timing import Ratio
from malar.repeated import MMRM

SUBJECTS, VISITS, RUNS = 1_000, 5, 3
GLS = """
suppressPackageStartupMessages(library(nlme))
d <- read.csv(commandArgs(trailingOnly = TRUE)[1])
d <- d[!is.na(d$change), ]; d$visit <- factor(d$visit); d$at <- as.integer(d$visit)
took <- system.time(g <- gls(change ~ baseline * visit + stratum + arm * visit, data = d,
  correlation = corSymm(form = ~ at | subject), weights = varIdent(form = ~ 1 | visit), method = "REML"))
cat(took["elapsed"], as.numeric(logLik(g)), "\\n")
"""


def trial() -> pl.DataFrame:
    """Two arms; some leave for good, some miss a visit."""
    rng = np.random.default_rng(2026)
    baseline, arm = rng.normal(12, 4, SUBJECTS), rng.integers(0, 2, SUBJECTS)
    sigma = 9.0 * (0.6 + 0.4 * np.eye(VISITS))
    noise = rng.multivariate_normal(np.zeros(VISITS), sigma, SUBJECTS)
    change = -0.3 * baseline[:, None] - 0.5 * arm[:, None] * np.arange(1, VISITS + 1) + noise
    left = np.cumsum(rng.random((SUBJECTS, VISITS)) < 0.05, axis=1) > 0
    missing = left | (rng.random((SUBJECTS, VISITS)) < 0.04)
    frame = pl.DataFrame(
        {
            "subject": np.repeat(np.arange(SUBJECTS), VISITS),
            "visit": np.tile([1, 3, 6, 9, 12], SUBJECTS),
            "arm": np.repeat(np.where(arm == 1, "cells", "standard"), VISITS),
            "baseline": np.repeat(baseline, VISITS),
            "stratum": np.repeat(np.where(rng.random(SUBJECTS) < 0.5, "nephritis", "other"), VISITS),
            "change": change.ravel(),
        }
    )
    return frame.with_columns(pl.when(pl.Series(~missing.ravel())).then("change").alias("change"))


def run() -> Iterator[Ratio]:
    """The comparison; nothing where R is not installed."""
    if shutil.which("Rscript") is None:
        print("repeated: Rscript is not here; nlme::gls is the peer")
        return
    frame = trial()
    spec = MMRM(outcome="change", covariates=("baseline", "stratum"), covariates_by_visit=("baseline",))
    pairs: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        data, script = Path(folder) / "trial.csv", Path(folder) / "gls.R"
        frame.write_csv(data)
        script.write_text(GLS, encoding="utf-8")
        for turn in range(RUNS + 1):
            began = time.perf_counter()
            result = spec.fit(frame)
            result.ls_means(averaged=True)
            result.contrasts(averaged=True)
            ours = time.perf_counter() - began
            done = subprocess.run(["Rscript", str(script), str(data)], capture_output=True, text=True, check=True)
            took, loglik = map(float, done.stdout.split())
            if turn:
                pairs.append((ours, took))
            gap = (result.fit_statistics()["loglik"] or -np.inf) - loglik
            assert gap > -1e-6, f"the peer's likelihood is higher by {-gap}"
    ratios = [ours / peer for ours, peer in pairs]
    name = f"MMRM with means and contrasts, {SUBJECTS:,} × {VISITS} visits, against the fit of nlme::gls"
    medians = [statistics.median(column) for column in zip(*pairs, strict=True)]
    yield Ratio(name, *medians, statistics.median(ratios), min(ratios), max(ratios), 0.1)
