"""Whatever happens to a file on its way, no row of it is lost."""

from __future__ import annotations

import tempfile
from pathlib import Path

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from malar.errors import MalarError
from malar.importers.csv_folder import import_csv
from malar.schema import Study

from .conftest import HEADER, ROWS, SHEET

CELLS = st.sampled_from(
    [
        "",
        " ",
        "0",
        "-5",
        "99999",
        "1.5",
        "1,5",
        "nan",
        "soon",
        "n.d.",
        "yes",
        "1:40",
        "3:40:00",
        '"',
        '"a"',
        "P1",
        "é",
        "2020-01-01",
    ]
)
ROW = st.lists(CELLS, min_size=10, max_size=14).map(",".join) | st.sampled_from(ROWS)
ENDS = st.sampled_from(["\n", "\r\n"])


def imported(text: str) -> Study:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "sheet.csv").write_bytes(text.encode())
        (place / "m.toml").write_text(SHEET)
        return import_csv(place / "sheet.csv", mapping=place / "m.toml")


def check(study: Study) -> None:
    account = study.accounting
    assert account.balanced()
    read, loaded, out = account.rows.select("read", "loaded", "set_aside").row(0)
    listed = account.set_aside.filter(pl.col("table") == "source")
    assert (listed.height, listed["rule"].null_count(), listed["content"].null_count()) == (out, 0, 0)
    assert read == loaded + out


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=st.lists(ROW, max_size=8), end=ENDS)
def test_rows_are_conserved(rows: list[str], end: str) -> None:
    text = end.join([HEADER, *rows]) + end
    study = imported(text)
    check(study)
    if '"' not in text:  # without quotes, a line is a record; lines with nothing but separators may or may not be
        filled = [row for row in rows if row.replace(",", "").strip()]
        blank = len(rows) - len(filled)
        assert len(filled) <= study.accounting.rows["read"][0] <= len(filled) + blank


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(at=st.integers(0, 400), piece=st.text(max_size=4), cut=st.integers(0, 30))
def test_damage_anywhere(at: int, piece: str, cut: int) -> None:
    text = "\n".join([HEADER, *ROWS]) + "\n"
    try:
        study = imported(text[:at] + piece.encode("utf-8", "ignore").decode() + text[at + cut :])
    except MalarError:
        return  # a header that was hit, or a file that became binary: refused with a message
    check(study)
