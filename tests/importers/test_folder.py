"""Folders: study folders, several files with a mapping, and neither."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from malar.errors import MalarError, MissingColumnsError, UnreadableError
from malar.importers.csv_folder import import_csv

SEVERAL = """\
title = "Three files"

[study]
title = "Three files"
day0 = "infusion"

[[sources]]
file = "people.csv"
[sources.keys]
subject = "id"
[sources.subjects]
sex = "sex"
[sources.milestones.wide]
infusion = "infused"
last_contact = "last seen"
[sources.events.wide]
death = { date = "died", term = { constant = "death" } }

[[sources]]
file = "visits.csv"
[sources.keys]
subject = "id"
date = "seen"
[sources.visits]
pga = "pga"

[[sources]]
file = "lab.csv"
[sources.keys]
subject = "id"
date = "taken"
[sources.labs]
analyte = { column = "test", values = { "Complement C3" = "c3", "anti-DNA" = "anti_dsdna" } }
value = "result"
unit = "unit"
"""
PEOPLE = "id,sex,infused,last seen,died\nA,female,2020-03-01,2021-03-01,\nB,male,2020-04-01,2020-09-01,2020-09-01\n"
VISITS = "id,seen,pga\nA,2020-03-01,2\nA,2020-06-01,1\nB,2020-04-01,2.5\nZ,2020-04-01,1\n"
LAB = """\
id,taken,test,result,unit
A,2020-03-01,Complement C3,70,mg/dL
A,2020-03-01,anti-DNA,1:80,
B,2020-04-01,x,1,g/L
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {"people": PEOPLE, "visits": VISITS, "lab": LAB}.items():
        (tmp_path / f"{name}.csv").write_text(text)
    (tmp_path / "m.toml").write_text(SEVERAL)
    return tmp_path


def test_several_files_each_with_its_account(folder: Path) -> None:
    study = import_csv(folder, mapping=folder / "m.toml")
    rows = study.accounting.rows.filter(pl.col("table").str.starts_with("source"))
    assert rows.select("table", "read", "loaded", "set_aside").rows() == [
        ("source/people.csv", 2, 2, 0), ("source/visits.csv", 4, 3, 1), ("source/lab.csv", 3, 2, 1),
    ]  # fmt: skip
    out = study.accounting.set_aside.filter(pl.col("table").str.starts_with("source"))
    assert out.select("table", "line", "rule").rows() == [
        ("source/visits.csv", 5, "key_value_missing"), ("source/lab.csv", 4, "not_in_code_list"),
    ]  # fmt: skip
    assert study.accounting.balanced()


def test_dates_become_days(folder: Path) -> None:
    study = import_csv(folder, mapping=folder / "m.toml")
    assert study["visits"].select("subject", "day").rows() == [("A", 0), ("A", 92), ("B", 0)]
    assert study["events"].select("subject", "day", "term", "kind").rows() == [("B", 153, "death", "death")]
    assert study["milestones"].height == 4


def test_long_lab_file(folder: Path) -> None:
    labs = import_csv(folder, mapping=folder / "m.toml")["labs"]
    assert labs.select("analyte", "value", "titre", "reported").rows() == [
        ("anti_dsdna", None, 80.0, "1:80"), ("c3", pytest.approx(0.7), None, None),
    ]  # fmt: skip


def test_a_repeated_subject_in_a_file_of_subjects_is_no_one(folder: Path) -> None:
    (folder / "people.csv").write_text(PEOPLE + "A,male,2020-03-01,2021-03-01,\n")
    study = import_csv(folder, mapping=folder / "m.toml")
    out = study.accounting.set_aside.filter(pl.col("table") == "source/people.csv")
    assert out.select("line", "rule").rows() == [(2, "conflicting_duplicate"), (4, "conflicting_duplicate")]


def test_an_empty_file_among_several_is_accounted(folder: Path) -> None:
    (folder / "lab.csv").write_text("")
    study = import_csv(folder, mapping=folder / "m.toml")
    row = study.accounting.rows.filter(pl.col("table") == "source/lab.csv")
    assert row.select("read", "loaded", "set_aside").row(0) == (0, 0, 0)
    assert "empty_file" in study.accounting.findings["rule"].to_list()


def test_a_row_that_holds_nothing(folder: Path) -> None:
    mapping = SEVERAL.replace(
        "[sources.visits]\npga", "[sources.items]\ninstrument = { constant = 'sledai_2k' }\n[sources.items.wide]\nrash"
    )
    (folder / "m.toml").write_text(mapping)
    (folder / "visits.csv").write_text("id,seen,pga\nA,2020-03-01,2\nA,2020-06-01,\n")
    study = import_csv(folder, mapping=folder / "m.toml")
    out = study.accounting.set_aside.filter(pl.col("table") == "source/visits.csv")
    assert out.select("line", "rule").rows() == [(3, "nothing_to_load")]
    assert study.accounting.findings.filter(pl.col("rule") == "nothing_to_load")["severity"].to_list() == ["info"]


def test_files_that_are_not_read_are_named(folder: Path) -> None:
    (folder / "old.csv").write_text("a,b\n")
    study = import_csv(folder, mapping=folder / "m.toml")
    found = study.accounting.findings.filter(pl.col("rule") == "unknown_file")
    assert found["message"].to_list() == ["1 files are not in the mapping and were not read: old.csv."]


def test_files_that_are_missing_are_named(folder: Path) -> None:
    (folder / "lab.csv").unlink()
    with pytest.raises(UnreadableError, match=r"lacks 1 files that the mapping reads: lab\.csv"):
        import_csv(folder, mapping=folder / "m.toml")


def test_one_file_where_the_mapping_reads_three(folder: Path) -> None:
    with pytest.raises(UnreadableError, match="the mapping reads 3"):
        import_csv(folder / "lab.csv", mapping=folder / "m.toml")


def test_a_study_folder_is_read_as_such(folder: Path, tmp_path: Path) -> None:
    study = import_csv(folder, mapping=folder / "m.toml")
    again = import_csv(study.write(tmp_path / "study"))
    assert again == study
    assert "source" not in again.accounting.rows["table"].to_list()


def test_a_damaged_study_folder_says_what_is_wrong(folder: Path, tmp_path: Path) -> None:
    written = import_csv(folder, mapping=folder / "m.toml").write(tmp_path / "study")
    (written / "study.toml").write_text("format_version = 99")
    with pytest.raises(MalarError, match="format 99"):
        import_csv(written)


def test_neither_study_nor_known_shape(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Patient,Visit day\nP1,0\n")
    for source in (tmp_path / "a.csv", tmp_path):
        with pytest.raises(MalarError, match=r"e_geod_65391 expects 54 columns and misses 54: `subject`") as caught:
            import_csv(source)
        assert "`Patient`, `Visit day`" in str(caught.value)
        assert "P1" not in str(caught.value)
        assert caught.value.hint


def test_a_folder_of_several_files_of_unknown_shape(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.csv").write_text("x,y\n1,2\n")
    with pytest.raises(UnreadableError, match=r"no study folder \(it lacks study\.toml and subjects\.csv\)"):
        import_csv(tmp_path)


def test_no_such_place(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="does not exist"):
        import_csv(tmp_path / "nowhere")
    (tmp_path / "one.csv").write_text("x\n1\n")
    with pytest.raises(MissingColumnsError):
        import_csv(tmp_path / "one.csv")
