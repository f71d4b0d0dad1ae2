"""Frames that are odd but legal give the usual numbers; what cannot be computed is refused with the reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest

from malar.controls import (
    Balance,
    CloneCensorWeight,
    EntropyBalancing,
    MatchedEffect,
    NearestNeighborMatching,
    NegativeControls,
    PropensityScore,
    SequentialTrials,
    TargetTrial,
    Weighting,
    e_value,
)
from malar.controls.effect import Effect
from malar.controls.matched_effect import Kind
from malar.errors import MalarError, ParameterError, UndefinedError, WrongTypeError


def cohort(n: int = 80) -> pl.DataFrame:
    rng = np.random.default_rng(7)
    sledai = rng.integers(2, 22, n) + rng.normal(0.0, 0.01, n)
    treated = rng.random(n) < 1.0 / (1.0 + np.exp(-(sledai - 13.0) / 6.0))
    words = rng.choice(["III", "IV", "V"], n).tolist()
    numbers = {"sledai": sledai, "propensity_score": rng.uniform(0.05, 0.9, n), "change": rng.normal(0.0, 3.0, n)}
    return pl.DataFrame({"treated": treated, "class": words, **numbers, "responded": rng.random(n) < 0.5})


def matched_effect(rows: pl.DataFrame, outcome: str, kind: Kind = "linear", **more: Any) -> Effect:
    matched = NearestNeighborMatching().fit(rows).matched()
    return MatchedEffect(outcome=outcome, kind=kind, **more).fit(matched)


@pytest.mark.parametrize("dtype", [pl.Int8, pl.Float32, pl.Float64])
def test_treated_may_be_any_number_of_zeros_and_ones(dtype: type[pl.DataType]) -> None:
    rows = cohort()
    spec = PropensityScore(covariates=["sledai", "class"])
    other = spec.fit(rows.with_columns(pl.col("treated").cast(dtype)))
    assert other.scored()["propensity_score"].equals(spec.fit(rows).scored()["propensity_score"])
    with pytest.raises(ParameterError, match="other than 0 and 1"):
        spec.fit(rows.with_columns(treated=pl.col("treated").cast(dtype) + 1))


EFFECTS: list[Callable[[pl.DataFrame, str], Effect]] = [
    matched_effect,
    lambda rows, outcome: Weighting(covariates=["sledai"], estimand="att").fit(rows).effect(outcome),
    lambda rows, outcome: EntropyBalancing(covariates=["sledai"]).fit(rows).effect(outcome),
]


@pytest.mark.parametrize("effect", EFFECTS)
@pytest.mark.parametrize("outcome", [pl.lit(1.0), pl.col("treated").cast(pl.Float64), pl.lit(value=True)])
def test_an_outcome_that_never_differs_has_no_p(effect: Callable[..., Effect], outcome: pl.Expr) -> None:
    rows = cohort()
    with pytest.raises(UndefinedError, match="standard error is 0"):
        effect(rows.with_columns(same=outcome), "same")
    assert 0.0 < effect(rows, "change").p < 1.0


@pytest.mark.parametrize("effect", EFFECTS)
def test_effects_do_not_depend_on_row_order_or_on_a_covariates_zero(effect: Callable[..., Effect]) -> None:
    rows = cohort()
    first = effect(rows, "change")
    far = rows.with_columns(pl.col("sledai") + 1e6)
    for other in (effect(rows.sample(fraction=1.0, shuffle=True, seed=1), "change"), effect(far, "change")):
        assert (other.estimate, other.se) == pytest.approx((first.estimate, first.se), rel=1e-6)


def test_an_adjusted_log_odds_ratio_does_not_depend_on_a_covariates_zero() -> None:
    found = [
        matched_effect(
            cohort().with_columns(pl.col("sledai") + far), "responded", kind="logistic", covariates=["sledai"]
        )
        for far in (0.0, 1e7)
    ]
    assert (found[1].estimate, found[1].se) == pytest.approx((found[0].estimate, found[0].se), rel=1e-5)


@pytest.mark.parametrize("spec", [PropensityScore(covariates=["class"]), Balance(covariates=["class"])])
def test_a_date_or_list_is_no_category(spec: PropensityScore | Balance) -> None:
    rows = cohort()
    assert spec.fit(rows.with_columns(pl.col("class").cast(pl.Categorical))).table().equals(spec.fit(rows).table())
    for odd in (pl.lit(dt.date(2020, 1, 1)), pl.concat_list("class")):
        with pytest.raises(WrongTypeError, match="no number, Boolean or text"):
            spec.fit(rows.with_columns(odd.alias("class")))


def test_numbers_too_large_to_be_squared_are_refused() -> None:
    rows = cohort()
    with pytest.raises(UndefinedError, match=r"beyond 1e\+100"):
        matched_effect(rows.with_columns(pl.col("change") * 1e200), "change")
    assert matched_effect(rows.with_columns(pl.col("change") * 1e50), "change").p == pytest.approx(
        matched_effect(rows, "change").p
    )


MAKERS: list[Callable[[Any], Any]] = [
    lambda names: PropensityScore(covariates=names),
    lambda names: Weighting(covariates=names, estimand="att"),
    lambda names: EntropyBalancing(covariates=names),
    lambda names: Balance(covariates=names),
    lambda names: MatchedEffect(outcome="change", kind="linear", covariates=names),
    lambda names: CloneCensorWeight(covariates=names, grace_days=1, horizon=5),
]


@pytest.mark.parametrize("make", MAKERS)
def test_one_word_is_no_list_of_columns(make: Callable[[Any], Any]) -> None:
    with pytest.raises(ParameterError, match="is one word"):
        make("age")
    assert make(["age"]).covariates == ("age",)


def test_a_ratio_is_a_whole_number_and_an_interval_a_number() -> None:
    assert NearestNeighborMatching(ratio=2).ratio == 2
    with pytest.raises(ParameterError, match="`ratio` is"):
        NearestNeighborMatching(ratio=1.5)  # pyright: ignore[reportArgumentType]
    with pytest.raises(ParameterError, match="interval_days"):
        CloneCensorWeight(covariates=["age"], grace_days=1, horizon=5, interval_days=float("nan"))


def test_e_values_of_extreme_ratios() -> None:
    assert e_value(1e50, measure="hazard_ratio").risk_ratio == pytest.approx(1e25 / np.log(2.0))
    assert e_value(1e-50, measure="hazard_ratio").estimate == pytest.approx(
        e_value(1e50, measure="hazard_ratio").estimate
    )
    for value, measure in ((1e200, "hazard_ratio"), (1e-320, "risk_ratio"), (1000.0, "standardized_difference")):
        with pytest.raises(ParameterError, match="beyond all measure"):
            e_value(value, measure=measure)  # pyright: ignore[reportArgumentType]


def test_answers_are_words() -> None:
    assert not TargetTrial({"time_zero": "Day 0"}).complete
    with pytest.raises(WrongTypeError, match="1 answers are not text"):
        TargetTrial({"time_zero": 5})  # pyright: ignore[reportArgumentType]


def test_names_of_negative_controls_may_be_numbers_but_not_lists() -> None:
    rows = pl.DataFrame({"control": [7, 9], "estimate": [0.1, 0.3], "se": [0.1, 0.1]})
    assert NegativeControls().fit(rows).names == ("7", "9")
    with pytest.raises(WrongTypeError):
        NegativeControls().fit(rows.with_columns(pl.concat_list("control")))


VISITS = pl.DataFrame(
    {
        "subject": ["A", "A", "A", "B", "B"],
        "day": [0, 90, 180, 0, 50],
        "eligible": [1.0, None, 1.0, 1.0, 1.0],
        "start": [187, 187, 187, None, None],
        "last_day": [400, 400, 400, 300, 300],
        "relapse": [True, True, True, False, False],
    }
)
TRIALS = SequentialTrials(treatment_start="start", event="relapse", window_days=14)


@pytest.mark.parametrize(
    "same",
    [
        pl.col("eligible").fill_null(float("nan")),
        pl.col("start").cast(pl.Float64).fill_null(float("nan")),
        pl.col("relapse").cast(pl.Int8),
        pl.col("subject").cast(pl.Categorical),
    ],
)
def test_unknown_eligibility_is_no_entry_however_it_is_written(same: pl.Expr) -> None:
    shown = ("trial", "treated", "time_zero", "time", "event", "end")
    usual = TRIALS.enroll(VISITS).select(shown).rows()
    assert TRIALS.enroll(VISITS.with_columns(same)).select(shown).rows() == usual
    assert len(usual) == 4


@pytest.mark.parametrize(
    ("odd", "error"),
    [
        (pl.col("eligible").cast(pl.String), WrongTypeError),
        (pl.col("relapse").cast(pl.String), WrongTypeError),
        (pl.col("day").cast(pl.String), WrongTypeError),
        (pl.col("last_day").cast(pl.Date), WrongTypeError),
        (pl.lit(float("inf")).alias("last_day"), UndefinedError),
        (pl.lit(float("nan")).alias("last_day"), UndefinedError),
    ],
)
def test_days_are_finite_numbers(odd: pl.Expr, error: type[MalarError]) -> None:
    with pytest.raises(error):
        TRIALS.enroll(VISITS.with_columns(odd))


def test_a_column_of_ones_own_is_not_lost_under_a_weight() -> None:
    heavy = cohort().with_columns(weight=70.0)
    sets, weighed = NearestNeighborMatching().fit(heavy), EntropyBalancing(covariates=["sledai"]).fit(heavy)
    for made in (sets.matched, sets.weighted, weighed.weighted):
        with pytest.raises(ParameterError, match="`weight` of its own"):
            made()
    renamed = heavy.rename({"weight": "weight_kg"})
    assert NearestNeighborMatching().fit(renamed).matched()["weight_kg"].unique().to_list() == [70.0]
