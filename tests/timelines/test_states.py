"""State histories: carrying, gaps, ends, and what stands on day 0."""

from __future__ import annotations

import polars as pl

from malar.timelines import derive_states, derive_states_at_visits, judge_visits
from malar.timelines.states import NEEDED
from tests.support.study_maker import make_study


def history(study, **options):
    judged = judge_visits(study, NEEDED)
    return derive_states(study, judged, **{"max_gap_days": 100, **options}).rows()


def test_a_state_carries_to_the_next_visit_and_to_the_last_contact():
    visits = [("a", 0, ["proteinuria", "rash"], []), ("a", 50, ["arthritis"], []), ("a", 90, ["low_complement"], [])]
    study = make_study(visits, milestones=[("a", "last_contact", 120)])
    assert history(study) == [
        ("a", 0, 50, "active"),
        ("a", 50, 90, "le_4"),
        ("a", 90, 120, "quiescent"),
    ]


def test_the_last_state_on_or_before_day_0_stands_at_day_0():
    visits = [("a", -40, [], []), ("a", -5, ["seizure"], []), ("a", 30, [], [])]
    study = make_study(visits, milestones=[("a", "last_contact", 40)])
    assert history(study) == [("a", 0, 30, "active"), ("a", 30, 40, "quiescent")]


def test_without_a_state_before_day_0_the_history_begins_at_the_first_visit():
    study = make_study([("a", 20, [], [])], milestones=[("a", "last_contact", 40)])
    assert history(study) == [("a", 20, 40, "quiescent")]


def test_a_gap_of_exactly_the_limit_is_bridged_and_one_day_more_is_not():
    bridged = make_study([("a", 0, [], []), ("a", 100, [], [])], milestones=[("a", "last_contact", 110)])
    broken = make_study([("a", 0, [], []), ("a", 101, [], [])], milestones=[("a", "last_contact", 110)])
    assert history(bridged) == [("a", 0, 110, "quiescent")]
    assert history(broken) == [("a", 0, 100, "quiescent")]
    assert history(broken, after_gap="resume") == [("a", 0, 100, "quiescent"), ("a", 101, 110, "quiescent")]


def test_a_visit_whose_state_cannot_be_told_is_passed_over():
    visits = [("a", 0, [], []), ("a", 40, ["arthritis"], ["rash"]), ("a", 80, ["arthritis", "rash"], [])]
    study = make_study(visits, milestones=[("a", "last_contact", 90)])
    assert history(study) == [("a", 0, 80, "quiescent"), ("a", 80, 90, "active")]


def test_an_unknown_item_that_changes_nothing_leaves_the_state_known():
    visits = [("a", 0, ["seizure"], ["rash"])]
    study = make_study(visits, milestones=[("a", "last_contact", 10)])
    assert history(study) == [("a", 0, 10, "active")]


def test_death_and_withdrawal_end_the_history_and_have_no_stop():
    visits = [("a", 0, [], []), ("b", 0, [], []), ("c", 0, [], [])]
    study = make_study(
        visits,
        milestones=[("c", "data_cut", 60)],
        events=[("a", 30, "death"), ("b", 50, "withdrawal")],
    )
    assert history(study) == [
        ("a", 0, 30, "quiescent"),
        ("a", 30, None, "dead"),
        ("b", 0, 50, "quiescent"),
        ("b", 50, None, "withdrawn"),
        ("c", 0, 60, "quiescent"),
    ]


def test_a_death_after_the_state_became_unknown_is_not_part_of_the_history():
    study = make_study([("a", 0, [], [])], events=[("a", 500, "death")])
    assert history(study) == [("a", 0, 100, "quiescent")]
    assert history(study, after_gap="resume")[-1] == ("a", 500, None, "dead")


def test_a_state_first_seen_on_the_last_day_is_kept_with_no_length():
    study = make_study([("a", 0, ["seizure"], []), ("a", 60, [], [])], milestones=[("a", "last_contact", 60)])
    assert history(study) == [("a", 0, 60, "active"), ("a", 60, 60, "quiescent")]


def test_neighboring_visits_in_one_state_are_one_interval():
    visits = [("a", day, ["rash"], []) for day in (0, 30, 60)]
    study = make_study(visits, milestones=[("a", "last_contact", 70)])
    assert history(study) == [("a", 0, 70, "le_4")]


def test_the_order_of_rows_does_not_matter():
    visits = [("a", 0, ["seizure"], []), ("a", 60, [], []), ("b", 0, [], []), ("b", 30, ["rash"], [])]
    study = make_study(visits, milestones=[("a", "last_contact", 70), ("b", "last_contact", 40)])
    judged = judge_visits(study, NEEDED)
    shuffled = judged.sample(fraction=1, shuffle=True, seed=3)
    assert derive_states(study, judged, max_gap_days=50).equals(derive_states(study, shuffled, max_gap_days=50))
    assert isinstance(judged, pl.DataFrame)


def seen(study):
    return derive_states_at_visits(study, judge_visits(study, NEEDED)).rows()


def test_states_at_visits_end_with_what_is_known_last():
    visits = [
        ("a", -5, ["seizure"], []), ("a", 30, [], []),
        ("b", 0, [], []), ("b", 40, ["rash"], []),
        ("c", 0, [], []), ("c", 50, [], []),
        ("d", 0, [], []), ("d", 20, ["arthritis"], ["rash"]),
        ("e", 0, [], []),
    ]  # fmt: skip
    events = [("b", 55, "death"), ("c", 50, "death"), ("e", 9, "withdrawal")]
    contacts = [("a", "last_contact", 40), ("d", "last_contact", 60), ("e", "last_contact", 90)]
    study = make_study(visits, events=events, milestones=contacts)
    assert seen(study) == [
        ("a", 0, "active"), ("a", 30, "quiescent"), ("a", 40, None),
        ("b", 0, "quiescent"), ("b", 40, "le_4"), ("b", 55, "dead"),
        ("c", 0, "quiescent"), ("c", 50, "dead"),
        ("d", 0, "quiescent"), ("d", 60, None),
        ("e", 0, "quiescent"), ("e", 9, None),
    ]  # fmt: skip


def test_a_last_contact_on_the_day_of_the_last_visit_adds_no_row():
    study = make_study([("a", 0, [], []), ("a", 40, [], [])], milestones=[("a", "last_contact", 40)])
    assert seen(study) == [("a", 0, "quiescent"), ("a", 40, "quiescent")]
