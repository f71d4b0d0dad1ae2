"""What one table says about another: subjects, products and donors that must exist, and first milestones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from malar.schema.code_lists import POST_TREATMENT_EVENTS
from malar.schema.parsed import problem_rows
from malar.schema.screening import Screened
from malar.schema.tables import TABLES

_REFERENCES = (
    ("products", "donor", "donors", "unknown_donor"),
    ("infusions", "product", "products", "unknown_product"),
)


def check_relations(tables: Mapping[str, Screened]) -> dict[str, Screened]:
    """Set aside rows that refer to nobody, and post-treatment records before the first milestone."""
    checked = dict(tables)
    subjects = _values(checked, "subjects", "subject")
    for name, table in tables.items():
        if name != "subjects" and "subject" in TABLES[name].column_names():
            strangers = table.frame.filter(~pl.col("subject").is_in(subjects.implode()))
            checked[name] = _take_out(table, problem_rows(strangers, "unknown_subject", "subject"))
    for name, column, target, rule in _REFERENCES:
        if name in checked:
            there = _values(checked, target, column).implode()
            strangers = checked[name].frame.filter(pl.col(column).is_not_null() & ~pl.col(column).is_in(there))
            checked[name] = _take_out(checked[name], problem_rows(strangers, rule, column))
    return _after_first_milestone(checked)


def _values(tables: Mapping[str, Screened], name: str, column: str) -> pl.Series:
    return tables[name].frame[column] if name in tables else pl.Series(column, [], dtype=pl.String)


def _after_first_milestone(tables: dict[str, Screened]) -> dict[str, Screened]:
    if "milestones" not in tables:
        return tables
    first = tables["milestones"].frame.group_by("subject").agg(pl.col("day").min().alias("first"))
    after_treatment = {
        "infusions": pl.lit(value=True),
        "visits": pl.col("planned_day") > 0 if "visits" in tables else pl.lit(value=False),
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
