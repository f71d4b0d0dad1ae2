"""What must hold of every Cox regression."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from malar.errors import UndefinedError
from malar.survival import CoxRegression
from tests.numbers import assert_close

relaxed = settings(deadline=None, max_examples=60)
SEEDS = st.integers(0, 10_000)


def cohort(seed, n=60, *, grid=1.0):
    """Two covariates, delayed entry, three centers, weights; times on a grid, so that they tie."""
    rng = np.random.default_rng(seed)
    a, b = rng.integers(0, 2, n), rng.normal(size=n).round(2)
    entry = grid * rng.integers(0, 5, n)
    stay = grid * np.ceil(rng.exponential(8.0 * np.exp(-0.5 * a + 0.3 * b)) / grid)
    return pl.DataFrame(
        {
            "a": a,
            "b": b,
            "entry": entry,
            "time": entry + stay,
            "event": rng.random(n) < 0.7,
            "center": rng.choice(["x", "y", "z"], n),
            "w": rng.choice([0.5, 1.0, 2.3], n),
            "patient": rng.integers(0, n // 2, n),
        }
    )


def same(one, two, tolerance="rounding"):
    assert_close(one.coefficient, two.coefficient, tolerance, "coefficient")
    assert_close(one.covariance, two.covariance, tolerance, "covariance")


@relaxed
@given(SEEDS, st.sampled_from(["efron", "breslow"]))
def test_row_order_does_not_matter(seed, ties):
    spec = CoxRegression(
        covariates=["a", "b"], entry="entry", strata="center", weight="w", cluster="patient", ties=ties
    )
    frame = cohort(seed)
    one, two = spec.fit(frame), spec.fit(frame.sample(fraction=1.0, shuffle=True, seed=seed))
    same(one, two, "oracle")


@relaxed
@given(SEEDS, st.floats(-50, 50), st.floats(0.01, 100))
def test_shift_and_scale_of_a_covariate(seed, shift, scale):
    spec = CoxRegression(covariates=["a", "b"], variance="robust")
    frame = cohort(seed)
    one, two = spec.fit(frame), spec.fit(frame.with_columns(b=pl.col("b") * scale + shift))
    assert_close(two.coefficient * [1.0, scale], one.coefficient, "oracle")
    assert_close(two.covariance * np.outer([1, scale], [1, scale]), one.covariance, "oracle")
    assert_close(two.log_likelihood, one.log_likelihood, "rounding")


@relaxed
@given(SEEDS, st.sampled_from(["efron", "breslow"]))
def test_a_row_cut_into_two_spans_is_the_same_subject(seed, ties):
    spec = CoxRegression(covariates=["a", "b"], entry="entry", cluster="subject", ties=ties)
    frame = cohort(seed).with_row_index("subject")
    middle = (pl.col("entry") + pl.col("time")) / 2
    cut = pl.concat([frame.with_columns(time=middle, event=pl.lit(value=False)), frame.with_columns(entry=middle)])
    same(spec.fit(frame), spec.fit(cut), "oracle")


@relaxed
@given(SEEDS, st.integers(2, 4))
def test_whole_weights_stand_for_subjects(seed, times_over):
    frame = cohort(seed).with_columns(k=pl.lit(times_over))
    spec = CoxRegression(covariates=["a", "b"], ties="breslow")
    weighted = CoxRegression(covariates=["a", "b"], ties="breslow", weight="k").fit(frame)
    assert not weighted.robust
    same(weighted, spec.fit(pl.concat([frame] * times_over)), "oracle")


@relaxed
@given(SEEDS)
def test_rows_of_weight_0_are_left_out(seed):
    frame = cohort(seed).with_columns(k=pl.col("patient") % 2)
    weighted = CoxRegression(covariates=["a", "b"], weight="k").fit(frame)
    same(weighted, CoxRegression(covariates=["a", "b"]).fit(frame.filter(pl.col("k") > 0)))


@relaxed
@given(SEEDS)
def test_without_ties_efron_is_breslow(seed):
    frame = cohort(seed).with_columns(time=pl.col("time") + pl.int_range(pl.len()) / 1000)
    fits = [CoxRegression(covariates=["a", "b"], ties=ties).fit(frame) for ties in ("efron", "breslow")]
    same(*fits)


@relaxed
@given(SEEDS)
def test_a_stratum_of_everybody_is_no_stratum(seed):
    frame = cohort(seed).with_columns(all=pl.lit("all"))
    same(
        CoxRegression(covariates=["a", "b"], strata="all").fit(frame),
        CoxRegression(covariates=["a", "b"]).fit(frame),
    )


@settings(deadline=None, max_examples=15)
@given(SEEDS, st.sampled_from(["efron", "breslow"]), st.sampled_from([None, "center"]))
def test_robust_error_of_predicted_survival_is_the_sum_of_squared_derivatives_by_weight(seed, ties, strata):
    spec = CoxRegression(covariates=["a", "b"], entry="entry", weight="w", strata=strata, ties=ties, variance="robust")
    frame = cohort(seed, 30)
    assume(spec.fit(frame).convergence.reached)
    profile = pl.DataFrame({"a": [1], "b": [0.4], "center": ["x"]})
    day = frame.filter(pl.col("center") == "x")["time"].max() - 1

    def survival(row, factor):
        changed = frame.with_columns(w=pl.when(pl.int_range(pl.len()) == row).then(factor).otherwise(1.0) * pl.col("w"))
        return spec.fit(changed).predict(profile, day)["survival"].item()

    step = 1e-4
    slopes = [(survival(i, 1 + step) - survival(i, 1 - step)) / (2 * step) for i in range(frame.height)]
    ours = spec.fit(frame).predict(profile, day)
    assert_close(ours["se"], [np.sqrt(np.sum(np.square(slopes)))], "derivative")
    if ours["survival"].item() < 1:
        assert 0 <= ours["lower"].item() <= ours["survival"].item() <= ours["upper"].item() <= 1


def no_maximum(rows, entry):
    """Whether some direction never loses against anyone at risk, at any event: a linear program."""
    gaps = [
        (ax - ay, bx - by)
        for ax, bx, ex, sx, event in rows
        if event
        for ay, by, ey, sy, _ in rows
        if (not entry or ey < ex + sx) and sy + (ey if entry else ex) >= (ex + sx)
    ]
    gaps = np.array(gaps, dtype=float)
    best = linprog(-gaps.sum(axis=0), A_ub=-gaps, b_ub=np.zeros(len(gaps)), bounds=[(-1, 1)] * 2)
    return -best.fun > 1e-9


@settings(deadline=None, max_examples=300)
@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 5), st.integers(0, 4), st.integers(1, 6), st.booleans()),
        min_size=4,
        max_size=14,
    )
)
def test_monotone_likelihood_is_recognized_exactly(rows):
    entry = [(a, b, e, s, event) for a, b, e, s, event in rows]
    frame = pl.DataFrame(entry, schema=["a", "b", "entry", "stay", "event"], orient="row")
    frame = frame.with_columns(time=pl.col("entry") + pl.col("stay"))
    try:
        result = CoxRegression(covariates=["a", "b"], entry="entry").fit(frame)
    except UndefinedError:
        return
    infinite = no_maximum(rows, entry=True)
    assert bool(result.convergence.unbounded) == infinite
    assert result.convergence.reached == (not infinite)
    assert np.isinf(result.coefficient).any() == infinite


@pytest.mark.parametrize("strata", [None, "center"])
def test_an_arm_without_events_has_no_finite_ratio(strata):
    frame = cohort(3, 200).with_columns(event=pl.col("event") & (pl.col("a") == 0))
    result = CoxRegression(covariates=["a", "b"], strata=strata).fit(frame)
    assert result.convergence.unbounded == ("a",)
    assert result.convergence.reason == "monotone likelihood: no finite estimate for a"
    cells, other = result.coefficients().rows(named=True)
    assert cells["estimate"] == -np.inf
    assert cells["hazard_ratio"] == 0
    assert cells["se"] is None
    assert cells["lower"] is None
    alone = CoxRegression(covariates=["b"], strata=strata).fit(frame.filter(pl.col("a") == 0))
    assert_close([other["estimate"], other["se"]], alone.coefficients().select("estimate", "se").row(0), "derivative")
    tests = result.tests().rows_by_key("test")
    assert tests["likelihood_ratio"][0][0] > 10
    assert tests["wald"][0][0] is None
    with pytest.raises(UndefinedError, match="monotone"):
        result.predict(pl.DataFrame({"a": [0], "b": [0.0]}), 5)
    assert result.table().filter(analysis="proportionality").is_empty()
    assert result.table()["note"].str.contains("monotone").all()
