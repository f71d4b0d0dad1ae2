"""Who counts at a planned visit, from a study's own tables."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from malar.responders import Proportion
from malar.schema import Settings
from malar.schema.settings import AnalysisPlan, PlannedVisit
from malar.timelines import derive_denominators, judge_visits
from tests.support.study_maker import ITEMS, make_study

PLAN = AnalysisPlan(visits=(PlannedVisit("Baseline", 0, -30, 15), PlannedVisit("Month 12", 365, 335, 395)))
FLAG = "sledai_2k_at_most_4"
QUIET: tuple[list[str], list[str]] = ([], [])
ACTIVE: tuple[list[str], list[str]] = (["seizure"], [])
OPEN: tuple[list[str], list[str]] = ([], ["seizure"])
BLANK: tuple[list[str], list[str]] = ([], list(ITEMS))


def at_year(visits: list[Any], *, day0: str = "infusion", **options: Any) -> dict[str, dict[str, Any]]:
    study_options = {name: options.pop(name) for name in ("milestones", "events", "more") if name in options}
    settings = Settings(data="invented", day0=day0, analysis=PLAN)
    study = make_study([(s, d, *state) for s, d, state in visits], settings=settings, **study_options)
    made = derive_denominators(study, judge_visits(study, [FLAG]), FLAG, **options)
    return {row["subject"]: row for row in made.filter(visit="Month 12").iter_rows(named=True)}


def test_followed_is_assessed_in_the_window_and_evaluable_has_a_verdict() -> None:
    made = at_year(
        [
            ("a", 0, ACTIVE), ("a", 335, QUIET),
            ("b", 0, ACTIVE), ("b", 334, QUIET),
            ("c", 0, ACTIVE), ("c", 365, OPEN),
            ("d", 0, ACTIVE), ("d", 365, BLANK),
        ]
    )  # fmt: skip
    assert {s: (row["followed"], row["evaluable"], row["outcome"]) for s, row in made.items()} == {
        "a": (True, True, True),
        "b": (False, False, None),
        "c": (True, False, None),
        "d": (False, False, None),
    }


def test_alive_is_false_from_the_day_of_death_and_unknown_without_news() -> None:
    made = at_year(
        [(s, 0, ACTIVE) for s in "abcd"],
        events=[("a", 365, "death"), ("b", 366, "death")],
        milestones=[("c", "last_contact", 365), ("d", "last_contact", 364)],
    )
    assert {s: row["alive"] for s, row in made.items()} == {"a": False, "b": True, "c": True, "d": None}


def test_what_was_recorded_after_death_is_not_used() -> None:
    made = at_year([("a", 0, ACTIVE), ("a", 365, QUIET)], events=[("a", 300, "death")])
    assert (made["a"]["followed"], made["a"]["outcome"], made["a"]["alive"]) == (False, None, False)


def test_due_is_false_where_the_data_cut_came_before_the_planned_day() -> None:
    cuts = [("a", "data_cut", 364), ("b", "data_cut", 365), ("c", "data_cut", 350)]
    made = at_year(
        [("a", 0, ACTIVE), ("b", 0, ACTIVE), ("c", 0, ACTIVE), ("c", 345, QUIET), ("d", 0, ACTIVE)], milestones=cuts
    )
    assert {s: row["due"] for s, row in made.items()} == {"a": False, "b": True, "c": True, "d": None}


def test_treated_and_randomized_rest_on_milestones_or_on_what_day_0_is() -> None:
    visits = [("a", 0, ACTIVE), ("b", 0, ACTIVE)]
    recorded = at_year(visits, milestones=[("a", "infusion", 0), ("b", "randomization", 0)])
    assert [(row["treated"], row["randomized"]) for row in recorded.values()] == [(True, False), (False, True)]
    by_day_0 = at_year(visits)
    assert [(row["treated"], row["randomized"], row["enrolled"]) for row in by_day_0.values()] == [
        (True, None, True)
    ] * 2
    assert at_year(visits, day0="randomization")["a"]["randomized"] is True


def test_affected_at_baseline_is_the_last_known_sign_up_to_day_0() -> None:
    visits = [("a", -20, (["arthritis"], [])), ("a", 0, ([], ["arthritis"])), ("b", 0, QUIET), ("b", 365, ACTIVE)]
    made = at_year(visits, affected="sledai_2k__arthritis")
    assert {s: row["affected_at_baseline"] for s, row in made.items()} == {"a": True, "b": False}
    assert at_year(visits)["a"]["affected_at_baseline"] is None


def test_ever_responders_responded_after_day_0_and_by_the_end_of_the_window() -> None:
    made = at_year(
        [
            ("a", 0, ACTIVE), ("a", 90, QUIET), ("a", 365, ACTIVE),
            ("b", 0, QUIET), ("b", 365, ACTIVE),
            ("c", 0, ACTIVE), ("c", 90, OPEN), ("c", 365, ACTIVE),
            ("d", 0, ACTIVE), ("d", 395, ACTIVE), ("d", 396, QUIET),
            ("e", 0, ACTIVE), ("e", 90, BLANK), ("e", 365, ACTIVE),
        ]
    )  # fmt: skip
    assert {s: row["ever_responders"] for s, row in made.items()} == {
        "a": True, "b": False, "c": None, "d": False, "e": False,
    }  # fmt: skip


@pytest.mark.parametrize(("denominator", "n"), [("enrolled", 81), ("alive", 68)])
def test_a_study_of_81_with_13_deaths_gives_both_published_denominators(denominator: str, n: int) -> None:
    """Wang 2018 and its abstract, rebuilt as a study: 28 of 81 or of 68."""
    visits: list[Any] = [(f"{i:02}", 0, ACTIVE) for i in range(81)]
    visits += [(f"{i:02}", 365, QUIET if i < 28 else ACTIVE) for i in range(68)]
    settings = Settings(data="invented", analysis=PLAN)
    study = make_study(
        [(s, d, *state) for s, d, state in visits],
        settings=settings,
        events=[(f"{i:02}", 200, "death") for i in range(68, 81)],
    )
    made = derive_denominators(study, judge_visits(study, [FLAG]), FLAG).filter(pl.col("visit") == "Month 12")
    (whole,) = Proportion(denominator=denominator, unknown="nonresponder").fit(made).groups
    assert (whole.events, whole.n) == (28, n)
