"""Responders by arm: who counts below the line, which visit, and what the page says where nobody drew lots."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from malar.errors import UnknownKeyError
from malar.example import example_path
from malar.reports.analysis import analyze
from malar.reports.sections_arms import CHANCE, NO_CHANCE, arms_compared, arms_section, contrasts
from malar.schema import Study, read_study


def two_arms(study: Study, **settings: Any) -> Study:
    """The bundled study, its patients dealt in turn to two arms."""
    subjects = study["subjects"].with_row_index()
    subjects = subjects.with_columns(
        arm=pl.when(pl.col("index") % 3 == 0).then(pl.lit("usual")).otherwise(pl.lit("cells"))
    )
    return replace(
        study,
        tables={**study.tables, "subjects": subjects.drop("index")},
        settings=replace(study.settings, **settings),
    )


@pytest.fixture(scope="module")
def analysis():
    return analyze(two_arms(read_study(example_path())))


def test_one_arm_is_compared_with_nothing():
    assert arms_section(analyze(read_study(example_path()))) is None


def test_everybody_due_counts_below_the_line(analysis):
    visit = next(each for each in analysis.planned if each.label == "Month 6")
    found = contrasts(analysis, "sledai_2k_at_most_4", visit, "cells")
    by_hand = (
        analysis.judged.filter((pl.col("analysis_day") == visit.day) & pl.col("is_analysis_visit"))
        .join(analysis.study["subjects"].select("subject", "arm"), on="subject")
        .group_by("arm")
        .agg(pl.col("sledai_2k_at_most_4").fill_null(value=False).sum())
    )
    counted = {one.group: (one.events, one.n) for one in found.numbers if one.term == "proportion"}
    assert {arm: events for arm, (events, _) in counted.items()} == dict(by_hand.iter_rows())
    enrolled = dict(analysis.study["subjects"]["arm"].value_counts().iter_rows())
    assert all(0 < n <= enrolled[str(arm)] for arm, (_, n) in counted.items())


def test_study_toml_may_name_the_control():
    study = read_study(example_path())
    named = two_arms(study, analysis=replace(study.settings.analysis, control_arm="usual"))
    assert arms_compared(named) == ["usual", "cells"]
    section = arms_section(analyze(named))
    assert section is not None
    assert "usual is the arm compared with, as study.toml names it" in section.figures[0].caption
    wrong = two_arms(study, analysis=replace(study.settings.analysis, control_arm="placebo"))
    with pytest.raises(UnknownKeyError, match="no subject is in"):
        arms_compared(wrong)


def test_the_page_says_whether_lots_were_drawn(analysis):
    section = arms_section(analysis)
    assert section is not None
    assert section.intro == (NO_CHANCE,)
    assert "cells is the arm compared with" in section.figures[0].caption


def test_arms_by_chance_are_called_so():
    study = two_arms(read_study(example_path()), day0="randomization")
    lots = study["milestones"].filter(pl.col("kind") == "eligibility_met")
    lots = lots.with_columns(kind=pl.lit("randomization"), day=pl.lit(0, pl.Int64))
    milestones = pl.concat([study["milestones"], lots])
    section = arms_section(analyze(replace(study, tables={**study.tables, "milestones": milestones})))
    assert section is not None
    assert section.intro == (CHANCE,)
