"""Windows of planned visits: no day in two of them, each planned visit stood for once."""

from __future__ import annotations

from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from malar.course import derive_analysis_visit, planned_visits
from malar.errors import ParameterError
from malar.schema import PlannedVisit


@settings(max_examples=80, deadline=None)
@given(planned=st.sets(st.integers(-60, 400), min_size=1, max_size=8), days=st.sets(st.integers(-60, 400), min_size=1))
def test_windows_to_the_midpoints_leave_no_day_between_and_none_twice(planned: set[int], days: set[int]) -> None:
    made = planned_visits(pl.DataFrame({"planned_visit": [f"V{d}" for d in planned], "planned_day": list(planned)}))
    assert all(a.last + 1 == b.first for a, b in pairwise(made))
    assert all(visit.first <= visit.day <= visit.last for visit in made)
    out = derive_analysis_visit(pl.DataFrame({"subject": ["a"] * len(days), "day": list(days)}), made)
    chosen = out.filter("is_analysis_visit")
    assert chosen["analysis_day"].is_unique().all()
    assert set(chosen["analysis_day"]) == set(out["analysis_day"].drop_nulls())


@pytest.mark.parametrize("windows", [[(0, -5, 15), (30, 15, 45)], [(30, 20, 40), (0, -10, 20)]], ids=str)
def test_windows_that_overlap_are_refused(windows: list[tuple[int, int, int]]) -> None:
    visits = [PlannedVisit(f"V{day}", day, first, last) for day, first, last in windows]
    with pytest.raises(ParameterError, match="overlap"):
        derive_analysis_visit(pl.DataFrame({"subject": ["a"], "day": [0]}), visits)


def test_without_planned_visits_no_row_stands_for_one() -> None:
    out = derive_analysis_visit(pl.DataFrame({"subject": ["a"], "day": [0]}), [])
    assert out.select("analysis_visit", "analysis_day", "is_analysis_visit").rows() == [(None, None, False)]
