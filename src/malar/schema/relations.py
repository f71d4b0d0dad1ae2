"""What one table says about another: subjects, products and donors that must exist, and first milestones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import polars as pl

from malar.schema.code_lists import POST_TREATMENT_EVENTS
from malar.schema.parsed import problem_rows
from malar.schema.screening import Screened
from malar.schema.tables import TABLES

CENSORING: Final = ("last_contact", "data_cut", "treatment_stopped")
"""Milestones that end a follow-up: they are not what treatment must come after."""


def check_relations(tables: Mapping[str, Screened]) -> dict[str, Screened]:
    """Set aside rows that refer to nobody, and post-treatment records before the first milestone.

    A donor that is not there empties that field of the product; the batch stays.
    """
    checked = dict(tables)
    subjects = _values(checked, "subjects", "subject")
    for name, table in tables.items():
        if name != "subjects" and "subject" in TABLES[name].column_names():
            strangers = table.frame.filter(~pl.col("subject").is_in(subjects.implode()))
            checked[name] = _take_out(table, problem_rows(strangers, "unknown_subject", "subject"))
    if "products" in checked:
        strangers = _strangers(checked, "products", "donor", "donors")
        checked["products"] = _empty(checked["products"], problem_rows(strangers, "unknown_donor", "donor"))
    if "infusions" in checked:
        strangers = _strangers(checked, "infusions", "product", "products")
        checked["infusions"] = _take_out(checked["infusions"], problem_rows(strangers, "unknown_product", "product"))
    return _after_first_milestone(checked)


def _strangers(tables: Mapping[str, Screened], name: str, column: str, target: str) -> pl.DataFrame:
    there = _values(tables, target, column)
    return tables[name].frame.filter(pl.col(column).is_not_null() & ~pl.col(column).is_in(there.implode()))


def _values(tables: Mapping[str, Screened], name: str, column: str) -> pl.Series:
    return tables[name].frame[column] if name in tables else pl.Series(column, [], dtype=pl.String)


def _after_first_milestone(tables: dict[str, Screened]) -> dict[str, Screened]:
    if "milestones" not in tables:
        return tables
    begun = tables["milestones"].frame.filter(~pl.col("kind").is_in(CENSORING))
    first = begun.group_by("subject").agg(pl.col("day").min().alias("first"))
    after_treatment = {
        "infusions": pl.lit(value=True),
        "visits": pl.col("planned_day") > 0,
        "events": pl.col("kind").is_in(POST_TREATMENT_EVENTS),
    }
    for name, condition in after_treatment.items():
        if name in tables:
            joined = tables[name].frame.join(first, on="subject", how="left", maintain_order="left")
            early = joined.filter(condition & (pl.col("day") < pl.col("first")))
            tables[name] = _take_out(tables[name], problem_rows(early, "before_first_milestone", "day"))
    return tables


def _take_out(table: Screened, problems: pl.DataFrame) -> Screened:
    if problems.is_empty():
        return table
    return replace(
        table,
        frame=table.frame.join(problems, on="line", how="anti", maintain_order="left"),
        set_aside=pl.concat([table.set_aside, problems]),
        emptied=table.emptied.join(problems, on="line", how="anti"),
    )


def _empty(table: Screened, problems: pl.DataFrame) -> Screened:
    if problems.is_empty():
        return table
    column, lines = problems["column"][0], problems["line"].implode()
    frame = table.frame.with_columns(pl.when(~pl.col("line").is_in(lines)).then(column).alias(column))
    return replace(table, frame=frame, emptied=pl.concat([table.emptied, problems]))
