"""Change from baseline in the report: what the model gives, and nothing where too few were seen."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from malar import read_study
from malar.errors import UndefinedError
from malar.example import example_path
from malar.reports.analysis import Analysis, analyze
from malar.reports.sections_change import change_section, changes_from_baseline


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    return analyze(read_study(example_path()))


def test_changes_are_against_the_last_score_before_the_cells(analysis: Analysis) -> None:
    changes = changes_from_baseline(analysis)
    own = analysis.judged.filter(pl.col("subject") == "X-03").sort("day")
    before = own.filter(pl.col("day") <= 0).drop_nulls("sledai_2k")["sledai_2k"][-1]
    assert changes.filter(subject="X-03")["baseline"].unique().to_list() == [before]
    assert not changes["change"].has_nulls()


def test_the_section_shows_every_planned_visit_with_its_number(analysis: Analysis) -> None:
    section = change_section(analysis, "the first infusion")
    assert section is not None
    means = section.figures[0].data
    seen = changes_from_baseline(analysis).group_by("visit").len().sort("visit")
    assert means["time"].to_list() == seen["visit"].cast(pl.Float64).to_list()
    assert means["n"].to_list() == seen["len"].to_list()
    assert (means["lower"] < means["estimate"]).all()
    assert "regression to the mean" in section.intro[0]


def test_three_patients_are_too_few_for_a_model() -> None:
    assert change_section(analyze(read_study(example_path("case_series"))), "day 0") is None


def test_arms_are_compared_at_every_visit_with_the_control_that_the_study_names() -> None:
    study = read_study(example_path())
    subjects = study["subjects"].with_row_index()
    dealt = pl.when(pl.col("index") % 2 == 0).then(pl.lit("a")).otherwise(pl.lit("b"))
    settings = replace(study.settings, analysis=replace(study.settings.analysis, control_arm="b"))
    tables = {**study.tables, "subjects": subjects.with_columns(arm=dealt).drop("index")}
    made = analyze(replace(study, tables=tables, settings=settings))
    section = change_section(made, "the first infusion")
    assert section is not None
    table = section.tables[0]
    assert table.data is not None
    means = section.figures[0].data.filter(pl.col("estimate").is_not_null())
    wide = means.pivot(on="group", index="time", values="estimate")
    assert table.data["comparator"].unique().to_list() == ["b"]
    assert table.data["estimate"].to_list() == pytest.approx((wide["a"] - wide["b"]).to_list())


def test_a_model_that_cannot_be_fitted_is_told(monkeypatch: pytest.MonkeyPatch, analysis: Analysis) -> None:
    def refuse(*_: object) -> None:
        raise UndefinedError("The visits do not determine it.")

    monkeypatch.setattr("malar.repeated.MMRM.fit", refuse)
    section = change_section(analysis, "the first infusion")
    assert section is not None
    assert "The visits do not determine it." in section.notes[0]
