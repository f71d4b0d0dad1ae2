"""Each kind of dirty input has one clear outcome."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from malar.errors import FormatVersionError, ParameterError, UnreadableError
from malar.schema import read_study
from tests.schema.folder import SUBJECTS, TOML, converted, counts, read, rules, set_aside

DATED = "subject,day0_date\nA,2024-01-01\nB,2024-02-01\n"


def test_an_exact_repeat_is_kept_once(tmp_path: Path) -> None:
    study = read(tmp_path, visits="subject,day,pga\nA,0,1\nA,0,1\nA,0,1\n")
    assert set_aside(study) == [("visits", 3, "duplicate_row"), ("visits", 4, "duplicate_row")]


def test_rows_that_share_a_key_and_differ_are_all_set_aside(tmp_path: Path) -> None:
    study = read(tmp_path, visits="subject,day,pga\nA,0,1\nA,0,2\nA,30,1\n")
    assert set_aside(study) == [("visits", 2, "conflicting_duplicate"), ("visits", 3, "conflicting_duplicate")]
    assert study["visits"]["day"].to_list() == [30]


def test_a_row_set_aside_for_two_reasons_counts_once(tmp_path: Path) -> None:
    study = read(tmp_path, items="subject,day,instrument,item,value\nA,x,sledai_2k,foo,-3\n")
    assert counts(study, "items") == (1, 0, 1)


def test_an_unknown_word_sets_the_row_aside_where_it_is_essential_and_else_empties_the_value(tmp_path: Path) -> None:
    study = read(
        tmp_path,
        subjects="subject,sex\nA,f?\nB,male\n",
        items="subject,day,instrument,item,value\nA,0,sledai_2k,freckles,1\n",
        events="subject,day,term,kind\nA,3,fell,tumble\n",
    )
    assert set_aside(study) == [("events", 2, "not_in_code_list"), ("items", 2, "not_in_code_list")]
    assert study["subjects"].select("subject", "sex").rows() == [("A", None), ("B", "male")]
    assert study.accounting.rows["emptied"].to_list()[0] == 1


def test_infusions_of_unknown_products_and_records_of_unknown_subjects_are_set_aside(tmp_path: Path) -> None:
    study = read(
        tmp_path,
        products="product,cell_source\nP1,bone marrow\n",
        infusions="subject,day,product,total_cells\nA,0,P1,1e6\nA,7,P2,1e6\nZ,0,P1,1e6\n",
    )
    assert set_aside(study) == [("infusions", 3, "unknown_product"), ("infusions", 4, "unknown_subject")]


def test_a_product_of_an_unknown_donor_keeps_its_row(tmp_path: Path) -> None:
    study = read(tmp_path, products="product,donor\nP1,D9\n")
    assert "unknown_donor" in rules(study)


@pytest.mark.parametrize(("dose", "loaded"), [("-5", 0), ("0", 1), ("5", 1)])
def test_a_negative_dose_is_set_aside(tmp_path: Path, dose: str, loaded: int) -> None:
    study = read(tmp_path, medications=f"subject,drug,start,dose,unit\nA,prednisone,0,{dose},mg\n")
    assert counts(study, "medications") == (1, loaded, 1 - loaded)


def test_a_value_above_what_is_possible_is_emptied_and_the_visit_stays(tmp_path: Path) -> None:
    study = read(tmp_path, visits="subject,day,pga\nA,0,3.0\nA,30,3.1\n")
    assert study["visits"]["pga"].to_list() == [3.0, None]
    assert "pga_above_3" in rules(study)


def test_a_date_in_the_future_is_set_aside(tmp_path: Path) -> None:
    study = read(tmp_path, subjects=DATED, visits="subject,date\nA,2025-06-01\nA,2025-06-02\n")
    assert set_aside(study) == [("visits", 3, "future_date")]


def test_screening_is_valid_and_a_month_3_before_every_milestone_is_not(tmp_path: Path) -> None:
    study = read(
        tmp_path,
        milestones="subject,kind,day\nA,consent,-30\nA,infusion,0\n",
        visits="subject,day,planned_visit,planned_day\nA,-20,Screening,-14\nA,-40,Screening,-14\nA,-31,Month 3,91\n",
        events="subject,day,term,kind\nA,-31,relapse,relapse\nA,-31,infection,infection\n",
    )
    assert set_aside(study) == [
        ("events", 2, "before_first_milestone"),
        ("visits", 4, "before_first_milestone"),
    ]


def test_a_course_that_ends_before_it_begins_is_set_aside(tmp_path: Path) -> None:
    study = read(tmp_path, medications="subject,drug,start,stop,dose\nA,prednisone,10,9,5\nB,prednisone,10,10,5\n")
    assert set_aside(study) == [("medications", 2, "stop_before_start")]


def test_mixed_units_are_brought_to_one_and_said(tmp_path: Path) -> None:
    rows = "subject,day,analyte,value,unit,lower_limit\nA,0,wbc,2500,/uL,3500\nA,30,WBC,3.1,10^9/L,3.5\n"
    study = read(tmp_path, labs=rows)
    assert study["labs"].select("value", "unit", "lower_limit").rows() == [(2.5, "10^9/L", 3.5), (3.1, "10^9/L", 3.5)]
    assert "mixed_units" in rules(study)
    assert converted(study, "labs") == 2


def test_a_result_without_unit_needs_one_declared(tmp_path: Path) -> None:
    rows = "subject,day,analyte,value\nA,0,c3,60\n"
    assert set_aside(read(tmp_path, labs=rows)) == [("labs", 2, "unit_not_stated")]
    declared = read(tmp_path, TOML + '[units]\nc3 = "mg/dL"\n', labs=rows)
    assert declared["labs"].select("value", "unit").rows() == [(0.6, "g/L")]
    assert "unit_assumed" in rules(declared)


def test_a_unit_of_another_dimension_is_set_aside(tmp_path: Path) -> None:
    study = read(tmp_path, labs="subject,day,analyte,value,unit\nA,0,c3,60,mm/h\n")
    assert set_aside(study) == [("labs", 2, "unit_not_known")]


def test_rows_out_of_order_give_the_same_study(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    ordered = read(tmp_path / "a", visits="subject,day,pga\nA,0,1\nA,30,2\nB,0,1\n")
    mixed = read(tmp_path / "b", visits="subject,day,pga\nB,0,1\nA,30,2\nA,0,1\n")
    assert ordered == mixed
    assert "rows_reordered" in rules(mixed) - rules(ordered)


@pytest.mark.parametrize(
    "content",
    [
        "\ufeffsubject,day,pga\nA,0,0.5\n".encode(),
        b"subject;day;pga\r\nA;0;0,5\r\n",
        b"subject\tday\tpga\nA\t0\t0,5\n",
        b'subject,day,pga\nA,0,"0,5"\n',
        b"\n\nSubject, Day ,PGA\nA,0,.5\n\n",
        "subject,day,pga\nA,0,0.5\n".encode("utf-16"),
        b"subject,day,pga\rA,0,0.5\r",
    ],
    ids=["byte-order mark", "semicolons and decimal comma", "tabs", "quoted comma", "blank lines", "UTF-16", "old Mac"],
)
def test_forms_of_a_file_that_mean_the_same(tmp_path: Path, content: bytes) -> None:
    study = read(tmp_path, visits=content)
    assert study["visits"].select("subject", "day", "pga").rows() == [("A", 0, 0.5)]


def test_a_comma_that_may_mean_thousands_is_not_guessed(tmp_path: Path) -> None:
    study = read(tmp_path, medications='subject,drug,start,dose\nA,prednisone,0,"1,250"\n')
    assert set_aside(study) == [("medications", 2, "ambiguous_number")]


@pytest.mark.parametrize("written", ["2024-01-31", "45322", "2024-01-31T00:00:00", "31/01/2024", "31-Jan-2024"])
def test_dates_as_spreadsheets_write_them_become_days(tmp_path: Path, written: str) -> None:
    study = read(tmp_path, subjects=DATED, visits=f"subject,date\nA,{written}\n")
    assert study["visits"].select("day", "date").rows() == [(30, date(2024, 1, 31))]
    assert converted(study, "visits") >= 1


def test_day_and_month_are_not_guessed(tmp_path: Path) -> None:
    rows = "subject,date\nA,03/04/2024\n"
    assert set_aside(read(tmp_path, subjects=DATED, visits=rows)) == [("visits", 2, "ambiguous_date")]
    stated = read(tmp_path, TOML + 'date_order = "dmy"\n', subjects=DATED, visits=rows)
    assert stated["visits"]["date"].to_list() == [date(2024, 4, 3)]
    proven = read(tmp_path, subjects=DATED, visits=rows + "A,25/04/2024\n")
    assert proven["visits"]["date"].to_list() == [date(2024, 4, 3), date(2024, 4, 25)]


def test_day_0_comes_from_the_first_infusion_where_no_date_is_given(tmp_path: Path) -> None:
    study = read(
        tmp_path,
        milestones="subject,kind,number,day,date\nA,infusion,2,7,2024-01-08\nA,infusion,1,0,2024-01-01\n",
        visits="subject,date\nA,2024-01-11\nB,2024-01-11\n",
    )
    assert study["visits"].select("subject", "day").rows() == [("A", 10)]
    assert set_aside(study) == [("visits", 3, "key_value_missing")]


def test_a_day_that_contradicts_its_date_is_kept_and_asked_about(tmp_path: Path) -> None:
    study = read(tmp_path, subjects=DATED, visits="subject,day,date\nA,5,2024-01-11\n")
    assert study["visits"]["day"].to_list() == [5]
    assert "day_contradicts_date" in rules(study)


@pytest.mark.parametrize(
    ("content", "rule"),
    [("", "empty_file"), ("\u00a0\n", "empty_file"), ("\x1c", "empty_file"), ("subject,day,pga\n", None)],
)
def test_files_with_no_rows(tmp_path: Path, content: str, rule: str | None) -> None:
    study = read(tmp_path, visits=content)
    assert study["visits"].is_empty()
    assert rule is None or rule in rules(study)


def test_ragged_lines_are_set_aside_with_their_content(tmp_path: Path) -> None:
    study = read(tmp_path, visits="subject,day,pga\nA,0,1\nA,30\nA,60,1,2\nA,90,1\n")
    assert set_aside(study) == [("visits", 3, "wrong_number_of_fields"), ("visits", 4, "wrong_number_of_fields")]
    assert "60" in study.accounting.set_aside.sort("line")["content"][1]


def test_an_open_quote_swallows_no_line(tmp_path: Path) -> None:
    study = read(tmp_path, visits='subject,day,planned_visit\nA,0,"Baseline\nA,30,Month 1\nA,60,Month 2\n')
    assert study["visits"]["day"].to_list() == [30, 60]
    assert counts(study, "visits") == (3, 2, 1)


@pytest.mark.parametrize(
    ("header", "rule"),
    [("subject,day,day", "column_twice"), ("day,pga,weight_kg", "key_column_missing")],
)
def test_a_header_that_cannot_be_trusted_sets_all_rows_aside(tmp_path: Path, header: str, rule: str) -> None:
    study = read(tmp_path, visits=f"{header}\nA,0,1\nA,30,1\n")
    assert {found for _, _, found in set_aside(study)} == {rule}
    assert counts(study, "visits") == (2, 0, 2)


def test_unknown_columns_and_files_are_named(tmp_path: Path) -> None:
    study = read(tmp_path, visits="subject,day,mood\nA,0,good\n", notes="x\n1\n")
    assert {"unknown_columns", "unknown_file"} <= rules(study)


def test_words_for_missing_and_other_spellings_are_counted(tmp_path: Path) -> None:
    study = read(
        tmp_path,
        subjects="subject,sex,age_years\nA,Female,N/A\nB,MALE,41\n",
        items="subject,day,instrument,item,value\nA,0,SLEDAI-2K,haematuria,4\n",
    )
    assert study["subjects"].select("sex", "age_years").rows() == [("female", None), ("male", 41.0)]
    assert study["items"].select("instrument", "item").rows() == [("sledai_2k", "hematuria")]
    assert (converted(study, "subjects"), converted(study, "items")) == (3, 2)


@pytest.mark.parametrize(
    ("day", "rule"), [("30.5", "not_a_whole_number"), ("soon", "not_a_number"), ("", "key_value_missing")]
)
def test_days_that_are_none(tmp_path: Path, day: str, rule: str) -> None:
    study = read(tmp_path, visits=f"subject,day,pga\nA,{day},1\nA,30.0,1\n")
    assert set_aside(study) == [("visits", 2, rule)]
    assert study["visits"]["day"].to_list() == [30]


@pytest.mark.parametrize(
    ("toml", "error", "said"),
    [
        ("format_version = 2\n", FormatVersionError, "format 2"),
        ('day0 = "birthday"\n', ParameterError, "birthday"),
        ("day0 = \n", UnreadableError, "cannot be read"),
        ('[units]\nc3 = "parsecs"\n', ValueError, "parsecs"),
        ('[analysis]\nvisits = [{label = "x"}]\n', ParameterError, "planned visit"),
        ("[analysis]\nmax_gap_days = 0\n", ParameterError, "least value"),
    ],
)
def test_settings_that_cannot_be_used_are_told(tmp_path: Path, toml: str, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        read(tmp_path, toml)


def test_a_setting_that_means_nothing_here_is_told(tmp_path: Path) -> None:
    assert "unknown_setting" in rules(read(tmp_path, TOML + "colour = 3\n"))


def test_folders_that_cannot_be_read_at_all(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="is not a folder"):
        read_study(tmp_path / "nowhere")
    with pytest.raises(UnreadableError, match=r"has no study\.toml"):
        read_study(tmp_path)
    (tmp_path / "study.toml").write_text(TOML, encoding="utf-8")
    with pytest.raises(UnreadableError, match="no subjects table"):
        read_study(tmp_path)
    with pytest.raises(UnreadableError, match="binary"):
        read(tmp_path, visits=b"PK\x03\x04\x00\x00\x00")


def test_a_table_in_two_forms_is_refused(tmp_path: Path) -> None:
    read(tmp_path).write(tmp_path, form="parquet")
    (tmp_path / "subjects.csv").write_text(SUBJECTS, encoding="utf-8")
    with pytest.raises(UnreadableError, match=r"both subjects\.csv and subjects\.parquet"):
        read_study(tmp_path)


def test_no_message_holds_a_value_or_identifier(tmp_path: Path) -> None:
    study = read(
        tmp_path,
        subjects="subject,sex,ancestry\nSECRET1,SECRET2,x\nSECRET1,male,y\n",
        visits="subject,day,pga\nSECRET3,SECRET4,SECRET5\nSECRET1,0,SECRET6\n",
        labs="subject,day,analyte,value,unit\nSECRET1,0,wbc,SECRET7,SECRET8\n",
    )
    messages = "\n".join(study.accounting.findings["message"])
    assert study.accounting.findings.height >= 5
    assert "SECRET" not in messages
