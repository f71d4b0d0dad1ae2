"""What must hold of every Fine-Gray regression."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from malar.errors import UndefinedError
from malar.survival import CoxRegression, CumulativeIncidence, FineGray
from tests.numbers import assert_close

relaxed = settings(deadline=None, max_examples=40)
SEEDS = st.integers(0, 10_000)
FIT = FineGray(covariates=["a", "b"], interest=1)


def cohort(seed, n=80, *, grid=1.0, censored=0.3):
    rng = np.random.default_rng(seed)
    a, b = rng.integers(0, 2, n), rng.normal(size=n).round(2)
    one = rng.exponential(8.0 * np.exp(-0.5 * a + 0.3 * b))
    two = rng.exponential(12.0 * np.exp(0.3 * a), n)
    gone = rng.exponential(20.0, n) if censored else np.full(n, np.inf)
    time = np.minimum(np.minimum(one, two), gone)
    cause = np.where(time == gone, 0, np.where(one < two, 1, 2))
    return pl.DataFrame({"a": a, "b": b, "time": grid * np.ceil(time / grid), "cause": cause})


@relaxed
@given(SEEDS)
def test_without_competing_causes_it_is_cox_with_breslow_ties_and_robust_errors(seed):
    frame = cohort(seed).with_columns(cause=pl.col("cause") % 2, event=pl.col("cause") == 1)
    ours = FIT.fit(frame)
    cox = CoxRegression(covariates=["a", "b"], ties="breslow", variance="robust").fit(frame)
    assert_close(ours.coefficient, cox.coefficient, "rounding")
    assert_close(ours.covariance, cox.covariance, "oracle")
    one, two = (fit.predict(frame.head(3), [2, 5]) for fit in (ours, cox))
    assert_close(1.0 - one["incidence"], two["survival"], "rounding")
    assert_close(one["se"], two["se"], "oracle")
    assert_close(1.0 - one["lower"], two["upper"], "oracle")


@relaxed
@given(SEEDS, st.floats(0.01, 100))
def test_row_order_and_unit_of_time_do_not_matter(seed, unit):
    frame = cohort(seed)
    mixed = frame.sample(fraction=1.0, shuffle=True, seed=seed).with_columns(pl.col("time") * unit)
    one, two = FIT.fit(frame), FIT.fit(mixed)
    assert_close(one.coefficient, two.coefficient, "oracle")
    assert_close(one.covariance, two.covariance, "oracle")


@relaxed
@given(SEEDS)
def test_incidence_rises_and_its_limits_hold_it(seed):
    days = [0, 1, 3, 6, 9]
    frame = cohort(seed, 150)
    ours = FIT.fit(frame).predict(frame.head(2), days).drop_nulls()
    for row in (0, 1):
        incidence = ours.filter(row=row)["incidence"].to_numpy()
        assert (np.diff(incidence) >= 0).all()
    assert (ours["lower"] <= ours["incidence"]).all()
    assert (ours["incidence"] <= ours["upper"]).all()
    assert ours["lower"].min() >= 0
    assert ours["upper"].max() <= 1


def test_error_of_the_incidence_is_near_that_of_leaving_each_row_out():
    frame = cohort(7, 400, grid=0.01)
    profile, days = pl.DataFrame({"a": [1], "b": [0.4]}), [3.0, 8.0, 15.0]
    keep = pl.int_range(pl.len())
    left = np.array([FIT.fit(frame.filter(keep != i)).predict(profile, days)["incidence"] for i in range(400)])
    jackknife = np.sqrt(399 / 400 * ((left - left.mean(axis=0)) ** 2).sum(axis=0))
    ours = FIT.fit(frame).predict(profile, days)["se"].to_numpy()
    assert (np.abs(ours / jackknife - 1) < 0.02).all()


def test_incidence_by_arm_is_near_the_nonparametric_one():
    rng = np.random.default_rng(1)
    arm = rng.integers(0, 2, 20_000)
    p = 1 - 0.6 ** np.exp(-0.6 * arm)
    relapse = rng.random(20_000) < p
    u = rng.random(20_000) * p
    first = np.where(
        relapse, -np.log1p(np.log1p(-u) / (-np.log(0.6) * np.exp(-0.6 * arm))), rng.exponential(1.0, 20_000)
    )
    gone = rng.uniform(0.2, 4.0, 20_000)
    frame = pl.DataFrame(
        {"time": np.minimum(first, gone), "cause": np.where(first > gone, 0, np.where(relapse, 1, 2)), "a": arm}
    )
    result = FineGray(covariates=["a"], interest=1).fit(frame)
    row = result.coefficients().row(0, named=True)
    assert abs(row["estimate"] + 0.6) < 3 * row["se"]
    free = CumulativeIncidence(by="a").fit(frame).at([0.5, 1.5]).filter(cause="1")
    ours = result.predict(pl.DataFrame({"a": [0, 1]}), [0.5, 1.5])
    assert (np.abs(ours["incidence"] - free["incidence"]) < 0.02).all()


def test_an_arm_without_the_event_has_no_finite_ratio():
    frame = cohort(3, 200).with_columns(cause=pl.when(a=1, cause=1).then(2).otherwise("cause"))
    result = FIT.fit(frame)
    assert result.convergence.unbounded == ("a",)
    assert result.coefficient[0] == -np.inf
    assert result.coefficients()["se"].is_null().to_list() == [True, False]
    assert result.table().filter(term="a", statistic="se")["value"].to_list() == [None]
    with pytest.raises(UndefinedError, match="monotone"):
        result.predict(frame.head(1), 3)
