"""Endpoints in the report: shares with their denominators, nothing guessed, relapse with death competing."""

from __future__ import annotations

import polars as pl
import pytest

from malar import check, read_study
from malar.example import example_path
from malar.reports.analysis import Analysis, analyze
from malar.reports.over_time import shares_over_time
from malar.reports.sections_endpoints import (
    dose_section,
    refused_section,
    relapse_section,
    resolution_section,
    response_section,
)
from malar.reports.study_report import study_report
from malar.schema import PlannedVisit


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    return analyze(read_study(example_path()))


def test_shares_count_only_those_who_are_judged_and_tell_the_unknown_apart() -> None:
    judged = pl.DataFrame(
        {
            "is_analysis_visit": [True, True, True, True, False],
            "analysis_day": [30, 30, 30, 30, 30],
            "flag": [True, False, None, True, True],
            "able": [True, True, True, False, True],
        }
    )
    planned = (PlannedVisit("Month 1", 30, 0, 60),)
    whole = shares_over_time(judged, planned, {"a": pl.col("flag")}).row(0, named=True)
    assert (whole["n_present"], whole["n_assessed"], whole["n_unknown"]) == (2, 3, 1)
    able = shares_over_time(judged, planned, {"a": pl.col("flag")}, {"a": pl.col("able")}).row(0, named=True)
    assert (able["n_present"], able["n_assessed"], able["n_unknown"]) == (1, 2, 1)


def test_every_endpoint_shown_has_two_denominators_in_the_results(analysis: Analysis) -> None:
    assert {"lldas", "doris_2021", "sri_4", "bicla"} <= set(analysis.beside.endpoints)
    for key in analysis.beside.endpoints:
        rows = analysis.results.filter((pl.col("definition") == key) & (pl.col("analysis") == "proportion"))
        assert set(rows["denominator"]) == {"followed", "treated"}
        due = rows.filter((pl.col("denominator") == "treated") & (pl.col("statistic") == "n"))["value"]
        seen = rows.filter((pl.col("denominator") == "followed") & (pl.col("statistic") == "n"))["value"]
        assert all(a >= b for a, b in zip(due, seen, strict=True))


def test_what_only_one_verdict_was_possible_for_is_not_shown(analysis: Analysis) -> None:
    assert "sle_das_remission" not in analysis.beside.endpoints
    assert "lldas_hemolysis_gi_not_collected" not in analysis.beside.endpoints


def test_the_sections_are_there(analysis: Analysis) -> None:
    response, resolution = response_section(analysis), resolution_section(analysis)
    dose, relapse = dose_section(analysis, "day 0"), relapse_section(analysis, "day 0")
    assert response is not None
    assert [figure.key for figure in response.figures][:2] == ["attainment", "criteria-lldas"]
    assert resolution is not None
    assert dose is not None
    assert relapse is not None
    assert "Relapse, with death competing" in relapse.figures[0].title


def test_incidences_and_the_rest_sum_to_one(analysis: Analysis) -> None:
    fitted = analysis.beside.relapse
    assert fitted is not None
    days = [183, 365, 730]
    total = fitted.at(days).group_by("time").agg(pl.col("incidence").sum()).sort("time")["incidence"]
    assert [round(a + b, 12) for a, b in zip(total, fitted.event_free(days)["probability"], strict=True)] == [1.0] * 3


def test_what_cannot_be_judged_is_named_and_not_guessed(analysis: Analysis) -> None:
    section = refused_section(analysis)
    assert section is not None
    titles = [row[0] for row in section.tables[0].rows]
    assert "CLASI-50" in titles
    page = study_report(analysis, check(analysis.study))
    assert "Endpoints not judged" in page
    assert "CLASI-50" in page


def test_time_to_and_from_remission_are_estimated(analysis: Analysis) -> None:
    keys = [each.plan.key for each in analysis.time_to_event]
    assert keys[-2:] == ["time_to_remission", "duration_of_remission"]
    ever = analysis.judged.filter((pl.col("day") > 0) & pl.col("doris_2021"))["subject"].n_unique()
    assert analysis.beside.remission["subject"].n_unique() <= ever
