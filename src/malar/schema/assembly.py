"""From raw tables to typed ones: parse, place on study days, check, and account for every row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from malar.schema.findings import ACCOUNTING_COLUMNS, SET_ASIDE_COLUMNS, Accounting, gather
from malar.schema.parsed import RawTable
from malar.schema.placing import day_anchors, place_days
from malar.schema.reading_rules import describe
from malar.schema.relations import check_relations
from malar.schema.screening import Screened, screen
from malar.schema.settings import Settings
from malar.schema.stated_units import to_kept_units
from malar.schema.tables import TABLES
from malar.schema.typed_tables import parse_table


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


def _account(name: str, raw: RawTable, screened: Screened) -> Accounting:
    """The account of one table, from the file to the rows loaded."""
    ragged = raw.ragged.select("line", rule=pl.lit("wrong_number_of_fields"), column=pl.lit(None, dtype=pl.String))
    left_out = pl.concat([screened.set_aside.select("line", "rule", "column"), ragged])
    read = raw.frame.join(left_out, on="line", how="semi")
    content = pl.concat([_content(read), raw.ragged.select("line", "content")])
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
    return Accounting(rows, one_a_row.cast(pl.Schema(SET_ASIDE_COLUMNS)), gather(findings))


def _content(frame: pl.DataFrame) -> pl.DataFrame:
    """Each row as read, its fields in one string."""
    fields = [pl.col(c).cast(pl.String).fill_null("") for c in frame.columns if c != "line"]
    joined = pl.concat_str(fields, separator=" | ") if fields else pl.lit("")
    return frame.select("line", content=joined)
