"""Kaplan-Meier against survfit of R survival 3.5-3 (Greenwood; infinitesimal jackknife for weights)."""

from __future__ import annotations

import numpy as np
import pytest

from malar.survival import KaplanMeier
from malar.survival.kaplan_meier_result import KaplanMeierResult
from tests.numbers import assert_close
from tests.oracles.reader import Case, read_case

CASES = ("km_lung", "km_veteran", "km_lung_weighted", "km_channing_left_truncated")
INTERVALS = ("log-log", "log", "plain")


def fit(case: Case, **options: object) -> KaplanMeierResult:
    columns = case.columns
    spec = KaplanMeier(
        time=columns["time"],
        event=columns["event"],
        entry=columns["start"],
        weight=columns["weight"],
        by=columns["group"],
        **options,
    )
    return spec.fit(case.frame)


@pytest.mark.parametrize("name", CASES)
def test_curve(name):
    case = read_case(name)
    result = fit(case, variance="greenwood")
    assert [curve.group for curve in result.curves] == sorted(case.expected["groups"])
    for curve in result.curves:
        r = case.expected["groups"][curve.group]
        assert curve.n == r["n"]
        assert_close(curve.time, r["time"], "exact", "time")
        assert_close(curve.at_risk, r["n_risk"], what="at risk")
        assert_close(curve.events, r["n_event"], what="events")
        assert_close(curve.censored, r["n_censor"], what="censored")
        assert_close(curve.survival, r["surv"], what="survival")
        assert_close(curve.se, r["se_greenwood"], what="se")
        assert_close(curve.cumulative_hazard, r["cumhaz_nelson_aalen"], what="cumulative hazard")


@pytest.mark.parametrize("interval", INTERVALS)
@pytest.mark.parametrize("name", CASES)
def test_limits_and_quantiles(name, interval):
    case = read_case(name)
    result = fit(case, variance="greenwood", interval=interval)
    for curve in result.curves:
        r = case.expected["groups"][curve.group]
        assert_close(curve.lower, r["ci"][interval]["lower"], what="lower")
        assert_close(curve.upper, r["ci"][interval]["upper"], what="upper")
        q = r["quantiles"][interval]
        ours = result.quantiles(curve, q["prob"])
        for column in ("estimate", "lower", "upper"):
            assert_close(ours[column], q[column], what=f"quantile {column}")


@pytest.mark.parametrize("interval", INTERVALS)
@pytest.mark.parametrize("name", CASES)
def test_landmarks(name, interval):
    case = read_case(name)
    result = fit(case, variance="greenwood", interval=interval)
    for curve in result.curves:
        r = case.expected["groups"][curve.group]["landmark"]
        ours = result.landmarks(curve, r["times"])
        assert_close(ours["survival"], r["surv"], what="survival")
        assert_close(ours["se"], r["se_greenwood"], what="se")
        assert_close(ours["lower"], r["ci"][interval]["lower"], what="lower")
        assert_close(ours["upper"], r["ci"][interval]["upper"], what="upper")
        if case.columns["start"] is None:
            assert_close(ours["at_risk"], r["n_risk"], what="at risk")


def test_at_risk_with_delayed_entry_is_counted_at_the_time_itself():
    """survfit's summary gives the number at risk at the next event time, which counts later entries."""
    case = read_case("km_channing_left_truncated")
    for curve in fit(case).curves:
        rows = case.frame.filter(case.frame["gender"].cast(str) == curve.group)
        entry, age = rows["ageentry"].to_numpy(), rows["age"].to_numpy()
        times = np.array([816.0, 850.0, 866.0, 900.5, 1200.0])
        assert_close(curve.at_risk_at(times), [int(((entry < t) & (t <= age)).sum()) for t in times], "exact")


def test_infinitesimal_jackknife_is_the_default_for_fractional_weights():
    case = read_case("km_lung_weighted")
    for curve in fit(case).curves:
        r = case.expected["groups"][curve.group]["robust_infinitesimal_jackknife"]
        assert curve.variance == "infinitesimal_jackknife"
        assert_close(curve.se, r["se_surv"], what="se")
        assert_close(curve.lower, r["loglog_lower"], what="lower")
        assert_close(curve.upper, r["loglog_upper"], what="upper")
