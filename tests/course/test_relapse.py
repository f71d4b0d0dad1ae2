"""Relapse after a remission: who is at risk, when it is lost, and what is open."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from malar.conditions import Since, rose_by_more_than
from malar.course.relapse import derive_relapse
from malar.endpoints import rule
from malar.endpoints.relapse_after import relapse_after
from malar.errors import MissingColumnsError
from malar.sources import Source
from malar.timelines import EventSource, derive_time_to_event
from tests.support.study_maker import make_study

Y, N, U = True, False, None


def course(*verdicts, subject="a", step=30, **more):
    days = [step * i for i in range(len(verdicts))]
    columns = {"subject": [subject] * len(days), "day": days, "remission": pl.Series(verdicts, dtype=pl.Boolean)}
    return pl.DataFrame({**columns, **more})


def relapse(frame, **options):
    return derive_relapse(frame, "remission", name="lost", **options)


def test_a_remission_lost_is_a_relapse_until_it_is_regained():
    out = relapse(course(N, Y, N, N, Y, N))
    assert out["lost"].to_list() == [N, N, Y, Y, N, Y]
    assert out["lost__at_risk"].to_list() == [N, N, Y, Y, Y, Y]
    assert out["lost__day"].to_list() == [None, None, 60, 60, 60, 60]
    assert out["lost__after_day"].to_list() == [None, None, 30, 30, 30, 30]


def test_who_was_never_in_remission_has_nothing_to_lose():
    out = relapse(course(N, N, N))
    assert out["lost"].to_list() == [N, N, N]
    assert out["lost__at_risk"].to_list() == [N, N, N]


def test_an_unknown_remission_leaves_it_open_who_is_at_risk():
    out = relapse(course(U, N, Y, U, N))
    assert out["lost"].to_list() == [N, U, N, U, Y]
    assert out["lost__at_risk"].to_list() == [N, U, U, Y, Y]
    assert out["lost__day"].to_list() == [None, None, None, None, 120]
    assert out["lost__after_day"].to_list() == [None] * 4 + [60]


def test_visits_that_were_not_assessed_are_passed_over():
    frame = course(N, Y, N, Y, N, seen=[True, False, True, True, True])
    assert relapse(frame, assessed="seen")["lost"].to_list() == [N, U, N, N, Y]


def test_renewed_activity_without_treatment_is_no_relapse_where_treatment_is_asked():
    raised = rose_by_more_than("dose", 0, Since.PREVIOUS)
    frame = course(N, Y, N, N, dose=[30.0, 10.0, 10.0, 20.0])
    assert relapse(frame, treatment=raised)["lost"].to_list() == [N, N, N, Y]
    open_dose = course(N, Y, N, dose=[30.0, 10.0, None])
    assert relapse(open_dose, treatment=raised)["lost"].to_list() == [N, N, U]


def test_order_of_rows_and_other_patients_do_not_matter():
    frame = pl.concat([course(N, Y, N), course(Y, Y, N, subject="b"), course(N, N, subject="c")])
    mixed = relapse(frame.sample(fraction=1, shuffle=True, seed=4)).sort("subject", "day")
    assert mixed.equals(relapse(frame))


def test_a_column_that_is_read_must_be_there():
    with pytest.raises(MissingColumnsError, match="remission"):
        relapse(course(N).drop("remission"))


verdicts = st.lists(st.sampled_from([True, False, None]), min_size=1, max_size=7)


@settings(max_examples=150, deadline=None)
@given(data=st.data(), before=verdicts)
def test_filling_an_unknown_never_turns_a_decided_relapse(data, before):
    filled = [data.draw(st.sampled_from([True, False, None])) if value is None else value for value in before]
    old, new = relapse(course(*before)), relapse(course(*filled))
    for column in ("lost", "lost__at_risk"):
        for was, now in zip(old[column], new[column], strict=True):
            assert was is None or was == now


def test_any_definition_has_its_relapse_and_it_dates_an_event():
    lost = relapse_after(rule("clinical_quiescence"), key="lost", title="Lost", source=Source("Own"))
    active = ["arthritis"]
    study = make_study([("a", 0, active, []), ("a", 90, [], []), ("a", 180, active, []), ("b", 0, active, [])])
    judged = lost.flag(study.visit_frame("sledai_2k"))
    assert judged["lost"].to_list() == [None, None, True, None]
    times = derive_time_to_event(study, judged, [EventSource("lost", "loss of quiescence", flag="lost")], [])
    assert times.rows()[0] == ("a", 180, True, "lost", "lost")
    assert lost.status <= rule("clinical_quiescence").status
