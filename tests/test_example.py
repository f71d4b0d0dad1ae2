"""The bundled study: made again byte for byte, and every planted row found."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import polars as pl

from malar import check, read_study
from malar.example import example_path

ROOT = Path(__file__).parents[1]


def planted() -> dict[tuple[str, str], int]:
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        from example_study.dirt import PLANTED
    finally:
        sys.path.pop(0)
    return PLANTED


def test_the_script_makes_the_same_files(tmp_path: Path) -> None:
    subprocess.run([sys.executable, ROOT / "tools" / "make_example.py", tmp_path], check=True)
    bundled = {file.name: file.read_bytes() for file in example_path().iterdir()}
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == bundled


def test_what_was_planted_is_found_and_nothing_else_of_weight() -> None:
    findings = check(read_study(example_path())).findings
    counts = findings.filter(pl.col("severity") != "info").group_by("rule", "table").len()
    found = {(rule, table): n for rule, table, n in counts.iter_rows()}
    assert found == planted()


def test_every_row_is_accounted_for_and_few_are_set_aside() -> None:
    accounting = read_study(example_path()).accounting
    assert accounting.balanced()
    assert 10 <= accounting.rows["set_aside"].sum() <= 16


def test_the_study_says_that_it_is_invented() -> None:
    settings = read_study(example_path()).settings
    assert settings.mark == "Invented data"
    assert "invented" in settings.title.lower()
