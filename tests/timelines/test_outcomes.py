"""Outcomes: clocks, competing events, who is left out, and that the parts sum to one."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from malar.errors import MissingColumnsError, ParameterError, UnknownKeyError
from malar.schema import Settings, Study, study_from_frames
from malar.sheets import DECLARED, sheet
from malar.sources import Status
from malar.survival import CumulativeIncidence, KaplanMeier
from malar.timelines import (
    OUTCOMES,
    CensorSource,
    EventSource,
    derive_competing,
    derive_time_to_event,
    judge_visits,
    left_out,
    outcome,
)
from malar.timelines.outcome import RULES
from tests.numbers import assert_close

FREE = "disease_free_candidate"


def study_of(
    subjects: list[str],
    *,
    milestones: list[tuple[str, str, int]] | None = None,
    events: list[tuple[str, int, str]] | None = None,
    related: list[bool | None] | None = None,
    more: dict[str, pl.DataFrame] | None = None,
) -> Study:
    frames: dict[str, Any] = {"subjects": pl.DataFrame({"subject": subjects})}
    if milestones:
        frames["milestones"] = pl.DataFrame(milestones, schema=["subject", "kind", "day"], orient="row")
    if events:
        rows = [(*event, event[2]) for event in events]
        made = pl.DataFrame(rows, schema=["subject", "day", "kind", "term"], orient="row")
        frames["events"] = made.with_columns(related=pl.Series(related, dtype=pl.Boolean)) if related else made
    return study_from_frames({**frames, **(more or {})}, Settings(title="Hand-made", data="invented"))


def visits(*rows: tuple[str, int, bool | None]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"subject": pl.String, "day": pl.Int64, FREE: pl.Boolean}, orient="row")


def told(times: pl.DataFrame) -> dict[str, tuple[Any, ...]]:
    return {row[0]: row[1:] for row in times.select("subject", "time", "cause", "cause_number", "reason").rows()}


GRAFTED = [("a", "infusion", 0), ("a", "last_contact", 900)]


def test_every_outcome_is_declared_and_its_sheet_tells_clock_events_and_rule():
    for key, made in OUTCOMES.items():
        assert DECLARED[key] is made
        page = sheet(key)
        assert "**Day 0**: the subject's first infusion" in page
        assert "**Never disease-free**" in page
        assert made.status is Status.PROVISIONAL
    with pytest.raises(UnknownKeyError, match="No outcome"):
        outcome("survival")


def test_death_without_relapse_competes_with_relapse_and_the_other_way_round():
    study = study_of(
        ["a", "b", "c"],
        milestones=[(s, "infusion", 0) for s in "abc"] + [("c", "last_contact", 400)],
        events=[("a", 50, "relapse"), ("a", 80, "death"), ("b", 60, "death")],
    )
    judged = visits()
    relapse = told(derive_competing(study, judged, outcome("relapse_incidence_as_recorded")))
    assert relapse == {
        "a": (50, "relapse", 1, "relapse"),
        "b": (60, "death", 2, "death"),
        "c": (400, None, 0, "last_contact"),
    }
    mortality = told(derive_competing(study, judged, outcome("non_relapse_mortality_as_recorded")))
    assert mortality["a"] == (50, "relapse", 2, "relapse")
    assert mortality["b"] == (60, "death", 1, "death")
    assert told(derive_competing(study, judged, outcome("overall_survival")))["a"] == (80, "death", 1, "death")


def test_a_death_on_the_day_of_a_relapse_is_none_without_relapse():
    study = study_of(["a"], milestones=GRAFTED[:1], events=[("a", 50, "relapse"), ("a", 50, "death")])
    for key, number in (("relapse_incidence_as_recorded", 1), ("non_relapse_mortality_as_recorded", 2)):
        assert told(derive_competing(study, visits(), outcome(key)))["a"] == (50, "relapse", number, "relapse")


def test_the_clock_moves_deaths_before_the_graft_in_and_out_of_transplant_mortality():
    people = [("a", "mobilization", 0), ("a", "infusion", 30), ("b", "mobilization", 0)]
    study = study_of(
        ["a", "b", "c"],
        milestones=[*people, ("a", "last_contact", 500)],
        events=[("b", 20, "death")],
    )
    made = outcome("transplant_related_mortality")
    from_graft = derive_competing(study, visits(), made)
    assert told(from_graft) == {
        "a": (470, None, 0, "last_contact"),
        "b": (None, None, None, "no_day_of_infusion"),
        "c": (None, None, None, "no_day_of_infusion"),
    }
    assert left_out(from_graft) == {"no_day_of_infusion": 2}
    from_mobilization = derive_competing(study, visits(), made, clock="mobilization")
    assert told(from_mobilization)["b"] == (20, "death", 1, "death")
    assert left_out(from_mobilization) == {"no_day_of_mobilization": 1}


def test_the_first_infusion_is_found_in_the_infusions_table_too():
    infusions = pl.DataFrame({"subject": ["a", "a"], "day": [7, 0], "product": ["p", "p"]})
    more = {"infusions": infusions, "products": pl.DataFrame({"product": ["p"]})}
    study = study_of(["a"], milestones=[("a", "last_contact", 100)], more=more)
    assert told(derive_competing(study, visits(), outcome("overall_survival")))["a"][0] == 100


@pytest.mark.parametrize(("day", "expected"), [(100, (100, "death", 1)), (101, (100, None, 0))])
def test_day_100_is_counted_and_day_101_is_not(day: int, expected: tuple[Any, ...]):
    study = study_of(["a"], milestones=GRAFTED, events=[("a", day, "death")])
    row = told(derive_competing(study, visits(), outcome("transplant_related_mortality_day_100")))["a"]
    assert row[:3] == expected
    assert row[3] == ("death" if day == 100 else "end_of_window")


def test_follow_up_beyond_the_window_ends_with_it():
    study = study_of(["a"], milestones=GRAFTED)
    row = told(derive_competing(study, visits(), outcome("transplant_related_mortality_day_100")))["a"]
    assert row == (100, None, 0, "end_of_window")


def test_attribution_decides_and_where_nobody_said_the_patient_is_left_out():
    study = study_of(
        ["a", "b", "c"],
        milestones=[(s, "infusion", 0) for s in "abc"],
        events=[("a", 0, "death"), ("b", 30, "death"), ("c", 40, "death")],
        related=[True, False, None],
    )
    times = derive_competing(study, visits(), outcome("transplant_related_mortality_attributed_day_100"))
    assert told(times) == {
        "a": (0, "related_death", 1, "related_death"),
        "b": (30, "other_death", 2, "other_death"),
        "c": (None, None, None, "death_attribution_unknown"),
    }
    assert left_out(times) == {"death_attribution_unknown": 1}


def rule_cases() -> tuple[Study, pl.DataFrame]:
    people = ["ever", "never", "short", "unknown", "died", "relapsed", "early"]
    study = study_of(
        people,
        milestones=[(s, "infusion", 0) for s in people]
        + [(s, "last_contact", 170 if s == "short" else 700) for s in people],
        events=[
            ("ever", 400, "relapse"),
            ("died", 90, "death"),
            ("relapsed", 300, "relapse"),
            ("early", 60, "relapse"),
        ],
    )
    judged = visits(
        *((s, 100, s in ("ever", "early")) for s in people if s not in ("died", "unknown")),
        ("unknown", 100, None),
        ("unknown", 200, False),
        ("died", 50, False),
    )
    return study, judged


def test_never_disease_free_fails_on_day_0_but_deaths_and_short_follow_up_do_not():
    times = told(derive_competing(*rule_cases(), outcome("disease_free_survival")))
    assert times["ever"] == (400, "relapse", 1, "relapse")
    assert times["never"] == (0, "never_disease_free", 1, "never_disease_free")
    assert times["relapsed"] == (0, "never_disease_free", 1, "never_disease_free")
    assert times["short"] == (170, None, 0, "last_contact")
    assert times["unknown"] == (None, None, None, "disease_free_unknown")
    assert times["died"] == (90, "death", 1, "death")
    assert times["early"] == (700, None, 0, "last_contact"), "the relapse came before the disease first ceased"


def test_never_disease_free_is_left_out_or_time_counts_from_remission():
    excluded = told(derive_competing(*rule_cases(), outcome("relapse_incidence"), never_disease_free="excluded"))
    assert excluded["ever"] == (400, "relapse", 1, "relapse")
    for who in ("never", "short", "died", "relapsed"):
        assert excluded[who] == (None, None, None, "never_disease_free")
    assert excluded["unknown"][3] == "disease_free_unknown"
    later = told(
        derive_competing(*rule_cases(), outcome("relapse_incidence"), never_disease_free="from_first_remission")
    )
    assert later["ever"] == (300, "relapse", 1, "relapse")
    assert later["early"] == (600, None, 0, "last_contact")


def test_what_is_asked_must_be_there():
    study = study_of(["a"], milestones=GRAFTED)
    with pytest.raises(MissingColumnsError, match="disease_free_candidate"):
        derive_competing(study, visits().drop(FREE), outcome("disease_free_survival"))
    with pytest.raises(ParameterError, match="no clock"):
        derive_competing(study, visits(), outcome("overall_survival"), clock="birth")
    with pytest.raises(ParameterError, match="no rule"):
        derive_competing(study, visits(), outcome("disease_free_survival"), never_disease_free="hope")  # pyright: ignore
    death = EventSource("death", "death", kind="death")
    with pytest.raises(ParameterError, match="cannot tell its causes apart"):
        outcome("overall_survival").amend("x", title="x", source=outcome("overall_survival").source, competing=(death,))
    with pytest.raises(ParameterError, match="has a last day"):
        outcome("disease_free_survival").amend(
            "x", title="x", source=outcome("overall_survival").source, until_days=100
        )
    with pytest.raises(ParameterError, match="cannot amend itself"):
        outcome("overall_survival").amend("overall_survival", title="x", source=outcome("overall_survival").source)


def test_procedures_and_milestones_are_events_and_are_counted_from_the_clock():
    procedures = pl.DataFrame({"subject": ["a", "a"], "day": [40, 90], "kind": ["dialysis", "kidney_transplant"]})
    study = study_of(
        ["a", "b"],
        milestones=[*GRAFTED[1:], ("a", "conditioning_start", 10), ("a", "treatment_stopped", 70)],
        more={"procedures": procedures},
    )
    sources = [
        EventSource("transplant", "kidney transplant", procedure="kidney_transplant"),
        EventSource("stopped", "treatment stopped", milestone="treatment_stopped"),
    ]
    censors = [CensorSource("last_contact", "last contact", "latest", milestone="last_contact")]
    times = derive_time_to_event(study, visits(), sources, censors, clock="conditioning_start")
    assert times.rows() == [
        ("a", 60, True, "stopped", "stopped"),
        ("b", None, None, None, "no_day_of_conditioning_start"),
    ]
    with pytest.raises(ParameterError, match="needs a flag or a kind"):
        EventSource("x", "x", procedure="dialysis", milestone="infusion")
    with pytest.raises(ParameterError, match="related"):
        EventSource("x", "x", procedure="dialysis", related="yes")


history = st.tuples(
    st.sampled_from([None, 0, 5, 30]),
    st.lists(
        st.tuples(st.integers(1, 400), st.sampled_from([True, False, None])), max_size=4, unique_by=lambda v: v[0]
    ),
    st.none() | st.integers(-5, 400),
    st.none() | st.integers(0, 400),
    st.none() | st.integers(0, 400),
)


@settings(max_examples=80, deadline=None)
@given(
    people=st.lists(history, min_size=1, max_size=12),
    rule=st.sampled_from(list(RULES)),
    clock=st.sampled_from(["infusion", "day_0"]),
)
def test_disease_free_survival_relapse_and_death_without_it_sum_to_one(people: Any, rule: Any, clock: str):
    """The internal check of the registry, whatever the rule for those never disease-free."""
    names = [f"s{number}" for number in range(len(people))]
    milestones, events, seen = [], [], []
    for name, (infused, assessed, relapse, death, contact) in zip(names, people, strict=True):
        milestones += [(name, "infusion", infused)] if infused is not None else []
        milestones += [(name, "last_contact", contact)] if contact is not None else []
        events += [(name, relapse, "relapse")] if relapse is not None else []
        events += [(name, death, "death")] if death is not None else []
        seen += [(name, day, free) for day, free in assessed]
    study, judged = study_of(names, milestones=milestones, events=events), visits(*seen)

    def times(key: str) -> pl.DataFrame:
        made = derive_competing(study, judged, outcome(key), clock=clock, never_disease_free=rule)
        assert made.height == len(names)
        assert made.filter(pl.col("time").is_null())["reason"].null_count() == 0
        return made

    free, relapse, death = map(times, ("disease_free_survival", "relapse_incidence", "non_relapse_mortality"))
    assert left_out(free) == left_out(relapse) == left_out(death)
    free, relapse, death = (made.drop_nulls("time") for made in (free, relapse, death))
    if free.is_empty():
        return
    days = sorted(set(free["time"]))
    alive = KaplanMeier().fit(free).at(days)["survival"]
    fits = (CumulativeIncidence(cause="cause_number", causes=("1", "2")).fit(made) for made in (relapse, death))
    parts = [fit.at(days).filter(cause="1")["incidence"] for fit in fits]
    assert_close(alive + parts[0] + parts[1], [1.0] * len(days), "rounding")


def test_an_outcome_judges_visits_by_its_own_definitions():
    assert outcome("disease_free_survival").definitions() == (FREE,)
    assert outcome("progression_free_survival").definitions() == ()
    medications = pl.DataFrame(
        {"subject": ["a"], "drug": ["prednisone"], "start": [0], "dose": [5.0], "unit": ["mg"], "frequency": ["daily"]}
    )
    keys = pl.DataFrame({"subject": ["a", "a"], "day": [0, 200]})
    study = study_of(["a"], milestones=GRAFTED, more={"medications": medications, "visits": keys})
    made = outcome("disease_free_survival")
    judged = judge_visits(study, made.definitions())
    assert left_out(derive_competing(study, judged, made)) == {"disease_free_unknown": 1}
