"""Reference-based imputation: what it assumes, what it leaves alone, and that it recovers a truth that is so."""

from __future__ import annotations

from typing import get_args

import numpy as np
import polars as pl
import pytest

from malar.errors import ParameterError, UndefinedError
from malar.repeated import METHODS, MMRM, ReferenceBasedImputation
from malar.repeated._imputation_kernel import draw, profile
from malar.repeated.strategies import Strategy
from malar.sources import Status
from tests.numbers import assert_close
from tests.repeated.trial import compound, trial

MODEL = MMRM(outcome="change", covariates=("baseline",), reference="standard")


def fit(frame, strategy="jump_to_reference", model=MODEL, imputations=10, seed=1):
    spec = ReferenceBasedImputation(model=model, strategy=strategy, imputations=imputations)
    return spec.fit(frame, rng=np.random.default_rng(seed))


@pytest.mark.parametrize(
    ("strategy", "means"),
    [
        ("missing_at_random", [[-4, -6, -8], [-4, -6, -8]]),
        ("jump_to_reference", [[-4, -2, -3], [-1, -2, -3]]),
        ("copy_reference", [[-1, -2, -3], [-1, -2, -3]]),
        ("copy_increments_in_reference", [[-4, -5, -6], [-1, -2, -3]]),
    ],
)
def test_profiles_by_hand(strategy, means):
    """Arm means -4, -6, -8, reference -1, -2, -3; the first leaves after the first visit, the second before it."""
    own, reference = np.tile([-4.0, -6.0, -8.0], (2, 1)), np.tile([-1.0, -2.0, -3.0], (2, 1))
    assert_close(profile(own, reference, np.array([0, -1]), strategy), means, "exact")


def test_draws_have_the_conditional_moments():
    """Two visits, correlation 0.6, first 1 sd above its mean: the second has mean 0.6, variance 0.64."""
    n = 40_000
    outcome = np.column_stack((np.full(n, 1.0), np.full(n, np.nan)))
    sigma = np.array([[1.0, 0.6], [0.6, 1.0]])
    drawn = draw(outcome, np.zeros((n, 2)), sigma, np.random.default_rng(5))
    assert (drawn[:, 0] == 1.0).all()
    assert abs(drawn[:, 1].mean() - 0.6) < 4 * 0.8 / np.sqrt(n)
    assert abs(drawn[:, 1].var() - 0.64) < 4 * 0.64 * np.sqrt(2 / n)


def test_what_was_seen_stays_and_the_reference_arm_is_the_same_under_every_strategy():
    frame = trial(40, 4, missing=0.3)
    results = [fit(frame, strategy) for strategy in get_args(Strategy)]
    seen = ~results[0].missing
    outcome = results[0].design.outcome.reshape(seen.shape)
    reference = results[0].design.arm[::4] == 0
    for result in results:
        assert not np.isnan(result.completed).any()
        assert (result.completed[:, seen] == outcome[seen]).all()
        assert_close(result.completed[:, reference], results[0].completed[:, reference], "rounding")


def test_nothing_missing_is_linear_regression_at_each_visit():
    frame = trial(40, 3, missing=0.0)
    ours = fit(frame).contrasts()
    for row in ours.iter_rows(named=True):
        own = frame.filter(pl.col("visit") == int(row["visit"]))
        x = np.column_stack((own["arm"] == "cells", np.ones(40), own["baseline"]))
        coefficients, rss, _, _ = np.linalg.lstsq(x, own["change"].to_numpy(), rcond=None)
        assert_close(row["estimate"], coefficients[0], "rounding")
        assert_close(row["se"], np.sqrt(rss[0] / 37 * np.linalg.inv(x.T @ x)[0, 0]), "rounding")
        assert row["missing_information"] < 1e-20


def test_missing_at_random_agrees_with_the_model_itself():
    """Within 4 Monte-Carlo errors of 200 imputations, and the sampling of the bootstrap."""
    frame = trial(150, 4, seed=9, missing=0.2)
    result = fit(frame, "missing_at_random", imputations=200).contrasts()
    direct = MODEL.fit(frame).contrasts()
    for ours, theirs in zip(result.iter_rows(named=True), direct.iter_rows(named=True), strict=True):
        assert abs(ours["estimate"] - theirs["estimate"]) < 4 * ours["se"] / np.sqrt(200) + 0.05 * theirs["se"]
        assert abs(ours["se"] / theirs["se"] - 1) < 0.1


def test_jump_to_reference_recovers_a_truth_in_which_leavers_jump():
    """The treated lose their gain of -4 once they leave (30 % at random): the mean difference is -4 · 0.7."""
    found, at_random = [], []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        n = 400
        arm, leaves = np.arange(n) % 2, rng.random(n) < 0.3
        noise = rng.multivariate_normal(np.zeros(2), compound(np.array([2.0, 2.0]), 0.5), n)
        change = noise + np.array([-4.0, -4.0]) * arm[:, None]
        frame = pl.DataFrame(
            {
                "subject": np.repeat(np.arange(n), 2),
                "visit": np.tile([6, 12], n),
                "arm": np.repeat(np.where(arm == 1, "cells", "standard"), 2),
                "change": [
                    None if gone and late else float(v)
                    for row, gone in zip(change, leaves, strict=True)
                    for late, v in enumerate(row)
                ],
            }
        )
        model = MMRM(outcome="change", reference="standard")
        found.append(fit(frame, model=model).contrasts()["estimate"][1])
        at_random.append(fit(frame, "missing_at_random", model=model).contrasts()["estimate"][1])
    error = np.std(found, ddof=1) / np.sqrt(len(found))
    assert abs(np.mean(found) + 4.0 * 0.7) < 4 * error
    assert abs(np.mean(at_random) + 4.0) < 4 * error


def test_delta_moves_estimates_in_proportion_to_those_who_left():
    frame = trial(60, 3, missing=0.2)
    result = fit(frame)
    base, one, two = (result.contrasts(delta=d)["estimate"].to_numpy() for d in (0.0, 1.0, 2.0))
    assert_close(two - one, one - base, "rounding")
    unadjusted = fit(frame, model=MMRM(outcome="change", reference="standard"))
    moved = unadjusted.contrasts(delta=1.0)["estimate"] - unadjusted.contrasts()["estimate"]
    treated = unadjusted.design.arm[::3] == 1
    assert_close(moved, unadjusted.dropped[treated].mean(axis=0), "rounding")


def test_tipping_point():
    result = fit(trial(80, 3, seed=12, missing=0.25), imputations=20)
    told = result.tipping_point([0.0, 5.0, 50.0])
    assert told["delta"].to_list() == [0.0, 5.0, 50.0]
    assert set(told["visit"]) == {"9"}
    assert (np.diff(told["estimate"].to_numpy()) > 0).all()
    assert told["excludes_zero"][0]
    assert (told["excludes_zero"] == ((told["lower"] > 0) | (told["upper"] < 0))).all()
    with pytest.raises(ParameterError, match="Visits: 3, 6, 9"):
        result.tipping_point([0.0], visit="12")


def test_same_random_state_same_result_and_row_order_of_visits_does_not_matter():
    frame = trial(30, 3)
    first, again = fit(frame).contrasts(), fit(frame).contrasts()
    assert first.equals(again)
    assert not first.equals(fit(frame, seed=2).contrasts())
    by_visit = frame.sort("visit", "subject")
    assert_close(fit(by_visit).contrasts()["estimate"], first["estimate"], "rounding")


def test_subjects_without_any_outcome_are_imputed():
    frame = trial(30, 3)
    gone = frame.with_columns(pl.when(pl.col("subject") != "S029").then("change").alias("change"))
    result = fit(gone)
    assert result.completed.shape[1] == 30
    assert result.dropped[29].all()


def test_text_visits_in_the_order_stated():
    frame = trial(30, 3)
    text = frame.with_columns(pl.format("Month {}", "visit").alias("visit"))
    model = MMRM(
        outcome="change", covariates=("baseline",), reference="standard", visits=("Month 3", "Month 6", "Month 9")
    )
    assert_close(fit(text, model=model).contrasts()["estimate"], fit(frame).contrasts()["estimate"], "rounding")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"strategy": "last_observation"}, "jump_to_reference"),
        ({"imputations": 1}, "100 or more"),
        ({"model": MMRM(outcome="change", arm=None)}, "has no arm"),
    ],
)
def test_parameters(options, words):
    with pytest.raises(ParameterError, match=words):
        ReferenceBasedImputation(**{"model": MODEL, "strategy": "jump_to_reference", **options})


def test_refused_frames():
    frame = trial(30, 3)
    with pytest.raises(ParameterError, match="several values"):
        fit(frame.with_columns(baseline=pl.col("baseline") + pl.col("visit")))
    with pytest.raises(UndefinedError, match="null"):
        fit(frame.with_columns(pl.when(pl.col("subject") != "S003").then("baseline").alias("baseline")))
    with pytest.raises(ParameterError, match="one value"):
        fit(frame.with_columns(arm=pl.lit("standard")))
    with pytest.raises(UndefinedError, match="no fit in"):
        fit(trial(4, 4, missing=0.0))


def test_provisional_and_in_the_table_of_results():
    assert ReferenceBasedImputation.method in METHODS
    assert ReferenceBasedImputation.method.status is Status.PROVISIONAL
    table = fit(trial(30, 3)).table(unit="SLEDAI-2K points")
    assert set(table["statistic"]) == {"estimate", "se", "df", "lower", "upper", "p"}
    assert "jump_to_reference; 10 imputations" in table["note"][0]


class Expected:
    """Stands for a generator whose every draw is what is expected: each subject once, no deviation."""

    def choice(self, own, size):
        return own[:size]

    def standard_normal(self, shape):
        return np.zeros(shape)


@pytest.mark.parametrize("strategy", get_args(Strategy))
def test_two_visits_by_hand(strategy):
    """Dropout after the first of two visits: the means are those of regression in the completers, pooled over arms.

    The likeliest slope is that of the second on the first outcome within arms of completers, and an arm's second
    mean lies on that line at the first mean of all its patients.
    """
    rng = np.random.default_rng(42)
    n = 60
    treated, left = np.arange(n) % 3 != 0, rng.random(n) < 0.3
    first = rng.normal(0, 2, n) - 2.0 * treated
    second = 0.8 * first + rng.normal(0, 1.5, n) - 1.5 * treated
    frame = pl.DataFrame(
        {
            "subject": np.repeat(np.arange(n), 2),
            "visit": np.tile([6, 12], n),
            "arm": np.repeat(np.where(treated, "cells", "standard"), 2),
            "change": np.column_stack((first, np.where(left, np.nan, second))).ravel(),
        }
    ).with_columns(pl.col("change").fill_nan(None))
    spec = ReferenceBasedImputation(
        model=MMRM(outcome="change", reference="standard"), strategy=strategy, imputations=2
    )
    found = spec.fit(frame, rng=Expected()).contrasts().filter(visit="12")["estimate"][0]

    arms, stayed = (treated, ~treated), ~left
    within = [(first[a & stayed] - first[a & stayed].mean(), second[a & stayed]) for a in arms]
    slope = sum(x @ y for x, y in within) / sum(x @ x for x, _ in within)
    one, ref_one = (first[a].mean() for a in arms)
    two, ref_two = (second[a & stayed].mean() + slope * (first[a].mean() - first[a & stayed].mean()) for a in arms)
    after = {
        "missing_at_random": (two, one),
        "jump_to_reference": (ref_two, one),
        "copy_reference": (ref_two, ref_one),
        "copy_increments_in_reference": (one + ref_two - ref_one, one),
    }[strategy]
    filled = np.where(left & treated, after[0] + slope * (first - after[1]), second)
    filled = np.where(left & ~treated, ref_two + slope * (first - ref_one), filled)
    assert_close(found, filled[treated].mean() - filled[~treated].mean(), "derivative")
