"""Give the columns of a raw table their types, and list what could not be read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import dataframely as dy
import polars as pl

from malar.schema.delimited import REPEAT
from malar.schema.findings import finding_rows, gather
from malar.schema.parsed import PROBLEM_COLUMNS, ParsedTable, RawTable, problem_rows
from malar.schema.parsing import Parsed, date_order, parse_item, parser_of, plain_values
from malar.schema.settings import Settings
from malar.schema.tables import TABLES, day_columns, key_columns


@dataclass(frozen=True, slots=True)
class _Column:
    """A column after parsing: its values, the problems by line, and how many values were converted."""

    values: pl.Series
    problems: pl.DataFrame
    converted: int


def parse_table(name: str, raw: RawTable, settings: Settings) -> ParsedTable:
    """Give every column of a table its type; list what could not be parsed."""
    frame, findings, broken = _match_columns(name, raw.frame)
    if broken:
        return ParsedTable(_all_null(name, frame), problem_rows(frame, broken), 0, gather(findings))
    specs = TABLES[name].columns()
    values: list[pl.Series | pl.Expr] = []
    problems = [pl.DataFrame(schema=PROBLEM_COLUMNS)]
    converted = 0
    for column, spec in specs.items():
        if column not in frame.columns:
            values.append(pl.lit(_facts(spec).get("default"), dtype=spec.dtype).alias(column))
        elif frame.schema[column] == spec.dtype and spec.dtype != pl.String:
            values.append(_clean(column, frame.schema[column]))
        else:
            parser = _parser(spec, frame[column], decimal_comma=raw.decimal_comma, order=settings.date_order)
            parsed = _parse(frame[column], frame["line"], spec, parser)
            values.append(parsed.values)
            problems.append(parsed.problems)
            converted += parsed.converted
    typed = frame.select("line", *values)
    return ParsedTable(typed, pl.concat(problems), converted, gather(findings))


def _parse(given: pl.Series, lines: pl.Series, spec: dy.Column, parser: Callable[[str], Parsed]) -> _Column:
    """Read a column: values in their plain form at once, and only the others through the parser."""
    facts = _facts(spec)
    text = given.cast(pl.String)
    if facts["kind"] == "text":
        text = _trimmed(text)
    values = plain_values(text, facts, spec.dtype)
    left = (text.is_not_null() & (text != "") & values.is_null()).arg_true()
    problems, converted = pl.DataFrame(schema=PROBLEM_COLUMNS), 0
    if len(left):
        name = given.name
        rest = pl.DataFrame({name: text.gather(left), "line": lines.gather(left)})
        read = parser(name)
        found = rest.select("line", value=read.value, rule=read.problem.cast(pl.String), converted=read.converted)
        values = values.scatter(left, found["value"].cast(spec.dtype))
        broken = found.filter(pl.col("rule").is_not_null())
        problems = broken.select("line", column=pl.lit(name), rule="rule")
        converted = int(found["converted"].sum())
    if facts.get("default") is not None:
        values = values.fill_null(facts["default"])
    return _Column(values.alias(given.name), problems, converted)


def _trimmed(text: pl.Series) -> pl.Series:
    """Fields without surrounding white space, line breaks as line feeds, null where empty."""
    if text.str.contains("\r", literal=True).any():
        text = text.str.replace_all(r"\r\n?", "\n")
    stripped = text.str.strip_chars()
    return stripped.set(stripped == "", None) if (stripped == "").any() else stripped


def _match_columns(name: str, frame: pl.DataFrame) -> tuple[pl.DataFrame, list[pl.DataFrame], str | None]:
    """Rename columns to the table's names; name those that are not of it."""
    known = TABLES[name].column_names()
    renamed: dict[str, str] = {}
    unknown: list[str] = []
    twice = False
    for column in frame.columns:
        plain = re.sub(r"[\s\-]+", "_", column.split(REPEAT)[0].strip().lower())
        if plain in known:
            twice |= plain in renamed.values()
            renamed[column] = plain
        elif column != "line":
            unknown.append(column.split(REPEAT)[0])
    findings = _unknown_columns(name, unknown, frame.height)
    keys = [c for c in key_columns(name) if c not in renamed.values() and not _can_be_made(name, c)]
    if twice or (keys and frame.height):
        return frame, findings, "column_twice" if twice else "key_column_missing"
    return frame.select("line", *renamed).rename(renamed), findings, None


def _unknown_columns(name: str, unknown: list[str], height: int) -> list[pl.DataFrame]:
    if not unknown or not height:
        return []
    shown = ", ".join(f"`{column}`" for column in unknown)
    message = f"{len(unknown)} columns are not part of the table and were not loaded: {shown}."
    return [finding_rows("unknown_columns", "warning", name, message)]


def _can_be_made(name: str, column: str) -> bool:
    """Whether a key column may be absent: it has a default, or comes from a date or the analyte."""
    from_date = any(column == day for day, _ in day_columns(name))
    has_default = _facts(TABLES[name].columns()[column]).get("default") is not None
    return has_default or from_date or (name, column) == ("labs", "specimen")


def _facts(spec: dy.Column) -> dict[str, Any]:
    return spec.metadata or {}


def _clean(column: str, dtype: pl.DataType) -> pl.Expr:
    """Values that came typed: no NaN or infinity."""
    if not dtype.is_float():
        return pl.col(column)
    return pl.when(pl.col(column).is_finite()).then(pl.col(column)).alias(column)


def _parser(spec: dy.Column, given: pl.Series, *, decimal_comma: bool, order: str) -> Callable[[str], Parsed]:
    facts = _facts(spec)
    if facts.get("codes") == "item":
        return parse_item
    if facts["kind"] == "date" and not order:
        order = date_order(given.cast(pl.String))
    return parser_of(facts, decimal_comma=decimal_comma, order=order)


def _all_null(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    columns = TABLES[name].columns()
    return frame.select("line", *(pl.lit(None, dtype=spec.dtype).alias(c) for c, spec in columns.items()))
