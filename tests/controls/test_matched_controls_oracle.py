"""Propensity score, errors after matching and entropy balancing against glm, sandwich 3.0-2 and survey 4.1-1 in R."""

from __future__ import annotations

import polars as pl
import pytest

from malar.controls import EntropyBalancing, MatchedEffect, PropensityScore
from tests.numbers import assert_close
from tests.oracles.reader import read_case

NAME = "matched_controls_sim"
COVARIATES = ("age", "sledai_2k", "egfr", "center")


def test_score_against_glm():
    case = read_case(NAME)
    fit, r = PropensityScore(covariates=COVARIATES).fit(case.frame), case.expected["score"]
    assert fit.terms == ("intercept", "age", "sledai_2k", "egfr", "center: north", "center: south")
    assert_close(fit.coefficients()["estimate"], r["coef"], what="coefficients")
    assert_close(fit.coefficients()["se"], r["se"], what="standard errors")
    assert_close(fit.fit.probability, r["fitted"], what="scores")
    assert_close(fit.fit.log_likelihood, r["loglik"], what="log likelihood")


@pytest.mark.parametrize("adjusted", ["plain", "adjusted"])
@pytest.mark.parametrize(("kind", "outcome"), [("linear", "change"), ("logistic", "response")])
def test_effect_against_vcov_cl(kind, outcome, adjusted):
    case = read_case(NAME)
    frame = case.frame.drop_nulls("matched_set")
    r = case.expected["effects"][adjusted][kind]
    covariates = ("sledai_2k", "center") if adjusted == "adjusted" else ()
    for key, clusters in (("one", ("matched_set",)), ("two", ("matched_set", "center_number"))):
        spec = MatchedEffect(outcome=outcome, kind=kind, covariates=covariates, clusters=clusters)
        effect = spec.fit(frame)
        assert_close(effect.estimate, r["est"], what="effect")
        assert_close(effect.se, r[key], what="standard error")
        assert effect.df == min(frame[name].n_unique() for name in clusters) - 1


def test_entropy_balancing_against_raking():
    case = read_case(NAME)
    made, r = EntropyBalancing(covariates=COVARIATES).fit(case.frame.drop("weight")), case.expected["entropy"]
    assert_close(made.weighted().filter(pl.col("treated") == 0)["weight"], r["weights"], what="weights")
    assert_close(made.effective_sizes()[1], r["ess"], what="effective sample size")
