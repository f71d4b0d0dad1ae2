"""The list of queries for the sites: one row a query, with patient, visit, sentence and what to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from malar.reports.page import Column, Report, Section, Table, render

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Accounting, Study

COLUMNS = (
    Column("number", "No."),
    Column("severity", "Severity"),
    Column("center", "Center"),
    Column("subject", "Patient"),
    Column("day", "Day", numeric=True),
    Column("planned_visit", "Visit"),
    Column("table", "Table"),
    Column("column", "Column or item"),
    Column("line", "Line", numeric=True),
    Column("message", "What was found, and what to look at"),
    Column("rule", "Rule"),
    Column("answer", "Answer of the site"),
)
"""What the list has; the last column is left empty for the site."""


def query_list(study: Study, checked: Accounting) -> pl.DataFrame:
    """Findings of a study as queries, worst first, then by center, patient and day.

    Parameters
    ----------
    study
        The study.
    checked
        From :func:`malar.checks.check`.

    Returns
    -------
    polars.DataFrame
        Columns of :data:`COLUMNS`. Findings about no single patient (of reading a whole table, of the source) stand
        at the end of their severity; those of severity info that concern nobody are left out.
    """
    import polars as pl

    known = study["subjects"].select("subject", "center")
    visits = study["visits"].select("subject", "day", "planned_visit")
    order = pl.col("severity").replace_strict({"error": 0, "warning": 1, "info": 2}, default=3)
    asked = checked.findings.filter((pl.col("severity") != "info") | pl.col("subject").is_not_null())
    joined = asked.join(known, on="subject", how="left").join(visits, on=["subject", "day"], how="left")
    ordered = joined.sort(order, "center", "subject", "day", "table", "line", "rule", nulls_last=True)
    numbered = ordered.with_columns(number=pl.int_range(1, pl.len() + 1), answer=pl.lit(None, dtype=pl.String))
    return numbered.select(column.key for column in COLUMNS)


def query_page(study: Study, checked: Accounting) -> str:
    """The list as one self-contained page that prints well."""
    import polars as pl

    listed = query_list(study, checked)
    centers = listed["center"].unique(maintain_order=True).to_list()
    tables = tuple(
        _table(k, center, listed.filter(pl.col("center").eq_missing(center))) for k, center in enumerate(centers, 1)
    )
    counts = listed["severity"].value_counts().rows()
    told = ", ".join(f"{n} of severity {severity}" for severity, n in sorted(counts))
    intro = (
        f"{listed.height} queries: {told}." if counts else "No query.",
        "Correct the record at its source and send the study again; nothing was changed here.",
    )
    section = Section("list", "What to look at", intro=intro, tables=tables)
    return render(
        Report(
            title=f"Data queries: {study.settings.title}",
            subtitle="For the sites and those who monitor them.",
            mark=study.settings.mark,
            banner=(
                "This list names patients by the study's own identifiers: send it only to those who may see them.",
                "A query is a question. Some will have a good answer; then note it, and leave the record as it is.",
            ),
            sections=(section,),
            footer={"Software": "Malar, research software; no medical device."},
        )
    )


def _table(number: int, center: str | None, rows: pl.DataFrame) -> Table:
    """The queries of one center, with place and visit in one cell each."""
    return Table(
        key=f"queries-{number}",
        title=center or "Not of one center",
        caption="One row a query; the download has a column for the answer.",
        columns=(
            Column("number", "No."),
            Column("severity", "Severity"),
            Column("subject", "Patient"),
            Column("visit", "Visit"),
            Column("where", "Where"),
            Column("message", "What was found, and what to look at"),
        ),
        rows=tuple(
            (
                row["number"],
                row["severity"],
                row["subject"] or "",
                ", ".join(filter(None, (row["planned_visit"], "" if row["day"] is None else f"day {row['day']}"))),
                ", ".join(
                    filter(None, (row["table"], row["column"], "" if row["line"] is None else f"line {row['line']}"))
                ),
                row["message"],
            )
            for row in rows.iter_rows(named=True)
        ),
        data=rows,
    )
