"""A response that must be held: which visit is the landmark, and what ends it."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from malar.conditions import at_most, present
from malar.course.held import HeldSince
from malar.errors import MissingColumnsError, ParameterError
from malar.sources import Source

Y, N, U = True, False, None


def held(**options):
    terms = {"day": 180, "first_day": 150, "last_day": 210, "at": present("ok"), "after": present("ok")}
    return HeldSince(key="held", title="Held", source=Source("Own"), assessed="seen", **{**terms, **options})


def course(*visits):
    schema = {"day": pl.Int64, "ok": pl.Boolean, "seen": pl.Boolean}
    rows = [(*visit, True)[:3] for visit in visits]
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(subject=pl.lit("a"))


def test_held_from_the_landmark_on_and_lost_for_good():
    out = held().derive(course((0, N), (90, Y), (180, Y), (270, Y), (300, N), (365, Y)))
    assert out["held"].to_list() == [U, U, Y, Y, N, N]


def test_the_landmark_is_the_nearest_visit_and_the_later_on_a_tie():
    near = held().derive(course((160, N), (190, Y), (365, Y)))
    assert near["held"].to_list() == [U, Y, Y]
    tied = held().derive(course((170, N), (190, Y), (365, Y)))
    assert tied["held"].to_list() == [U, Y, Y]


@pytest.mark.parametrize(("day", "expected"), [(149, U), (150, Y), (210, Y), (211, U)])
def test_without_a_visit_in_the_window_nothing_is_known(day, expected):
    assert held().derive(course((day, Y), (365, Y)))["held"].to_list()[-1] is expected


def test_visits_not_assessed_are_passed_over_and_unknown_ones_leave_it_open():
    passed = held().derive(course((180, Y), (270, U, False), (365, Y)))
    assert passed["held"].to_list() == [Y, U, Y]
    left_open = held().derive(course((180, Y), (270, U), (300, Y), (365, N)))
    assert left_open["held"].to_list() == [Y, U, U, N]


def test_what_came_before_the_landmark_can_be_asked_too():
    made = held(before=present("ok"))
    assert made.derive(course((0, N), (90, Y), (180, Y)))["held"].to_list() == [U, U, Y]
    assert made.derive(course((0, Y), (90, N), (180, Y)))["held"].to_list() == [U, U, N]


def test_a_span_must_be_over_before_it_can_be_held():
    made = held(held_days=100)
    assert made.derive(course((180, Y), (279, Y)))["held"].to_list() == [U, U]
    assert made.derive(course((180, Y), (280, Y), (300, N)))["held"].to_list() == [U, Y, Y]
    assert made.derive(course((180, Y), (280, N), (300, Y)))["held"].to_list() == [U, N, N]


def test_the_sheet_names_window_and_conditions():
    page = held(at=at_most("score", 0, label="score"), held_days=112).body()
    assert "nearest to day 180, between days 150 and 210" in page
    assert "score is at most 0" in page
    assert "for 112 days" in page


def test_terms_that_cannot_be_met_and_columns_that_are_not_there_are_refused():
    with pytest.raises(ParameterError, match="outside its window"):
        held(first_day=190)
    with pytest.raises(MissingColumnsError, match="ok"):
        held().derive(course((180, Y)).drop("ok"))


verdicts = st.lists(st.sampled_from([True, False, None]), min_size=5, max_size=5)


@settings(max_examples=150, deadline=None)
@given(data=st.data(), before=verdicts)
def test_filling_an_unknown_never_turns_a_decided_answer(data, before):
    days = (60, 180, 240, 300, 365)
    filled = [data.draw(st.sampled_from([True, False, None])) if value is None else value for value in before]
    for made in (held(), held(before=present("ok")), held(held_days=100)):
        old, new = (made.derive(course(*zip(days, values, strict=True)))["held"] for values in (before, filled))
        assert all(was is None or was == now for was, now in zip(old, new, strict=True))
