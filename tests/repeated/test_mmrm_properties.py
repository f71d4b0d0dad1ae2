"""What must hold of every repeated-measures fit."""

from __future__ import annotations

from typing import get_args

import duckdb
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from malar.repeated import MMRM
from malar.repeated._covariances_kernel import STRUCTURES
from malar.repeated._design import basis
from malar.repeated._likelihood_kernel import expected_information, slopes, solve
from malar.repeated._moments_kernel import Rows, Sums, gather
from malar.repeated.mmrm import Covariance
from tests.numbers import assert_close
from tests.repeated.trial import trial

relaxed = settings(deadline=None, max_examples=15)
SPEC = MMRM(outcome="change", covariates=("baseline", "stratum"), reference="standard")
NUMBERS = ("estimate", "se", "df", "lower", "upper", "p")


def test_every_covariance_has_its_kernel():
    assert set(STRUCTURES) == set(get_args(Covariance))


def gathered(frame: pl.DataFrame, largest: int = 10**9):
    used = frame.drop_nulls("change")
    subject = used["subject"].rank("dense").to_numpy().astype(int) - 1
    visit = used["visit"].rank("dense").to_numpy().astype(int) - 1
    design = np.column_stack((np.ones(used.height), visit, used["baseline"].to_numpy(), used["arm"] == "cells"))
    return gather(np.column_stack((basis(design).columns, used["change"])), subject, visit, largest=largest)


@relaxed
@given(st.integers(0, 10_000), st.booleans(), st.sampled_from(sorted(STRUCTURES)))
def test_derivatives_are_those_of_the_likelihood(seed, reml, name):
    """Gradient and observed information against differences of the likelihood itself."""
    data, structure = gathered(trial(12, 4, seed=seed)), STRUCTURES[name](4)
    rng = np.random.default_rng(seed)
    moment = np.diag(rng.uniform(2, 8, 4)) + rng.uniform(0.5, 1.5)
    theta = structure.start(moment)

    def loglik(at):
        return solve(data, structure.matrix(at), reml=reml).loglik

    def gradient(at):
        jacobian = structure.jacobian(at)
        return slopes(data, solve(data, structure.matrix(at), reml=reml), jacobian, reml=reml).by_parameter

    steps = np.eye(theta.size) * 1e-5
    now = slopes(data, solve(data, structure.matrix(theta), reml=reml), structure.jacobian(theta), reml=reml)
    assert_close(now.by_parameter, [(loglik(theta + s) - loglik(theta - s)) / 2e-5 for s in steps], "derivative")
    hessian = now.hessian + structure.curvature(theta, now.by_matrix)
    differences = [(gradient(theta + s) - gradient(theta - s)) / 2e-5 for s in steps]
    assert_close(hessian, differences, "derivative")


def test_fisher_information_is_the_mean_of_the_observed():
    """Over outcomes drawn from the model itself; a difference within 5 standard errors of the mean."""
    frame = trial(15, 3, seed=4)
    sigma = np.array([[4.0, 2.0, 1.0], [2.0, 5.0, 2.0], [1.0, 2.0, 6.0]])
    structure = STRUCTURES["unstructured"](3)
    rng = np.random.default_rng(8)
    draws = []
    for _ in range(400):
        noise = rng.multivariate_normal(np.zeros(3), sigma, 15).ravel()
        drawn = frame.with_columns(pl.when(pl.col("change").is_not_null()).then(pl.Series(noise)).alias("change"))
        data = gathered(drawn)
        at = solve(data, sigma, reml=True)
        now = slopes(data, at, structure.basis, reml=True)
        draws.append(-now.hessian)
    expected = expected_information(data, at, structure.basis, now.bread, reml=True)
    mean, se = np.mean(draws, axis=0), np.std(draws, axis=0) / np.sqrt(len(draws))
    assert (np.abs(mean - expected) < 5 * se + 1e-9).all()


def test_cross_products_and_rows_are_two_ways_to_one_likelihood():
    frame = trial(30, 4, seed=3, missing=0.3)
    sums, rows = gathered(frame), gathered(frame, largest=1)
    assert isinstance(sums.moments, Sums)
    assert isinstance(rows.moments, Rows)
    structure = STRUCTURES["unstructured"](4)
    sigma = np.diag([3.0, 4.0, 5.0, 6.0]) + 1.5
    ones = [solve(data, sigma, reml=True) for data in (sums, rows)]
    assert_close(ones[0].loglik, ones[1].loglik, "rounding")
    both = [slopes(d, s, structure.basis, reml=True) for d, s in zip((sums, rows), ones, strict=True)]
    assert_close(both[0].by_parameter, both[1].by_parameter, "derivative")
    assert_close(both[0].hessian, both[1].hessian, "derivative")


@relaxed
@given(st.integers(0, 10_000), st.sampled_from([1e-3, 1.0, 1e4]), st.sampled_from([-50.0, 0.0]))
def test_scale_shift_and_row_order(seed, scale, shift):
    frame = trial(30, 3, seed=seed)
    plain = SPEC.fit(frame).ls_means(averaged=True)
    other = frame.with_columns(pl.col("change") * scale + shift).sample(fraction=1.0, shuffle=True, seed=seed)
    moved = SPEC.fit(other).ls_means(averaged=True)
    assert_close(moved["estimate"], plain["estimate"].to_numpy() * scale + shift, "derivative")
    assert_close(moved["se"], plain["se"].to_numpy() * scale, "derivative")
    assert_close(moved["df"], plain["df"], "derivative")


def test_complete_balanced_data_give_differences_of_means_and_exact_degrees_of_freedom():
    """Without covariates and gaps a visit's contrast is the t-test of that visit (scipy)."""
    frame = trial(24, 3, seed=11, missing=0.0)
    for df in ("satterthwaite", "kenward_roger"):
        ours = MMRM(outcome="change", reference="standard", df=df).fit(frame).contrasts()
        for row in ours.iter_rows(named=True):
            own = frame.filter(pl.col("visit") == int(row["visit"]))
            groups = [own.filter(arm=arm)["change"].to_numpy() for arm in ("cells", "standard")]
            test = stats.ttest_ind(*groups)
            assert_close(row["p"], test.pvalue, "derivative", df)
            assert_close(row["df"], 22.0, "derivative", df)


def test_complete_balanced_joint_test_is_hotellings():
    """Kenward and Roger's scaled F of all visits is then Hotelling's T² (exact)."""
    frame = trial(24, 3, seed=11, missing=0.0)
    result = MMRM(outcome="change", reference="standard").fit(frame)
    joint = result.joint_test("arm", "arm:visit").row(0, named=True)
    wide = frame.pivot(on="visit", index=["subject", "arm"], values="change")
    x, y = (wide.filter(arm=arm).select("3", "6", "9").to_numpy() for arm in ("cells", "standard"))
    pooled = (np.cov(x.T) * (len(x) - 1) + np.cov(y.T) * (len(y) - 1)) / (len(x) + len(y) - 2)
    gap = x.mean(axis=0) - y.mean(axis=0)
    t2 = len(x) * len(y) / (len(x) + len(y)) * gap @ np.linalg.solve(pooled, gap)
    assert_close(joint["denominator_df"], 20.0, "derivative")
    assert_close(joint["f"], t2 * 20.0 / (22.0 * 3.0), "derivative")


def test_more_parameters_never_fit_worse():
    frame = trial(40, 4, seed=5)
    loglik = {
        name: MMRM(outcome="change", covariance=name, df="satterthwaite").fit(frame).fit_statistics()["loglik"]
        for name in STRUCTURES
    }
    for small, large in (
        ("compound_symmetry", "toeplitz"),
        ("autoregressive", "toeplitz"),
        ("compound_symmetry", "heterogeneous_compound_symmetry"),
        ("autoregressive", "heterogeneous_autoregressive"),
        ("heterogeneous_autoregressive", "ante_dependence"),
        ("toeplitz", "heterogeneous_toeplitz"),
        ("heterogeneous_toeplitz", "unstructured"),
        ("ante_dependence", "unstructured"),
    ):
        assert loglik[small] <= loglik[large] + 1e-9, (small, large)


def test_reference_arm_and_averages():
    frame = trial(30, 3, seed=2)
    result = SPEC.fit(frame)
    other = MMRM(outcome="change", covariates=("baseline", "stratum"), reference="cells").fit(frame)
    assert_close(other.contrasts()["estimate"], -result.contrasts()["estimate"].to_numpy(), "derivative")
    means = result.ls_means(averaged=True)
    for arm in ("standard", "cells"):
        own = means.filter(arm=arm)["estimate"].to_list()
        assert_close(own[-1], np.mean(own[:-1]), "rounding")
    contrasts = result.contrasts(averaged=True)["estimate"].to_list()
    assert_close(contrasts[-1], np.mean(contrasts[:-1]), "rounding")
    assert_close(other.fit_statistics()["loglik"], result.fit_statistics()["loglik"], "rounding")


@pytest.mark.parametrize("kind", ["pandas", "pyarrow", "duckdb", "lazy"])
def test_frame_libraries(kind):
    frame = trial(20, 3, seed=6)
    arrow = frame.to_arrow()
    frames = {"pandas": frame.to_pandas, "pyarrow": lambda: arrow, "lazy": frame.lazy}
    given = duckdb.from_arrow(arrow) if kind == "duckdb" else frames[kind]()
    ours, theirs = SPEC.fit(frame).contrasts(), SPEC.fit(given).contrasts()
    for name in NUMBERS:
        assert_close(theirs[name], ours[name], "rounding", name)


def test_truth_is_recovered():
    """Difference of -0.2 a month: within 4 standard errors in 30 trials of 200; limits cover as they say."""
    covered = 0
    for seed in range(30):
        row = SPEC.fit(trial(200, 4, seed=seed, missing=0.2)).contrasts().row(3, named=True)
        assert abs(row["estimate"] + 0.2 * 12) < 4 * row["se"]
        covered += row["lower"] <= -0.2 * 12 <= row["upper"]
    assert covered >= 24


@settings(deadline=None, max_examples=60)
@given(
    st.integers(0, 10_000),
    st.integers(2, 13),
    st.integers(1, 5),
    st.sampled_from([0.0, 0.3, 0.7]),
    st.sampled_from(sorted(STRUCTURES)),
)
def test_small_trials_converge_or_say_why(seed, subjects, visits, missing, name):
    """Never an error, and never an estimate without convergence."""
    frame = trial(subjects, visits, seed=seed).filter(
        pl.Series(np.random.default_rng(seed).random(subjects * visits)) > missing
    )
    if frame["change"].drop_nulls().is_empty():
        return
    result = MMRM(outcome="change", covariates=("baseline", "stratum"), covariance=name).fit(frame)
    means = result.ls_means(averaged=True)
    if result.converged:
        assert np.linalg.eigvalsh(result.covariance)[0] > 0
        known = means.drop_nulls("estimate")
        assert (known["se"] > 0).all()
        assert (known["df"] > 0).all()
    else:
        assert result.attempts[0].reason
        assert means["estimate"].null_count() == means.height
    for term in ("visit", "arm", "baseline"):
        if term in set(result.coefficients()["term"]):
            result.joint_test(term)
