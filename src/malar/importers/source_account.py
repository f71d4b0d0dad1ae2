"""The account of one file: every row is loaded, or set aside with a rule."""

from __future__ import annotations

import polars as pl

from malar.importers.filling import Filled
from malar.importers.mapping import SourceFeed
from malar.importers.source_files import SourceText
from malar.schema import Accounting, finding_rows, gather
from malar.schema.findings import ACCOUNTING_COLUMNS, SET_ASIDE_COLUMNS
from malar.schema.reading_rules import READING_RULES
from malar.schema.tables import TABLES

_NOTHING = "No field of the row that the mapping reads holds a value. The row was set aside."


def source_account(
    text: SourceText, source: SourceFeed, filled: Filled, reached: pl.DataFrame, failed: pl.DataFrame
) -> Accounting:
    """Account for the rows of one file.

    Parameters
    ----------
    text, source, filled
        The file, its part of the mapping, and what it gave.
    reached
        Columns `table`, `row`: rows of tables that were loaded, by their row of the file.
    failed
        Columns `table`, `row`, `rule`, `column`: rows of tables that the schema set aside.

    Returns
    -------
    Accounting
        A row counts as loaded where a row of a deciding table came of it.
    """
    deciding = pl.col("table").is_in(source.deciding_tables)
    loaded = reached.filter(deciding).select(pl.col("row").alias("__row")).unique()
    rows = text.frame.with_row_index("__row")
    left = rows.join(pl.concat([loaded, filled.set_aside.select("__row")]), on="__row", how="anti")
    out = pl.concat([filled.set_aside, _reasons(left, failed.filter(deciding), filled.set_aside.columns)])
    named = out.join(_content(rows), on="__row", how="left", maintain_order="left").drop("__row")
    ragged = text.ragged.select("line", "content", rule=pl.lit("wrong_number_of_fields"))
    set_aside = pl.concat([named, ragged], how="diagonal").with_columns(table=pl.lit(text.table)).sort("line")
    counts = {
        "table": text.table,
        "read": rows.height + ragged.height,
        "loaded": loaded.height,
        "set_aside": set_aside.height,
        "converted": filled.converted,
        "emptied": filled.emptied,
    }
    return Accounting(
        pl.DataFrame([counts], schema=ACCOUNTING_COLUMNS),
        set_aside.select(list(SET_ASIDE_COLUMNS)),
        gather([text.findings, *filled.findings, *_unmapped(text, source), *_out_findings(text.table, out, ragged)]),
    )


def _reasons(left: pl.DataFrame, refused: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    """Why rows of the file were not loaded: the rule of the first table that refused what came of them."""
    rank = pl.col("table").replace_strict({name: i for i, name in enumerate(TABLES)}, return_dtype=pl.Int64)
    first = refused.sort(rank, maintain_order=True).group_by("row", maintain_order=True).first()
    rules = first.select(pl.col("row").alias("__row"), "rule", "column")
    reasons = left.select("__row", "line").join(rules, on="__row", how="left", maintain_order="left")
    return reasons.with_columns(pl.col("rule").fill_null("nothing_to_load")).select(columns)


def _out_findings(table: str, out: pl.DataFrame, ragged: pl.DataFrame) -> list[pl.DataFrame]:
    """Findings for rows that reached no table, of which the schema cannot speak."""
    empty = out.filter(pl.col("rule") == "nothing_to_load")
    width = READING_RULES["wrong_number_of_fields"] + " The row was set aside."
    found = [
        finding_rows("wrong_number_of_fields", "error", table, width, rows=ragged.select("line")),
        finding_rows("nothing_to_load", "info", table, _NOTHING, rows=empty.select("line")),
    ]
    return [finding for finding in found if finding.height]


def _content(rows: pl.DataFrame) -> pl.DataFrame:
    """Each row as read, its fields in one string."""
    fields = pl.all().exclude("__row", "line").fill_null("")
    return rows.select("__row", content=pl.concat_str(fields, separator=" | ") if rows.width > 2 else pl.lit(""))


def _unmapped(text: SourceText, source: SourceFeed) -> list[pl.DataFrame]:
    used = set(source.columns())
    names = [name for name in text.header if name not in used]
    if not names:
        return []
    shown = ", ".join(f"`{name}`" for name in names)
    message = f"{len(names)} columns are not in the mapping and were not loaded: {shown}."
    return [finding_rows("unmapped_columns", "info", text.table, message)]
