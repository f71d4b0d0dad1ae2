"""Estimators of time to event against R's survival and cmprsk, and statsmodels, on the same rows."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.timing import Ratio, compare
from malar.survival import CumulativeIncidence, GrayTest, KaplanMeier, LogRank

SUBJECTS = 1_000_000
COMPETING = 100_000
RUNS = 3
CALLS = 3

IN_R = {
    "survfit": "library(survival); work <- function() survfit(Surv(time, event) ~ 1, data = d)",
    "survdiff": "library(survival); work <- function() survdiff(Surv(time, event) ~ arm, data = d)",
    "cuminc": "library(cmprsk); work <- function() cuminc(d$time, d$cause, d$arm)",
}


def single() -> pl.DataFrame:
    """A million subjects with distinct times, a third of them censored."""
    rng = np.random.default_rng(2026)
    event, cut = rng.exponential(300.0, SUBJECTS), rng.exponential(600.0, SUBJECTS)
    arm = rng.choice(["control", "treated"], SUBJECTS)
    return pl.DataFrame({"time": np.minimum(event, cut), "event": (event <= cut).astype(int), "arm": arm})


def competing() -> pl.DataFrame:
    """Subjects with two causes in two arms, on distinct times."""
    rng = np.random.default_rng(2027)
    ends = np.stack([rng.exponential(mean, COMPETING) for mean in (600.0, 300.0, 500.0)])
    return pl.DataFrame(
        {"time": ends.min(axis=0), "cause": ends.argmin(axis=0), "arm": rng.choice(["control", "treated"], COMPETING)}
    )


def run() -> Iterator[Ratio]:
    """The comparisons, one after another; one that cannot be made says why."""
    rows, causes = single(), competing()
    yield from against_r("Kaplan-Meier, 1e6 distinct times", "survfit", rows, lambda: KaplanMeier().fit(rows), 0.1)
    yield from against_statsmodels(rows)
    yield from against_r("log-rank, 1e6 distinct times", "survdiff", rows, lambda: LogRank().fit(rows), None)

    def both() -> object:
        return CumulativeIncidence(by="arm", variance="aalen").fit(causes), GrayTest().fit(causes)

    yield from against_r("cumulative incidence and Gray's test, 1e5 subjects", "cuminc", causes, both, 1 / 3)


def against_r(
    name: str, function: str, rows: pl.DataFrame, ours: Callable[[], object], limit: float | None
) -> Iterator[Ratio]:
    """Ours and R's function in turn, the median of some calls each; R times itself, without starting and reading."""
    label = f"{name}, against {function}"
    if shutil.which("Rscript") is None:
        print(f"{label}: left out, Rscript is not installed")
        return
    with tempfile.TemporaryDirectory() as folder:
        rows.write_csv(Path(folder) / "rows.csv")
        theirs: list[float] = []
        mine: list[float] = []
        ours()
        for _ in range(RUNS):
            try:
                theirs.append(seconds_in_r(folder, IN_R[function]))
            except subprocess.CalledProcessError as error:
                print(f"{label}: left out, R said: {error.stderr.strip().splitlines()[-1]}")
                return
            mine.append(statistics.median(seconds(ours) for _ in range(CALLS)))
    ratios = [a / b for a, b in zip(mine, theirs, strict=True)]
    medians = (statistics.median(mine), statistics.median(theirs), statistics.median(ratios))
    yield Ratio(label, *medians, min(ratios), max(ratios), limit)


def seconds(work: Callable[[], object]) -> float:
    """Seconds of one call."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def seconds_in_r(folder: str, work: str) -> float:
    """Median seconds of some calls in R, after a first one on few rows."""
    code = (
        f"suppressPackageStartupMessages({{d <- read.csv('{folder}/rows.csv'); {work}; "
        "all <- d; d <- head(d, 100); invisible(work()); d <- all}); "
        f"cat(median(replicate({CALLS}, system.time(invisible(work()))[['elapsed']])))"
    )
    done = subprocess.run(["Rscript", "-e", code], capture_output=True, text=True, check=True)
    return float(done.stdout.strip().split()[-1])


def against_statsmodels(rows: pl.DataFrame) -> Iterator[Ratio]:
    """Ours and the survival function of statsmodels in turn."""
    if find_spec("statsmodels") is None:
        print("Kaplan-Meier, 1e6 distinct times, against statsmodels: left out, it is not installed")
        return
    from statsmodels.duration.survfunc import SurvfuncRight  # pyright: ignore

    times, events = rows["time"].to_numpy(), rows["event"].to_numpy()
    yield compare(
        "Kaplan-Meier, 1e6 distinct times, against statsmodels",
        lambda: KaplanMeier().fit(rows),
        lambda: SurvfuncRight(times, events),
        runs=RUNS,
        limit=1,
    )
