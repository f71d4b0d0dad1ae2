"""A table on its way in: typed, with its problems listed beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

PROBLEM_COLUMNS: Final = {"line": pl.Int64, "column": pl.String, "rule": pl.String}


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
