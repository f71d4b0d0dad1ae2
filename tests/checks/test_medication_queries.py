"""Every query on medications finds what was planted, and is silent on clean courses."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from malar.checks import check
from malar.checks.medications import QUERIES
from malar.schema import Study
from tests.support.drug_study import course, drug_study

KEYS = {query.key for query in QUERIES}


def found(study: Study) -> dict[str, int]:
    counts = check(study).findings.group_by("rule").len()
    return {rule: n for rule, n in counts.iter_rows() if rule in KEYS}


@pytest.mark.parametrize(
    ("courses", "expected"),
    [
        ([course("prednisone", 0, 29, 20), course("prednisone", 30, None, 10)], {}),
        ([course("prednisone", 0, 30, 20), course("prednisone", 30, None, 10)], {"drug_courses_overlap": 1}),
        ([course("prednisone", 0), course("prednisone", 5, 6), course("prednisone", 9)], {"drug_courses_overlap": 2}),
        ([course("hcq", 0, 9, 400), course("hydroxychloroquine", 9, 9, 200)], {"drug_courses_overlap": 1}),
        ([course("prednisone", 0), course("prednisone", 3, 3, 500, route="intravenous")], {}),
        ([course("prednisone", 0), course("prednisone", 3, subject="b")], {}),
        ([course("no such drug", 0, 1), course("No such  drug", 5), course("nor this", 0)], {"unknown_drug_name": 2}),
        ([course("omeprazole", 0, None, None)], {}),
        ([course("azathioprine", 0, None, None)], {"dose_cannot_be_counted": 1}),
        ([course("prednisone", 0, often="as_needed")], {"dose_cannot_be_counted": 1}),
        ([course("prednisone", 0, unit="tablet")], {"dose_cannot_be_counted": 1}),
        ([course("budesonide", 0)], {"glucocorticoid_not_counted": 1}),
        ([course("prednisolone", 0, route="topical")], {"glucocorticoid_not_counted": 1}),
        ([course("deflazacort", 0)], {"provisional_equivalent": 1}),
    ],
)  # fmt: skip
def test_courses_that_contradict_each_other_or_cannot_be_counted(
    courses: list[dict[str, Any]], expected: dict[str, int]
) -> None:
    assert found(drug_study(courses, subjects=("a", "b"))) == expected


def test_a_stated_class_answers_the_query_on_a_name() -> None:
    table = pl.DataFrame([{**course("no such drug", 0), "drug_class": "other"}])
    assert found(drug_study(more={"medications": table})) == {}


def test_names_of_earlier_therapies_are_asked_about_too() -> None:
    rows = [("no such drug", 1, "mg", 9, "failed"), ("azathioprine", 1, "mg", 9, "failed")]
    assert found(drug_study(therapies=rows)) == {"unknown_earlier_drug_name": 1}
