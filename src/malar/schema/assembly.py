"""From raw tables to typed ones: parse, place on study days, check, and account for every row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Final

import polars as pl

from malar.schema.findings import ACCOUNTING_COLUMNS, SET_ASIDE_COLUMNS, Accounting, gather
from malar.schema.parsed import RawTable
from malar.schema.pga_scale import to_kept_scale
from malar.schema.placing import check_day_0, day_anchors, place_days
from malar.schema.reading_rules import describe
from malar.schema.relations import check_relations
from malar.schema.screening import Screened, screen
from malar.schema.settings import Settings
from malar.schema.stated_units import to_kept_units
from malar.schema.tables import TABLES
from malar.schema.typed_tables import parse_table

_KEPT: Final = {"labs": to_kept_units, "visits": to_kept_scale}
"""Table → what brings its values to the units and scales in which Malar keeps them."""


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
    numbered = {name: _numbered(raw[name]) for name in TABLES if name in raw}
    parsed = {name: parse_table(name, table, settings) for name, table in numbered.items()}
    anchors = day_anchors(parsed, settings, today)
    screened: dict[str, Screened] = {}
    for name, table in parsed.items():
        placed = place_days(name, table, anchors, today)
        if name == "milestones":
            placed = check_day_0(placed, settings)
        if name in _KEPT:
            placed = _KEPT[name](placed, settings)
        screened[name] = screen(name, placed)
    related = check_relations(screened)
    accounts = [_account(name, raw[name], table) for name, table in related.items()]
    tables = {
        name: related[name].frame.drop("line") if name in related else TABLES[name].create_empty() for name in TABLES
    }
    return tables, sum(accounts, Accounting())


def _numbered(raw: RawTable) -> RawTable:
    """The table with `line` counting its rows from 0: lines given by a caller may repeat."""
    own = pl.int_range(pl.len(), dtype=pl.Int64).alias("line")
    return replace(raw, frame=raw.frame.with_columns(own))


def _account(name: str, raw: RawTable, screened: Screened) -> Accounting:
    """The account of one table, from the file to the rows loaded, by the lines of the file."""
    lines = raw.frame["line"]
    ragged = raw.ragged.select("line", "content", rule=pl.lit("wrong_number_of_fields"))
    rules = screened.set_aside.unique("line", keep="first", maintain_order=True)
    out = rules.hstack(_content(raw.frame[rules["line"]]))
    out = out.with_columns(lines.gather(out["line"]).alias("line"))
    set_aside = pl.concat([out, ragged], how="diagonal").with_columns(table=pl.lit(name)).sort("line")
    rows = pl.DataFrame(
        {
            "table": name,
            "read": raw.read,
            "loaded": screened.frame.height,
            "set_aside": set_aside.height,
            "converted": screened.converted,
            "emptied": screened.emptied.height,
        },
        schema=ACCOUNTING_COLUMNS,
    )
    own = [screened.findings]
    own += describe(name, screened.set_aside, screened.places, "row_set_aside")
    own += describe(name, screened.emptied, screened.places, "value_emptied")
    found = gather(own)
    at_lines = found.with_columns(lines.gather(found["line"]).alias("line"))
    misfits = ragged.select("line", "rule", column=pl.lit(None, dtype=pl.String))
    findings = [raw.findings, at_lines, *describe(name, misfits, screened.places.clear(), "row_set_aside")]
    kept = set_aside.select(list(SET_ASIDE_COLUMNS)).cast(pl.Schema(SET_ASIDE_COLUMNS))
    return Accounting(rows, kept, gather(findings))


def _content(frame: pl.DataFrame) -> pl.DataFrame:
    """Each row as read, its fields in one string."""
    fields = [
        pl.lit("…") if dtype.is_nested() or dtype == pl.Object else pl.col(name).cast(pl.String, strict=False)
        for name, dtype in frame.schema.items()
        if name != "line"
    ]
    joined = pl.concat_str((field.fill_null("") for field in fields), separator=" | ") if fields else pl.lit("")
    return frame.select("line", joined.alias("content")).drop("line")
