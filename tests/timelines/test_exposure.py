"""Exposure, treatment-emergent events and their windows, and what a count of none still allows."""

from __future__ import annotations

import polars as pl
import pytest

from malar.reports.safety import deaths, events_by_window, special_interest_table
from malar.schema import Settings, Study, study_from_frames
from malar.timelines.exposure import WINDOWS, days_at_risk, derive_exposure, treatment_emergent
from malar.timelines.special_interest import SPECIAL_INTERESTS


def study(events: list[dict[str, object]], subjects: int = 3) -> Study:
    """Subjects infused on day 0 (the last never), followed to days 20, 60, 200, … ."""
    names = [f"S{k}" for k in range(subjects)]
    treated = names[:-1]
    last = dict(zip(names, [20, 60, 200, 200, 200], strict=False))
    frames = {
        "subjects": pl.DataFrame({"subject": names}),
        "donors": pl.DataFrame({"donor": ["D"]}),
        "products": pl.DataFrame({"product": ["P"], "donor": ["D"]}),
        "infusions": pl.DataFrame(
            {"subject": treated, "day": 0, "product": "P", "total_cells": 6e7, "cells_per_kg": 1e6}
        ),
        "milestones": pl.DataFrame(
            {"subject": names, "kind": "last_contact", "number": 1, "day": [last[name] for name in names]}
        ),
        "events": pl.DataFrame(events, infer_schema_length=None),
    }
    return study_from_frames(frames, Settings(data="invented"))


def event(subject: str, day: int, term: str, kind: str = "adverse_event", **more: object) -> dict[str, object]:
    return {"subject": subject, "day": day, "term": term, "kind": kind, "number": 1, **more}


EVENTS = [
    event("S0", -5, "nausea"),
    event("S0", 0, "Infusion related reaction", grade=1, related=True),
    event("S1", 30, "pneumonia", "infection", grade=3, serious=True),
    event("S1", 31, "herpes zoster", "infection", grade=2, serious=False),
    event("S1", 60, "death", "death", grade=5, serious=True, cause="sepsis"),
    event("S2", 10, "deep vein thrombosis", grade=2),
    event("S1", 40, "withdrew", "withdrawal"),
]


def test_only_the_infused_are_exposed_and_observed_to_the_first_end() -> None:
    exposure = derive_exposure(study(EVENTS))
    assert exposure["subject"].to_list() == ["S0", "S1"]
    assert exposure["last_day"].to_list() == [20, 40]
    assert exposure["total_cells"].to_list() == [6e7, 6e7]


@pytest.mark.parametrize(("window", "days"), list(zip(WINDOWS, ([21, 31], [0, 10], [0, 0]), strict=True)))
def test_days_at_risk_count_both_ends(window: object, days: list[int]) -> None:
    assert days_at_risk(derive_exposure(study(EVENTS)), window).to_list() == days  # pyright: ignore


def test_events_before_the_cells_and_of_the_untreated_are_not_treatment_emergent() -> None:
    made = study(EVENTS)
    emergent = treatment_emergent(made, derive_exposure(made))
    assert emergent.select("subject", "since", "window").rows() == [
        ("S0", 0, "day 0-30"), ("S1", 30, "day 0-30"), ("S1", 31, "day 31-100"), ("S1", 60, "day 31-100"),
    ]  # fmt: skip


def test_a_limit_on_days_after_the_last_infusion() -> None:
    made = study(EVENTS)
    emergent = treatment_emergent(made, derive_exposure(made), within_days=30)
    assert emergent["since"].to_list() == [0, 30]


def test_events_by_window() -> None:
    made = study(EVENTS)
    exposure = derive_exposure(made)
    table = events_by_window(exposure, treatment_emergent(made, exposure))
    first = {row["what"]: (row["patients"], row["events"]) for row in table.filter(window="day 0-30").to_dicts()}
    assert first == {
        "any adverse event": (2, 2), "serious": (1, 1), "held related to the cells": (1, 1), "grade 3 or more": (1, 1),
        "infection": (1, 1), "death": (0, 0),
    }  # fmt: skip
    assert table.filter(window="day 31-100", what="death")["patients"].to_list() == [1]


def test_none_of_fifteen_still_allows_22_percent() -> None:
    made = study([event("S0", 3, "headache")], subjects=5)
    exposure = derive_exposure(made)
    fifteen = pl.concat([exposure.with_columns(subject=pl.lit(f"T{k}")).head(1) for k in range(15)])
    table = special_interest_table(fifteen, treatment_emergent(made, exposure).clear())
    none = table.filter(key="graft_versus_host").row(0, named=True)
    assert (none["patients"], none["of"], none["lower"]) == (0, 15, 0.0)
    assert none["upper"] == pytest.approx(0.22, abs=0.005)


def test_events_are_found_by_kind_grade_and_whole_words() -> None:
    events = pl.DataFrame(
        {
            "kind": ["infection", "infection", "adverse_event", "adverse_event", "adverse_event", "crs"],
            "term": ["Herpes  zoster", "pneumonia", "neutropenia", "neutropenia", "cancerphobia", "CRS"],
            "grade": [2, 3, 3, 2, 1, 1],
            "serious": [False, True, None, None, None, None],
        }
    )
    found = {interest.key: interest.of(events)["term"].to_list() for interest in SPECIAL_INTERESTS}
    assert found["opportunistic_infection"] == ["Herpes  zoster"]
    assert found["serious_infection"] == ["pneumonia"]
    assert found["severe_cytopenia"] == ["neutropenia"]
    assert found["cytokine_release"] == ["CRS"]
    assert found["malignancy"] == []


def test_deaths_are_listed_with_cause() -> None:
    made = study(EVENTS)
    assert deaths(treatment_emergent(made, derive_exposure(made))).rows() == [("S1", 60, "sepsis", None)]
