"""Laboratory units: what a row states, what study.toml declares, and the unit in which values are kept."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from malar.errors import UnknownKeyError
from malar.schema.analytes import ANALYTES
from malar.schema.findings import finding_rows, gather
from malar.schema.parsed import ParsedTable, problem_rows
from malar.schema.settings import Settings
from malar.units import conversion_factor

_VALUES = ("value", "lower_limit", "upper_limit")


def to_kept_units(table: ParsedTable, settings: Settings) -> ParsedTable:
    """Bring every result and limit to the unit in which its analyte is kept.

    A row without a unit takes the one declared in study.toml; without that, a number cannot be read and
    the row is set aside. Specimens not given become the analyte's usual one.
    """
    units = pl.DataFrame(
        [(a.key, a.unit, a.specimen, settings.units.get(a.key)) for a in ANALYTES.values()],
        schema={"analyte": pl.String, "kept": pl.String, "usual": pl.String, "declared": pl.String},
        orient="row",
    )
    frame = table.frame.join(units, on="analyte", how="left", maintain_order="left")
    frame = frame.with_columns(stated=pl.coalesce("unit", "declared"))
    pairs = frame.select("analyte", "stated", "kept").drop_nulls().unique()
    factors = [_factor(*row) for row in pairs.select("analyte", "stated", "kept").iter_rows()]
    pairs = pairs.with_columns(factor=pl.Series(factors, dtype=pl.Float64))
    frame = frame.join(pairs, on=["analyte", "stated", "kept"], how="left", maintain_order="left")
    needs_unit = pl.any_horizontal(pl.col(c).is_not_null() for c in _VALUES) & pl.col("kept").is_not_null()
    no_unit = frame.filter(needs_unit & pl.col("stated").is_null())
    changed = needs_unit & pl.col("factor").is_not_null() & (pl.col("stated") != pl.col("kept"))
    converted = int(frame.select(changed.sum()).item())
    kept = frame.with_columns(
        *((pl.col(c) * pl.col("factor").fill_null(1.0)).alias(c) for c in _VALUES),
        unit=pl.when(needs_unit & pl.col("factor").is_not_null()).then("kept").otherwise("unit"),
        specimen=pl.coalesce("specimen", "usual", pl.lit("other")),
    )
    not_known = frame.filter(needs_unit & pl.col("stated").is_not_null() & pl.col("factor").is_null())
    problems = [
        table.problems,
        problem_rows(no_unit, "unit_not_stated", "value"),
        problem_rows(not_known, "unit_not_known", "value"),
        *(problem_rows(kept.filter(pl.col(c).is_infinite()), "above_maximum", c) for c in _VALUES),
    ]
    return replace(
        table,
        frame=kept.select(table.frame.columns),
        problems=pl.concat(problems),
        converted=table.converted + converted,
        findings=gather([table.findings, _mixed(frame.filter(needs_unit)), _assumed(frame, settings)]),
    )


def _factor(analyte: str, stated: str, kept: str) -> float | None:
    try:
        return conversion_factor(stated, kept, analyte=analyte)
    except UnknownKeyError:
        return None


def _mixed(frame: pl.DataFrame) -> pl.DataFrame:
    """Analytes whose rows state units of more than one size; two spellings of one unit are no mixture."""
    several = frame.group_by("analyte").agg(pl.col("factor").drop_nulls().n_unique()).filter(pl.col("factor") > 1)
    names = sorted(several["analyte"].drop_nulls())
    if not names:
        return gather([])
    message = (
        f"Rows state different units for {', '.join(names)}; all were brought to one unit. Look for values "
        "that carry the wrong unit: they jump by the factor between the two."
    )
    return finding_rows("mixed_units", "warning", "labs", message, column="unit")


def _assumed(frame: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Analytes whose unit is an assumption of study.toml, not a statement of the source."""
    there = set(frame["analyte"].unique())
    named = ", ".join(f"{analyte} in {unit}" for analyte, unit in sorted(settings.units.items()) if analyte in there)
    if not named:
        return gather([])
    message = f"The source states no unit; assumed from study.toml: {named}. Ask the laboratory to confirm."
    return finding_rows("unit_assumed", "info", "labs", message, column="unit")
