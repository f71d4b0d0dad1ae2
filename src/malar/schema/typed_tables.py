"""Give the columns of a raw table their types, and list what could not be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import dataframely as dy
import polars as pl

from malar.schema.findings import finding_rows, gather
from malar.schema.matching import match_columns
from malar.schema.native import native_values, readable
from malar.schema.parsed import PROBLEM_COLUMNS, ParsedTable, RawTable, problem_rows
from malar.schema.parsing import Parsed, date_order, parse_item, parser_of, plain_values
from malar.schema.settings import Settings
from malar.schema.tables import TABLES


@dataclass(frozen=True, slots=True)
class _Column:
    """A column after parsing: its values, the problems by line, and how many values were converted."""

    values: pl.Series
    problems: pl.DataFrame
    converted: int


def parse_table(name: str, raw: RawTable, settings: Settings) -> ParsedTable:
    """Give every column of a table its type; list what could not be parsed.

    Raises
    ------
    WrongTypeError
        A column holds lists, structures or other values that are no fields of a table.
    """
    matched = match_columns(name, raw.frame)
    specs = TABLES[name].columns()
    findings = list(matched.findings)
    if matched.broken:
        problems = problem_rows(raw.frame, matched.broken)
        nothing = pl.DataFrame(schema={"line": pl.Int64, **{column: spec.dtype for column, spec in specs.items()}})
        return ParsedTable(nothing, problems, 0, gather(findings))
    frame, lines, problems, converted = matched.frame, matched.frame["line"], [matched.problems], 0
    values: list[pl.Series] = [lines]
    for column, spec in specs.items():
        if column in frame.columns:
            order = settings.date_order
            if _facts(spec)["kind"] == "date" and not order:
                order = _proven_order(name, column, frame[column], findings)
            parsed = _typed(name, frame[column], lines, spec, decimal_comma=raw.decimal_comma, order=order)
        else:
            parsed = _Column(pl.Series(column, [None], dtype=spec.dtype).new_from_index(0, len(lines)), problems[0], 0)
        default = _facts(spec).get("default")
        values.append(parsed.values if default is None else parsed.values.fill_null(default))
        problems += [parsed.problems] if column in frame.columns else []
        converted += parsed.converted
    return ParsedTable(pl.DataFrame(values), pl.concat(problems), converted, gather(findings))


def _typed(
    name: str, given: pl.Series, lines: pl.Series, spec: dy.Column, *, decimal_comma: bool, order: str
) -> _Column:
    """Read a column: typed values as they are, text in its plain form at once, the rest through the parser."""
    facts = _facts(spec)
    ready, converted = readable(name, given, facts["kind"])
    native = native_values(ready, facts["kind"], spec.dtype)
    if native is not None:
        problems = problem_rows(pl.DataFrame([lines]).filter(native.unusable), native.rule, given.name)
        return _Column(native.values.alias(given.name), problems, converted + native.converted)
    parse = parse_item if facts.get("codes") == "item" else parser_of(facts, decimal_comma=decimal_comma, order=order)
    column = _parse(ready.cast(pl.String), lines, facts, spec.dtype, parse)
    return replace(column, converted=column.converted + converted)


def _parse(
    text: pl.Series, lines: pl.Series, facts: dict[str, Any], dtype: pl.DataType, parser: Callable[[str], Parsed]
) -> _Column:
    name, problems, converted = text.name, pl.DataFrame(schema=PROBLEM_COLUMNS), 0
    if facts["kind"] == "text":
        text, converted = _trimmed(text)
    values = plain_values(text, facts, dtype)
    left = (text.is_not_null() & (text != "") & values.is_null()).arg_true()
    if len(left):
        rest = pl.DataFrame({name: text.gather(left), "line": lines.gather(left)})
        read = parser(name)
        found = rest.select("line", value=read.value, rule=read.problem.cast(pl.String), converted=read.converted)
        values = values.scatter(left, found["value"].cast(dtype))
        broken = found.filter(pl.col("rule").is_not_null())
        problems = broken.select("line", column=pl.lit(name), rule="rule")
        converted += int(found["converted"].sum())
    return _Column(values.alias(name), problems, converted)


def _trimmed(text: pl.Series) -> tuple[pl.Series, int]:
    """Free text as it is kept, and how many fields lost a character.

    Without surrounding white space, line breaks as line feeds, null where empty. The null character, which
    no text file can hold, is taken out and counted.
    """
    different = text.unique().drop_nulls()
    plain = (different != "") & (different.str.strip_chars() == different)
    if plain.all() and not different.str.contains_any(["\x00", "\r"]).any():
        return text, 0
    cleared = 0
    if text.str.contains("\x00", literal=True).any():
        cleared = int(text.str.contains("\x00", literal=True).sum())
        text = text.str.replace_all("\x00", "", literal=True)
    if text.str.contains("\r", literal=True).any():
        text = text.str.replace_all(r"\r\n?", "\n")
    stripped = text.str.strip_chars()
    return stripped.set(stripped == "", None) if (stripped == "").any() else stripped, cleared


def _proven_order(name: str, column: str, given: pl.Series, findings: list[pl.DataFrame]) -> str:
    """The order of day and month that the column itself proves; said in a finding."""
    order = date_order(given) if given.dtype == pl.String else ""
    if order:
        words = "day before month" if order == "dmy" else "month before day"
        message = f"Dates such as 25/04/2024 or 04/25/2024 show that the column writes the {words}: all were read so."
        findings.append(finding_rows("date_order_found", "info", name, message, column=column))
    return order


def _facts(spec: dy.Column) -> dict[str, Any]:
    return spec.metadata or {}
