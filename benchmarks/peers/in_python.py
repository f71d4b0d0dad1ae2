"""Peers in Python, run by a virtual environment of their own: the commands of in_r.R, and the same answers.

This file imports nothing of Malar, and Malar nothing of what it needs.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Any

TASKS: dict[str, tuple[str, str, Callable[[Any], Callable[[], object]]]] = {}
"""Task: package, table, and what prepares its work from the table (which is not timed)."""
PACKAGES = ("comprisk", "lifelines", "pimeta", "statsmodels")


def task(package: str, table: str) -> Callable[[Callable[[Any], Callable[[], object]]], None]:
    """Enter a task under its function's name."""

    def enter(prepare: Callable[[Any], Callable[[], object]]) -> None:
        TASKS[prepare.__name__] = (package, table, prepare)

    return enter


@task("statsmodels", "single")
def statsmodels_kaplan_meier(d: Any) -> Callable[[], object]:
    """Estimate and standard error at every step; limits are not made."""
    from statsmodels.duration.survfunc import SurvfuncRight

    times, events = d["time"].to_numpy(), d["event"].to_numpy()
    return lambda: SurvfuncRight(times, events).surv_prob_se


@task("statsmodels", "single_days")
def statsmodels_log_rank_days(d: Any) -> Callable[[], object]:
    """Log-rank test of two arms."""
    from statsmodels.duration.survfunc import survdiff

    times, events, arm = d["time"].to_numpy(), d["event"].to_numpy(), d["arm"].to_numpy()
    return lambda: survdiff(times, events, arm)


@task("lifelines", "single_days")
def lifelines_kaplan_meier_days(d: Any) -> Callable[[], object]:
    """Estimate and limits at every step."""
    from lifelines import KaplanMeierFitter

    times, events = d["time"].to_numpy(), d["event"].to_numpy()
    return lambda: KaplanMeierFitter().fit(times, events).confidence_interval_


@task("comprisk", "competing")
def comprisk_incidence(d: Any) -> Callable[[], object]:
    """Both causes in both arms, with variances."""
    from comprisk import CumulativeIncidence

    times, cause, arm = d["time"].to_numpy(), d["cause"].to_numpy(), d["arm"].to_numpy()
    return lambda: CumulativeIncidence().fit(times, cause, group=arm)


@task("comprisk", "competing_days")
def comprisk_gray_days(d: Any) -> Callable[[], object]:
    """Gray's test of one cause."""
    from comprisk import gray_test

    times, cause, arm = d["time"].to_numpy(), d["cause"].to_numpy(), d["arm"].to_numpy()
    return lambda: gray_test(times, cause, arm)


@task("comprisk", "fine_gray")
def comprisk_fine_gray(d: Any) -> Callable[[], object]:
    """Fine-Gray regression with robust errors."""
    from comprisk import FineGrayRegression

    x = d[[name for name in d.columns if name.startswith("x")]].to_numpy()
    times, cause = d["time"].to_numpy(), d["cause"].to_numpy()
    return lambda: FineGrayRegression(robust_se=True).fit(x, time=times, event=cause)


@task("pimeta", "studies")
def pimeta_reml(d: Any) -> Callable[[], object]:
    """REML with Hartung-Knapp."""
    import pimeta

    events, n = d["events"].to_numpy(), d["n"].to_numpy()

    def work() -> object:
        made = pimeta.escalc("PLO", xi=events, ni=n)
        return pimeta.rma(made.yi, made.vi, method="REML", test="knha")

    return work


@task("pimeta", "studies")
def pimeta_glmm(d: Any) -> Callable[[], object]:
    """Binomial-normal likelihood."""
    import pimeta

    events, n = d["events"].to_numpy(), d["n"].to_numpy()
    return lambda: pimeta.rma_glmm("PLO", xi=events, ni=n)


def timed(name: str, times: int, tables: dict[str, Any], ready: dict[str, Callable[[], object]]) -> str:
    """Seconds of a task, or why there are none."""
    package, table, prepare = TASKS[name]
    if find_spec(package) is None:
        return f"absent {package}"
    try:
        if name not in ready:
            ready[name] = prepare(tables[table])
        work = ready[name]
        began, worked = time.perf_counter(), time.process_time()
        for _ in range(times):
            work()
        return f"took {(time.perf_counter() - began) / times} {(time.process_time() - worked) / times}"
    except Exception as error:  # noqa: BLE001  # whatever a peer raises is printed as its reason
        return f"failed {type(error).__name__}: {' '.join(str(error).split())}"


def about() -> str:
    """Versions."""
    found: list[str] = []
    for package in PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return f"about Python {sys.version.split()[0]} with {', '.join(found)}"


def main() -> None:
    """Answer commands until there are no more."""
    import pandas as pd

    warnings.simplefilter("ignore")
    answers, sys.stdout = sys.stdout, sys.stderr
    tables: dict[str, Any] = {}
    ready: dict[str, Callable[[], object]] = {}
    for line in sys.stdin:
        match line.split():
            case ["data", name, path]:
                tables[name] = pd.read_csv(path)
                answer = "ready"
            case ["time", name, times]:
                answer = timed(name, int(times), tables, ready)
            case _:
                answer = about()
        print(answer, file=answers, flush=True)


main()
