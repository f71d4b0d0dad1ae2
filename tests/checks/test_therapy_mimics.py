"""Signs that a therapy may explain: each query finds what was planted, and is silent where nothing is to be asked."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from malar.checks import QUERIES, check
from malar.checks.therapy_mimics import QUERIES as MIMICS
from malar.schema import Settings, Study, study_from_frames

KEYS = {query.key for query in MIMICS}


def study(items: list[tuple[int, str, float, bool | None]], form: str = "sledai_2k", **tables: list[dict[str, Any]]):
    """One patient seen on the days of some items: day, item, value, attributed."""
    rows = [
        {"subject": "a", "day": day, "instrument": form, "item": item, "value": value, "attributed": attributed}
        for day, item, value, attributed in items
    ]
    frames = {
        "subjects": pl.DataFrame({"subject": ["a", "b"]}),
        "visits": pl.DataFrame({"subject": "a", "day": sorted({row["day"] for row in rows})}),
        "items": pl.DataFrame(rows, schema_overrides={"attributed": pl.Boolean}),
    }
    beside = {name: pl.DataFrame(records, infer_schema_length=None) for name, records in tables.items()}
    if "infusions" in beside:
        beside["products"] = pl.DataFrame({"product": ["P"]})
    made = study_from_frames({**frames, **beside}, Settings(data="invented"))
    assert made.accounting.set_aside.is_empty()
    return made


def asked(made: Study) -> list[tuple[str, int, str]]:
    """Query, day and item of every question about therapy."""
    found = check(made).findings.filter(pl.col("rule").is_in(KEYS))
    return found.select("rule", "day", "column").sort("rule", "day", "column").rows()


def event(day: int, term: str, kind: str = "adverse_event", stop: int | None = None) -> dict[str, Any]:
    return {"subject": "a", "day": day, "term": term, "kind": kind, "stop": stop}


def drug(name: str, start: int, stop: int | None = None, frequency: str = "daily") -> dict[str, Any]:
    given = {"subject": "a", "drug": name, "start": start, "stop": stop, "dose": 1.0, "unit": "g"}
    return {**given, "frequency": frequency, "route": "intravenous"}


def infusion(day: int, conditioning: str | None = None) -> dict[str, Any]:
    return {
        "subject": "a",
        "day": day,
        "product": "P",
        "total_cells": 1e8,
        "cells_per_kg": 1e6,
        "conditioning": conditioning,
    }


CONDITIONED = [{"subject": "a", "kind": "conditioning_start", "number": 1, "day": -5}]


@pytest.mark.parametrize(("day", "n"), [(-6, 0), (-5, 1), (55, 1), (56, 0)])
def test_cytopenia_within_60_days_of_the_milestone_is_asked_about(day, n):
    made = study([(day, "leukopenia", 1, None), (day, "thrombocytopenia", 1, None)], milestones=CONDITIONED)
    wanted = [("cytopenia_after_conditioning", day, item) for item in ("leukopenia", "thrombocytopenia")]
    assert asked(made) == wanted * n


@pytest.mark.parametrize(("conditioning", "n"), [("fludarabine", 1), ("None", 0), ("not given", 0), (None, 0)])
def test_an_infusion_tells_of_conditioning_only_where_it_names_some(conditioning, n):
    made = study([(30, "leukopenia", 1, None)], infusions=[infusion(0, conditioning)])
    assert [rule for rule, _, _ in asked(made)] == ["cytopenia_after_conditioning"] * n


@pytest.mark.parametrize("answer", [True, False])
def test_an_answer_ends_the_question(answer):
    assert asked(study([(30, "leukopenia", 1, answer)], milestones=CONDITIONED)) == []


def test_an_item_that_is_absent_is_not_asked_about():
    assert asked(study([(30, "leukopenia", 0, None)], milestones=CONDITIONED)) == []


def test_the_therapy_of_another_patient_explains_nothing():
    other = [{**CONDITIONED[0], "subject": "b"}]
    assert asked(study([(30, "leukopenia", 1, None)], milestones=other)) == []


@pytest.mark.parametrize(
    ("course", "day", "n"),
    [
        (drug("cyclophosphamide", 0, 60, "monthly"), 150, 1),
        (drug("cyclophosphamide", 0, 60, "monthly"), 151, 0),
        (drug("Cyclophosphamide IV", 0, None, "once"), 90, 1),
        (drug("cyclophosphamide", 0, None, "once"), 91, 0),
        (drug("cyclophosphamide", 0, None, "monthly"), 400, 1),
        (drug("cyclophosphamide", 31, 60), 30, 0),
        (drug("mycophenolate mofetil", 0, 60), 30, 0),
    ],
)
def test_alopecia_and_hematuria_after_cyclophosphamide(course, day, n):
    made = study([(day, "alopecia", 2, None), (day, "hematuria", 4, None)], medications=[course])
    wanted = ["alopecia_after_cyclophosphamide", "hematuria_with_cystitis_or_cyclophosphamide"]
    assert [rule for rule, _, _ in asked(made)] == wanted * n


def test_cyclophosphamide_of_the_conditioning_counts_too():
    made = study([(30, "alopecia", 2, None)], infusions=[infusion(0, "fludarabine and cyclophosphamide")])
    assert asked(made) == [("alopecia_after_cyclophosphamide", 30, "alopecia")]


@pytest.mark.parametrize(
    ("tables", "day", "n"),
    [
        ({"events": [event(3, "CRS grade 1", "crs", 6)]}, 2, 0),
        ({"events": [event(3, "CRS grade 1", "crs", 6)]}, 3, 1),
        ({"events": [event(3, "CRS grade 1", "crs", 6)]}, 33, 1),
        ({"events": [event(3, "CRS grade 1", "crs", 6)]}, 34, 0),
        ({"events": [event(11, "neutrophils", "engraftment")]}, 12, 1),
        ({"events": [event(11, "pneumonia", "infection")]}, 12, 0),
        ({"infusions": [infusion(0)]}, 0, 0),
        ({"infusions": [infusion(0)]}, 2, 1),
        ({"infusions": [infusion(0)]}, 3, 0),
        ({"milestones": [{"subject": "a", "kind": "infusion", "number": 1, "day": 0}]}, 1, 1),
    ],
)
def test_fever_after_cells(tables, day, n):
    assert asked(study([(day, "fever", 1, None)], **tables)) == [("fever_after_cells", day, "fever")] * n


@pytest.mark.parametrize(
    ("item", "rule", "term", "kind", "stop", "day", "n"),
    [
        (
            "hematuria",
            "hematuria_with_cystitis_or_cyclophosphamide",
            "Hemorrhagic cystitis",
            "adverse_event",
            20,
            20,
            1,
        ),
        ("hematuria", "hematuria_with_cystitis_or_cyclophosphamide", "cystitis", "infection", 20, 21, 0),
        ("hematuria", "hematuria_with_cystitis_or_cyclophosphamide", "cystitis", "infection", None, 40, 1),
        ("hematuria", "hematuria_with_cystitis_or_cyclophosphamide", "cystitis", "infection", None, 41, 0),
        ("hematuria", "hematuria_with_cystitis_or_cyclophosphamide", "cholecystitis", "infection", None, 20, 0),
        ("mucosal_ulcers", "mucosal_ulcers_with_mucositis", "oral mucositis", "adverse_event", 20, 15, 1),
        ("mucosal_ulcers", "mucosal_ulcers_with_mucositis", "oral mucositis", "adverse_event", 20, 9, 0),
        ("mucosal_ulcers", "mucosal_ulcers_with_mucositis", "oral candidiasis", "infection", 20, 15, 0),
    ],
)
def test_signs_during_an_event_that_explains_them(item, rule, term, kind, stop, day, n):
    made = study([(day, item, 2, None)], events=[event(10, term, kind, stop)])
    assert asked(made) == [(rule, day, item)] * n


@pytest.mark.parametrize(
    ("values", "n"), [((0, 2), 1), ((2, 2), 1), ((2, 0), 1), ((0, 0), 0)], ids=["raised", "stays", "gone", "never"]
)
def test_anti_dsdna_raised_or_changed_after_plasma_exchange(values, n):
    items = [(0, "increased_dsdna", values[0], True), (30, "increased_dsdna", values[1], None)]
    made = study(items, procedures=[{"subject": "a", "day": 5, "kind": "plasma_exchange"}])
    assert asked(made) == [("anti_dsdna_after_immunoglobulin_or_exchange", 30, "increased_dsdna")] * n


@pytest.mark.parametrize(
    ("name", "day", "n"),
    [
        ("intravenous immunoglobulin", 32, 1),
        ("intravenous immunoglobulin", 33, 0),
        ("IVIG", 2, 1),
        ("rabbit anti-thymocyte immunoglobulin", 10, 0),
        ("hydroxychloroquine", 10, 0),
    ],
)
def test_anti_dsdna_after_immunoglobulin(name, day, n):
    made = study([(day, "increased_dsdna", 2, None)], medications=[drug(name, 0, 2)])
    assert [rule for rule, _, _ in asked(made)] == ["anti_dsdna_after_immunoglobulin_or_exchange"] * n


def test_other_forms_are_asked_about_under_their_own_name():
    made = study([(30, "leukopenia", 1, None)], form="selena_sledai", milestones=CONDITIONED)
    assert asked(made) == [("cytopenia_after_conditioning", 30, "selena_sledai__leukopenia")]


def test_every_question_says_what_to_look_at_and_how_to_answer_it():
    assert set(QUERIES) >= KEYS
    for query in MIMICS:
        assert "Look at" in query.action
        assert "attributed" in query.action
        assert query.severity in ("info", "warning")
