"""Matching against MatchIt 4.7.1, errors against sandwich, weights against stacked estimating equations in R."""

from __future__ import annotations

import polars as pl
import pytest

from malar.controls import Balance, MatchedEffect, NearestNeighborMatching, PropensityScore, Weighting
from malar.controls.matched_sets import MatchedSets
from malar.controls.propensity_score import PropensityScoreResult
from tests.numbers import assert_close
from tests.oracles.reader import Case, read_case

NAME = "ps_lalonde"
OPTIONS = {
    "nn1": {},
    "nn2": {"ratio": 2},
    "nn1_caliper02": {"caliper": 0.2},
    "nn1_smallest": {"order": "smallest"},
    "nn1_data_order": {"order": "data"},
    "nn1_replace": {"replace": True},
    "nn1_exact_married": {"exact": ["married"]},
    "nn1_linear_logit": {"caliper": 0.2, "scale": "logit"},
}
ROWS = {"race: black": "raceblack", "race: hispan": "racehispan", "race: white": "racewhite"}


def scored(case: Case) -> PropensityScoreResult:
    columns = case.columns
    return PropensityScore(covariates=columns["covariates"], treatment=columns["treatment"]).fit(case.frame)


def matched(case: Case, name: str) -> MatchedSets:
    options = {"scale": "probability", "caliper": None, **OPTIONS[name]}
    frame = scored(case).scored()
    return NearestNeighborMatching(treatment=case.columns["treatment"], **options).fit(frame)


def compare_balance(frame: pl.DataFrame, case: Case, sample: str, expected: dict, **options: object) -> None:
    covariates = [*case.columns["covariates"], "propensity_score"]
    spec = Balance(covariates=covariates, treatment=case.columns["treatment"], **options)
    for row in spec.fit(frame).rows().filter(sample=sample).iter_rows(named=True):
        name = ROWS.get(row["covariate"], row["covariate"])
        r = expected["distance" if name == "propensity_score" else name]
        for ours, theirs in (("mean_treated",) * 2, ("mean_control",) * 2, ("smd",) * 2, ("ks", "ecdf_max")):
            assert_close(row[ours], r[theirs], what=f"{name} {ours}")
        assert_close(row["variance_ratio"], r["var_ratio"], what=f"{name} variance ratio")


@pytest.mark.parametrize("name", [NAME])
def test_score(name):
    case = read_case(name)
    fit = scored(case)
    expected = case.expected["ps_model"]
    assert_close(fit.fit.coefficients, list(expected["coef"].values()), what="coefficients")
    assert_close(fit.fit.probability[:20], expected["ps_first20"], what="scores")
    assert_close(fit.fit.probability.min(), expected["ps_min"])
    assert_close(fit.fit.probability.max(), expected["ps_max"])


@pytest.mark.parametrize("name", [NAME])
def test_balance_before(name):
    case = read_case(name)
    compare_balance(scored(case).scored(), case, "before", case.expected["balance_unmatched"])


@pytest.mark.parametrize("variant", OPTIONS)
@pytest.mark.parametrize("name", [NAME])
def test_pairs(name, variant):
    """All pairs, those of tied scores too."""
    case = read_case(name)
    sets, expected = matched(case, variant), case.expected[f"match_{variant}"]
    theirs = pl.read_csv(case.folder / f"pairs_{variant}.csv")
    ours = sets.pairs().select(treated=pl.col("treated_row") + 1, control=pl.col("control_row") + 1)
    assert set(ours.rows()) == set(theirs.rows())
    assert (sets.n_treated, sets.n_control) == (expected["n_treated_matched"], expected["n_control_matched"])
    score = sets.rows["propensity_score"].to_numpy()
    assert_close(abs(score[sets.treated] - score[sets.control]).sum(), expected["sum_ps_distance"])


@pytest.mark.parametrize("variant", [name for name in OPTIONS if name != "nn1_linear_logit"])
@pytest.mark.parametrize("name", [NAME])
def test_balance_after(name, variant):
    case = read_case(name)
    expected = case.expected[f"match_{variant}"]["balance_matched"]
    compare_balance(matched(case, variant).weighted(), case, "after", expected, weight="weight")


@pytest.mark.parametrize("variant", OPTIONS)
@pytest.mark.parametrize("name", [NAME])
def test_effect(name, variant):
    case = read_case(name)
    sets, expected = matched(case, variant), case.expected[f"match_{variant}"]["effect_att"]
    clusters = ("matched_set", "frame_row") if sets.replaced else ("matched_set",)
    columns = case.columns
    spec = MatchedEffect(outcome=columns["outcome"], kind="linear", treatment=columns["treatment"], clusters=clusters)
    effect = spec.fit(sets.matched())
    assert_close(effect.estimate, expected["est"], what="effect")
    assert_close(effect.se, expected["se_cluster_hc1"], what="standard error")


@pytest.mark.parametrize(("estimand", "key"), [("att", "iptw_att"), ("ate", "iptw_ate"), ("ato", "iptw_overlap")])
@pytest.mark.parametrize("name", [NAME])
def test_weights(name, estimand, key):
    case = read_case(name)
    columns, r = case.columns, case.expected[key]
    spec = Weighting(covariates=columns["covariates"], treatment=columns["treatment"], estimand=estimand)
    made = spec.fit(case.frame)
    assert_close(made.weight[:20], r["weights_first20"], what="weights")
    assert_close(made.effective_sizes(), [r["ess_treated"], r["ess_control"]], what="effective sizes")
    effect = made.effect(columns["outcome"])
    assert_close(effect.means, [r["mean1"], r["mean0"]], what="means")
    assert_close(effect.se, r["se_m_estimation_ps_estimated"], "derivative", "standard error")
