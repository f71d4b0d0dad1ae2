"""Read a study folder."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from malar.errors import UnreadableError
from malar.schema.assembly import assemble
from malar.schema.delimited import REPEAT, no_ragged, read_delimited
from malar.schema.findings import Accounting, finding_rows, gather, no_findings
from malar.schema.import_account import with_import_account
from malar.schema.parsed import RawTable
from malar.schema.settings import read_settings
from malar.schema.study import Study, clock, with_settings_findings
from malar.schema.tables import TABLES

_TABULAR: Final = (".csv", ".parquet", ".tsv", ".xls", ".xlsx", ".xlsm")


def read_study(folder: str | Path, *, today: date | None = None) -> Study:
    """Read a study folder: CSV or Parquet tables and study.toml.

    Reading never stops at a bad row and never loses one: rows read = rows loaded + rows set aside, by
    table, in `study.accounting`.

    Parameters
    ----------
    folder
        The study folder.
    today
        Dates after it are in the future and set aside; by default the date of the clock.

    Returns
    -------
    Study
        The tables, the settings and the accounting.

    Raises
    ------
    UnreadableError
        There is no folder, no study.toml or no subjects table, or a file is binary.
    FormatVersionError
        The folder was written by a newer Malar.
    ParameterError
        study.toml has a value outside its list.
    """
    path = Path(folder)
    if not path.is_dir():
        raise UnreadableError(f"{path.name} is not a folder.", hint="Pass the folder that holds study.toml.")
    settings, unknown = read_settings(path)
    raw = {name: table for name in TABLES if (table := _read_table(path, name)) is not None}
    if "subjects" not in raw:
        raise UnreadableError(
            f"{path.name} has no subjects table.",
            "Every other record refers to a subject in it.",
            "Add subjects.csv with at least the column `subject`.",
        )
    tables, accounting = assemble(raw, settings, today=today or clock())
    accounting = accounting + Accounting(findings=_strangers(path))
    accounting = with_import_account(with_settings_findings(accounting, unknown), path)
    return Study(settings.as_kept(), tables, accounting)


def _read_table(folder: Path, name: str) -> RawTable | None:
    text, parquet = folder / f"{name}.csv", folder / f"{name}.parquet"
    if text.exists() and parquet.exists():
        raise UnreadableError(
            f"The folder has both {name}.csv and {name}.parquet.",
            "They may differ, and only one can be the table.",
            "Remove one of them.",
        )
    if text.exists():
        read = read_delimited(text, TABLES[name].column_names(), name)
        height = read.frame.height + read.ragged.height
        return RawTable(read.frame, height, read.ragged, read.findings, decimal_comma=read.delimiter == ";")
    if parquet.exists():
        try:
            frame = pl.read_parquet(parquet.read_bytes())
        except (pl.exceptions.PolarsError, OSError) as error:
            raise UnreadableError(f"{parquet.name} is not a readable Parquet file.", hint="Write it again.") from error
        own = frame.rename({"line": f"line{REPEAT}2"}) if "line" in frame.columns else frame
        numbered = own.with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("line"))
        return RawTable(numbered, frame.height, no_ragged(), no_findings())
    return None


def _strangers(folder: Path) -> pl.DataFrame:
    """Files in the folder that look like tables and are none."""
    tables = {f"{name}{ending}" for name in TABLES for ending in (".csv", ".parquet")}
    files = sorted(file.name for file in folder.iterdir() if file.suffix.lower() in _TABULAR)
    unknown = [file for file in files if file not in tables]
    if not unknown:
        return no_findings()
    message = f"{len(unknown)} files are no table of a study and were not read: {', '.join(unknown)}."
    return gather([finding_rows("unknown_file", "warning", "folder", message)])
