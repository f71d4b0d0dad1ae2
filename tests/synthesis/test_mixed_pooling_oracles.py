"""Pooling by the likelihood of counts against the exact maximum, and against lme4 through metafor."""

from __future__ import annotations

import pytest

from malar.synthesis import MixedPooling
from tests.numbers import assert_close
from tests.oracles.reader import read_case

PROPORTIONS = ("meta_debruin2009", "meta_lupus_complete_remission", "meta_pritz1997")


@pytest.mark.parametrize("name", PROPORTIONS)
def test_proportions_at_the_exact_maximum(name):
    case = read_case(name)
    r = case.expected["GLMM_exact_ML_reference"]
    pooled = MixedPooling(outcome="proportion", columns=case.columns, study=case.columns["study"]).fit(case.frame)
    assert pooled.converged
    assert_close(pooled.estimate, r["mu"], "pooled_likelihood", "mean")
    assert_close(pooled.tau2, r["tau2"], "pooled_likelihood", "tau2")
    assert_close(pooled.se, r["se_mu"], "pooled_likelihood", "se")
    assert_close(pooled.fitted.log_likelihood, r["loglik"], "oracle", "log likelihood")
    assert_close(pooled.tau2_test[0], r["lrt_tau2"], "oracle_6", "likelihood ratio")
    deviance, df, _ = pooled.heterogeneity
    assert df == case.expected["GLMM_logit_nAGQ25"]["QE_df"]
    assert_close(deviance, case.expected["GLMM_logit_nAGQ25"]["QE_LRT"], "oracle_6", "deviance")


@pytest.mark.parametrize("name", PROPORTIONS)
def test_proportions_as_metafor_gives_them(name):
    case = read_case(name)
    r = case.expected["GLMM_logit_nAGQ25"]
    options = {"outcome": "proportion", "columns": case.columns, "study": case.columns["study"]}
    pooled = MixedPooling(limits="normal", prediction="normal", **options).fit(case.frame)
    assert_close((pooled.lower, pooled.upper), r["ci"], "stops_early", "limits")
    assert_close(pooled.natural.estimate, r["back"]["est"], "stops_early", "back")
    assert_close((pooled.natural.lower, pooled.natural.upper), r["back"]["ci"], "stops_early", "limits back")
    assert_close(pooled.natural_prediction, r["back"]["pi_metafor"], "stops_early", "prediction")
    by_t = MixedPooling(limits="t", **options).fit(case.frame)
    assert_close((by_t.lower, by_t.upper), case.expected["GLMM_logit_t"]["ci"], "stops_early", "limits by t")
