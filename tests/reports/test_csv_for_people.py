"""CSV files for people: readable back, numbers untouched, no live formula."""

from __future__ import annotations

import csv
import io

import polars as pl
import pytest

from malar.reports.csv_for_people import write_csv_for_people


def read(text: str) -> list[list[str]]:
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:], newline="")))


@pytest.mark.parametrize(
    "cell", ["=cmd()", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", " \t@x", "\u00a0=1", "＝1", "=1\r\n+2"]
)
def test_a_formula_is_escaped_in_cells_and_names(cell: str) -> None:
    rows = read(write_csv_for_people(pl.DataFrame({cell: [cell], "n": [1]})))
    assert rows == [["'" + cell, "n"], ["'" + cell, "1"]]


@pytest.mark.parametrize("cell", ["P001", "a=b", "1-2", "it's", 'say "x", then\r\ny', "µ≤4"])
def test_other_text_is_kept(cell: str) -> None:
    assert read(write_csv_for_people(pl.DataFrame({"x": [cell]}))) == [["x"], [cell]]


def test_numbers_and_nulls_are_untouched() -> None:
    frame = pl.DataFrame({"day": [-14, None], "value": [-0.5, 3.0], "kind": ["a", None]})
    assert write_csv_for_people(frame) == "\ufeffday,value,kind\r\n-14,-0.5,a\r\n,3.0,\r\n"


def test_categories_are_text() -> None:
    frame = pl.DataFrame(
        {"state": pl.Series(["=x"], dtype=pl.Categorical), "arm": pl.Series(["+a"], dtype=pl.Enum(["+a"]))}
    )
    assert read(write_csv_for_people(frame))[1] == ["'=x", "'+a"]


def test_the_frame_itself_is_not_changed() -> None:
    frame = pl.DataFrame({"=a": ["=1"]})
    write_csv_for_people(frame)
    assert frame.columns == ["=a"]
    assert frame["=a"][0] == "=1"
