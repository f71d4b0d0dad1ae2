"""Models and paired tests: special cases with known answers, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from malar.errors import ParameterError, UndefinedError, WrongTypeError
from malar.responders import (
    FirthLogistic,
    GComputation,
    PairedResponse,
    Proportion,
    SignedRank,
    StratifiedContrast,
)
from malar.responders._paired_kernel import paired_limits, paired_score
from tests.numbers import assert_close
from tests.responders.test_contrast import trial

RESPONSE = Proportion(denominator="randomized", unknown="nonresponder", by="arm")
CELL = st.integers(1, 15)


@settings(deadline=None, max_examples=30)
@given(CELL, CELL, CELL, CELL)
def test_without_covariates_g_computation_gives_the_crude_proportions(a, b, c, d):
    frame = trial(a, a + b, c, c + d)
    spec = GComputation(response=RESPONSE, control="placebo", covariates=(), variance="delta")
    found = spec.fit(frame).of("difference")
    p1, p2 = a / (a + b), c / (c + d)
    assert_close(found.estimate, p1 - p2, "oracle")
    assert_close(found.se, math.sqrt(p1 * (1 - p1) / (a + b) + p2 * (1 - p2) / (c + d)), "oracle")


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 12), st.integers(0, 12), st.integers(0, 12), st.integers(0, 12))
def test_firth_of_two_by_two_adds_one_half_to_each_count(a, b, c, d):
    if a + b == 0 or c + d == 0:
        return
    found = FirthLogistic(response=RESPONSE, control="placebo").fit(trial(a, a + b, c, c + d)).of("arm=cells")
    expected = math.log((a + 0.5) * (d + 0.5) / ((b + 0.5) * (c + 0.5)))
    assert_close(found.estimate, expected, "oracle")
    assert found.lower < found.estimate < found.upper
    assert (found.p < 0.05) == (not found.lower <= 0 <= found.upper)


def test_separation_is_told_not_hidden():
    frame = trial(6, 6, 0, 6)
    result = GComputation(response=RESPONSE, control="placebo", covariates=()).fit(frame)
    assert result.of("difference").estimate is None
    assert "separated" in result.of("difference").note
    assert result.table().height == 0


def test_covariates_that_say_nothing_new_are_refused():
    frame = trial(4, 8, 3, 8).with_columns(twice=pl.when(pl.col("arm") == "cells").then(2).otherwise(0), day=pl.lit(1))
    with pytest.raises(UndefinedError, match="independent"):
        GComputation(response=RESPONSE, control="placebo", covariates=("twice",)).fit(frame)
    with pytest.raises(UndefinedError, match="null"):
        GComputation(response=RESPONSE, control="placebo", covariates=("day",)).fit(
            frame.with_columns(day=pl.lit(None, dtype=pl.Int64))
        )
    with pytest.raises(WrongTypeError):
        FirthLogistic(response=RESPONSE, control="placebo", covariates=("day",)).fit(
            frame.with_columns(day=pl.date(2020, 1, 1))
        )
    with pytest.raises(ParameterError):
        FirthLogistic(response=RESPONSE)
    with pytest.raises(UndefinedError, match="arms"):
        GComputation(response=RESPONSE, control="placebo", covariates=()).fit(frame.filter(arm="cells"))


def test_categories_enter_as_indicators_and_unknown_outcomes_as_asked():
    frame = trial(6, 14, 3, 14, unknown1=2, unknown2=2).with_columns(
        center=pl.Series(["a", "b", "c", "d"] * 7), sex=pl.Series([True, False] * 14)
    )
    spec = FirthLogistic(response=RESPONSE, control="placebo", covariates=("center", "sex"))
    with pytest.raises(UndefinedError):
        spec.fit(frame)  # center a and c are of one sex, b and d of the other
    result = FirthLogistic(response=RESPONSE, control="placebo", covariates=("center",)).fit(frame)
    assert [one.term for one in result.numbers] == ["intercept", "arm=cells", "center=b", "center=c", "center=d"]
    assert "unknown: nonresponder (4)" in result.note


def test_one_stratum_is_the_crude_difference():
    frame = trial(7, 10, 2, 10).with_columns(center=pl.lit("x"))
    spec = StratifiedContrast(response=RESPONSE, control="placebo", strata=("center",))
    assert_close(spec.fit(frame).of("difference").estimate, 0.5)
    assert "fewer than two strata" in spec.fit(frame).of("breslow_day").note
    everyone = spec.fit(trial(10, 10, 2, 10).with_columns(center=pl.lit("x")))
    assert everyone.of("tarone").p is None
    with pytest.raises(UndefinedError, match="both arms"):
        spec.fit(frame.with_columns(center="arm"))
    with pytest.raises(ParameterError):
        StratifiedContrast(response=RESPONSE, control="placebo", strata=())


@settings(deadline=None)
@given(st.lists(st.integers(-8, 8), min_size=1, max_size=9))
def test_signed_rank_equals_the_count_of_all_signs(change):
    frame = pl.DataFrame({"before": [0] * len(change), "after": change})
    result = SignedRank(before="before", after="after", unknown="refused").fit(frame)
    moved = np.array([value for value in change if value])
    p = result.of("signed_rank").p
    if not moved.size:
        assert p == 1.0
        return
    sizes = np.abs(moved)
    ranks = np.array([(sizes < s).sum() + ((sizes == s).sum() + 1) / 2 for s in sizes])
    signs = np.array(np.meshgrid(*[[0, 1]] * len(ranks))).reshape(len(ranks), -1)
    sums = ranks @ signs
    middle, own = ranks.sum() / 2, ranks[moved > 0].sum()
    assert_close(p, np.mean(np.abs(sums - middle) >= abs(own - middle) - 1e-9), "oracle")
    assert p >= result.of("smallest_p").p - 1e-12
    change_ = result.of("change")
    assert change_.lower <= change_.estimate <= change_.upper


@pytest.mark.parametrize(("n", "smallest"), [(3, 0.25), (5, 0.0625), (6, 0.03125), (15, 2.0**-14)])
def test_what_a_series_of_n_patients_can_attain(n, smallest):
    frame = pl.DataFrame({"before": list(range(10, 10 + n)), "after": [0] * n})
    result = SignedRank(before="before", after="after", unknown="refused").fit(frame)
    assert result.of("signed_rank").p == result.of("smallest_p").p == smallest
    assert math.isinf(result.of("change").lower) == (n < 6)
    table = result.table()
    assert table.filter(term="smallest_p", statistic="p")["value"].item() == smallest


def test_incomplete_pairs_are_counted_or_refused():
    frame = pl.DataFrame({"subject": ["a", "b", "c"], "before": [1.0, 2.0, 3.0], "after": [0.0, None, 1.0]})
    with pytest.raises(UndefinedError, match="incomplete"):
        SignedRank(before="before", after="after", unknown="refused").fit(frame)
    result = SignedRank(before="before", after="after", unknown="excluded").fit(frame)
    assert result.of("change").n == 2
    assert "1 incomplete" in result.note
    with pytest.raises(ParameterError, match="several rows"):
        PairedResponse(before="before", after="after", unknown="excluded").fit(pl.concat([frame, frame]))
    with pytest.raises(ParameterError):
        PairedResponse(before="before", after="after", unknown="maybe")


def test_mcnemar_without_any_change_says_nothing():
    frame = pl.DataFrame({"before": [True, False], "after": [True, False]})
    result = PairedResponse(before="before", after="after", unknown="refused").fit(frame)
    assert result.of("mcnemar_exact").p == result.of("smallest_p").p == 1.0
    odds = result.of("odds_ratio")
    assert (odds.estimate, odds.lower, odds.upper) == (None, 0.0, math.inf)
    change = result.of("difference")
    assert (change.estimate, change.upper) == (0.0, -change.lower)
    assert_close(change.upper, 3.841458820694124 / (2 + 3.841458820694124))


@settings(deadline=None)
@given(st.integers(0, 12), st.integers(0, 12), st.integers(0, 12))
def test_score_limits_of_a_change_turn_with_it_and_agree_with_the_test(gained, lost, unchanged):
    n = gained + lost + unchanged
    if not n:
        return
    z = 1.959963984540054
    low, high = paired_limits(gained, lost, n, z)
    assert -1 <= low <= (gained - lost) / n <= high <= 1
    back = paired_limits(lost, gained, n, z)
    assert_close([-back[1], -back[0]], [low, high], "oracle")
    if gained + lost:
        mcnemar = (gained - lost) / math.sqrt(gained + lost)
        assert_close(paired_score(gained, lost, n, 0.0), mcnemar, "rounding")
        if abs(abs(mcnemar) - z) > 1e-9:
            assert (abs(mcnemar) < z) == (low < 0 < high)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000))
def test_firth_has_limits_around_its_estimate_in_a_dozen_patients_with_three_covariates(seed):
    """The profile of so few patients has several maxima; the search for limits must not lose its way among them."""
    rng = np.random.default_rng(seed)
    frame = trial(6, 6, 4, 6).with_columns(
        x=pl.Series(rng.normal(size=12)),
        g=pl.Series(rng.choice(["u", "v", "w"], 12)),
        outcome=pl.Series(rng.random(12) < 0.7),
    )
    try:
        result = FirthLogistic(response=RESPONSE, control="placebo", covariates=("x", "g")).fit(frame)
    except UndefinedError:
        return
    for one in result.numbers:
        if one.estimate is None:
            assert "did not converge" in one.note
            continue
        assert one.lower is None or one.lower < one.estimate
        assert one.upper is None or one.upper > one.estimate
        assert one.p is None or 0 <= one.p <= 1


def test_firth_profile_with_two_maxima():
    """Found among random frames: continued from afar, the profile comes back on another branch."""
    x = [0.0, 1.2, -0.3, -0.2, -1.3, 1.2, -0.7, 0.0, -0.5, -2.2, -1.5, -0.3]
    frame = trial(4, 6, 6, 6).with_columns(
        outcome=pl.Series([False, False, True, True, True, True, True, True, True, True, True, True]),
        arm=pl.Series(["cells"] * 5 + ["placebo"] * 7),
        x=pl.Series(x),
        g=pl.Series(["u", "u", "u", "u", "w", "w", "u", "w", "v", "v", "v", "u"]),
    )
    found = FirthLogistic(response=RESPONSE, control="placebo", covariates=("x", "g")).fit(frame).of("arm=cells")
    assert_close([found.estimate, found.upper], [-1.5352, 2.5611], "printed_4")
