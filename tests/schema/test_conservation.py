"""Whatever happens to the bytes of a file, every record is loaded or set aside, or the reader is told why not."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from malar.errors import MalarError
from malar.example import example_path
from malar.schema import Study, read_study

TABLES = ("subjects", "milestones", "visits", "events", "infusions", "products", "medications")
LINES = {name: (example_path() / f"{name}.csv").read_bytes().splitlines(keepends=True)[:25] for name in TABLES}

JUNK = st.sampled_from(
    [b'"', b",", b"\n", b"\r", b";", b"\x00", b"\xff", b"=", b"'", b"\xef\xbb\xbf", b"1e999", b"nan"]
)


def corrupt(data: st.DataObject, lines: list[bytes]) -> bytes:
    """Insert, delete, repeat, swap or cut."""
    made = list(lines)
    for _ in range(data.draw(st.integers(1, 5))):
        if not made:
            break
        at = data.draw(st.integers(0, len(made) - 1))
        kind = data.draw(st.sampled_from(["insert", "delete", "repeat", "swap", "cut", "drop"]))
        line = made[at]
        place = data.draw(st.integers(0, len(line)))
        if kind == "insert":
            made[at] = line[:place] + data.draw(JUNK) + line[place:]
        elif kind == "delete":
            made[at] = line[:place] + line[place + 1 :]
        elif kind == "repeat":
            made.insert(at, line)
        elif kind == "swap":
            other = data.draw(st.integers(0, len(made) - 1))
            made[at], made[other] = made[other], made[at]
        elif kind == "cut":
            made = [*made[:at], line[:place]]
        else:
            del made[at]
    return b"".join(made)


def read_or_refuse(folder: Path) -> Study | MalarError:
    try:
        return read_study(folder, today=date(2025, 1, 1))
    except MalarError as error:
        return error


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_no_corruption_loses_a_row_or_crashes_without_words(data: st.DataObject) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "study.toml").write_bytes((example_path() / "study.toml").read_bytes())
        harmed = data.draw(st.sampled_from(TABLES))
        for table, lines in LINES.items():
            content = corrupt(data, lines) if table == harmed else b"".join(lines)
            (folder / f"{table}.csv").write_bytes(content)
        study = read_or_refuse(folder)
    if isinstance(study, MalarError):
        assert study.hint or study.why
        return
    assert study.accounting.balanced()
    aside = study.accounting.set_aside.group_by("table").len()
    counted = {row["table"]: row["set_aside"] for row in study.accounting.rows.iter_rows(named=True)}
    assert all(counted[table] == n for table, n in aside.iter_rows())


@pytest.mark.parametrize("name", TABLES)
def test_the_sample_itself_is_read(name: str) -> None:
    assert len(LINES[name]) > 8
