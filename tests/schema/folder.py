"""Study folders written by hand, for tests of reading."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from malar.schema import Study, read_study

TODAY = date(2025, 6, 1)
TOML = 'format_version = 1\ntitle = "Hand-made"\nday0 = "infusion"\ndata = "invented"\n'
SUBJECTS = "subject\nA\nB\n"


def read(folder: Path, toml: str = TOML, **files: str | bytes) -> Study:
    """Write a study folder (subjects A and B unless given) and read it, on a fixed day."""
    (folder / "study.toml").write_text(toml, encoding="utf-8")
    for name, content in {"subjects": SUBJECTS, **files}.items():
        data = content if isinstance(content, bytes) else content.encode()
        (folder / f"{name}.csv").write_bytes(data)
    study = read_study(folder, today=TODAY)
    assert study.accounting.balanced()
    return study


def set_aside(study: Study) -> list[tuple[str, int, str]]:
    """Table, line and rule of every row set aside."""
    return study.accounting.set_aside.select("table", "line", "rule").sort("table", "line").rows()


def counts(study: Study, table: str) -> tuple[int, int, int]:
    """Rows read, loaded and set aside of a table."""
    row = study.accounting.rows.filter(pl.col("table") == table)
    return row.select("read", "loaded", "set_aside").row(0)


def converted(study: Study, table: str) -> int:
    """Values of a table that were written otherwise than Malar writes them."""
    return study.accounting.rows.filter(pl.col("table") == table)["converted"][0]


def rules(study: Study) -> set[str]:
    """Rules of all findings."""
    return set(study.accounting.findings["rule"])
