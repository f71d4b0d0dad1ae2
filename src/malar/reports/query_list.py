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
    listed = query_list(study, checked)
    rows = tuple(tuple("" if cell is None else cell for cell in row) for row in listed.iter_rows())
    table = Table(
        key="queries",
        title="Queries",
        caption="One row a query. Correct the record at its source and send the study again; nothing was changed here.",
        columns=COLUMNS,
        rows=rows,
        data=listed,
    )
    counts = listed["severity"].value_counts().rows()
    told = ", ".join(f"{n} of severity {severity}" for severity, n in sorted(counts))
    section = Section("list", "What to look at", intro=(f"{listed.height} queries: {told}." if counts else "None.",),
                      tables=(table,))  # fmt: skip
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
