"""Covariance structures against gls of R nlme 3.1-162, and ante-dependence against a regression a visit."""

from __future__ import annotations

import polars as pl
import pytest

from malar.repeated import MMRM
from tests.numbers import assert_close
from tests.oracles.reader import read_case

NAMES = (
    "unstructured",
    "heterogeneous_toeplitz",
    "toeplitz",
    "heterogeneous_autoregressive",
    "autoregressive",
    "heterogeneous_compound_symmetry",
    "compound_symmetry",
)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("likelihood", ["reml", "ml"])
def test_mmrm_structures_sim(likelihood, name):
    case = read_case("mmrm_structures_sim")
    r = case.expected[likelihood][name]
    spec = MMRM(
        outcome="gaps",
        covariates=("baseline",),
        reference="standard",
        covariance=name,
        likelihood=likelihood,
        df="satterthwaite",
    )
    result = spec.fit(case.frame)
    assert result.attempts[0].loglik >= r["loglik"] - 1e-9
    assert_close(result.attempts[0].loglik, r["loglik"], "optimizer", "likelihood")
    ours = {row["name"]: row for row in result.coefficients().iter_rows(named=True)}
    assert len(ours) == len(r["estimate"])
    for key, row in ours.items():
        theirs = key.replace("intercept", "(Intercept)").replace("visit[", "v[").replace("[", "").replace("]", "")
        assert_close(row["estimate"], r["estimate"][theirs], "optimizer", key)
        assert_close(row["se"], r["se"][theirs], "optimizer", key)


def test_ante_dependence_is_a_regression_a_visit():
    """With a mean for every arm and visit and dropout only, the likelihoods of the regressions add up."""
    case = read_case("mmrm_structures_sim")
    spec = MMRM(outcome="dropout", covariance="ante_dependence", likelihood="ml", df="satterthwaite")
    result = spec.fit(case.frame)
    assert_close(result.attempts[0].loglik, case.expected["ante_dependence_ml"]["loglik"], "oracle")


@pytest.mark.parametrize("df", ["satterthwaite", "kenward_roger"])
@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("heterogeneous_toeplitz", "unstructured"),
        ("ante_dependence", "unstructured"),
        ("heterogeneous_autoregressive", "unstructured"),
        ("heterogeneous_compound_symmetry", "unstructured"),
        ("autoregressive", "compound_symmetry"),
        ("toeplitz", "compound_symmetry"),
    ],
)
def test_at_two_visits_structures_are_one_whatever_their_parameters(name, same, df):
    """First-derivative terms do not depend on the parameters a covariance is written in."""
    frame = read_case("mmrm_structures_sim").frame.filter(pl.col("visit") <= 2)
    one, other = (
        MMRM(outcome="gaps", covariates=("baseline",), covariance=covariance, df=df).fit(frame)
        for covariance in (name, same)
    )
    for statistic in ("estimate", "se", "df", "p"):
        assert_close(one.contrasts()[statistic], other.contrasts()[statistic], "derivative", statistic)
    joint, both = (fit.joint_test("arm", "arm:visit").row(0)[1:] for fit in (one, other))
    assert_close(joint, both, "derivative", "joint test")
