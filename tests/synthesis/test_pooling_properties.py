"""Pooling whatever the studies: bounds, order, scale and special cases."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from malar import estimators
from malar.errors import ParameterError, UndefinedError
from malar.sources import Status
from malar.synthesis import (
    COLUMNS,
    MEASURES,
    METHODS,
    MantelHaenszel,
    MetaRegression,
    MixedPooling,
    Pooling,
    Subgroups,
    TreatmentEffectPrior,
    cumulative,
    leave_one_out,
)
from malar.synthesis.measures import measure_of
from tests.numbers import assert_close

SERIES = pl.DataFrame({"study": ["a", "b", "c", "d"], "events": [24, 9, 11, 2], "n": [40, 12, 30, 20]})
effects = st.lists(st.tuples(st.floats(-3, 3), st.floats(0.05, 2.0)), min_size=3, max_size=9)
counts = st.lists(st.tuples(st.integers(0, 20), st.integers(1, 40)), min_size=2, max_size=7)


def frame_of(rows: list[tuple[float, float]]) -> pl.DataFrame:
    return pl.DataFrame({"estimate": [y for y, _ in rows], "se": [s for _, s in rows]})


@settings(max_examples=40, deadline=None)
@given(rows=effects, tau2=st.sampled_from(["REML", "DL", "PM", "ML"]))
def test_a_pooled_value_lies_among_its_studies_in_any_order_and_moves_with_their_scale(rows, tau2):
    spec = Pooling(measure="estimate", tau2=tau2)
    frame = frame_of(rows)
    pooled, backwards = spec.fit(frame), spec.fit(frame.reverse())
    doubled = spec.fit(frame.with_columns(pl.all() * 2.0))
    assert frame["estimate"].min() - 1e-9 <= pooled.estimate <= frame["estimate"].max() + 1e-9
    assert pooled.tau2 >= 0.0
    assert_close(backwards.estimate, pooled.estimate, "pooled_likelihood", "row order")
    assert_close(doubled.estimate, 2.0 * pooled.estimate, "stops_early", "scale")
    assert doubled.tau2 == pytest.approx(4.0 * pooled.tau2, rel=1e-4, abs=1e-6)
    assert_close(pooled.weights.sum(), 1.0, "rounding")


@settings(max_examples=40, deadline=None)
@given(rows=effects)
def test_the_restricted_likelihood_is_highest_where_it_says(rows):
    """Nowhere on a fine grid is it higher: the multivariate normal density with the mean integrated out, from scipy."""
    from scipy.stats import multivariate_normal

    pooled = Pooling(measure="estimate").fit(frame_of(rows))
    y, v = pooled.effects, pooled.variances
    contrasts = np.linalg.svd(np.ones((1, y.size)))[2][1:]

    def height(tau2: float) -> float:
        return float(multivariate_normal(cov=contrasts @ np.diag(v + tau2) @ contrasts.T).logpdf(contrasts @ y))

    assert height(pooled.tau2) >= max(height(t) for t in np.geomspace(1e-4, 20.0, 60)) - 1e-9


@settings(max_examples=25, deadline=None)
@given(rows=counts)
def test_the_likelihood_of_counts_does_not_care_what_an_event_is(rows):
    frame = pl.DataFrame({"events": [min(x, n) for x, n in rows], "n": [n for _, n in rows]})
    if frame["events"].sum() in (0, frame["n"].sum()):
        with pytest.raises(UndefinedError):
            MixedPooling(outcome="proportion").fit(frame)
        return
    spec = MixedPooling(outcome="proportion")
    pooled, turned = spec.fit(frame), spec.fit(frame.with_columns(events=pl.col("n") - pl.col("events")))
    assert pooled.converged == turned.converged
    if pooled.converged:
        assert 0.0 <= pooled.natural.lower < pooled.natural.estimate < pooled.natural.upper <= 1.0
        assert pooled.estimate == pytest.approx(-turned.estimate, rel=1e-5, abs=1e-6)
        assert pooled.tau2_test[0] >= 0.0
    table = pooled.table()
    assert table.filter(term="pooled", statistic="estimate")["value"].is_null()[0] != pooled.converged


def test_equal_proportions_pool_to_themselves_without_spread():
    frame = pl.DataFrame({"events": [10, 20, 30], "n": [40, 80, 120]})
    pooled = MixedPooling(outcome="proportion").fit(frame)
    assert pooled.tau2 == 0.0
    assert_close(pooled.natural.estimate, 0.25, "rounding")
    rates = MixedPooling(outcome="rate").fit(frame.rename({"n": "time"}))
    assert_close(rates.natural.estimate, 0.25, "rounding")


def test_a_spread_without_end_is_told_and_not_hidden():
    frame = pl.DataFrame({"events": [0, 200, 0, 200], "n": [200, 200, 200, 200]})
    pooled = MixedPooling(outcome="proportion").fit(frame)
    assert not pooled.converged
    rows = pooled.table().filter(term="pooled", statistic="estimate")
    assert rows["value"][0] is None
    assert "undefined" in rows["note"][0]


def test_two_studies_have_limits_and_no_prediction_with_k_minus_2():
    pooled = Pooling(measure="proportion_logit").fit(SERIES.head(2))
    assert np.isfinite(pooled.lower)
    assert np.isnan(pooled.prediction).all()
    rows = pooled.table().filter(term="prediction")
    assert rows["value"].is_null().all()
    assert rows["note"].str.contains("fewer than 3 studies").all()


def test_a_q_too_small_for_any_spread_has_no_limits_of_it():
    frame = pl.DataFrame({"estimate": [0.5] * 6, "se": [1.0] * 6})
    pooled = Pooling(measure="estimate", limits="hartung_knapp_floored").fit(frame)
    assert np.isnan(pooled.tau2_limits).all()
    assert pooled.table().filter(term="tau2", statistic="upper")["value"].is_null().all()
    assert pooled.factor == 1.0


@pytest.mark.parametrize("key", MEASURES)
def test_every_measure_names_columns_that_are_documented(key):
    measure = measure_of(key)
    assert set(measure.columns) <= set(COLUMNS)
    assert callable(measure.back(20.0))


def test_every_measure_goes_there_and_back():
    p = np.array([0.1, 0.4, 0.8])
    n = np.full(3, 50.0)
    for key in ("proportion_logit", "proportion_arcsine", "proportion_raw", "proportion_log"):
        y, _ = measure_of(key).effects({"events": p * n, "n": n})
        assert_close(measure_of(key).back()(y), p, "rounding", key)
    y, _ = measure_of("proportion_freeman_tukey").effects({"events": p * n, "n": n})
    assert_close(measure_of("proportion_freeman_tukey").back(50.0)(y), p, "rounding", "Miller's inverse")
    for key in ("survival_log_log", "survival_logit"):
        y, _ = measure_of(key).effects({"survival": p, "se": np.full(3, 0.1)})
        assert_close(measure_of(key).back()(y), p, "rounding", key)


def test_limits_of_survival_keep_their_order_though_the_scale_turns_it():
    frame = pl.DataFrame({"survival": [0.8, 0.7, 0.9], "at_risk": [40, 30, 25]})
    pooled = Pooling(measure="survival_log_log").fit(frame)
    assert pooled.natural.lower < pooled.natural.estimate < pooled.natural.upper
    studies = pooled.studies()
    assert (studies["lower"] < studies["estimate"]).all()
    assert (studies["estimate"] < studies["upper"]).all()


def test_a_subgroup_of_one_study_has_a_reason_in_place_of_a_value():
    frame = SERIES.with_columns(source=pl.Series(["marrow", "cord", "cord", "cord"]))
    result = Subgroups(pooling=MixedPooling(outcome="proportion"), by="source").fit(frame)
    assert result.series["marrow"] is None
    assert "1 studies" in result.summary().filter(label="marrow")["reason"][0]
    table = result.table(definition="response")
    assert table.filter(group="marrow")["value"].is_null().all()
    assert np.isnan(result.test[0])


def test_subgroups_may_differ_in_definition_but_not_share_patients():
    frame = SERIES.with_columns(definition=pl.Series(["one", "one", "other", "other"]))
    spec = Subgroups(pooling=Pooling(measure="proportion_logit"), by="definition")
    assert spec.fit(frame).series.labels == ("one", "other")
    with pytest.raises(ParameterError, match="may hold patients"):
        spec.fit(frame.with_columns(overlap_group=pl.Series(["x", None, "x", None])))


def test_studies_of_one_year_come_in_together():
    frame = SERIES.with_columns(year=pl.Series([2014, 2010, 2014, 2018]))
    series = cumulative(Pooling(measure="proportion_logit"), frame, order="year")
    assert series.summary()["k"].to_list() == [None, 3, 4]
    whole = Pooling(measure="proportion_logit").fit(frame)
    assert_close(series.results[-1].estimate, whole.estimate, "rounding")


def test_regression_on_a_word_is_pooling_by_it_with_one_spread():
    frame = pl.DataFrame(
        {"estimate": [0.1, 0.4, 1.2, 1.5], "se": [0.2, 0.2, 0.2, 0.2], "source": ["cord", "cord", "marrow", "marrow"]}
    )
    fitted = MetaRegression(pooling=Pooling(measure="estimate"), moderators=("source",)).fit(frame)
    assert fitted.terms == ("intercept", "source = marrow")
    assert_close(fitted.coefficients, [0.25, 1.1], "rounding")
    assert_close(fitted.at({"source = marrow": 1.0})[0], 1.35, "rounding")
    assert {"moderators", "residual_heterogeneity", "tau2_explained"} <= set(fitted.table()["term"])
    with pytest.raises(UndefinedError):
        MetaRegression(pooling=Pooling(measure="estimate"), moderators=("source",)).fit(frame.head(3))
    with pytest.raises(UndefinedError):
        MetaRegression(pooling=Pooling(measure="estimate"), moderators=("one",)).fit(frame.with_columns(one=pl.lit(1)))


def test_mantel_haenszel_of_nothing_is_refused():
    frame = pl.DataFrame({"events": [0, 0], "n": [10, 12], "control_events": [0, 0], "control_n": [9, 8]})
    with pytest.raises(UndefinedError):
        MantelHaenszel(measure="odds_ratio").fit(frame)


def test_simulated_studies_give_their_mean_and_spread_back():
    rng = np.random.default_rng(20261125)
    k, n = 400, 60
    p = 1.0 / (1.0 + np.exp(-(-0.5 + 0.7 * rng.standard_normal(k))))
    frame = pl.DataFrame({"events": rng.binomial(n, p), "n": np.full(k, n)})
    pooled = MixedPooling(outcome="proportion").fit(frame)
    assert pooled.estimate == pytest.approx(-0.5, abs=4 * pooled.se)
    assert pooled.tau2 == pytest.approx(0.49, abs=0.15)


def test_any_kind_of_frame_gives_one_answer():
    spec = Pooling(measure="proportion_logit")
    expected = spec.fit(SERIES).estimate
    assert spec.fit(SERIES.to_pandas()).estimate == expected
    assert spec.fit(SERIES.to_arrow()).estimate == expected
    assert spec.fit(SERIES.lazy()).estimate == expected
    assert leave_one_out(spec, SERIES.to_pandas()).labels == ("a", "b", "c", "d")


def test_every_method_is_listed_and_the_effect_prior_is_provisional():
    assert set(METHODS) <= set(estimators.METHODS)
    assert len({method.key for method in METHODS}) == len(METHODS)
    provisional = {method.key for method in METHODS if method.status == Status.PROVISIONAL}
    assert provisional == {TreatmentEffectPrior.method.key}


def test_import_is_light():
    code = (
        "import sys, malar.synthesis as s; s.Pooling(measure='estimate'); s.MixedPooling(outcome='rate');"
        "print([m for m in ('numpy', 'polars', 'scipy', 'narwhals') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_studies_without_spread_leave_hartung_and_knapp_undefined() -> None:
    """No remission in three series of one size: not 12.5 % with limits of 12.5 and 12.5 %, as metafor has it."""
    frame = pl.DataFrame({"events": [0, 0, 0], "n": [3, 3, 3]})
    found = Pooling(measure="proportion_logit").fit(frame)
    assert np.isnan([found.se, found.lower, found.upper, found.p, *found.prediction]).all()
    table = found.table().filter(pl.col("term").is_in(["pooled", "prediction"]), statistic="lower")
    assert table["value"].to_list() == [None, None]
    assert all("all effects are equal" in note and note.endswith("undefined") for note in table["note"])
    floored = Pooling(measure="proportion_logit", limits="hartung_knapp_floored").fit(frame)
    assert_close((floored.se, floored.lower), (0.872871560943969, -5.701573353471557))


def test_the_share_between_studies_of_a_common_effect_with_moderators_comes_from_q() -> None:
    """R metafor 3.8-1, `rma(y, se^2, mods = ~i, method = "EE")`."""
    places = np.arange(1, 41)
    se = np.round(0.2 + (places * 0.6180339887) % 1, 6)
    frame = pl.DataFrame({"estimate": np.round(np.sin(places) + se / 2, 6), "se": se, "i": places})
    pooling = Pooling(measure="estimate", tau2="common")
    found = MetaRegression(pooling=pooling, moderators=("i",)).fit(frame)
    assert_close((found.i2, found.residual_heterogeneity[0]), (0.50479319461823, 76.73561749763246), "rounding")
