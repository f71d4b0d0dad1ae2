"""Pooling 20 studies, against metafor in R where it is installed (Debian: r-cran-metafor)."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl

from benchmarks.timing import Ratio
from malar.synthesis import MixedPooling, Pooling

ROUNDS = 3
SCRIPT = Path(__file__).with_suffix(".R")
WANTED = {"reml": 1 / 20, "glmm": 1 / 10}
TITLES = {
    "reml": "pool 20 proportions, REML and Hartung-Knapp, against metafor",
    "glmm": "pool 20 proportions, binomial-normal likelihood, against metafor",
}


def studies() -> pl.DataFrame:
    """Twenty proportions that differ."""
    rng = np.random.default_rng(2026)
    n = rng.integers(8, 90, 20)
    p = 1.0 / (1.0 + np.exp(-rng.normal(-0.3, 0.6, 20)))
    return pl.DataFrame({"study": [f"S{i:02d}" for i in range(20)], "events": rng.binomial(n, p), "n": n})


def ours(frame: pl.DataFrame) -> dict[str, float]:
    """Median seconds a fit, from the frame to limits and prediction."""
    reml, glmm = Pooling(measure="proportion_logit"), MixedPooling(outcome="proportion")

    def by_variance() -> object:
        result = reml.fit(frame)
        return result.natural, result.natural_prediction, result.q, result.p

    def by_likelihood() -> object:
        result = glmm.fit(frame)
        return result.natural, result.natural_prediction, result.heterogeneity

    return {"reml": _median(by_variance), "glmm": _median(by_likelihood)}


def _median(work: Callable[[], object], runs: int = 100) -> float:
    work()
    seconds: list[float] = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)


def metafor(path: Path) -> dict[str, float] | None:
    """Median seconds a fit in R, timed within R; None without R or metafor."""
    program = shutil.which("Rscript")
    if program is None:
        return None
    done = subprocess.run([program, str(SCRIPT), str(path)], capture_output=True, text=True, check=False)
    lines = [line.split() for line in done.stdout.splitlines()]
    return {name: float(seconds) for name, seconds in lines} if done.returncode == 0 else None


def run() -> Iterator[Ratio]:
    """The comparisons, R and Malar in turn."""
    frame = studies()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "studies.csv"
        frame.write_csv(path)
        rounds: list[tuple[dict[str, float], dict[str, float]]] = []
        for _ in range(ROUNDS):
            peer = metafor(path)
            if peer is None:
                print("pooling: no comparison, for R with metafor is not here")
                return
            rounds.append((ours(frame), peer))
    for name, title in TITLES.items():
        ratios = [a[name] / b[name] for a, b in rounds]
        mine, other = (statistics.median(one[side][name] for one in rounds) for side in (0, 1))
        yield Ratio(title, mine, other, statistics.median(ratios), min(ratios), max(ratios), WANTED[name])
