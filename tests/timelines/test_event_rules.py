"""Rules of published trials: what each counts as failure, and where they differ."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from malar.errors import UnknownKeyError
from malar.schema import Settings
from malar.schema.settings import AnalysisPlan, PlannedVisit
from malar.timelines import EVENT_RULES, Estimand, apply_estimand, event_rules, judge_visits
from tests.support.study_maker import make_study

FLAG = "sledai_2k_at_most_4"
PLAN = AnalysisPlan(visits=(PlannedVisit("Week 52", 364, 334, 394),))
COLUMN = {
    "bliss_event_rules": "treatment_failure_bliss",
    "tulip_early_event_rules": "treatment_failure_tulip_early",
    "tulip_late_event_rules": "treatment_failure_tulip_late",
    "aurora_event_rules": "treatment_failure_aurora",
}


def outcome(key: str, failed: bool | None, **options: Any) -> tuple[bool | None, str]:
    """A responder at week 52 who stopped the drug on day 200, and what a trial's rules make of it."""
    given: dict[str, Any] = {"milestones": [("a", "treatment_stopped", 200)], **options}
    study = make_study([("a", 0, ["seizure"], []), ("a", 364, [], [])], settings=Settings(analysis=PLAN), **given)
    judged = judge_visits(study, [FLAG]).with_columns(pl.lit(failed, dtype=pl.Boolean).alias(COLUMN[key]))
    made = Estimand(
        treatment="drug",
        population="randomized",
        endpoint=FLAG,
        visit="Week 52",
        handled=event_rules(key).handled,
        summary="difference of proportions",
    )
    row = apply_estimand(made, study, judged, complete=("events",)).row(0, named=True)
    return row["outcome"], row["why"]


@pytest.mark.parametrize("key", COLUMN)
def test_stopping_the_drug_is_failure_except_in_aurora(key: str) -> None:
    expected = (True, "observed") if key == "aurora_event_rules" else (False, "treatment_discontinuation: composite")
    assert outcome(key, failed=False) == expected


@pytest.mark.parametrize("key", COLUMN)
def test_medication_against_the_rules_is_failure_in_all(key: str) -> None:
    still_on = {"milestones": [("a", "randomization", 0)]}
    assert outcome(key, failed=True, **still_on) == (False, f"{COLUMN[key]}: composite")
    assert outcome(key, failed=False, **still_on) == (True, "observed")
    assert outcome(key, failed=None, **still_on) == (None, f"whether {COLUMN[key]} happened is unknown")


@pytest.mark.parametrize(("dose", "expected"), [(10.0, True), (12.5, False)])
def test_a_study_tells_itself_whether_the_taper_of_kamen_2022_was_met(dose: float, expected: bool) -> None:
    """No column is brought along: the medications tell, on day 140, that is by week 20."""
    courses = [("a", "prednisone", -30, 100, 20.0, "mg", "daily"), ("a", "prednisone", 101, None, dose, "mg", "daily")]
    schema = ["subject", "drug", "start", "stop", "dose", "unit", "frequency"]
    more = {"medications": pl.DataFrame(courses, schema=schema, orient="row")}
    told = {"events": [("a", 10, "infection")], "milestones": [("a", "infusion", 0)]}
    visits = [("a", 0, ["seizure"], []), ("a", 364, [], [])]
    study = make_study(visits, settings=Settings(analysis=PLAN), more=more, **told)
    made = Estimand(
        treatment="cells",
        population="treated",
        endpoint=FLAG,
        visit="Week 52",
        handled=event_rules("kamen_2022_event_rules").handled,
        summary="proportion",
    )
    row = apply_estimand(made, study, judge_visits(study, [FLAG])).row(0, named=True)
    assert (row["outcome"], row["event_day"]) == (expected, None if expected else 140)


def test_every_rule_set_says_what_death_counts_as_and_names_a_source() -> None:
    for made in EVENT_RULES.values():
        assert "death" in {one.event.key for one in made.handled}
        assert made.source.cite()
        assert made.source.reading
        assert all(one.event.key in made.body() for one in made.handled)


def test_later_treatment_is_failure_of_cells_and_pregnancy_is_not() -> None:
    by_key = {one.event.key: one.strategy for one in event_rules("cell_therapy_event_rules").handled}
    assert by_key["restarted_immunosuppression"] == "composite"
    assert by_key["pregnancy"] == "treatment_policy"


def test_a_key_of_no_rules_is_refused() -> None:
    with pytest.raises(UnknownKeyError, match="bliss_event_rules"):
        event_rules("bliss_rules")
