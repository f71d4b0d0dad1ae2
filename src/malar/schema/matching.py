"""Match the header of a raw table to the columns of the data model."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import polars as pl

from malar.schema.delimited import REPEAT
from malar.schema.findings import finding_rows
from malar.schema.parsed import PROBLEM_COLUMNS, problem_rows
from malar.schema.tables import TABLES, day_columns, key_columns

_SHOWN: Final = 8
_LONGEST_NAME: Final = 40


@dataclass(frozen=True, slots=True)
class Matched:
    """The columns of a raw table that are part of the data model.

    Parameters
    ----------
    frame
        Known columns by their names in the data model, and `line`.
    problems
        Columns of `PROBLEM_COLUMNS`: fields that cannot be used because their column stands twice.
    findings
        Columns that are not part of the table.
    broken
        The rule by which no row at all can be used; null where there is none.
    """

    frame: pl.DataFrame
    problems: pl.DataFrame
    findings: list[pl.DataFrame]
    broken: str | None


def match_columns(name: str, frame: pl.DataFrame) -> Matched:
    """Find the columns of a table in whatever case and spacing the header writes them.

    A column that stands twice is used in neither place: where it is essential no row can be loaded, and
    otherwise its values are left empty.
    """
    known = TABLES[name].column_names()
    found: dict[str, list[str]] = {}
    unknown: list[str] = []
    for column in (column for column in frame.columns if column != "line"):
        written = column.split(REPEAT)[0]
        plain = re.sub(r"[\s\-]+", "_", written.strip().lower())
        if plain in known:
            found.setdefault(plain, []).append(column)
        else:
            unknown.append(written)
    findings = _unknown_columns(name, unknown, found, frame.height)
    twice = {plain: columns for plain, columns in found.items() if len(columns) > 1}
    absent = [c for c in key_columns(name) if c not in found and not _can_be_made(name, c)]
    if any((TABLES[name].columns()[plain].metadata or {})["essential"] for plain in twice):
        return _none_usable(findings, "column_twice")
    if absent and frame.height:
        return _none_usable(findings, "key_column_missing")
    once = {plain: columns[0] for plain, columns in found.items() if plain not in twice}
    matched = pl.DataFrame([frame["line"], *(frame[column].alias(plain) for plain, column in once.items())])
    problems = [pl.DataFrame(schema=PROBLEM_COLUMNS)]
    for plain, columns in twice.items():
        filled = frame.filter(pl.any_horizontal(pl.col(column).is_not_null() for column in columns))
        problems.append(problem_rows(filled, "column_twice", plain))
    return Matched(matched, pl.concat(problems), findings, None)


def _none_usable(findings: list[pl.DataFrame], rule: str) -> Matched:
    return Matched(pl.DataFrame(schema={"line": pl.Int64}), pl.DataFrame(schema=PROBLEM_COLUMNS), findings, rule)


def _unknown_columns(name: str, unknown: list[str], found: dict[str, list[str]], height: int) -> list[pl.DataFrame]:
    """Name the columns not loaded, unless none is known: then the first line may be a record, not a header."""
    if not unknown or not height:
        return []
    message = f"{len(unknown)} columns are not part of the table and were not loaded"
    if not found:
        message += ". No name of the first line is known: is it a record, and the header missing?"
        return [finding_rows("unknown_columns", "warning", name, message)]
    shown = [f"`{column[:_LONGEST_NAME]}`" for column in unknown[:_SHOWN]]
    more = " …" if len(unknown) > _SHOWN else ""
    return [finding_rows("unknown_columns", "warning", name, f"{message}: {', '.join(shown)}{more}.")]


def _can_be_made(name: str, column: str) -> bool:
    """Whether a key column may be absent: it has a default, or comes from a date or the analyte."""
    from_date = any(column == day for day, _ in day_columns(name))
    has_default = (TABLES[name].columns()[column].metadata or {}).get("default") is not None
    return has_default or from_date or (name, column) == ("labs", "specimen")
