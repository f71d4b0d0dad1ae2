"""Time to event: which event, which end, and what is known across a gap."""

from __future__ import annotations

import pytest

from malar.errors import ParameterError
from malar.timelines import CensorSource, EventSource, derive_time_to_event, judge_visits
from tests.support.study_maker import make_study

FLARE = EventSource("flare", "flare", flag="sledai_2k_flare")
DEATH = EventSource("death", "death", kind="death")
LAST_VISIT = CensorSource("last_visit", "last visit", "latest", flag="sledai_2k_flare")
DATA_CUT = CensorSource("data_cut", "data cut", "earliest", milestone="data_cut")
WITHDRAWAL = CensorSource("withdrawal", "withdrawal", "earliest", kind="withdrawal")


def times(study, events=(FLARE, DEATH), censors=(LAST_VISIT, DATA_CUT, WITHDRAWAL), **options):
    judged = judge_visits(study, ["sledai_2k_flare"])
    return derive_time_to_event(study, judged, events, censors, **options).rows()


CALM = ["rash"]
WORSE = ["rash", "arthritis"]


def test_the_first_event_counts_and_names_its_cause():
    study = make_study(
        [("a", 0, CALM, []), ("a", 30, WORSE, []), ("a", 60, CALM, []), ("a", 90, WORSE, [])],
        events=[("a", 100, "death")],
    )
    assert times(study) == [("a", 30, True, "flare", "flare")]


def test_on_a_tie_the_source_named_first_is_the_cause():
    study = make_study([("a", 0, CALM, []), ("a", 30, WORSE, [])], events=[("a", 30, "death")])
    assert times(study)[0][3] == "flare"
    assert times(study, events=(DEATH, FLARE))[0][3] == "death"


def test_without_event_the_last_visit_judged_ends_the_observation():
    study = make_study([("a", 0, CALM, []), ("a", 30, CALM, []), ("a", 60, CALM, [])])
    assert times(study) == [("a", 60, False, None, "last_visit")]


def test_an_end_before_the_last_visit_wins_and_an_event_after_it_does_not_count():
    study = make_study(
        [("a", 0, CALM, []), ("a", 30, CALM, []), ("a", 60, WORSE, [])],
        milestones=[("a", "data_cut", 45)],
    )
    assert times(study) == [("a", 45, False, None, "data_cut")]


def test_an_event_on_the_day_of_the_end_counts():
    study = make_study(
        [("a", 0, CALM, []), ("a", 45, WORSE, [])],
        milestones=[("a", "data_cut", 45)],
    )
    assert times(study) == [("a", 45, True, "flare", "flare")]


def test_events_on_or_before_day_0_do_not_count():
    study = make_study([("a", -30, CALM, []), ("a", 0, WORSE, []), ("a", 30, WORSE, [])])
    assert times(study) == [("a", 30, False, None, "last_visit")]


def test_a_long_gap_ends_the_observation_at_the_visit_before_it():
    visits = [("a", 0, CALM, []), ("a", 30, CALM, []), ("a", 131, WORSE, [])]
    study = make_study(visits)
    assert times(study, max_gap_days=101) == [("a", 131, True, "flare", "flare")]
    assert times(study, max_gap_days=100) == [("a", 30, False, None, "gap_between_visits")]


def test_a_subject_never_observed_after_day_0_has_no_time():
    study = make_study([("a", 0, CALM, []), ("b", -20, CALM, [])])
    by_subject = {row[0]: row[1:] for row in times(study)}
    assert by_subject["b"] == (None, False, None, None)


def test_a_source_needs_exactly_one_place_to_look():
    with pytest.raises(ParameterError, match="needs a flag or a kind"):
        EventSource("x", "x")
    with pytest.raises(ParameterError, match="exactly one"):
        CensorSource("x", "x", "latest", flag="f", kind="k")
