"""Nearest-neighbor and optimal matching among 5,000 subjects, against MatchIt where R has it.

The version that Debian 12 ships (4.5.1) pairs wrongly under a caliper, so no caliper is used and only time is compared.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.timing import Ratio
from malar.controls import NearestNeighborMatching, OptimalMatching, PropensityScore

SUBJECTS = 5_000
RUNS = 5
COVARIATES = ("sledai_2k", "egfr", "upcr", "prednisone_mg_day", "age")

IN_R = """
d <- read.csv(commandArgs(TRUE)[1]); suppressPackageStartupMessages(library(MatchIt))
f <- treated ~ sledai_2k + egfr + upcr + prednisone_mg_day + age
once <- function(...) system.time(matchit(f, d, method = "nearest", distance = "glm", ...))[["elapsed"]]
invisible(once()); for (i in 1:5) cat(once(), once(ratio = 2), "\\n")
"""


def cohort() -> pl.DataFrame:
    """Subjects of whom about a quarter are treated."""
    rng = np.random.default_rng(2026)
    values = {name: rng.normal(size=SUBJECTS) for name in COVARIATES}
    logit = -1.3 + 0.4 * sum(values.values())
    return pl.DataFrame({**values, "treated": (rng.random(SUBJECTS) < 1 / (1 + np.exp(-logit))).astype(int)})


def run() -> Iterator[Ratio]:
    """The comparisons, one after another; our time holds the propensity score too, as MatchIt's does."""
    frame = cohort()
    score = PropensityScore(covariates=COVARIATES)

    def nearest(ratio: int) -> Callable[[], object]:
        spec = NearestNeighborMatching(ratio=ratio, scale="probability", caliper=None)
        return lambda: spec.fit(score.fit(frame).scored())

    peer = _in_r(frame)
    for ratio, theirs in zip((1, 2), peer, strict=True):
        name = f"score and nearest {ratio}:1, {SUBJECTS:,} subjects, against MatchIt"
        yield _against(name, _times(nearest(ratio)), theirs, limit=1.0)
    scored = score.fit(frame).scored()
    optimal = OptimalMatching(scale="probability", caliper=None)
    yield _against("optimal 1:1, against our own nearest", _times(lambda: optimal.fit(scored)), _times(nearest(1)))


def _times(work: Callable[[], object]) -> list[float]:
    work()
    found: list[float] = []
    for _ in range(RUNS):
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return found


def _in_r(frame: pl.DataFrame) -> list[list[float]]:
    """Seconds inside R, without its start; NaN where R or MatchIt is not there."""
    missing = [[float("nan")] * RUNS] * 2
    if shutil.which("Rscript") is None:
        return missing
    with tempfile.TemporaryDirectory() as folder:
        data, script = Path(folder) / "cohort.csv", Path(folder) / "time.R"
        frame.write_csv(data)
        script.write_text(IN_R, encoding="utf-8")
        done = subprocess.run(["Rscript", str(script), str(data)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return missing
    lines = [[float(word) for word in line.split()] for line in done.stdout.splitlines()]
    return [list(column) for column in zip(*lines, strict=True)]


def _against(name: str, ours: list[float], peer: list[float], limit: float | None = None) -> Ratio:
    ratios = [a / b for a, b in zip(ours, peer, strict=True)]
    middle = statistics.median
    return Ratio(name, middle(ours), middle(peer), middle(ratios), min(ratios), max(ratios), limit)
