"""Change from baseline in the report: what the model gives, and nothing where too few were seen."""

from __future__ import annotations

import polars as pl
import pytest

from malar import read_study
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
