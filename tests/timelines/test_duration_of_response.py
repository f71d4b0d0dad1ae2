"""Duration of response: from the response, ended by loss, death or the last assessment."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from malar.course import derive_confirmed
from malar.errors import ParameterError
from malar.survival import KaplanMeier
from malar.timelines import (
    CensorSource,
    EventSource,
    derive_duration_of_response,
    derive_landmark,
    derive_time_to_event,
    judge_visits,
)
from tests.support.study_maker import make_study

FLAG = "sledai_2k_at_most_4"
STATES: dict[str, tuple[list[str], list[str]]] = {"y": ([], []), "n": (["seizure"], []), "?": ([], ["seizure"])}
DEATH = EventSource("death", "death", kind="death")
LAST_VISIT = CensorSource("last_visit", "last visit", "latest", flag=FLAG)


def study_of(histories: dict[str, list[tuple[int, str]]], **options: Any) -> Any:
    return make_study([(s, day, *STATES[v]) for s, visits in histories.items() for day, v in visits], **options)


def durations(histories: dict[str, list[tuple[int, str]]], *, study: dict[str, Any] | None = None, **options: Any):
    made = study_of(histories, **(study or {}))
    given = {"death": "event", **options}
    out = derive_duration_of_response(made, judge_visits(made, [FLAG]), FLAG, **given)
    return {row[0]: row[2:] for row in out.rows()}


def test_it_runs_from_the_first_response_after_day_0_to_the_first_visit_without() -> None:
    made = durations({"a": [(0, "y"), (30, "n"), (60, "y"), (90, "y"), (120, "n"), (150, "y")]})
    assert made == {"a": (60, 60, True, "loss", "loss")}


def test_without_loss_it_ends_at_the_last_assessment_and_who_never_responded_has_none() -> None:
    made = durations({"a": [(30, "y"), (90, "y"), (120, "?")], "b": [(30, "n"), (60, "?")], "c": [(40, "y")]})
    assert made == {
        "a": (30, 60, False, None, "last_assessment"),
        "c": (40, 0, False, None, "last_assessment"),
    }


def test_death_ends_the_response_or_the_observation_as_asked() -> None:
    study = {"events": [("a", 100, "death")]}
    histories = {"a": [(30, "y"), (90, "y")]}
    assert durations(histories, study=study)["a"] == (30, 70, True, "death", "death")
    assert durations(histories, study=study, death="censored")["a"] == (30, 60, False, None, "last_assessment")
    late = {"a": [(30, "y"), (90, "y"), (120, "n")]}
    assert durations(late, study=study)["a"] == (30, 70, True, "death", "death")


def test_an_end_of_observation_before_the_loss_wins() -> None:
    histories = {"a": [(30, "y"), (60, "y"), (120, "n")]}
    cut = {"milestones": [("a", "data_cut", 100)]}
    assert durations(histories, study=cut)["a"] == (30, 30, False, None, "last_assessment")
    left = {"events": [("a", 60, "withdrawal")]}
    assert durations(histories, study=left)["a"] == (30, 30, False, None, "withdrawal")


def test_a_loss_may_need_confirmation_and_then_the_first_visit_dates_it() -> None:
    twice = {"loss_visits": 2, "loss_min_gap_days": 28}
    assert durations({"a": [(30, "y"), (60, "n"), (90, "n")]}, **twice)["a"] == (30, 30, True, "loss", "loss")
    assert durations({"a": [(30, "y"), (60, "n"), (90, "y")]}, **twice)["a"][1:3] == (60, False)
    assert durations({"a": [(30, "y"), (60, "y"), (90, "n")]}, **twice)["a"][1:3] == (30, False)


def test_a_loss_is_not_known_across_a_long_gap() -> None:
    histories = {"a": [(30, "y"), (60, "y"), (200, "n")]}
    assert durations(histories, max_gap_days=140)["a"] == (30, 170, True, "loss", "loss")
    assert durations(histories, max_gap_days=139)["a"] == (30, 30, False, None, "gap_between_visits")


def test_a_confirmed_response_is_lost_where_the_plain_verdict_fails() -> None:
    study = study_of({"a": [(30, "y"), (60, "n"), (90, "y"), (120, "y"), (150, "y"), (180, "n")]})
    judged = derive_confirmed(judge_visits(study, [FLAG]), FLAG)
    made = derive_duration_of_response(study, judged, f"{FLAG}__confirmed", holds=FLAG, death="event")
    assert made.row(0)[2:] == (90, 90, True, "loss", "loss")


def test_times_are_as_kaplan_meier_takes_them() -> None:
    study = study_of({"a": [(30, "y"), (90, "n")], "b": [(30, "y"), (150, "y")]})
    times = derive_duration_of_response(study, judge_visits(study, [FLAG]), FLAG, death="event")
    assert KaplanMeier().fit(times).at(60)["survival"].to_list() == [0.5]


def test_what_death_counts_as_has_no_default() -> None:
    with pytest.raises(ParameterError, match="Death"):
        durations({"a": [(30, "y")]}, death="ignored")


HISTORIES = {
    "early": [(90, "y"), (180, "y"), (400, "y")],
    "lost": [(90, "y"), (180, "n"), (400, "n")],
    "late": [(90, "n"), (180, "n"), (270, "y"), (400, "y")],
    "dead before": [(90, "n")],
    "dead on the day": [(90, "y")],
    "unseen": [(400, "n")],
}
DEATHS = [("dead before", 150, "death"), ("dead on the day", 183, "death"), ("late", 390, "death")]


def landmark(status: str) -> dict[str, Any]:
    study = study_of(HISTORIES, events=DEATHS)
    judged = judge_visits(study, [FLAG])
    out = derive_landmark(study, judged, FLAG, [DEATH], [LAST_VISIT], landmark_day=183, status=status)  # pyright: ignore
    return {row[0]: row[1:4] for row in out.rows()}


def test_at_a_landmark_the_status_is_fixed_and_only_those_still_at_risk_are_followed() -> None:
    assert landmark("current") == {
        "early": ("responder", 217, False),
        "lost": ("non-responder", 217, False),
        "late": ("non-responder", 207, True),
        "unseen": ("unknown", 217, False),
    }
    assert landmark("ever")["lost"][0] == "responder"


def test_a_response_after_the_landmark_does_not_change_the_group() -> None:
    """Counted from day 0 by whether they ever responded, `late` would bring its years before response along."""
    study = study_of(HISTORIES, events=DEATHS)
    judged = judge_visits(study, [FLAG])
    naive = derive_time_to_event(study, judged, [DEATH], [LAST_VISIT]).filter(pl.col("subject") == "late")
    assert naive["time"].to_list() == [390]
    assert landmark("current")["late"][:2] == ("non-responder", 390 - 183)


@pytest.mark.parametrize(("day", "status"), [(0, "current"), (183, "best")])
def test_a_landmark_that_means_nothing_is_refused(day: int, status: str) -> None:
    study = study_of(HISTORIES)
    with pytest.raises(ParameterError):
        derive_landmark(
            study, judge_visits(study, [FLAG]), FLAG, [DEATH], [LAST_VISIT], landmark_day=day, status=status
        )  # pyright: ignore
