"""The slope of eGFR: another implementation of least squares agrees, and few visits give none."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from malar.course import derive_egfr_slope
from malar.errors import MissingColumnsError, ParameterError
from tests.numbers import assert_close

VISITS = st.dictionaries(st.integers(0, 2000), st.floats(5, 150), min_size=3, max_size=12)


@settings(max_examples=60, deadline=None)
@given(visits=VISITS)
def test_it_is_the_slope_that_numpy_fits(visits: dict[int, float]) -> None:
    frame = pl.DataFrame({"subject": ["a"] * len(visits), "day": list(visits), "egfr": list(visits.values())})
    out = derive_egfr_slope(frame, min_span_days=1)
    expected = np.polyfit(np.array(list(visits)) / 365.25, np.array(list(visits.values())), 1)[0]
    assert_close(out["egfr_slope"], [expected] * len(visits))


def frame_of(days: list[int], values: list[float | None]) -> pl.DataFrame:
    return pl.DataFrame({"subject": ["a"] * len(days), "day": days, "egfr": values})


def slope(days: list[int], values: list[float | None], **options: int) -> list[float | None]:
    return derive_egfr_slope(frame_of(days, values), **options)["egfr_slope"].unique().to_list()


def test_visits_before_day_0_and_unknown_values_do_not_count() -> None:
    days, values = [-90, 0, 100, 200, 300], [200.0, 90.0, None, 80.0, 70.0]
    expected = np.polyfit(np.array([0, 200, 300]) / 365.25, [90, 80, 70], 1)[0]
    (got,) = slope(days, values)  # pyright: ignore
    assert_close(got, expected)
    out = derive_egfr_slope(frame_of(days, [200.0, 90.0, float("nan"), 80.0, 70.0]))
    assert_close(out["egfr_slope"], [expected] * 5)
    assert out["egfr_slope__n_visits"].to_list() == [3] * 5


def test_two_visits_or_a_short_span_give_none() -> None:
    assert slope([0, 200], [90, 80]) == [None]
    assert slope([0, 100, 179], [90, 85, 80]) == [None]
    assert slope([0, 100, 180], [90, 85, 80]) != [None]
    assert_close(slope([0, 200], [90, 80], min_visits=2), [-10 / 200 * 365.25])


def test_a_later_first_day_leaves_out_the_fall_that_a_drug_makes_at_once() -> None:
    days, values = [0, 28, 200, 400, 600], [100.0, 80.0, 80.0, 80.0, 80.0]
    assert_close(slope(days, values, from_day=28), [0.0])  # pyright: ignore


def test_patients_do_not_see_each_other_and_order_does_not_matter() -> None:
    one = frame_of([0, 100, 200], [90, 85, 80])
    other = one.with_columns(subject=pl.lit("b"), egfr=pl.col("egfr") * 2)
    both = derive_egfr_slope(pl.concat([other, one]).sample(fraction=1, shuffle=True, seed=1))
    slopes = dict(both.select("subject", "egfr_slope").unique().rows())
    assert_close(slopes["b"], 2 * slopes["a"])


def test_terms_and_frames_that_give_no_slope_are_refused() -> None:
    with pytest.raises(ParameterError, match="at least two visits"):
        slope([0, 200], [90, 80], min_visits=1)
    with pytest.raises(MissingColumnsError):
        derive_egfr_slope(frame_of([0], [90]).drop("egfr"))
