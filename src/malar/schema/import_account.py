"""The account of an import, kept beside the study that it made, so that no later reader loses sight of it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import polars as pl

from malar.errors import UnreadableError
from malar.schema.findings import Accounting, gather
from malar.schema.tables import TABLES

FOLDER: Final = "import"
"""Folder inside a study folder; three Parquet files: rows, set_aside, findings."""

_PARTS: Final = ("rows", "set_aside", "findings")


def write_import_account(accounting: Accounting, study: Path) -> None:
    """Write the account of an import into the folder of the study it made."""
    target = study / FOLDER
    target.mkdir(parents=True, exist_ok=True)
    for part in _PARTS:
        frame: pl.DataFrame = getattr(accounting, part)
        frame.write_parquet(target / f"{part}.parquet")


def with_import_account(accounting: Accounting, study: Path) -> Accounting:
    """Put the account of the import, if there was one, before that of the reading.

    Rows of the source come from the import, rows of the tables from the reading; a finding that both make
    is told once.

    Raises
    ------
    UnreadableError
        The account is there and cannot be read.
    """
    files = {part: study / FOLDER / f"{part}.parquet" for part in _PARTS}
    if not all(file.exists() for file in files.values()):
        return accounting
    try:
        rows, set_aside, findings = (pl.read_parquet(file) for file in files.values())
    except (pl.exceptions.PolarsError, OSError) as error:
        raise UnreadableError(
            f"The account of the import in {FOLDER}/ cannot be read.",
            "It tells which rows of the source were set aside.",
            "Import again, or delete that folder.",
        ) from error
    source = Accounting(rows.filter(~pl.col("table").is_in(list(TABLES))), set_aside, findings)
    both = source + accounting
    return Accounting(both.rows, both.set_aside, gather([both.findings.unique(maintain_order=True)]))
