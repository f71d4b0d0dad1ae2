"""From raw tables to typed ones: parse, place on study days, check, and account for every row."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import dataframely as dy
import polars as pl

from malar.schema.findings import ACCOUNTING_COLUMNS, SET_ASIDE_COLUMNS, Accounting, finding_rows, gather
from malar.schema.parsed import PROBLEM_COLUMNS, ParsedTable
from malar.schema.parsing import Parsed, date_order, parse_item, parser_of
from malar.schema.placing import day_anchors, place_days
from malar.schema.reading_rules import describe
from malar.schema.relations import check_relations
from malar.schema.screening import Screened, screen
from malar.schema.settings import Settings
from malar.schema.stated_units import to_kept_units
from malar.schema.tables import TABLES, day_columns, key_columns


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


def assemble(
    raw: Mapping[str, RawTable], settings: Settings, *, today: date
) -> tuple[dict[str, pl.DataFrame], Accounting]:
    """Type, place and check the tables of a study.

    Parameters
    ----------
    raw
        Raw tables by name.
    settings
        The study's settings.
    today
        Dates after it are in the future.

    Returns
    -------
    tuple
        Every table of the data model (empty where not given), sorted by key; and the account of all rows.
    """
    parsed = {name: parse_table(name, raw[name], settings) for name in TABLES if name in raw}
    anchors = day_anchors({name: table.frame for name, table in parsed.items()}, settings)
    screened: dict[str, Screened] = {}
    for name, table in parsed.items():
        placed = place_days(name, table, anchors, today)
        screened[name] = screen(name, to_kept_units(placed, settings) if name == "labs" else placed)
    related = check_relations(screened)
    accounts = [_account(name, raw[name], table) for name, table in related.items()]
    tables = {
        name: related[name].frame.drop("line") if name in related else TABLES[name].create_empty() for name in TABLES
    }
    return tables, sum(accounts, Accounting())


def parse_table(name: str, raw: RawTable, settings: Settings) -> ParsedTable:
    """Give every column of a table its type; list what could not be parsed."""
    frame, findings, broken = _match_columns(name, raw.frame)
    if broken:
        problems = frame.select("line", column=pl.lit(None, dtype=pl.String), rule=pl.lit(broken))
        return ParsedTable(_all_null(name, frame), problems, 0, gather(findings))
    specs = TABLES[name].columns()
    given = [column for column in specs if column in frame.columns]
    typed = [c for c in given if frame.schema[c] == specs[c].dtype and specs[c].dtype != pl.String]
    strings = frame.with_columns(pl.col(column).cast(pl.String) for column in given if column not in typed)
    values = [_default(column, specs[column]) for column in specs if column not in given]
    values += [_clean(column, frame.schema[column]) for column in typed]
    problems: list[pl.Expr] = []
    converted: list[pl.Expr] = [pl.lit(0)]
    for column in given:
        if column in typed:
            continue
        result = _parser(column, specs[column], strings, raw.decimal_comma, settings.date_order)(column)
        default = (specs[column].metadata or {}).get("default")
        values.append((result.value if default is None else result.value.fill_null(default)).alias(column))
        problems.append(result.problem.cast(pl.String).alias(column))
        converted.append(result.converted.sum().alias(column))
    count = sum(strings.select(expr.alias(str(i)) for i, expr in enumerate(converted)).row(0))
    ordered = strings.select("line", *values).select("line", *specs)
    return ParsedTable(ordered, _long(strings, problems), count, gather(findings))


def _match_columns(name: str, frame: pl.DataFrame) -> tuple[pl.DataFrame, list[pl.DataFrame], str | None]:
    """Rename columns to the table's names; name those that are not of it."""
    known = TABLES[name].column_names()
    renamed: dict[str, str] = {}
    unknown: list[str] = []
    twice = False
    for column in frame.columns:
        plain = re.sub(r"[\s\-]+", "_", column.split("#")[0].strip().lower())
        if plain in known:
            twice |= plain in renamed.values()
            renamed[column] = plain
        elif column != "line":
            unknown.append(column)
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
    metadata = TABLES[name].columns()[column].metadata or {}
    from_date = any(column == day for day, _ in day_columns(name))
    return metadata.get("default") is not None or from_date or (name, column) == ("labs", "specimen")


def _default(column: str, spec: dy.Column) -> pl.Expr:
    return pl.lit((spec.metadata or {}).get("default"), dtype=spec.dtype).alias(column)


def _clean(column: str, dtype: pl.DataType) -> pl.Expr:
    """Values that came typed: no NaN or infinity."""
    return (
        pl.when(pl.col(column).is_finite()).then(pl.col(column)).alias(column) if dtype.is_float() else pl.col(column)
    )


def _parser(
    column: str, spec: dy.Column, frame: pl.DataFrame, decimal_comma: bool, order: str
) -> Callable[[str], Parsed]:
    metadata = spec.metadata or {}
    if metadata.get("codes") == "item":
        return parse_item
    if metadata["kind"] == "date" and not order:
        order = date_order(frame[column])
    return parser_of(metadata, decimal_comma=decimal_comma, order=order)


def _long(frame: pl.DataFrame, problems: list[pl.Expr]) -> pl.DataFrame:
    """Problems as rows: line, column, rule."""
    if not problems:
        return pl.DataFrame(schema=PROBLEM_COLUMNS)
    wide = frame.select("line", *problems)
    hit = wide.filter(pl.any_horizontal(pl.exclude("line").is_not_null()))
    long = hit.unpivot(index="line", variable_name="column", value_name="rule")
    return long.filter(pl.col("rule").is_not_null()).cast(PROBLEM_COLUMNS)


def _all_null(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    columns = TABLES[name].columns()
    return frame.select("line", *(pl.lit(None, dtype=spec.dtype).alias(c) for c, spec in columns.items()))


def _account(name: str, raw: RawTable, screened: Screened) -> Accounting:
    """The account of one table, from the file to the rows loaded."""
    ragged = raw.ragged.select("line", rule=pl.lit("wrong_number_of_fields"), column=pl.lit(None, dtype=pl.String))
    left_out = pl.concat([screened.set_aside.select("line", "rule", "column"), ragged])
    content = pl.concat([_content(raw.frame), raw.ragged.select("line", "content")])
    set_aside = left_out.join(content, on="line", how="left").with_columns(table=pl.lit(name))
    rows = pl.DataFrame(
        {
            "table": name,
            "read": raw.read,
            "loaded": screened.frame.height,
            "set_aside": left_out["line"].n_unique(),
            "converted": screened.converted,
            "emptied": screened.emptied.height,
        },
        schema=ACCOUNTING_COLUMNS,
    )
    findings = [raw.findings, screened.findings]
    findings += describe(name, left_out, screened.places, "row_set_aside")
    findings += describe(name, screened.emptied, screened.places, "value_emptied")
    one_a_row = set_aside.group_by("line", maintain_order=True).first().select(list(SET_ASIDE_COLUMNS))
    return Accounting(rows, one_a_row.cast(SET_ASIDE_COLUMNS), gather(findings))


def _content(frame: pl.DataFrame) -> pl.DataFrame:
    """Each row as read, its fields in one string."""
    fields = [pl.col(c).cast(pl.String).fill_null("") for c in frame.columns if c != "line"]
    joined = pl.concat_str(fields, separator=" | ") if fields else pl.lit("")
    return frame.select("line", content=joined)
