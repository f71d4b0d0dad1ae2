"""The invented study: made again byte for byte, planted damage found, and a course that looks like lupus."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from malar import check, read_study
from malar.example import EXAMPLES, example_path
from malar.schema import Study

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 1, 1)
WORD_OF_WHAT_IS_THERE = ("items_between_visits", "items_unknown", "long_gap_before_visit", "rows_reordered")
"""Findings that tell of a study and ask for nothing."""
SEROLOGY = ("low_complement", "increased_dsdna")


@pytest.fixture(scope="module")
def study() -> Study:
    return read_study(example_path(), today=TODAY)


@pytest.fixture(scope="module")
def scores(study: Study) -> pl.DataFrame:
    """Sums of attributed items at planned visits with all items known."""
    scored = pl.col("value") * pl.col("attributed").fill_null(value=True)
    items = study["items"].filter((pl.col("instrument") == "sledai_2k") & (pl.col("item") != "total"))
    sums = items.group_by("subject", "day").agg(
        score=scored.sum(),
        clinical=scored.filter(~pl.col("item").is_in(SEROLOGY)).sum(),
        known=pl.col("value").is_not_null().sum(),
    )
    return study["visits"].join(sums.filter(pl.col("known") == 24), on=["subject", "day"])


def planted() -> dict[tuple[str, str], int]:
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        from example_study.dirt import PLANTED
    finally:
        sys.path.pop(0)
    return PLANTED


def test_the_script_makes_the_same_bytes_twice_and_they_are_the_bundled_ones(tmp_path: Path) -> None:
    for folder in ("first", "second"):
        subprocess.run([sys.executable, ROOT / "tools" / "make_example.py", tmp_path / folder], check=True)
    bundled = {file.name: file.read_bytes() for file in example_path().iterdir()}
    for folder in ("first", "second"):
        assert {file.name: file.read_bytes() for file in (tmp_path / folder).iterdir()} == bundled
    assert sum(map(len, bundled.values())) < 700_000


def test_reading_and_queries_find_what_was_planted_and_nothing_else(study: Study) -> None:
    findings = check(study).findings.filter(~pl.col("rule").is_in(WORD_OF_WHAT_IS_THERE))
    found = {(rule, table): n for rule, table, n in findings.group_by("rule", "table").len().iter_rows()}
    assert found == planted()


def test_rows_are_accounted_for_few_are_set_aside_and_odd_spellings_are_converted(study: Study) -> None:
    rows = study.accounting.rows
    assert study.accounting.balanced()
    assert 10 <= rows["set_aside"].sum() <= 16
    converted = dict(rows.select("table", "converted").iter_rows())
    assert all(converted[table] for table in ("subjects", "visits", "items", "labs"))


def test_everything_says_that_it_is_invented(study: Study) -> None:
    settings = study.settings
    assert settings.mark == "Invented data"
    assert all("invented" in text.lower() for text in (settings.title, settings.description))
    assert study["subjects"]["center"].str.starts_with("Invented").all()
    assert study["subjects"]["subject"].str.starts_with("X-").all()


def test_the_course_is_that_of_a_lupus_trial(scores: pl.DataFrame) -> None:
    by_visit = scores.group_by("planned_visit").agg(
        median=pl.col("score").median(),
        low=(pl.col("score") <= 4).mean(),
        quiet=(pl.col("clinical") == 0).mean(),
    )
    median, low, quiet = (dict(by_visit.select("planned_visit", c).iter_rows()) for c in ("median", "low", "quiet"))
    assert median["Baseline"] > median["Month 1"] > median["Month 3"] > median["Month 6"]
    assert 12 <= median["Baseline"] <= 17
    assert median["Month 6"] <= 7
    assert low["Baseline"] == 0
    assert 0.3 < low["Month 12"] < 0.7
    assert 0.25 < quiet["Month 12"] < 0.65


def test_denominators_shrink_with_staggered_entry(study: Study) -> None:
    seen = dict(study["visits"]["planned_visit"].value_counts().iter_rows())
    assert seen["Baseline"] == 40
    assert 15 <= seen["Month 24"] <= 22
    cuts = study["milestones"].filter(pl.col("kind") == "data_cut")
    assert cuts["subject"].n_unique() == 40
    assert cuts["date"].n_unique() == 1


def test_every_recorded_relapse_is_a_rise_of_at_least_4(study: Study, scores: pl.DataFrame) -> None:
    relapses = study["events"].filter(pl.col("kind") == "relapse")
    assert 9 <= relapses.height <= 16
    rises = [rise for row in relapses.iter_rows(named=True) for rise in rise_at(scores, row["subject"], row["day"])]
    assert len(rises) >= 8
    assert min(rises) >= 4


def rise_at(scores: pl.DataFrame, subject: str, day: int) -> list[float]:
    """Change from the visit before the relapse to the one that found it, where both forms are complete."""
    visits = scores.filter(pl.col("subject") == subject).sort("day")
    found = visits.filter((pl.col("day") - day).abs() <= 21)["score"].head(1)
    before = visits.filter(pl.col("day") < day - 21)["score"].tail(1)
    return (found - before).to_list() if len(found) and len(before) else []


def test_values_of_a_patient_are_alike_from_visit_to_visit(study: Study) -> None:
    labs = study["labs"].filter(pl.col("analyte").is_in(["c3", "platelets", "creatinine", "hemoglobin", "upcr"]))
    following = labs.with_columns(next=pl.col("value").shift(-1).over("subject", "analyte", order_by="day"))
    alike = following.drop_nulls("next").group_by("analyte").agg(r=pl.corr("value", "next", method="spearman"))
    assert alike["r"].min() > 0.6


def test_no_record_follows_the_last_contact(study: Study) -> None:
    last = study["milestones"].filter(pl.col("kind") == "last_contact").select("subject", last="day")
    for table in ("visits", "items", "labs", "events", "infusions"):
        assert study[table].join(last, on="subject").filter(pl.col("day") > pl.col("last")).is_empty(), table


def test_the_names_of_the_examples_lead_to_folders() -> None:
    assert [example_path(name).name for name in EXAMPLES] == list(EXAMPLES)
