"""Fill the tables of a study from one file, as its mapping says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from malar.importers.mapping import WIDE, Feed, ImportMapping, SourceFeed, TableFeed
from malar.importers.results import read_results
from malar.importers.source_files import SourceText
from malar.importers.subject_rows import one_row_a_subject
from malar.schema import Settings, finding_rows
from malar.schema.parsing import MISSING_WORDS, date_order, parse_date, parse_whole
from malar.schema.tables import TABLES

_COMMA: Final = r"^([<>≤≥=]*\s*[+-]?\d+),(\d+)$"


@dataclass(frozen=True, slots=True)
class Filled:
    """What one file gave.

    Parameters
    ----------
    tables
        Table → raw rows as text, with `line` and `row`, the place in the file that they come from.
    set_aside
        Columns `__row`, `line`, `rule`, `column`: rows that a filter kept out.
    findings
        What was noticed.
    converted, emptied
        Values written otherwise than the table holds them, and results that could not be read.
    """

    tables: Mapping[str, pl.DataFrame]
    set_aside: pl.DataFrame
    findings: list[pl.DataFrame]
    converted: int
    emptied: int


def fill_tables(text: SourceText, source: SourceFeed, mapping: ImportMapping, *, repair: bool) -> Filled:
    """Fill tables from one file.

    Parameters
    ----------
    text
        The file; it has every column that `source` names, or no columns at all.
    source
        Its part of the mapping.
    mapping
        The whole of it: its words for *missing* and its settings.
    repair
        Whether titres that a spreadsheet has turned into times are restored.
    """
    numbered = text.frame.with_row_index("__row")
    if not text.header:
        numbered = numbered.with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in source.columns())
    kept, set_aside, findings = _filter_rows(numbered, source, text.table)
    known, converted = _without_missing(kept, source, mapping)
    tables: dict[str, pl.DataFrame] = {}
    for name, feed in source.tables.items():
        tables[name] = _fill_table(known, name, feed, text.decimal_comma)
        converted += _changed(known, name, feed, text.decimal_comma)
    if "subjects" in tables and source.record_tables:
        tables["subjects"], conflicts = one_row_a_subject(tables["subjects"], source.tables["subjects"].columns)
        findings += conflicts
    filled = {name: table.drop("order") for name, table in tables.items()}
    if not {"value", "analyte"} <= set(filled["labs"].columns if "labs" in filled else ()):
        return Filled(filled, set_aside, findings, converted, 0)
    results = read_results(filled["labs"], repair=repair)
    filled["labs"] = results.frame
    return Filled(filled, set_aside, findings + results.findings, converted + results.converted, results.emptied)


def _without_missing(kept: pl.DataFrame, source: SourceFeed, mapping: ImportMapping) -> tuple[pl.DataFrame, int]:
    """The columns that are mapped, trimmed, null where missing; and how many words for *missing* were met."""
    cells = source.columns()
    stripped = kept.select("__row", "line", *(pl.col(name).str.strip_chars() for name in cells))
    absent = [pl.col(name).str.to_lowercase().is_in(mapping.missing).fill_null(value=False) for name in cells]
    words = sum(stripped.select(each.sum() for each in absent).row(0))
    known = stripped.with_columns(
        pl.when((pl.col(name) != "") & ~word).then(name).alias(name) for name, word in zip(cells, absent, strict=True)
    )
    return known.with_columns(__order=_visit_order(known, source, mapping.settings)), words


def _filter_rows(
    frame: pl.DataFrame, source: SourceFeed, table: str
) -> tuple[pl.DataFrame, pl.DataFrame, list[pl.DataFrame]]:
    """Rows kept; rows that a filter keeps out; and a finding for each of these."""
    kept = frame
    out = [
        pl.DataFrame(schema={"__row": pl.get_index_type(), "line": pl.Int64, "rule": pl.String, "column": pl.String})
    ]
    findings: list[pl.DataFrame] = []
    for rule in source.filters:
        listed = pl.col(rule.column).str.strip_chars().str.to_lowercase().is_in(rule.words).fill_null(value=False)
        hit = kept.filter(listed if rule.listed else ~listed)
        kept = kept.join(hit, on="__row", how="anti", maintain_order="left")
        out.append(hit.select("__row", "line", rule=pl.lit(rule.rule), column=pl.lit(rule.column)))
        if hit.height:
            message = f"{rule.reason} The row was set aside."
            findings.append(
                finding_rows(rule.rule, "info", table, message, rows=hit.select("line"), column=rule.column)
            )
    return kept, pl.concat(out), findings


def _visit_order(frame: pl.DataFrame, source: SourceFeed, settings: Settings) -> pl.Expr:
    """What sorts a subject's rows in time: the study day, or the date."""
    day, calendar = (source.keys[key].column if key in source.keys else None for key in ("day", "date"))
    if day is not None:
        return parse_whole(day, decimal_comma=False).value
    if calendar is not None:
        order = settings.date_order or date_order(frame[calendar])
        return parse_date(calendar, order=order).value.to_physical().cast(pl.Int64)
    return pl.col("__row").cast(pl.Int64)


def _fill_table(frame: pl.DataFrame, name: str, table: TableFeed, decimal_comma: bool) -> pl.DataFrame:
    place = (pl.col("__row").alias("row"), "line", pl.col("__order").alias("order"))
    general = {column: _value(name, column, feed, decimal_comma) for column, feed in table.columns.items()}
    if not table.wide:
        return frame.select(*place, **general)
    key, cells = WIDE[name]
    parts: list[pl.DataFrame] = []
    for word, entry in table.wide.items():
        own = {column: _value(name, column, feed, decimal_comma) for column, feed in entry.items()}
        given = pl.any_horizontal(_recorded(cell) for cell in cells if cell in entry)
        part = frame.select(*place, **(general | own | {key: pl.lit(word)})).filter(given)
        parts.append(part)
    return pl.concat(parts, how="diagonal").sort("row", maintain_order=True)


def _recorded(cell: str) -> pl.Expr:
    return pl.col(cell).is_not_null() & ~pl.col(cell).str.to_lowercase().is_in(MISSING_WORDS)


def _value(name: str, column: str, feed: Feed, decimal_comma: bool) -> pl.Expr:
    """The value of one column of a table, as text."""
    if feed.column is None:
        return pl.lit(feed.constant, dtype=pl.String)
    value = pl.col(feed.column)
    if feed.days_since:
        since = parse_whole(feed.column, decimal_comma=decimal_comma).value
        day = (pl.col("__order") - since).cast(pl.String)
        return pl.when(since.is_null()).then(value).otherwise(day)
    if feed.values:
        value = value.replace(dict(feed.values))
    kind = (TABLES[name].columns()[column].metadata or {})["kind"]
    return value.str.replace(_COMMA, "$1.$2") if decimal_comma and kind in ("number", "whole") else value


def _changed(frame: pl.DataFrame, name: str, table: TableFeed, decimal_comma: bool) -> int:
    """How many cells the table holds otherwise than the file writes them."""
    pairs = [*table.columns.items(), *(pair for entry in table.wide.values() for pair in entry.items())]
    changes = [
        (_value(name, column, feed, decimal_comma) != pl.col(feed.column)).sum().alias(str(i))
        for i, (column, feed) in enumerate(pairs)
        if feed.column is not None and (feed.values or decimal_comma) and not feed.days_since
    ]
    if name in ("items", "labs"):
        values = {entry["value"].column for entry in table.wide.values() if "value" in entry}
        changes += [
            pl.col(cell).str.to_lowercase().is_in(MISSING_WORDS).sum().alias(f"missing {cell}")
            for cell in sorted(cell for cell in values if cell is not None)
        ]
    return sum(frame.select(changes).row(0)) if changes else 0
