"""Predictive priors against integrals in base R, and what a prior must satisfy whatever the data."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta

from malar.errors import ParameterError, UndefinedError
from malar.synthesis import MetaAnalyticPredictive, Pooling, TreatmentEffectPrior
from malar.synthesis.prior import Part, Prior
from tests.numbers import assert_close
from tests.oracles.reader import read_case

ARMS = pl.DataFrame(
    {
        "study": ["a", "b", "c", "t", "t"],
        "arm": ["treated", "treated", "control", "treated", "control"],
        "randomized": [False, False, False, True, True],
        "events": [49, 24, 8, 9, 5],
        "n": [81, 40, 75, 12, 6],
    }
)


def beta_prior(a: float, b: float) -> Prior:
    grid = np.linspace(-40.0, 40.0, 16001)
    height = np.exp(-a * np.logaddexp(0.0, -grid) - b * np.logaddexp(0.0, grid))
    return Prior("logit", grid, (Part("beta", 1.0, height / (height.sum() * (grid[1] - grid[0]))),), "probability")


def test_oracle_of_binomial_predictive_prior():
    case = read_case("pooling_sim")
    r = case.expected["map_binomial"]
    spec = MetaAnalyticPredictive(outcome="proportion", tau_scale=r["tau_scale"], mean_sd=r["mean_sd"])
    prior = spec.fit(case.frame[r["rows"]])
    assert_close(prior.mean, r["mean"], "pooled_likelihood", "mean")
    assert_close(prior.sd, r["sd"], "pooled_likelihood", "sd")
    assert_close([prior.below(x) for x in r["at"]], r["below"], "pooled_likelihood", "distribution function")
    assert_close(prior.update(3, 20).mean, r["posterior_mean_3_of_20"], "pooled_likelihood", "posterior mean")


def test_oracle_of_normal_predictive_prior():
    case = read_case("pooling_sim")
    r = case.expected["map_normal"]
    y, v, *_ = Pooling(measure="mean_difference").effects(case.frame)
    spec = MetaAnalyticPredictive(outcome="effect", tau_scale=r["tau_scale"], mean_sd=r["mean_sd"])
    prior = spec.predict(y[:6], np.sqrt(v[:6]))
    assert_close(prior.mean, r["mean"], what="mean")
    assert_close(prior.sd, r["sd"], what="sd")
    assert_close([prior.below(x) for x in r["at"]], r["below"], what="distribution function")


@pytest.mark.parametrize(("a", "b"), [(11.0, 32.0), (1.0, 1.0), (0.5, 1.0), (3.0, 200.0)])
def test_a_beta_prior_is_worth_its_two_parameters(a, b):
    """Closed forms of the beta distribution: both sample sizes are a + b, and data add to them."""
    prior = beta_prior(a, b)
    assert_close(prior.mean, beta.mean(a, b), "pooled_likelihood", "mean")
    assert_close(prior.sd, beta.std(a, b), "pooled_likelihood", "sd")
    assert_close(prior.effective_sample_size("elir"), a + b, "stops_early", "elir")
    assert_close(prior.effective_sample_size("moment"), a + b, "pooled_likelihood", "moment")
    assert_close(prior.quantile(0.9), beta.ppf(0.9, a, b), "pooled_likelihood", "quantile")
    assert_close(prior.update(7, 20).effective_sample_size("moment"), a + b + 20.0, "pooled_likelihood", "after data")


def test_robust_mixture_gives_way_to_data_that_contradict_it():
    """Weights after the data: beta-binomial marginal probabilities by their closed form, from scipy."""
    from scipy.stats import betabinom

    prior = beta_prior(11.0, 32.0).robust(0.2)
    after = prior.update(14, 20)
    informed, vague = 0.8 * betabinom.pmf(14, 20, 11, 32), 0.2 * betabinom.pmf(14, 20, 1, 1)
    assert_close(after.parts[1].weight, vague / (informed + vague), "pooled_likelihood", "weight of the vague part")
    assert after.parts[1].weight > 0.9 > prior.parts[1].weight
    expected = (informed * 25 / 63 + vague * 15 / 22) / (informed + vague)
    assert_close(after.mean, expected, "pooled_likelihood", "mean")


@settings(max_examples=15, deadline=None)
@given(
    studies=st.lists(st.tuples(st.integers(0, 30), st.integers(1, 60)), min_size=1, max_size=4),
    scale=st.sampled_from([0.2, 0.5, 1.0]),
)
def test_a_predictive_prior_is_a_distribution_whatever_the_counts(studies, scale):
    frame = pl.DataFrame({"events": [min(x, n) for x, n in studies], "n": [n for _, n in studies]})
    spec = MetaAnalyticPredictive(outcome="proportion", tau_scale=scale)
    prior = spec.fit(frame)
    assert 0.0 < prior.mean < 1.0
    low, high = prior.interval()
    assert 0.0 <= low < prior.quantile(0.5) < high <= 1.0
    assert_close(prior.below(prior.quantile(0.3)), 0.3, "likelihood")
    assert_close(spec.fit(frame.reverse()).mean, prior.mean, "pooled_likelihood", "row order")
    assert 0.0 < prior.effective_sample_size("moment") < frame["n"].sum() + 10


def test_more_spread_between_studies_is_worth_fewer_patients():
    frame = pl.DataFrame({"events": [23, 12, 19, 9], "n": [107, 44, 51, 39]})
    worth = [
        MetaAnalyticPredictive(outcome="proportion", tau_scale=scale).fit(frame).effective_sample_size()
        for scale in (0.1, 0.5, 1.0)
    ]
    assert worth == sorted(worth, reverse=True)


def test_rate_prior_of_one_study_without_spread_is_near_its_gamma():
    """A flat prior of the mean and hardly any spread leave gamma(x, t), whose mean is x/t and worth t."""
    spec = MetaAnalyticPredictive(outcome="rate", tau_scale=0.001, mean_sd=100.0)
    prior = spec.fit(pl.DataFrame({"events": [40], "time": [100.0]}))
    assert_close(prior.mean, 0.4, "stops_early", "mean")
    assert_close(prior.effective_sample_size("moment"), 100.0, "stops_early", "patient-time")
    assert_close(prior.effective_sample_size("elir"), 100.0, "stops_early", "patient-time")


def test_effect_prior_keeps_both_sides_and_gives_way_to_inflation():
    spec = TreatmentEffectPrior(inflation=1.0, inflation_sd=0.5, tau_scale=0.5, skeptical_weight=0.1)
    result = spec.fit(ARMS)
    harm, benefit = result.mass
    assert harm > 0.05
    assert benefit > 0.05
    assert_close(harm + benefit, 1.0, "rounding")
    table = result.sensitivity(inflation=(0.0, 1.0, 2.0))
    assert table["benefit"].is_sorted(descending=True)
    assert table["mean"].is_sorted(descending=True)
    assert table["conflict"].is_sorted(descending=True)
    assert_close(table["benefit"][1], benefit, "rounding")


def test_effect_prior_of_a_trial_alone_is_its_likelihood_times_skepticism():
    """A large trial leaves the log odds ratio and variance of its table, shrunk as two normals are."""
    trial = ARMS.filter("randomized").with_columns(events=pl.Series([480, 300]), n=pl.Series([800, 800]))
    spec = TreatmentEffectPrior(inflation=1.0, inflation_sd=0.5, tau_scale=0.5, skeptical_weight=0.02)
    mean, sd = spec.fit(trial).trials
    log_odds_ratio = np.log(480 * 500 / (320 * 300))
    variance = 1 / 480 + 1 / 320 + 1 / 300 + 1 / 500
    assert mean == pytest.approx(log_odds_ratio / (1 + variance), rel=3e-3)
    assert sd == pytest.approx(np.sqrt(variance / (1 + variance)), rel=2e-3)


def test_effect_prior_turns_around_when_the_arms_do():
    trial = ARMS.filter("randomized")
    swapped = trial.with_columns(arm=pl.Series(["control", "treated"]))
    spec = TreatmentEffectPrior(inflation=1.0, inflation_sd=0.5, tau_scale=0.5, skeptical_weight=0.2)
    assert_close(spec.fit(trial).mass[0], spec.fit(swapped).mass[1], "likelihood")


@pytest.mark.parametrize(
    ("rows", "error"),
    [
        (ARMS.filter(~(pl.col("randomized") & (pl.col("arm") == "control"))), ParameterError),
        (ARMS.filter(~pl.col("randomized") & (pl.col("arm") == "treated")), UndefinedError),
        (ARMS.filter(pl.col("arm") == "control", ~pl.col("randomized")), UndefinedError),
        (ARMS.with_columns(arm=pl.lit("cells")), ParameterError),
        (ARMS.with_columns(randomized=pl.lit(None, dtype=pl.Boolean)), ParameterError),
    ],
)
def test_effect_prior_refuses_what_it_cannot_compare(rows, error):
    spec = TreatmentEffectPrior(inflation=1.0, inflation_sd=0.5, tau_scale=0.5, skeptical_weight=0.2)
    with pytest.raises(error):
        spec.fit(rows)


def test_effect_prior_knows_that_two_arms_of_a_trial_are_one_study():
    spec = TreatmentEffectPrior(inflation=1.0, inflation_sd=0.5, tau_scale=0.5, skeptical_weight=0.2)
    named = ARMS.with_columns(overlap_group=pl.Series(["x", None, None, "y", "y"]))
    assert spec.fit(named).mass == spec.fit(ARMS).mass
    with pytest.raises(ParameterError, match="may hold patients"):
        spec.fit(ARMS.with_columns(overlap_group=pl.Series(["x", "x", None, "y", "y"])))
    with pytest.raises(ParameterError, match="several rows of one arm"):
        spec.fit(pl.concat([ARMS, ARMS.head(1)]))


@pytest.mark.parametrize("change", [{"inflation_sd": 0.0}, {"skeptical_weight": 0.0}, {"skeptical_sd": -1.0}])
def test_effect_prior_refuses_certainty(change):
    usual = {"inflation": 1.0, "inflation_sd": 0.5, "tau_scale": 0.5, "skeptical_weight": 0.2}
    with pytest.raises(ParameterError):
        TreatmentEffectPrior(**{**usual, **change})


def test_tables_of_priors_are_rows_of_the_table_of_results():
    prior = MetaAnalyticPredictive(outcome="proportion", tau_scale=0.5).fit(ARMS.head(2).drop("arm"))
    rows = prior.robust(0.2).table(definition="clinical_response")
    assert {"effective_sample_size_elir", "weight: vague", "mean", "median"} <= set(rows["term"])
    spec = TreatmentEffectPrior(inflation=1.0, inflation_sd=0.5, tau_scale=0.5, skeptical_weight=0.2)
    table = spec.fit(ARMS).table(definition="clinical_response")
    assert {"harm", "benefit", "series", "trials", "conflict"} <= set(table["term"])
    assert table["note"].str.contains("inflation 1").all()


@pytest.mark.parametrize(("tau_scale", "known"), [(0.5, True), (1.5, True), (3.0, False), (10.0, False)])
def test_a_worth_that_the_ends_decide_is_none(tau_scale, known):
    controls = pl.DataFrame({"events": [88, 44, 8], "n": [457, 223, 75]})
    prior = MetaAnalyticPredictive(outcome="proportion", tau_scale=tau_scale).fit(controls)
    assert np.isfinite(prior.effective_sample_size()) == known
    told = prior.table().filter(term="effective_sample_size_elir")
    assert (told["value"].null_count() == 0) == known
    assert ("undefined" in told["note"].item()) != known


@pytest.mark.parametrize("wrong", [0.0, -1.0, 30.5, 1e300, float("inf"), float("nan")])
@pytest.mark.parametrize("name", ["tau_scale", "mean_sd"])
def test_scales_that_mean_nothing_are_refused(name, wrong):
    with pytest.raises(ParameterError, match=name):
        MetaAnalyticPredictive(**({"outcome": "proportion", "tau_scale": 0.5} | {name: wrong}))


@pytest.mark.parametrize("wrong", [-10.5, 10.5, 1e300, float("inf"), float("nan")])
@pytest.mark.parametrize("name", ["inflation", "inflation_sd", "tau_scale", "skeptical_sd"])
def test_log_odds_that_mean_nothing_are_refused(name, wrong):
    given = {"inflation": 1.0, "inflation_sd": 0.5, "tau_scale": 0.5, "skeptical_weight": 0.2}
    with pytest.raises(ParameterError, match=name):
        TreatmentEffectPrior(**(given | {name: wrong}))
