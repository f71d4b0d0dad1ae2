"""The earlier visit that a visit is compared with: assessed, not merely recorded."""

from __future__ import annotations

import polars as pl
import pytest

from malar.conditions import Since
from malar.course import derive_reference
from malar.errors import MissingColumnsError


def earlier(values: list[object], since: Since, **options: object) -> list[object]:
    """The reference value at visits on day 0, 30, 60, …, the rows in reverse order."""
    days = list(range(0, 30 * len(values), 30))
    seen = options.pop("seen", None)
    frame = pl.DataFrame({"subject": ["a"] * len(values), "day": days, "x": values}, strict=False)
    if seen is not None:
        frame = frame.with_columns(seen=pl.Series(seen))
        options["assessed"] = "seen"
    out = derive_reference(frame.reverse(), "x", since, **options)  # pyright: ignore
    return out.sort("day")[f"{since.value}__x"].to_list()


@pytest.mark.parametrize("since", [Since.PREVIOUS, Since.LOWEST])
def test_a_visit_without_the_value_is_passed_over(since: Since) -> None:
    assert earlier([3.0, None, 5.0, 6.0], since)[2] == 3.0


def test_nan_is_unknown() -> None:
    assert earlier([3.0, float("nan"), 5.0], Since.PREVIOUS) == [None, 3.0, 3.0]


def test_at_an_assessed_visit_an_unknown_value_stays_unknown() -> None:
    seen = [True, True, True, True]
    assert earlier([True, None, True, True], Since.PREVIOUS, seen=seen) == [None, True, None, True]
    assert earlier([3.0, None, 5.0, 6.0], Since.PREVIOUS, seen=seen) == [None, 3.0, None, 5.0]


def test_the_lowest_value_is_unknown_after_an_assessed_visit_without_it() -> None:
    assert earlier([3.0, None, 5.0, 6.0], Since.LOWEST, seen=[True] * 4) == [None, 3.0, None, None]
    assert earlier([3.0, None, 5.0, 6.0], Since.LOWEST, seen=[True, False, True, True]) == [None, 3.0, 3.0, 3.0]


def test_a_visit_that_was_not_assessed_is_not_compared_with() -> None:
    assert earlier([3.0, 9.0, 5.0], Since.PREVIOUS, seen=[True, False, None]) == [None, 3.0, 3.0]


def test_baseline_is_the_last_assessed_visit_on_or_before_day_0() -> None:
    frame = pl.DataFrame({"subject": ["a"] * 5, "day": [-30, -7, 0, 10, 20], "x": [1, 2, None, 4, 5]})
    assert derive_reference(frame, "x", Since.BASELINE)["baseline__x"].to_list() == [None, None, 2, 2, 2]
    marked = frame.with_columns(seen=pl.lit(value=True))
    out = derive_reference(marked, "x", Since.BASELINE, assessed="seen")
    assert out["baseline__x"].to_list() == [None, None, None, None, None]


def test_subjects_do_not_see_each_other() -> None:
    frame = pl.DataFrame({"subject": ["a", "b", "a", "b"], "day": [0, 0, 30, 30], "x": [1, 2, 3, 4]})
    for since in (Since.PREVIOUS, Since.BASELINE, Since.LOWEST):
        assert derive_reference(frame, "x", since)[f"{since.value}__x"].to_list() == [None, None, 1, 2]


def test_before_the_flare_is_as_recorded_and_baseline_where_it_is_not() -> None:
    frame = pl.DataFrame({
        "subject": ["a", "a", "b", "b"], "day": [0, 30, 0, 30], "x": [60.0, 50.0, 60.0, 50.0],
        "preflare_x": [90.0, 90.0, None, float("nan")],
    })  # fmt: skip
    out = derive_reference(frame, "x", Since.PREFLARE)
    assert out["preflare__x"].to_list() == [90, 90, None, 60]
    assert out["preflare__x__is_baseline"].to_list() == [False, False, None, True]
    with pytest.raises(MissingColumnsError, match="preflare_x"):
        derive_reference(frame.drop("preflare_x"), "x", Since.PREFLARE)


def test_a_baseline_that_the_frame_brings_stands_in() -> None:
    frame = pl.DataFrame({"subject": ["a"], "day": [30], "x": [50.0], "preflare_x": [None], "baseline__x": [70.0]})
    assert derive_reference(frame, "x", Since.PREFLARE)["preflare__x"].to_list() == [70]
