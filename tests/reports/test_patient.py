"""One patient's page: everything of that patient, nothing of another, and a refusal where nobody is meant."""

from __future__ import annotations

import polars as pl
import pytest

from malar import check, read_study
from malar.errors import UnknownKeyError
from malar.example import example_path
from malar.reports.analysis import Analysis, analyze
from malar.reports.figures.patient import draw_patient
from malar.reports.patient_course import patient_course
from malar.reports.study_report import study_report


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    return analyze(read_study(example_path()))


def test_a_course_holds_the_patient_s_own_records(analysis: Analysis) -> None:
    course, data = patient_course(analysis.study, analysis.judged, "X-17")
    own = analysis.judged.filter(pl.col("subject") == "X-17").drop_nulls("sledai_2k")
    score = next(line for line in course.lines if line.label == "SLEDAI-2K")
    assert [value for _, value in score.points] == own.sort("day")["sledai_2k"].to_list()
    assert set(data["subject"]) == {"X-17"}
    assert {mark.kind for mark in course.marks} >= {"infusion", "infection", "death"}
    dose = next(line for line in course.lines if line.label == "Prednisone")
    assert dose.points[0][1] == 25
    assert dose.points[-1][1] == 2.5


def test_the_figure_tells_first_and_last_values_and_carries_the_mark(analysis: Analysis) -> None:
    course, data = patient_course(analysis.study, analysis.judged, "X-17")
    figure = draw_patient(course, data, since="the first infusion", mark="Invented data")
    assert "Invented data" in figure.svg
    assert "Prednisone from 25 to 2.5 mg/day" in figure.alt
    assert figure.wide


def test_the_report_shows_only_the_patients_asked_for(analysis: Analysis) -> None:
    checked = check(analysis.study)
    page = study_report(analysis, checked, patients=["X-03"])
    assert "Patient X-03" in page
    assert "Patient X-17" not in page
    assert "Single patients" not in study_report(analysis, checked)


def test_a_patient_nobody_knows_is_refused_without_a_name(analysis: Analysis) -> None:
    with pytest.raises(UnknownKeyError) as caught:
        study_report(analysis, check(analysis.study), patients=["secret-name"])
    assert "secret-name" not in str(caught.value)
