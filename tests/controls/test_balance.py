"""Balance by hand, and what weights and units may not change. The E-value's printed example."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from malar.controls import Balance, MatchedEffect, e_value
from malar.errors import ParameterError, UndefinedError
from tests.numbers import assert_close

LINE = st.tuples(st.booleans(), st.integers(-5, 5), st.integers(0, 3))


def one(frame: pl.DataFrame, sample: str = "before", **options: object) -> dict[str, float]:
    rows = Balance(covariates=["x"], **options).fit(frame).rows().filter(sample=sample)
    return rows.row(0, named=True)


def test_by_hand():
    """Treated 1, 2, 3 and controls 2, 4, 6, 8: means 2 and 5, variances 1 and 20/3; the functions part by 3/4 at 3."""
    frame = pl.DataFrame({"treated": [1] * 3 + [0] * 4, "x": [1, 2, 3, 2, 4, 6, 8]})
    assert_close([one(frame)[m] for m in ("smd", "variance_ratio", "ks")], [-3.0, 0.15, 0.75], "rounding")
    assert_close(one(frame, standardize="pooled")["smd"], -3 / (23 / 6) ** 0.5, "rounding")
    assert_close(one(frame, standardize="control")["smd"], -3 / (20 / 3) ** 0.5, "rounding")


def test_of_a_sign_the_standard_deviation_is_that_of_a_proportion():
    frame = pl.DataFrame({"treated": [1, 1, 1, 1, 0, 0], "x": [1, 0, 0, 0, 1, 0]})
    found = one(frame)
    assert_close(found["smd"], (0.25 - 0.5) / (0.25 * 0.75) ** 0.5, "rounding")
    assert found["variance_ratio"] is None
    assert_close(found["ks"], 0.25, "rounding")


@given(lines=st.lists(LINE, min_size=4, max_size=20))
@settings(max_examples=60, deadline=None)
def test_whole_weights_say_what_repeated_rows_say(lines):
    frame = pl.DataFrame(lines, schema=["treated", "x", "weight"], orient="row")
    weighed = frame.group_by("treated").agg(pl.col("weight").sum())
    if weighed.height < 2 or weighed["weight"].min() == 0:
        return
    repeated = frame.select(pl.all().repeat_by("weight").explode()).drop_nulls()
    after, plain = one(frame, "after", weight="weight"), one(repeated)
    for name in ("mean_treated", "mean_control", "ks"):
        assert_close(after[name], plain[name], "rounding", name)


def test_undefined_is_null_with_a_reason():
    frame = pl.DataFrame({"treated": [1, 1, 0, 0], "x": [2.0, 2.0, 1.0, 3.0], "weight": [1, 1, 1, 1]})
    result = Balance(covariates=["x"], weight="weight").fit(frame)
    assert result.rows()["smd"].to_list() == [0.0, 0.0]
    table = Balance(covariates=["x"]).fit(frame.with_columns(x=pl.Series([2.0, 2.0, 1.0, 4.0]))).table()
    assert table.filter(unit="smd").select("value", "note").row(0) == (None, "null: the standard deviation before is 0")


def test_an_arm_without_weight_is_refused():
    frame = pl.DataFrame({"treated": [1, 0], "x": [1, 2], "weight": [1, 0]})
    with pytest.raises(UndefinedError, match="0 in a whole arm"):
        Balance(covariates=["x"], weight="weight").fit(frame)
    with pytest.raises(ParameterError, match="negative"):
        Balance(covariates=["x"], weight="weight").fit(frame.with_columns(weight=-1))


def test_effect_of_pairs_is_the_mean_of_their_differences():
    """Of pairs the clustered standard error is that of the paired differences, up to the correction for n."""
    differences = [-4.0, -3.0, 0.0, -5.0, 1.0]
    frame = pl.DataFrame(
        {
            "treated": [1, 0] * 5,
            "matched_set": [k // 2 for k in range(10)],
            "weight": 1.0,
            "y": [v for k, d in enumerate(differences) for v in (k + d, float(k))],
        }
    )
    effect = MatchedEffect(outcome="y", kind="linear").fit(frame)
    series = pl.Series(differences)
    assert_close(effect.estimate, series.mean(), "rounding")
    assert_close(effect.se / (9 / 8) ** 0.5, series.std() / 5**0.5, "rounding")


def test_a_response_that_all_treated_have_is_separated():
    frame = pl.DataFrame({"treated": [1, 1, 0, 0], "matched_set": [1, 2, 1, 2], "weight": 1.0, "y": [1, 1, 0, 1]})
    with pytest.raises(UndefinedError, match="told apart"):
        MatchedEffect(outcome="y", kind="logistic").fit(frame)
    assert_close(MatchedEffect(outcome="y", kind="linear").fit(frame).estimate, 0.5)


def test_e_value_as_printed():
    """VanderWeele & Ding 2017: risk ratio 3.9 (1.8 to 8.7) has E-values 7.26 and 3.0."""
    found = e_value(3.9, 1.8, 8.7)
    assert_close(found.estimate, 7.26, "printed_2")
    assert_close(found.limit, 3.0, "printed_2")


def test_e_value_is_symmetric_and_one_where_nothing_is_to_explain():
    above, below = e_value(2.5, 1.2, 4.0), e_value(1 / 2.5, 1 / 4.0, 1 / 1.2)
    assert_close([above.estimate, above.limit], [below.estimate, below.limit], "rounding")
    assert e_value(1.0).estimate == 1.0
    assert e_value(1.4, 0.9, 2.2).limit == 1.0
    assert e_value(1.4).limit is None
    assert e_value(0.0, measure="standardized_difference").estimate == 1.0
    assert e_value(4.0, measure="odds_ratio").risk_ratio == 2.0
    assert e_value(4.0, measure="odds_ratio", rare=True).risk_ratio == 4.0
    assert e_value(1.0, measure="hazard_ratio").estimate == 1.0


@pytest.mark.parametrize("wrong", [(0.0,), (-1.0,), (2.0, 1.0), (2.0, 3.0, 4.0), (float("inf"),)])
def test_e_value_of_no_ratio_is_refused(wrong):
    with pytest.raises(ParameterError):
        e_value(*wrong)
