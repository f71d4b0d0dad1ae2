"""What is taken on the day of a visit, at which doses, and what was stopped, lowered or begun since baseline."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from malar.schema.drugs import DRUGS, INVESTIGATIONAL, LUPUS_BIOLOGICS, OTHER_NAMES
from tests.support.drug_study import column, course, drug_study

DAYS = (0, 30, 60)


def seen(name: str, *courses: dict[str, Any], days: tuple[int, ...] = DAYS) -> list[Any]:
    return column(drug_study(courses, days=days), name)


@pytest.mark.parametrize(
    ("name", "drug"),
    [
        ("antimalarial", "hydroxychloroquine"), ("antimalarial", "HCQ"), ("antimalarial", "mepacrine"),
        ("immunosuppressant", "azathioprine"), ("immunosuppressant", "Ciclosporin"),
        ("immunosuppressant", "cyclophosphamide"), ("biologic", "rituximab"), ("glucocorticoid", "prednisolone"),
        ("investigational_drug", "obexelimab"), ("investigational_drug", "study drug"),
    ],
)  # fmt: skip
def test_a_drug_is_taken_from_its_first_day_to_its_last(name: str, drug: str) -> None:
    assert seen(name, course(drug, 1, 30)) == [False, True, False]
    assert seen(name, course(drug, 1, None)) == [False, True, True]
    assert seen(name, course(drug, 30, None, often="once")) == [False, True, False]
    assert seen(name, course(drug, 0, None, 0)) == [False, False, False]


@pytest.mark.parametrize("name", ["antimalarial", "immunosuppressant", "biologic", "glucocorticoid"])
def test_what_is_not_known_leaves_it_open_and_what_is_taken_decides(name: str) -> None:
    drug = {"antimalarial": "chloroquine", "immunosuppressant": "tacrolimus", "biologic": "belimumab"}.get(name)
    strange = course("no such drug", 30, 30)
    assert seen(name, strange) == [False, None, False]
    assert seen(name, strange, course(drug or "prednisone", 0)) == [True, True, True]
    assert seen(name, course(drug or "prednisone", 30, often="as_needed")) == [False, None, None]
    study = drug_study([course("omeprazole", 0, subject="b")], days=DAYS, subjects=("a", "b"))
    assert column(study, name) == [None, None, None, False, False, False]
    assert column(drug_study(days=DAYS), name) == [None, None, None]


@pytest.mark.parametrize(
    ("route", "taken"),
    [("oral", True), ("intravenous", True), ("topical", False), ("inhaled", False), ("other", None)],
)
def test_a_glucocorticoid_counts_where_it_acts_on_the_whole_body(route: str, taken: bool | None) -> None:
    assert seen("glucocorticoid", course("prednisolone", 0, route=route), days=(0,)) == [taken]


def test_cells_among_medications_may_be_those_of_the_trial() -> None:
    assert seen("investigational_drug", course("mesenchymal stem cells", 0, often="once"), days=(0, 1)) == [None, False]


@pytest.mark.parametrize(
    ("drug", "dose", "often", "standard"),
    [
        ("hydroxychloroquine", 400, "daily", True), ("hydroxychloroquine", 401, "daily", False),
        ("hydroxychloroquine", 200, "twice_daily", True), ("methotrexate", 30, "weekly", True),
        ("methotrexate", 30.1, "weekly", False), ("azathioprine", 200, "daily", True),
        ("azathioprine", 201, "daily", False), ("mycophenolate mofetil", 1500, "twice_daily", True),
        ("mycophenolate mofetil", 1501, "twice_daily", False), ("mycophenolic acid", 1080, "twice_daily", True),
        ("mycophenolic acid", 1081, "twice_daily", False), ("leflunomide", 20, "daily", True),
        ("leflunomide", 20.1, "daily", False), ("mycophenolate", 1080, "twice_daily", True),
        ("mycophenolate", 1081, "twice_daily", None), ("mycophenolate", 1501, "twice_daily", False),
        ("belimumab", 200, "weekly", True), ("rituximab", 1000, "once", None), ("tacrolimus", 4, "daily", None),
        ("azathioprine", None, "daily", None), ("prednisone", 60, "daily", True), ("no such drug", 1, "daily", None),
    ],
)  # fmt: skip
def test_background_drugs_at_approved_maintenance_doses(
    drug: str, dose: float | None, often: str, standard: bool | None
) -> None:
    assert seen("standard_therapy", course(drug, 0, None, dose, often=often), days=(0,)) == [standard]
    above = course("leflunomide" if drug != "leflunomide" else "azathioprine", -5, None, 300)
    assert seen("standard_therapy", course(drug, 0, None, dose, often=often), above, days=(0,)) == [False]


def test_number_names_and_doses_of_immunosuppressants() -> None:
    courses = [
        course("azathioprine", 0, 30, 100),
        course("azathioprine", 30, 60, 50),
        course("methotrexate", 20, 45, 20, often="weekly"),
        course("hydroxychloroquine", 0, None, 400, often="alternate_days"),
    ]
    assert seen("n_immunosuppressants", *courses) == [1, 2, 1]
    assert seen("immunosuppressants_taken", *courses) == ["azathioprine", "azathioprine, methotrexate", "azathioprine"]
    assert seen("azathioprine_mg_day", *courses) == [100, 150, 50]
    assert seen("methotrexate_mg_week", *courses) == [0, 20, 0]
    assert seen("hydroxychloroquine_mg_day", *courses) == [200, 200, 200]
    assert seen("mycophenolic_acid_mg_day", course("mycophenolate", 30, 30, 500)) == [0, None, 0]
    strange = course("no such drug", 60)
    assert seen("n_immunosuppressants", *courses, strange) == [1, 2, None]
    assert seen("immunosuppressants_taken", course("omeprazole", 0), strange) == ["none", "none", None]


AZA = ("azathioprine", -9, None, 100)
CUT = ("azathioprine", -9, 29, 100)
NONE = [None, False, False, False]


@pytest.mark.parametrize(
    ("courses", "stopped", "reduced"),
    [
        ([AZA], NONE, NONE),
        ([CUT], [None, False, True, True], [None, False, True, True]),
        ([CUT, ("azathioprine", 30, None, 99)], NONE, [None, False, True, True]),
        ([CUT, ("azathioprine", 60, None, 150)], [None, False, True, False], [None, False, True, False]),
        ([CUT, ("azathioprine", 30, None, None)], NONE, [None, False, None, None]),
        ([("azathioprine", 5, 29, 100)], NONE, NONE),
        ([("prednisone", -9, 29, 10)], NONE, NONE),
        ([("no such drug", -9, 29, 10)], [None, False, None, None], [None, False, None, None]),
    ],
)
def test_stopped_and_reduced_since_baseline(courses: list[Any], stopped: list[Any], reduced: list[Any]) -> None:
    study = drug_study([course(*row) for row in courses], days=(-5, *DAYS))
    assert column(study, "immunosuppressant_stopped_since_baseline") == stopped
    assert column(study, "immunosuppressant_reduced_since_baseline") == reduced


@pytest.mark.parametrize(
    ("courses", "new"),
    [
        ([("azathioprine", 0, None)], [False, False, False]),
        ([("azathioprine", 1, None)], [False, True, True]),
        ([("azathioprine", 31, 32)], [False, False, True]),
        ([("azathioprine", -50, -1), ("azathioprine", 30, 40)], [False, True, True]),
        ([("azathioprine", -50, 20), ("azathioprine", 25, 40, 500)], [False, False, False]),
        ([("rituximab", 30, None)], [False, True, True]),
        ([("cyclophosphamide", -5, -2)], [False, False, False]),
        ([("no such drug", 30, None), ("tacrolimus", 60, None)], [False, None, True]),
        ([("no such drug", -5, None)], [False, False, False]),
        ([("hydroxychloroquine", 30, None)], [False, False, False]),
    ],
)
def test_new_immunosuppressant_since_baseline(courses: list[Any], new: list[Any]) -> None:
    study = drug_study([course(*row) for row in courses], days=DAYS)
    assert column(study, "new_immunosuppressant_since_baseline") == new


def test_every_name_has_one_class_and_every_other_name_leads_to_one() -> None:
    names = [name for group in DRUGS.values() for name in group]
    assert len(names) == len(set(names))
    assert set(OTHER_NAMES.values()) <= set(names)
    assert not set(OTHER_NAMES) & set(names)
    assert {*INVESTIGATIONAL, *LUPUS_BIOLOGICS} <= set(names)
    assert all(name == name.lower() for name in (*names, *OTHER_NAMES))


@pytest.mark.parametrize(
    ("milestones", "events", "name", "expected"),
    [
        ([("infusion", 0)], [], "treatment_stopped", [False, False, False]),
        ([("infusion", 0), ("treatment_stopped", 30)], [], "treatment_stopped", [False, True, True]),
        ([("last_contact", 60)], [], "treatment_stopped", [None, None, None]),
        ([], [], "treatment_stopped", [None, None, None]),
        ([], [("rescue_medication", 30)], "restricted_medication", [False, True, True]),
        ([], [("restricted_medication", 31)], "restricted_medication", [False, False, True]),
        ([], [("infection", 30)], "restricted_medication", [False, False, False]),
        ([], [], "restricted_medication", [None, None, None]),
        ([("infusion", 0)], [("infection", 30)], "treatment_failure", [False, False, False]),
        ([("infusion", 0)], [("death", 60)], "treatment_failure", [False, False, True]),
        ([("infusion", 0)], [], "treatment_failure", [None, None, None]),
        ([("infusion", 0), ("treatment_stopped", 60)], [], "treatment_failure", [None, None, True]),
        ([], [("restricted_medication", 30)], "treatment_failure", [None, True, True]),
    ],
)
def test_what_the_study_recorded_holds_from_its_day_onward(
    milestones: list[tuple[str, int]], events: list[tuple[str, int]], name: str, expected: list[Any]
) -> None:
    assert column(drug_study(days=DAYS, milestones=milestones, events=events), name) == expected


def test_the_trials_cells_are_given_from_the_first_infusion_onward() -> None:
    given = {"subject": ["a", "a"], "day": [30, 60], "product": ["p", "p"], "total_cells": [1e8, 1e8]}
    more = {"infusions": pl.DataFrame(given), "products": pl.DataFrame({"product": ["p"]})}
    study = drug_study(days=DAYS, subjects=("a", "b"), more=more)
    assert column(study, "trial_cell_product_given") == [False, True, True, False, False, False]
    assert column(drug_study(days=DAYS), "trial_cell_product_given") == [None, None, None]
