"""Quotes, separators, encodings and headers that files bring along."""

from __future__ import annotations

from pathlib import Path

import pytest

from malar.schema.delimited import read_delimited
from tests.schema.folder import counts, read, rules, set_aside

COLUMNS = ("subject", "day", "planned_visit", "pga")


def visits(folder: Path, content: str | bytes) -> list[tuple[object, ...]]:
    return read(folder, visits=content)["visits"].select("subject", "day", "planned_visit", "pga").rows()


def test_quotes_around_every_field_mean_nothing(tmp_path: Path) -> None:
    """As R writes tables."""
    rows = visits(tmp_path, '"subject","day","planned_visit","pga"\n"A","0","Baseline",1\n"A","30","",\n')
    assert rows == [("A", 0, "Baseline", 1.0), ("A", 30, None, None)]


def test_quotes_line_breaks_and_separators_inside_a_field_are_kept(tmp_path: Path) -> None:
    rows = visits(tmp_path, 'subject,day,planned_visit,pga\nA,0,"a ""b"", c\r\nd",1\nA,30,=1+1,2\nA,60,5" high,3\n')
    assert [row[2] for row in rows] == ['a "b", c\nd', "=1+1", '5" high']


@pytest.mark.parametrize("stray", ['A,30,"x"y,1', 'A,30,x,"1', '"A"B,30,x,1'])
def test_a_line_with_malformed_quotes_is_set_aside_and_not_repaired(tmp_path: Path, stray: str) -> None:
    study = read(tmp_path, visits=f"subject,day,planned_visit,pga\nA,0,x,1\n{stray}\nA,60,x,1\n")
    assert set_aside(study) == [("visits", 3, "wrong_number_of_fields")]
    assert study["visits"]["day"].to_list() == [0, 60]


def test_a_quote_closed_in_a_later_line_is_asked_about(tmp_path: Path) -> None:
    study = read(tmp_path, visits='subject,planned_visit,day\nA,"x\nB,30\nA,y",60\nB,z,90\nA,"x\nA,y,0\nB,z",3\n')
    assert "rows_inside_quotes" in rules(study)
    assert counts(study, "visits") == (3, 3, 0)


def test_lines_are_counted_as_an_editor_counts_them(tmp_path: Path) -> None:
    study = read(tmp_path, visits='\nsubject,day,planned_visit,pga\n\nA,0,"a\nb",1\nA,x,c,1\n')
    assert set_aside(study) == [("visits", 6, "not_a_number")]


def test_fields_may_be_very_long(tmp_path: Path) -> None:
    text = "long " * 60_000
    rows = visits(tmp_path, f'subject,day,planned_visit,pga\nA,0,"{text},",1\n')
    assert rows[0][2] == text + ","


@pytest.mark.parametrize("blank", [",,,", " , ,\t,", '"","","",""'])
def test_lines_of_separators_only_are_no_rows_and_said(tmp_path: Path, blank: str) -> None:
    study = read(tmp_path, visits=f"subject,day,planned_visit,pga\nA,0,x,1\n{blank}\n{blank}\n\n")
    assert counts(study, "visits") == (1, 1, 0)
    assert "blank_lines" in rules(study)


@pytest.mark.parametrize(("written", "rule"), [("1,250", "ambiguous_number"), ("0,250", None), ("12,5", None)])
def test_a_comma_is_a_decimal_comma_only_where_it_is_certain(tmp_path: Path, written: str, rule: str | None) -> None:
    for number, separator in enumerate((",", "\t", "|")):
        folder = tmp_path / str(number)
        folder.mkdir()
        row = separator.join(["A", "prednisone", "0", f'"{written}"'])
        study = read(folder, medications=f"{separator.join(['subject', 'drug', 'start', 'dose'])}\n{row}\n")
        expected = [] if rule is None else [("medications", 2, rule)]
        assert set_aside(study) == expected
        assert study["medications"]["dose"].to_list() == ([] if rule else [float(written.replace(",", "."))])


def test_semicolons_make_every_comma_a_decimal_comma(tmp_path: Path) -> None:
    study = read(tmp_path, medications="subject;drug;start;dose\nA;prednisone;0;1,250\n")
    assert study["medications"]["dose"].to_list() == [1.25]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-8-sig", "cp1252"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    mark = "\ufeff" if encoding.endswith(("le", "be")) else ""
    rows = visits(tmp_path, (mark + "subject,day,planned_visit,pga\nA,0,Früh,1\n").encode(encoding))
    assert rows == [("A", 0, "Früh", 1.0)]


def test_bytes_that_no_encoding_knows_are_counted(tmp_path: Path) -> None:
    study = read(tmp_path, visits=b"subject,day,planned_visit\nA,0,\x81\xff\n")
    assert {"encoding_assumed", "encoding_damaged"} <= rules(study)


def test_a_missing_header_names_no_patient(tmp_path: Path) -> None:
    study = read(tmp_path, visits="SECRET1,0,Baseline\nSECRET2,30,Month 1\n")
    assert counts(study, "visits") == (1, 0, 1)
    assert "key_column_missing" in rules(study)
    assert "SECRET" not in "".join(study.accounting.findings["message"])


def test_a_column_that_stands_twice_empties_only_itself_where_it_is_not_essential(tmp_path: Path) -> None:
    study = read(tmp_path, visits="subject,day,PGA,pga,weight_kg\nA,0,1,2,60\nA,30,,,61\n")
    assert study["visits"].select("day", "pga", "weight_kg").rows() == [(0, None, 60.0), (30, None, 61.0)]
    assert study.accounting.findings.filter(rule="column_twice")["line"].to_list() == [2]


def test_a_header_without_key_is_one_reason_not_several(tmp_path: Path) -> None:
    study = read(tmp_path, visits="day,pga\n0,1\n30,1\n")
    assert study.accounting.findings.filter(severity="error")["rule"].to_list() == ["key_column_missing"] * 2


def test_a_column_called_line_does_not_stand_for_the_line(tmp_path: Path) -> None:
    study = read(tmp_path, visits="line,subject,day\n7,A,x\n8,A,0\n")
    assert set_aside(study) == [("visits", 2, "not_a_number")]
    assert "unknown_columns" in rules(study)


def test_names_with_a_number_sign_are_names_of_their_own(tmp_path: Path) -> None:
    study = read(tmp_path, visits="subject,day,pga#2\nA,0,3\n")
    assert study["visits"]["pga"].to_list() == [None]
    assert "unknown_columns" in rules(study)


@pytest.mark.parametrize("name", ["Visits.CSV", "VISITS.csv", "visits.xlsx", "visits.tsv", "notes.Parquet"])
def test_files_that_look_like_tables_and_are_not_read_are_named(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"subject,day\nA,0\n")
    assert "unknown_file" in rules(read(tmp_path))


def test_both_ways_of_reading_a_file_agree(tmp_path: Path) -> None:
    lines = ["subject,day,planned_visit,pga", *(f"S{i},{i},x y,{i / 7}" for i in range(50)), ",,,"]
    plain, careful = tmp_path / "plain.csv", tmp_path / "careful.csv"
    plain.write_text("\n".join(lines) + "\n")
    careful.write_text("\r".join(lines) + "\r")
    fast, slow = (read_delimited(file, COLUMNS, "visits") for file in (plain, careful))
    assert fast.frame.equals(slow.frame.select(fast.frame.columns))
    assert fast.frame["line"].to_list() == list(range(2, 52))


def test_a_conflicting_subject_takes_its_records_along_and_says_where_to_look(tmp_path: Path) -> None:
    study = read(tmp_path, subjects="subject,sex\nA,male\nA,female\nB,male\n", visits="subject,day\nA,0\nB,0\n")
    assert set_aside(study) == [
        ("subjects", 2, "conflicting_duplicate"),
        ("subjects", 3, "conflicting_duplicate"),
        ("visits", 2, "unknown_subject"),
    ]
    assert "set aside" in study.accounting.findings.filter(rule="unknown_subject")["message"][0]


def test_a_product_of_an_unknown_donor_loses_the_donor_and_keeps_its_infusions(tmp_path: Path) -> None:
    study = read(tmp_path, products="product,donor\nP,D9\n", infusions="subject,day,product\nA,0,P\n")
    assert study["products"].select("product", "donor").rows() == [("P", None)]
    assert counts(study, "infusions") == (1, 1, 0)
    assert study.accounting.rows.filter(table="products")["emptied"].to_list() == [1]
