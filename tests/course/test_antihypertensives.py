"""Classes of antihypertensive drug: counted once each, unknown where the record cannot tell."""

from __future__ import annotations

import polars as pl

from malar.course.antihypertensives import CLASSES
from malar.course.study_columns import derive_study_columns
from malar.schema import Settings, study_from_frames
from malar.schema.drugs import DRUGS


def classes_on_day_30(*drugs: tuple[str, int, int | None, str]) -> list[int | None]:
    rows = [("a", drug, start, stop, frequency) for drug, start, stop, frequency in drugs]
    frames = {
        "subjects": pl.DataFrame({"subject": ["a", "b"]}),
        "visits": pl.DataFrame({"subject": ["a", "b"], "day": [30, 30]}),
        "medications": pl.DataFrame(rows, schema=["subject", "drug", "start", "stop", "frequency"], orient="row"),
    }
    study = study_from_frames(frames, Settings(data="invented"))
    days = study.visit_frame("pga")
    return derive_study_columns(study, days, ["antihypertensive_classes"])["antihypertensive_classes"].to_list()


def test_two_drugs_of_one_class_are_one_class_and_days_are_those_of_the_course():
    assert classes_on_day_30(
        ("losartan", 0, None, "daily"),
        ("enalapril", 0, 30, "daily"),
        ("amlodipine", 30, None, "daily"),
        ("bisoprolol", 0, 29, "daily"),
        ("prednisone", 0, None, "daily"),
    ) == [2, None], "and who has no medication record is unknown"


def test_a_drug_not_known_or_taken_as_needed_leaves_the_number_open():
    assert classes_on_day_30(("losartan", 0, None, "daily"), ("something", 0, None, "daily"))[0] is None
    assert classes_on_day_30(("losartan", 0, None, "daily"), ("nifedipine", 0, None, "as_needed"))[0] is None


def test_every_drug_of_a_class_is_one_that_the_list_of_drugs_knows():
    known = {drug for drugs in DRUGS.values() for drug in drugs}
    assert {drug for drugs in CLASSES.values() for drug in drugs} <= known
