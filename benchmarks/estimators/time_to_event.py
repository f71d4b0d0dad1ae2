"""Curves and tests of time to event, competing causes, states and visits."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import polars as pl

from benchmarks.cohorts import competing, in_days, intervals, single, states
from benchmarks.comparison import Comparison, Growth, linear, sorting
from malar.survival import (
    CumulativeIncidence,
    GrayTest,
    Guyot,
    KaplanMeier,
    LogRank,
    Multistate,
    NelsonAalen,
    RestrictedMean,
    StateOccupancy,
    Turnbull,
)

SUBJECTS, COMPETING = 1_000_000, 100_000
STATES = ("active", "low", "dead")


def kaplan_meier(rows: pl.DataFrame) -> Callable[[], object]:
    """Estimate, standard error and limits at every step."""

    def work() -> object:
        return [(curve.se, curve.lower, curve.upper) for curve in KaplanMeier().fit(rows).curves]

    return work


def nelson_aalen(rows: pl.DataFrame) -> Callable[[], object]:
    """Estimate, standard error and limits at every step."""

    def work() -> object:
        return [(curve.se, curve.lower, curve.upper) for curve in NelsonAalen().fit(rows).curves]

    return work


def log_rank(rows: pl.DataFrame) -> Callable[[], object]:
    """Test of two arms."""
    return lambda: LogRank(by="arm").fit(rows).table()


def mean(rows: pl.DataFrame) -> Callable[[], object]:
    """Restricted means of two arms, with their difference."""
    return lambda: RestrictedMean(until=300, by="arm").fit(rows).table()


def incidence(rows: pl.DataFrame) -> Callable[[], object]:
    """Both causes in both arms, with standard errors and limits at every step."""
    return lambda: CumulativeIncidence(by="arm", variance="aalen").fit(rows).curve()


def gray(rows: pl.DataFrame) -> Callable[[], object]:
    """Gray's test of both causes."""
    return lambda: GrayTest(by="arm").fit(rows).table()


def both(rows: pl.DataFrame) -> Callable[[], object]:
    """What cuminc gives: incidences with variances, and tests."""
    first, second = incidence(rows), gray(rows)
    return lambda: (first(), second())


def occupancy(rows: pl.DataFrame) -> Callable[[], object]:
    """Probability of every state with infinitesimal-jackknife errors and limits at every step."""
    return lambda: StateOccupancy(states=STATES).fit(rows).curve()


def turnbull(rows: pl.DataFrame) -> Callable[[], object]:
    """Masses of innermost intervals."""
    return lambda: Turnbull().fit(rows)


def comparisons() -> Iterator[Comparison]:
    """Against survival and cmprsk in R, and statsmodels, lifelines and comprisk in Python."""
    rows, days = single(SUBJECTS), in_days(single(SUBJECTS))
    name = "Kaplan–Meier, 1,000,000 distinct times"
    yield Comparison(name, kaplan_meier(rows), "R", "survfit", "survfit", "single", rows, 10)
    of = "statsmodels (no limits)"
    yield Comparison(name, kaplan_meier(rows), "Python", "statsmodels_kaplan_meier", of, "single", rows, 1)
    name = "Kaplan–Meier, 1,000,000 on whole days"
    yield Comparison(name, kaplan_meier(days), "R", "survfit_days", "survfit", "single_days", days)
    yield Comparison(
        name, kaplan_meier(days), "Python", "lifelines_kaplan_meier_days", "lifelines", "single_days", days
    )
    name = "Nelson–Aalen, 1,000,000 distinct times"
    yield Comparison(name, nelson_aalen(rows), "R", "survfit_hazard", "survfit", "single", rows)
    name = "restricted means of two arms, 1,000,000 distinct times"
    yield Comparison(name, mean(rows), "R", "survfit_mean", "survfit with rmean", "single", rows)
    name = "log-rank test, 1,000,000 distinct times"
    yield Comparison(name, log_rank(rows), "R", "survdiff", "survdiff", "single", rows)
    name = "log-rank test, 1,000,000 on whole days"
    task = "statsmodels_log_rank_days"
    yield Comparison(name, log_rank(days), "Python", task, "statsmodels", "single_days", days)
    yield from of_causes()
    stays = states(1_000)
    name = "state occupancy, 1,000 subjects, 3 states"
    yield Comparison(name, occupancy(stays), "R", "states", "survfit", "states", stays)
    found = intervals(2_000)
    yield Comparison("Turnbull, 2,000 subjects", turnbull(found), "R", "turnbull", "survfit", "intervals", found)


def of_causes() -> Iterator[Comparison]:
    """Cumulative incidence and Gray's test."""
    rows, days = competing(COMPETING), in_days(competing(COMPETING))
    name = "cumulative incidence and Gray's test, 100,000 distinct times"
    yield Comparison(name, both(rows), "R", "cuminc", "cuminc", "competing", rows, 3)
    name = "cumulative incidence and Gray's test, 100,000 on whole days"
    yield Comparison(name, both(days), "R", "cuminc_days", "cuminc", "competing_days", days, 3)
    name = "cumulative incidence, 100,000 distinct times"
    yield Comparison(name, incidence(rows), "Python", "comprisk_incidence", "comprisk", "competing", rows)
    name = "Gray's test, 100,000 on whole days"
    task = "comprisk_gray_days"
    yield Comparison(name, gray(days), "Python", task, "comprisk (one cause)", "competing_days", days)


def growths() -> Iterator[Growth]:
    """Sorting is all that is more than linear."""
    million, fewer = (62_500, 250_000, 1_000_000), (12_500, 50_000, 200_000)
    of = "subjects, distinct times"
    for name, make in (("Kaplan–Meier", kaplan_meier), ("Nelson–Aalen", nelson_aalen), ("log-rank test", log_rank)):
        yield Growth(name, of, million, lambda n, make=make: make(single(n)), "n log n", sorting)
    yield Growth("restricted means", of, million, lambda n: mean(single(n)), "n log n", sorting)
    yield Growth("cumulative incidence", of, fewer, lambda n: incidence(competing(n)), "n log n", sorting)
    yield Growth("Gray's test", of, fewer, lambda n: gray(competing(n)), "n log n", sorting)
    of = "subjects, times on 1,000 days"
    yield Growth("state occupancy", of, (500, 2_000, 8_000), lambda n: occupancy(states(n)), "n", linear)

    def later(n: int) -> Callable[[], object]:
        rows = states(n)
        return lambda: Multistate(from_day=100, given="active", states=STATES).fit(rows).curve()

    yield Growth("multistate probabilities", of, (500, 2_000, 8_000), later, "n", linear)
    of = "subjects, visits every 28 days"
    yield Growth("Turnbull", of, (5_000, 20_000, 80_000), lambda n: turnbull(intervals(n)), "n", linear)
    yield Growth("subjects behind a published curve", "its points", (50, 200, 800), _published, "n", linear)


def _published(points: int) -> Callable[[], object]:
    """A curve read at so many points, with five numbers at risk."""
    times = [730.0 * k / (points - 1) for k in range(points)]
    at = KaplanMeier().fit(single(1_000)).at(times).select("time", "survival", "at_risk")
    curve, risk = at.select("time", "survival"), at.filter(pl.int_range(pl.len()) % (points // 5) == 0)
    return lambda: Guyot().fit(curve, risk.select("time", "at_risk"))
