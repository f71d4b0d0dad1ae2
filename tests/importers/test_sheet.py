"""A spreadsheet with one row a visit, as investigators keep it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from malar.errors import MissingColumnsError, ParameterError, UnreadableError
from malar.importers.csv_folder import import_csv
from malar.schema import Study, read_study

from .conftest import HEADER, ROWS, SHEET

Sheet = Callable[..., Study]


def account(study: Study, table: str = "source") -> tuple[int, int, int]:
    row = study.accounting.rows.filter(pl.col("table") == table)
    return row.select("read", "loaded", "set_aside").row(0)


def lines(study: Study, rule: str) -> list[int]:
    return study.accounting.findings.filter(pl.col("rule") == rule)["line"].to_list()


def count(study: Study, rule: str) -> int:
    return study.accounting.findings.filter(pl.col("rule") == rule).height


def test_rows_reach_their_tables(sheet: Sheet) -> None:
    study = sheet()
    assert account(study) == (5, 4, 1)
    assert study.accounting.rows["table"].to_list() == ["source", "subjects", "milestones", "visits", "items", "labs"]
    assert study.accounting.balanced()
    assert study["visits"].select("subject", "day", "pga").rows() == [
        ("P1", 0, 1.5), ("P1", 90, 0.5), ("P2", 0, 2.0), ("P2", 60, 1.0),
    ]  # fmt: skip
    assert study["subjects"].select("subject", "sex", "age_years", "diagnosis_day").rows() == [
        ("P1", "female", 12.0, -100), ("P2", "male", 15.0, -10),
    ]  # fmt: skip


def test_value_maps_of_a_wide_table_hold_for_each_item(sheet: Sheet) -> None:
    items = sheet()["items"].filter(pl.col("item") == "arthritis")
    assert items["value"].to_list() == [4, 0, 1, 0]
    assert items["instrument"].unique().to_list() == ["sledai_2k"]


def test_recorded_total_is_an_item(sheet: Sheet) -> None:
    assert sheet()["items"].filter(pl.col("item") == "total")["value"].to_list() == [6, 2, 4, 0]


def test_lab_row_takes_its_limits_and_the_assumed_unit(sheet: Sheet) -> None:
    study = sheet()
    c3 = study["labs"].filter(pl.col("analyte") == "c3")
    assert c3.select(pl.col("value", "lower_limit").round(6), "unit").rows() == [
        (0.7, 0.8, "g/L"), (0.9, 0.8, "g/L"), (0.85, 0.8, "g/L"),
    ]  # fmt: skip
    assert count(study, "unit_assumed") == 1


def test_missing_words_are_null_and_counted(sheet: Sheet) -> None:
    plain, worded = sheet(ROWS[0]), sheet(ROWS[0].replace(",70,", ",n.d.,"))
    assert plain["labs"]["analyte"].to_list() == ["anti_dsdna", "c3"]
    assert worded["labs"]["analyte"].to_list() == ["anti_dsdna"]  # a limit without a result is no row
    counted = [study.accounting.rows["converted"][0] for study in (plain, worded)]
    assert counted[1] - counted[0] == 1


def test_milestones_come_from_the_visits(sheet: Sheet) -> None:
    milestones = sheet()["milestones"]
    assert milestones.select("subject", "kind", "day").rows() == [
        ("P1", "first_record", 0), ("P1", "last_contact", 90), ("P2", "first_record", 0), ("P2", "last_contact", 60),
    ]  # fmt: skip


def test_filtered_rows_are_set_aside_with_their_rule(sheet: Sheet) -> None:
    study = sheet()
    assert study.accounting.set_aside.select("table", "line", "rule", "column").rows() == [
        ("source", 6, "not_a_patient", "Group")
    ]
    assert study.accounting.set_aside["content"].to_list() == ["C1 | 0 | control | F | 14 |  |  |  |  |  |  | "]
    found = study.accounting.findings.filter(pl.col("rule") == "not_a_patient")
    assert found.select("severity", "line").rows() == [("info", 6)]


def test_a_filter_may_name_what_stays(sheet: Sheet) -> None:
    study = sheet(mapping=SHEET.replace('is = ["control"]', 'is_not = ["CASE"]'))
    assert account(study) == (5, 4, 1)


def test_age_is_that_of_the_first_visit_wherever_it_stands(sheet: Sheet) -> None:
    study = sheet(ROWS[1], ROWS[0])
    assert study["subjects"]["age_years"].to_list() == [12.0]
    assert count(study, "differs_between_rows") == 0


def test_fields_that_should_agree_are_reported(sheet: Sheet) -> None:
    study = sheet(ROWS[0], ROWS[1].replace(",F,", ",M,"))
    found = study.accounting.findings.filter(pl.col("rule") == "differs_between_rows")
    assert found.select("severity", "subject", "column").rows() == [("warning", "P1", "sex")]
    assert study["subjects"]["sex"].to_list() == ["female"]


def test_spelling_and_gaps_are_no_conflict(sheet: Sheet) -> None:
    study = sheet(ROWS[0].replace(",F,", ",Female,"), ROWS[1].replace(",F,", ",female,"), ROWS[2].replace(",M,", ",,"))
    assert count(study, "differs_between_rows") == 0
    assert study["subjects"]["sex"].to_list() == ["female", None]


def test_diagnosis_day_that_moves_is_reported(sheet: Sheet) -> None:
    study = sheet(ROWS[0], ROWS[1].replace(",190,", ",191,"))
    assert study.accounting.findings.filter(pl.col("rule") == "differs_between_rows")["column"].to_list() == [
        "diagnosis_day"
    ]


def test_a_day_that_cannot_be_read_sets_the_row_aside(sheet: Sheet) -> None:
    study = sheet(ROWS[0], ROWS[1].replace("P1,90", "P1,soon"))
    assert account(study) == (2, 1, 1)
    assert study.accounting.set_aside.filter(pl.col("table") == "source").select("line", "rule", "column").rows() == [
        (3, "not_a_number", "day")
    ]
    assert set(study.accounting.set_aside["line"]) == {3}


def test_a_row_without_a_subject_is_set_aside(sheet: Sheet) -> None:
    study = sheet(ROWS[0], ROWS[1].replace("P1,", ",", 1))
    assert account(study) == (2, 1, 1)
    assert study.accounting.set_aside["rule"].unique().to_list() == ["key_value_missing"]
    assert account(study, "subjects") == (1, 1, 0)


def test_a_repeated_row_is_kept_once(sheet: Sheet) -> None:
    study = sheet(ROWS[0], ROWS[0])
    assert account(study) == (2, 1, 1)
    assert study.accounting.set_aside.filter(pl.col("table") == "source").select("line", "rule").rows() == [
        (3, "duplicate_row")
    ]


def test_two_rows_of_one_day_that_differ_are_both_set_aside(sheet: Sheet) -> None:
    rows = "P1,0,case,F,12,100,1,4,4,70,80,5", "P1,0,case,F,12,100,2,0,0,75,80,6"
    study = sheet(*rows, ROWS[2])
    assert account(study) == (3, 1, 2)
    assert study.accounting.set_aside.filter(pl.col("table") == "source").select("line", "rule").rows() == [
        (2, "conflicting_duplicate"), (3, "conflicting_duplicate"),
    ]  # fmt: skip


def test_what_a_second_row_of_a_day_adds_is_loaded(sheet: Sheet) -> None:
    study = sheet("P1,0,case,F,12,100,1,4,,,,", "P1,0,case,F,12,100,1,,4,,,")
    assert account(study) == (2, 2, 0)
    assert study["items"]["item"].to_list() == ["arthritis", "total"]


def test_a_line_of_other_width_is_set_aside(sheet: Sheet) -> None:
    study = sheet(ROWS[0], ROWS[1] + ",extra", ROWS[2])
    assert account(study) == (3, 2, 1)
    assert lines(study, "wrong_number_of_fields") == [3]


def test_columns_that_are_not_mapped_stand_in_one_finding(sheet: Sheet) -> None:
    study = sheet(ROWS[0] + ",x,y", header=HEADER + ",Notes,row")
    found = study.accounting.findings.filter(pl.col("rule") == "unmapped_columns")
    assert found["message"].to_list() == ["2 columns are not in the mapping and were not loaded: `Notes`, `row`."]
    assert account(study) == (1, 1, 0)


def test_all_columns_mapped_is_no_finding(sheet: Sheet) -> None:
    assert count(sheet(), "unmapped_columns") == 0


def test_headers_may_differ_in_case(sheet: Sheet) -> None:
    assert account(sheet(header=HEADER.upper())) == (5, 4, 1)


def test_a_column_that_stands_twice_or_is_called_line(sheet: Sheet) -> None:
    mapping = SHEET.replace('pga = "PGA"', 'pga = "PGA.1"\nplanned_visit = "line.1"')
    study = sheet("P1,0,case,F,12,100,1,4,6,70,80,55,2,Month 1", header=HEADER + ",PGA,line", mapping=mapping)
    assert study["visits"].select("pga", "planned_visit").rows() == [(2.0, "Month 1")]
    assert "`PGA`" in study.accounting.findings.filter(pl.col("rule") == "unmapped_columns")["message"][0]


def test_a_mapped_column_called_line_in_capitals(sheet: Sheet) -> None:
    mapping = SHEET.replace('pga = "PGA"', 'pga = "PGA"\nplanned_visit = "Line"')
    study = sheet("P1,0,case,F,12,100,1,4,6,70,80,55,Month 1", header=HEADER + ",Line", mapping=mapping)
    assert study["visits"]["planned_visit"].to_list() == ["Month 1"]


def test_columns_that_are_missing_are_all_named(sheet: Sheet) -> None:
    with pytest.raises(MissingColumnsError, match=r"lacks 2 columns that the mapping reads: `PGA`, `SLEDAI`") as caught:
        sheet(header=HEADER.replace("PGA", "x").replace("SLEDAI", "y"))
    assert caught.value.why
    assert caught.value.hint
    assert "P1" not in str(caught.value)


def test_a_first_line_that_is_a_record_is_not_printed(sheet: Sheet) -> None:
    with pytest.raises(MissingColumnsError) as caught:
        sheet(*ROWS[1:], header=ROWS[0])
    assert "P1" not in str(caught.value)


@pytest.mark.parametrize("form", ["bom", "crlf", "semicolon", "utf16", "tab"])
def test_forms_of_files(tmp_path: Path, form: str) -> None:
    text = "\n".join([HEADER, *ROWS]) + "\n"
    if form in ("semicolon", "tab"):
        separator = {"semicolon": ";", "tab": "\t"}[form]
        text = text.replace(",", separator).replace("1.5", "1,5").replace("12.0", "12,000")
    raw = {"bom": text.encode("utf-8-sig"), "crlf": text.replace("\n", "\r\n").encode(), "utf16": text.encode("utf-16")}
    (tmp_path / "sheet.csv").write_bytes(raw.get(form, text.encode()))
    (tmp_path / "m.toml").write_text(SHEET)
    study = import_csv(tmp_path / "sheet.csv", mapping=tmp_path / "m.toml")
    assert account(study) == (5, 4, 1)
    assert study["visits"]["pga"].to_list() == [1.5, 0.5, 2.0, 1.0]
    assert study["subjects"]["age_years"].to_list() == [12.0, 15.0]


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sheet.csv").write_bytes(b"")
    (tmp_path / "m.toml").write_text(SHEET)
    with pytest.raises(UnreadableError, match="is empty"):
        import_csv(tmp_path / "sheet.csv", mapping=tmp_path / "m.toml")


def test_a_header_alone_is_a_study_of_nobody(tmp_path: Path) -> None:
    (tmp_path / "sheet.csv").write_text(HEADER + "\n")
    (tmp_path / "m.toml").write_text(SHEET)
    study = import_csv(tmp_path / "sheet.csv", mapping=tmp_path / "m.toml")
    assert account(study) == (0, 0, 0)
    assert study["subjects"].is_empty()


def test_write_and_read_give_the_same_study(sheet: Sheet, tmp_path: Path) -> None:
    study = sheet()
    assert read_study(study.write(tmp_path / "study")) == study


def test_unknown_repair_is_refused(sheet: Sheet) -> None:
    with pytest.raises(ParameterError, match="no repair magic"):
        sheet(repair=("magic",))
