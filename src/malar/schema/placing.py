"""Place dated records on study days, counted from each subject's day 0."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Final

import polars as pl

from malar.schema.findings import finding_rows, gather
from malar.schema.parsed import PROBLEM_COLUMNS, ParsedTable, problem_rows
from malar.schema.settings import Settings
from malar.schema.tables import TABLES, day_columns, key_columns

_ANCHOR: Final = pl.Schema({"subject": pl.String, "anchor": pl.Date})


def day_anchors(tables: Mapping[str, ParsedTable], settings: Settings, today: date) -> pl.DataFrame:
    """The calendar date of day 0 by subject, where it is known.

    Parameters
    ----------
    tables
        Parsed tables by name.
    settings
        The study's settings.
    today
        Dates after it are in the future and fix nothing.

    Returns
    -------
    polars.DataFrame
        `subject`, `anchor`, one row a subject.

    Notes
    -----
    It is `subjects.day0_date`, or else the date of the milestone that study.toml names as day 0, the first
    where there are several (number 1: a later infusion is never taken for it); where day 0 is the first
    record, the earliest dated visit, less the study day that it states. Rows that contradict each other
    fix nothing, so that the order of rows never matters.
    """
    found = [pl.DataFrame(schema=_ANCHOR)]
    if "subjects" in tables:
        found.append(tables["subjects"].frame.select("subject", anchor="day0_date"))
    if "milestones" in tables:
        kinds = tables["milestones"].frame.filter(pl.col("kind") == settings.day0, pl.col("number") <= 1)
        first = kinds.filter(pl.col("number") == pl.col("number").min().over("subject"))
        found.append(first.select("subject", anchor="date"))
    if "visits" in tables and settings.day0 == "first_record":
        dated = tables["visits"].frame.filter(pl.col("date") <= today)
        earliest = dated.filter(pl.col("date") == pl.col("date").min().over("subject"))
        stated = pl.col("day").min().over("subject").fill_null(0).clip(-36_525, 36_525)
        found.append(earliest.select("subject", anchor=pl.col("date") - pl.duration(days=stated)))
    anchors = pl.DataFrame(schema=_ANCHOR)
    for known in found:
        certain = known.drop_nulls().filter(pl.col("anchor") <= today).unique()
        single = certain.filter(pl.col("anchor").len().over("subject") == 1)
        anchors = pl.concat([anchors, single.join(anchors, on="subject", how="anti").cast(_ANCHOR)])
    return anchors


def place_days(name: str, table: ParsedTable, anchors: pl.DataFrame, today: date) -> ParsedTable:
    """Fill study days from dates; list dates in the future and rows that have no day."""
    frame, converted = table.frame, 0
    problems, findings = [table.problems, *_in_the_future(name, frame, today)], [table.findings]
    for day, calendar in day_columns(name):
        if frame[calendar].null_count() == frame.height:
            continue
        joined = frame.join(anchors, on="subject", how="left", maintain_order="left")
        from_date = (pl.col(calendar) - pl.col("anchor")).dt.total_days()
        converted += int(joined.select((pl.col(day).is_null() & from_date.is_not_null()).sum()).item())
        findings.append(_contradiction(name, joined.filter(pl.col(day) != from_date), day))
        if day not in key_columns(name):
            findings.append(_without_day(name, _unplaced(joined, table.problems, day, calendar), day))
        frame = joined.with_columns(pl.coalesce(day, from_date).alias(day)).drop("anchor")
    return replace(
        table,
        frame=frame,
        problems=pl.concat(problems),
        converted=table.converted + converted,
        findings=gather(findings),
    )


def check_day_0(milestones: ParsedTable, settings: Settings) -> ParsedTable:
    """Ask about milestones that study.toml names as day 0 and that lie on another day."""
    first = (pl.col("kind") == settings.day0) & (pl.col("number") <= 1)
    elsewhere = milestones.frame.filter(first & (pl.col("day") != 0))
    message = "study.toml names this milestone as day 0, and it lies on another day. Correct one of the two."
    found = finding_rows(
        "milestone_not_on_day_0",
        "warning",
        "milestones",
        message,
        rows=elsewhere.select("line", "subject", "day"),
        column="day",
    )
    return replace(milestones, findings=gather([milestones.findings, found]))


def _in_the_future(name: str, frame: pl.DataFrame, today: date) -> list[pl.DataFrame]:
    """Dates after today, in every column that holds dates."""
    dates = [column for column, spec in TABLES[name].columns().items() if spec.dtype == pl.Date]
    return [problem_rows(frame.filter(pl.col(column) > today), "future_date", column) for column in dates]


def _unplaced(joined: pl.DataFrame, problems: pl.DataFrame, day: str, calendar: str) -> pl.DataFrame:
    """Rows with a date and no day, whose subject has no known day 0; unreadable days are told elsewhere."""
    without = joined.filter(pl.col(day).is_null() & pl.col(calendar).is_not_null() & pl.col("anchor").is_null())
    told = problems.filter(pl.col("column") == day).select(list(PROBLEM_COLUMNS)[:1])
    return without.join(told, on="line", how="anti", maintain_order="left")


def _without_day(name: str, rows: pl.DataFrame, day: str) -> pl.DataFrame:
    return finding_rows(
        "date_without_day",
        "warning",
        name,
        "The date cannot be placed on a study day, as the date of the subject's day 0 is not known. "
        "Fill subjects.day0_date. The row was kept without a day.",
        rows=rows.select("line", "subject"),
        column=day,
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
