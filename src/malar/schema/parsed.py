"""A table on its way in: typed, with its problems listed beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

PROBLEM_COLUMNS: Final = pl.Schema({"line": pl.Int64, "column": pl.String, "rule": pl.String})


@dataclass(frozen=True, slots=True)
class RawTable:
    """A table before it is typed.

    Parameters
    ----------
    frame
        Columns named as in the table, of any type, and `line`.
    read
        Rows read, ragged ones included.
    ragged
        Columns `line`, `content`: rows that do not fit the header.
    findings
        What reading the file noticed.
    decimal_comma
        The file's form says that a comma is a decimal comma.
    """

    frame: pl.DataFrame
    read: int
    ragged: pl.DataFrame
    findings: pl.DataFrame
    decimal_comma: bool = False


@dataclass(frozen=True, slots=True)
class ParsedTable:
    """A table whose values have types; problems are listed, nothing is removed yet.

    Parameters
    ----------
    frame
        All columns of the table, typed, and `line`.
    problems
        Columns of :data:`PROBLEM_COLUMNS`.
    converted
        Values written otherwise than Malar writes them.
    findings
        What was noticed about the table as a whole.
    """

    frame: pl.DataFrame
    problems: pl.DataFrame
    converted: int
    findings: pl.DataFrame


def problem_rows(frame: pl.DataFrame, rule: str, column: str | None = None) -> pl.DataFrame:
    """One problem for each row of a frame with `line`."""
    return frame.select("line", column=pl.lit(column, dtype=pl.String), rule=pl.lit(rule)).cast(PROBLEM_COLUMNS)
