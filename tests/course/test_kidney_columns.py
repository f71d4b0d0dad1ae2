"""Columns from procedures and courses of a glucocorticoid, and conditions that later visits confirm."""

from __future__ import annotations

import polars as pl
import pytest

from malar.conditions import Since, at_most_percent_of, below
from malar.course.study_columns import derive_study_columns
from malar.course.sustained_condition import ConfirmedCondition
from malar.errors import MissingColumnsError
from malar.sources import Source
from tests.support.study_maker import Visit, make_study

VISITS: list[Visit] = [("a", 0, [], []), ("a", 90, [], []), ("b", 90, [], [])]


def column(name: str, **tables: pl.DataFrame) -> list[object]:
    study = make_study(VISITS, more=tables)
    frame = study.visit_frame("subject")
    return derive_study_columns(study, frame, [name]).sort("subject", "day")[name].to_list()


def test_dialysis_or_a_transplant_counts_from_its_first_day_on() -> None:
    rows = [("a", 90, "dialysis"), ("a", 200, "kidney_transplant"), ("b", 90, "kidney_biopsy")]
    done = pl.DataFrame(rows, schema=["subject", "day", "kind"], orient="row")
    assert column("kidney_replacement", procedures=done) == [False, True, False]
    assert column("kidney_replacement") == [None, None, None]


def test_the_highest_dose_of_28_days_that_end_with_the_visit() -> None:
    rows = [("a", -100, 62, 40.0), ("a", 63, None, 10.0), ("b", 0, 62, 40.0), ("b", 63, 90, 10.0)]
    taken = pl.DataFrame(rows, schema=["subject", "start", "stop", "dose"], orient="row").with_columns(
        drug=pl.lit("prednisone"), unit=pl.lit("mg"), frequency=pl.lit("daily"), route=pl.lit("oral")
    )
    assert column("prednisone_highest_28_days", medications=taken) == [40, 10, 10]
    late = taken.with_columns(stop=pl.when(pl.col("stop") == 62).then(63).otherwise("stop"), start=pl.col("start"))
    late = late.with_columns(start=pl.when(pl.col("start") == 63).then(64).otherwise("start"))
    assert column("prednisone_highest_28_days", medications=late) == [40, 40, 40]


def test_a_dose_that_is_unknown_on_one_day_leaves_the_highest_open() -> None:
    rows = [("a", -100, 70, None), ("a", 71, None, 10.0), ("b", 0, None, 5.0)]
    taken = pl.DataFrame(rows, schema=["subject", "start", "stop", "dose"], orient="row").with_columns(
        drug=pl.lit("prednisone"), unit=pl.lit("mg"), frequency=pl.lit("daily"), route=pl.lit("oral")
    )
    assert column("prednisone_highest_28_days", medications=taken) == [None, None, 5]


def test_egfr_before_the_flare_comes_from_the_subject() -> None:
    known = pl.DataFrame({"subject": ["a", "b"], "preflare_egfr": [80.0, None]})
    assert column("preflare_egfr", subjects=known) == [80, 80, None]


def confirmed(condition: object) -> ConfirmedCondition:
    return ConfirmedCondition(
        key="held", title="Held", source=Source("x"), condition=condition, measured="egfr"  # pyright: ignore
    )  # fmt: skip


FRAME = pl.DataFrame({"subject": ["a"] * 4, "day": [0, 90, 100, 130], "egfr": [100.0, 50.0, float("nan"), 55.0]})


def test_a_confirmed_condition_finds_its_own_reference_and_passes_over_what_was_not_measured() -> None:
    made = confirmed(at_most_percent_of("egfr", 60, Since.BASELINE))
    out = made.derive(FRAME)
    assert out["held"].to_list() == [None, True, None, None]
    assert out.columns == [*FRAME.columns, "held"]
    assert made.derive(FRAME.lazy()).collect().equals(out, null_equal=True)
    assert made.needs() == ("egfr",)


def test_a_reference_that_the_frame_brings_is_taken() -> None:
    given = FRAME.with_columns(baseline__egfr=pl.lit(60.0))
    assert confirmed(at_most_percent_of("egfr", 60, Since.BASELINE)).derive(given)["held"].to_list()[1] is False


def test_what_it_reads_must_be_there() -> None:
    with pytest.raises(MissingColumnsError):
        confirmed(at_most_percent_of("egfr", 60, Since.BASELINE)).derive(FRAME.drop("egfr"))


def test_its_sheet_says_what_is_confirmed_and_how() -> None:
    body = confirmed(below("egfr", 15, label="eGFR")).body()
    assert "eGFR is below 15" in body
    assert "28 days" in body
