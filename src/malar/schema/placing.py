"""Place dated records on study days, counted from each subject's day 0."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import polars as pl

from malar.schema.findings import finding_rows, gather
from malar.schema.parsed import ParsedTable, problem_rows
from malar.schema.settings import Settings
from malar.schema.tables import day_columns


def day_anchors(tables: Mapping[str, pl.DataFrame], settings: Settings) -> pl.DataFrame:
    """The calendar date of day 0 by subject, where it is known.

    It is `subjects.day0_date`, or else the date of the first milestone of the kind that study.toml
    names as day 0; where that is the first record, the earliest dated visit.
    """
    found = [pl.DataFrame(schema={"subject": pl.String, "anchor": pl.Date})]
    if "subjects" in tables:
        found.append(tables["subjects"].select("subject", anchor="day0_date"))
    if "milestones" in tables:
        named = tables["milestones"].filter(pl.col("kind") == settings.day0).sort("number")
        found.append(named.select("subject", anchor="date"))
    if "visits" in tables and settings.day0 == "first_record":
        found.append(tables["visits"].sort("date", nulls_last=True).select("subject", anchor="date"))
    known = pl.concat(found).drop_nulls()
    return known.group_by("subject", maintain_order=True).first()


def place_days(name: str, table: ParsedTable, anchors: pl.DataFrame, today: date) -> ParsedTable:
    """Fill study days from dates; list dates in the future and rows that have no day."""
    frame, problems, findings, converted = table.frame, [table.problems], [table.findings], 0
    for day, calendar in day_columns(name):
        joined = frame.join(anchors, on="subject", how="left", maintain_order="left")
        from_date = (pl.col(calendar) - pl.col("anchor")).dt.total_days()
        fill = pl.col(day).is_null() & from_date.is_not_null()
        converted += int(joined.select(fill.sum()).item())
        differs = joined.filter(pl.col(day) != from_date)
        findings.append(_contradiction(name, differs, day))
        future = joined.filter(pl.col(calendar) > today)
        problems.append(problem_rows(future, "future_date", day))
        frame = joined.with_columns(pl.coalesce(day, from_date).alias(day)).drop("anchor")
    if "date" in frame.columns and not day_columns(name):
        problems.append(problem_rows(frame.filter(pl.col("date") > today), "future_date", "date"))
    return replace(
        table,
        frame=frame,
        problems=pl.concat(problems),
        converted=table.converted + converted,
        findings=gather(findings),
    )


def _contradiction(name: str, rows: pl.DataFrame, day: str) -> pl.DataFrame:
    return finding_rows(
        "day_contradicts_date",
        "warning",
        name,
        f"`{day}` is not the number of days from day 0 to the date. The day was kept: correct one of them.",
        rows=rows.select("line", "subject"),
        column=day,
    )
