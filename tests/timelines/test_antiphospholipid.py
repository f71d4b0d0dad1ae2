"""Antiphospholipid status: both sides of each limit, words of the laboratory, two results 12 weeks apart."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from malar.schema import Settings, Study, study_from_frames
from malar.timelines.antiphospholipid import ANTIPHOSPHOLIPID_STATUS

Lab = dict[str, Any]


def lab(analyte: str, value: float | None, day: int = 0, **more: object) -> Lab:
    unit = "ratio" if analyte == "lupus_anticoagulant" else "U/mL"
    return {"subject": "S", "day": day, "analyte": analyte, "number": 1, "value": value, "unit": unit, **more}


def study(labs: list[Lab] | None = None, items: list[dict[str, Any]] | None = None) -> Study:
    frames = {"subjects": pl.DataFrame({"subject": ["S", "T"]})}
    if labs:
        frames["labs"] = pl.DataFrame(labs, infer_schema_length=None)
    if items:
        frames["items"] = pl.DataFrame(items)
    return study_from_frames(frames, Settings(data="invented"))


def status(made: Study) -> str | None:
    rows = dict(ANTIPHOSPHOLIPID_STATUS.derive(made).iter_rows())
    assert rows["T"] is None
    return rows["S"]


@pytest.mark.parametrize(
    "analyte", ["anticardiolipin_igg", "anticardiolipin_igm", "anti_beta2gp1_igg", "anti_beta2gp1_igm"]
)
def test_titers_on_both_sides_of_40(analyte: str) -> None:
    assert status(study([lab(analyte, 40)])) == "negative"
    assert status(study([lab(analyte, 40.1)])) == "positive"


def test_lupus_anticoagulant_by_its_limit_or_by_the_word() -> None:
    limit = {"upper_limit": 1.2}
    assert status(study([lab("lupus_anticoagulant", 1.2, **limit)])) == "negative"
    assert status(study([lab("lupus_anticoagulant", 1.21, **limit)])) == "positive"
    assert status(study([lab("lupus_anticoagulant", 1.9)])) is None
    assert status(study([lab("lupus_anticoagulant", None, qualifier="positive")])) == "positive"
    assert status(study([lab("lupus_anticoagulant", None, qualifier="negative")])) == "negative"


@pytest.mark.parametrize(
    ("qualifier", "value", "expected"),
    [
        ("less_than", 20, "negative"),
        ("less_than", 50, None),
        ("greater_than", 40, "positive"),
        ("greater_than", 30, None),
    ],
)
def test_results_beyond_the_assay(qualifier: str, value: float, expected: str | None) -> None:
    assert status(study([lab("anticardiolipin_igg", value, qualifier=qualifier)])) == expected


def test_twice_positive_is_one_test_on_two_days_84_apart() -> None:
    first = lab("anticardiolipin_igg", 60)
    assert status(study([first, lab("anticardiolipin_igg", 60, day=83)])) == "positive"
    assert status(study([first, lab("anticardiolipin_igg", 60, day=84)])) == "positive twice"
    assert status(study([first, lab("anti_beta2gp1_igg", 60, day=84)])) == "positive"
    assert status(study([first, lab("anticardiolipin_igg", 10, day=84)])) == "positive"


@pytest.mark.parametrize(("value", "expected"), [(1, "positive"), (0, "negative")])
def test_the_item_of_a_classification_form(value: int, expected: str) -> None:
    item = {"subject": "S", "day": 0, "instrument": "slicc_2012", "item": "antiphospholipid", "value": value}
    assert status(study(items=[item])) == expected
    assert status(study(items=[item, {**item, "day": 100}])) == expected
