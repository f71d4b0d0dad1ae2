"""Frames in memory and Parquet files: types of their own, read as they mean."""

from __future__ import annotations

import copy
import math
import pickle
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest

from malar.errors import ParameterError, UnreadableError, WrongTypeError
from malar.schema import Settings, Study, read_study, study_from_frames
from malar.schema.settings import AnalysisPlan, PlannedVisit
from tests.schema.folder import TODAY, TOML, read, rules

SUBJECTS = pl.DataFrame({"subject": ["A", "B"]})


def study_of(**frames: pl.DataFrame) -> Study:
    study = study_from_frames({"subjects": SUBJECTS, **frames}, Settings(data="invented"), today=TODAY)
    assert study.accounting.balanced()
    return study


def account(study: Study, table: str) -> dict[str, int]:
    return study.accounting.rows.filter(pl.col("table") == table).row(0, named=True)


def items(value: pl.Series, **more: object) -> pl.DataFrame:
    frame = pl.DataFrame({"subject": "A", "day": range(len(value)), "instrument": "sledai_2k", "item": "rash"})
    return frame.with_columns(value, *(pl.lit(content).alias(name) for name, content in more.items()))


def test_item_values_given_as_booleans_are_0_and_1_and_counted() -> None:
    study = study_of(items=items(pl.Series("value", [True, False, None])))
    assert study["items"]["value"].to_list() == [1.0, 0.0, None]
    assert account(study, "items")["converted"] == 2


def test_booleans_given_as_whole_numbers_are_read() -> None:
    study = study_of(items=items(pl.Series("value", [2, 2]), attributed=0))
    assert study["items"]["attributed"].to_list() == [False, False]


@pytest.mark.parametrize("dtype", [pl.Int8, pl.Int32, pl.UInt8, pl.UInt64, pl.Float32, pl.Float64, pl.Decimal(9, 2)])
def test_numbers_of_every_width_are_taken(dtype: pl.DataType) -> None:
    study = study_of(visits=pl.DataFrame({"subject": "A", "day": pl.Series([30], dtype=dtype)}))
    assert study["visits"]["day"].to_list() == [30]


@pytest.mark.parametrize("dtype", [pl.Categorical, pl.Enum(["A", "B"])])
def test_categories_are_text(dtype: pl.DataType) -> None:
    visits = pl.DataFrame({"subject": pl.Series(["B", "A"], dtype=dtype), "day": [0, 0]})
    assert study_of(visits=visits)["visits"]["subject"].to_list() == ["A", "B"]


def test_floats_of_32_bits_mean_the_number_that_they_print() -> None:
    study = study_of(items=items(pl.Series("value", [0.1], dtype=pl.Float32)))
    assert study["items"]["value"].to_list() == [0.1]


def test_not_a_number_is_null_and_counted_and_infinity_is_set_aside() -> None:
    study = study_of(items=items(pl.Series("value", [math.nan, math.inf, -0.0])))
    assert study["items"]["value"].to_list() == [None, 0.0]
    assert math.copysign(1, study["items"]["value"][1]) == 1
    assert account(study, "items") | {"table": "items"} == {
        "table": "items", "read": 3, "loaded": 2, "set_aside": 1, "converted": 1, "emptied": 0,
    }  # fmt: skip
    assert study.accounting.set_aside["rule"].to_list() == ["not_a_number"]


def test_a_day_with_a_fraction_is_set_aside() -> None:
    study = study_of(visits=pl.DataFrame({"subject": "A", "day": [1.0, 1.5, math.nan]}))
    assert study["visits"]["day"].to_list() == [1]
    assert sorted(study.accounting.set_aside["rule"]) == ["key_value_missing", "not_a_whole_number"]


def test_whole_numbers_beyond_floats_stay_exact(tmp_path: Path) -> None:
    large = 2**60 + 1
    study = study_of(events=pl.DataFrame({"subject": "A", "day": 0, "term": "x", "number": [large], "kind": "death"}))
    assert study["events"]["number"].to_list() == [large]
    assert read_study(study.write(tmp_path), today=TODAY) == study


def test_keys_with_a_default_are_filled_in_typed_frames_too() -> None:
    labs = {"subject": "A", "day": 0, "analyte": "c3", "value": 1.0, "unit": "g/L"}
    study = study_of(labs=pl.DataFrame({**labs, "number": pl.Series([None], dtype=pl.Int64)}))
    assert study["labs"].select("number", "specimen").rows() == [(1, "serum")]


def test_identifiers_that_became_floats_are_whole_again() -> None:
    subjects = pl.DataFrame({"subject": [101, 102]})
    visits = pl.DataFrame({"subject": [101.0, None], "day": [0, 0]})
    study = study_of(subjects=subjects, visits=visits)
    assert study["visits"]["subject"].to_list() == ["101"]
    assert account(study, "visits")["converted"] == 1


def test_dates_with_a_time_of_day_lose_it(tmp_path: Path) -> None:
    visits = pl.DataFrame({"subject": "A", "day": 0, "date": [datetime(2024, 1, 31, 10)]})  # noqa: DTZ001
    assert study_of(visits=visits)["visits"]["date"].to_list() == [date(2024, 1, 31)]
    (tmp_path / "study.toml").write_text(TOML)
    SUBJECTS.write_parquet(tmp_path / "subjects.parquet")
    visits.with_columns(line=pl.lit("first")).write_parquet(tmp_path / "visits.parquet")
    study = read_study(tmp_path, today=TODAY)
    assert study["visits"]["date"].to_list() == [date(2024, 1, 31)]
    assert "`line`" in study.accounting.findings.filter(pl.col("rule") == "unknown_columns")["message"][0]


@pytest.mark.parametrize("content", [[[1]], [{"a": 1}], [b"1"]], ids=["list", "structure", "bytes"])
def test_a_column_of_no_fields_is_refused_unless_it_is_none_of_ours(content: list[object]) -> None:
    visits = pl.DataFrame({"subject": "A", "day": [0]})
    with pytest.raises(WrongTypeError, match="`pga` of visits"):
        study_of(visits=visits.with_columns(pga=pl.Series(content)))
    study = study_of(visits=visits.with_columns(pl.lit("Z").alias("subject"), mood=pl.Series(content)))
    assert study.accounting.set_aside["rule"].to_list() == ["unknown_subject"]


def test_rows_that_share_a_line_of_their_source_are_told_apart() -> None:
    frame = items(pl.Series("value", [1.0, -1.0, 2.0])).with_columns(line=pl.lit(7))
    study = study_of(items=frame)
    assert account(study, "items")["set_aside"] == 1
    assert study["items"]["value"].to_list() == [1.0, 2.0]
    assert study.accounting.set_aside["line"].to_list() == [7]
    assert set(study.accounting.findings.filter(pl.col("severity") == "error")["line"]) == {7}


def test_text_that_no_file_can_hold_is_cleared_and_counted(tmp_path: Path) -> None:
    study = study_of(visits=pl.DataFrame({"subject": "A", "day": 0, "planned_visit": ["a\x00b\r\nc\rd"]}))
    assert study["visits"]["planned_visit"].to_list() == ["ab\nc\nd"]
    assert account(study, "visits")["converted"] == 1
    assert read_study(study.write(tmp_path), today=TODAY) == study


def test_a_value_that_its_unit_makes_infinite_is_set_aside() -> None:
    labs = {"subject": "A", "day": 0, "analyte": "wbc", "value": [1e308], "unit": "10^3/uL"}
    assert study_of(labs=pl.DataFrame(labs))["labs"].height == 1
    creatinine = pl.DataFrame({**labs, "analyte": "creatinine", "unit": "g/dL"})
    assert study_of(labs=creatinine).accounting.set_aside["rule"].to_list() == ["above_maximum"]


def test_two_spellings_of_one_unit_are_no_mixture() -> None:
    labs = pl.DataFrame(
        {"subject": "A", "day": [0, 1], "analyte": "wbc", "value": [3.0, 4.0], "unit": ["K/uL", "10^9/L"]}
    )
    assert "mixed_units" not in rules(study_of(labs=labs))


def test_a_study_can_be_copied_and_sent_to_another_process() -> None:
    study = study_of()
    for again in (pickle.loads(pickle.dumps(study)), copy.deepcopy(study)):
        assert again == study
        assert hash(again) == hash(study)
    assert study != "a study"


def test_a_form_or_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    study = study_of()
    with pytest.raises(ParameterError, match="xlsx"):
        study.write(tmp_path, form="xlsx")  # pyright: ignore[reportArgumentType]
    (tmp_path / "file").write_text("")
    with pytest.raises(UnreadableError, match="cannot be written"):
        study.write(tmp_path / "file")
    with pytest.raises(UnreadableError, match="is not a folder"):
        read_study(tmp_path / "file")


def test_a_folder_in_the_place_of_a_table_is_refused(tmp_path: Path) -> None:
    for name in ("visits.csv", "visits.parquet"):
        folder = tmp_path / name.replace(".", "_")
        folder.mkdir()
        (folder / "study.toml").write_text(TOML)
        (folder / "subjects.csv").write_text("subject\nA\n")
        (folder / name).mkdir()
        with pytest.raises(UnreadableError, match="visits"):
            read_study(folder)


@pytest.mark.parametrize("content", [b"", b"PAR1", b"not parquet at all PAR1"])
def test_a_damaged_parquet_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "visits.parquet").write_bytes(content)
    with pytest.raises(UnreadableError, match=r"visits\.parquet"):
        read(tmp_path)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Settings(title=5),  # pyright: ignore[reportArgumentType]
        lambda: AnalysisPlan(max_gap_days=1.5),  # pyright: ignore[reportArgumentType]
        lambda: AnalysisPlan(confirm_visits=True),
        lambda: AnalysisPlan(visits_driven_by_activity=1),  # pyright: ignore[reportArgumentType]
        lambda: PlannedVisit("Month 1", 30, 40, 20),
    ],
)
def test_settings_of_the_wrong_kind_are_refused(make: object) -> None:
    with pytest.raises(ParameterError):
        make()  # pyright: ignore
