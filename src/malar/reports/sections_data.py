"""Sections of the study report about the data: accounting, findings, cohort, definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from malar.checks import QUERIES
from malar.endpoints import rule
from malar.instruments import instrument
from malar.reports.analyses import DEFINITIONS
from malar.reports.cohort import describe_cohort
from malar.reports.endpoint_analysis import RELAPSE
from malar.reports.page import Column, Section, Table
from malar.schema.findings import grouped
from malar.sources import Source, Status
from malar.survival import METHODS
from malar.timelines import outcome

if TYPE_CHECKING:
    from malar.reports.analysis import Analysis
    from malar.schema import Accounting


def notes_on_data(analysis: Analysis, checked: Accounting) -> tuple[str, ...]:
    """Caveats that the reader meets before any number."""
    settings = analysis.study.settings
    notes: list[str] = []
    if settings.data != "real":
        notes.append(f"{settings.mark}: no patient stands behind any number on this page.")
    if analysis.study["subjects"]["arm"].drop_nulls().n_unique() < 2:
        notes.append("There is no control group: nothing here shows that a treatment caused a change.")
    if settings.analysis.visits_driven_by_activity:
        notes.append(
            "Visits were made more often when patients were unwell. Percentages over visits, medians by visit and "
            "times to an event seen at visits are biased by that."
        )
    notes.append(
        "Flares and levels are judged at visits. What happens between two visits is seen at the second one: event "
        "times are interval-censored, and curves step later than the events."
    )
    notes.append("SLEDAI-2K ≤ 4 and clinical quiescence are not LLDAS or DORIS: no PGA, dose or organ exclusion.")
    if settings.units:
        assumed = ", ".join(f"{analyte} in {unit}" for analyte, unit in sorted(settings.units.items()))
        notes.append(f"Units assumed, for the source states none: {assumed}.")
    if settings.data == "real":
        notes.append(
            "This page carries rows of single patients, in its lanes and in the data behind its figures: keep it and "
            "pass it on as you would the records."
        )
    errors = checked.findings.filter(checked.findings["severity"] == "error").height
    if errors:
        notes.append(f"{errors} findings of severity error are open; see the first section.")
    return tuple(notes)


def accounting_section(checked: Accounting) -> Section:
    """Rows read, loaded and set aside; findings by rule."""
    rows = checked.rows
    labels = ("Table", "Rows read", "Loaded", "Set aside", "Values converted", "Values left empty")
    accounts = Table(
        key="accounting",
        title="Rows read, loaded and set aside",
        caption="Rows read = rows loaded + rows set aside. Values converted: unit, spelling, date to day. Values left "
        "empty could not be used; their row was kept.",
        columns=tuple(
            Column(name, label, numeric=i > 0) for i, (name, label) in enumerate(zip(rows.columns, labels, strict=True))
        ),
        rows=tuple(rows.iter_rows()),
        data=rows,
    )
    found = grouped(checked.findings)
    findings = Table(
        key="findings",
        title="Findings",
        caption="One line a rule and table, with the number of rows concerned. The download lists every row.",
        columns=(
            Column("severity", "Severity"),
            Column("rule", "Rule"),
            Column("table", "Table"),
            Column("count", "Rows", numeric=True),
            Column("message", "What was found, and what to do"),
        ),
        rows=tuple((f["severity"], f["rule"], f["table"], f["count"], f["message"]) for f in found),
        data=checked.findings,
    )
    balance = "Every row is accounted for." if checked.balanced() else "Rows are not balanced: report this as a fault."
    asked = f"{len(QUERIES)} data queries were asked beside the rules of reading."
    return Section("records", "The records", intro=(balance, asked), tables=(accounts, findings))


def cohort_section(analysis: Analysis) -> Section:
    """Who the patients are."""
    table = Table(
        key="cohort",
        title="Patients at baseline, and how they were followed",
        caption="Median (first to third quartile), or number (share of those known). The last column says in how many "
        "the characteristic is known.",
        columns=(
            Column("characteristic", "Characteristic"),
            Column("summary", "Summary"),
            Column("n", "Known", numeric=True),
        ),
        rows=tuple((label, summary, known or None) for label, summary, known in describe_cohort(analysis)),
    )
    return Section("patients", "The cohort", tables=(table,))


def definitions_section(analysis: Analysis) -> Section:
    """Every definition and method used, with source, reading and status."""
    plan = analysis.study.settings.analysis
    table = Table(
        key="definitions",
        title="Definitions and methods",
        caption="Status: verified = read in the primary source; secondary = read in a source that quotes it; "
        "provisional = from memory, never exact. A definition is as sure as the weakest of its parts.",
        columns=tuple(
            Column(key, label)
            for key, label in (
                ("title", "Definition"),
                ("rule", "What it says"),
                ("source", "Source"),
                ("reading", "Reading chosen"),
                ("status", "Status"),
            )
        ),
        rows=_definition_rows(analysis),
    )
    notes = (
        f"A state carries across missed visits for at most {plan.max_gap_days} days; then it is unknown and censored.",
        f"Confirmed: at {plan.confirm_visits} consecutive assessed visits at least {plan.confirm_min_gap_days} days "
        "apart, dated at the first; unknown where the record ends before.",
        "Planned visits: " + "; ".join(f"{v.label} (day {v.first} to {v.last})" for v in analysis.planned) + ".",
    )
    return Section("sources", "Definitions, sources and choices", tables=(table,), notes=notes)


def _definition_rows(analysis: Analysis) -> tuple[tuple[str, str, str, str, str], ...]:
    made = [rule(key) for key in dict.fromkeys((*DEFINITIONS, *analysis.beside.endpoints, *analysis.beside.resolved))]
    scores = {used.key: instrument(used.key) for one in made for used in one.instruments}
    rows = [_row(score.title, score.summary(), score.source, score.status) for score in scores.values()]
    for one in made:
        criteria = "; ".join(part.sentence() for part in one.criteria.values())
        rows.append(_row(one.title, f"{criteria}. {one.note}".strip(), one.source, one.status))
    if analysis.beside.relapse is not None:
        used = outcome(RELAPSE)
        rows.append(_row(used.title, used.note, used.source, used.status))
    rows += [_row(method.title, "", method.source, method.source.status) for method in METHODS]
    rows.append(
        (
            "Clopper-Pearson limits",
            "Exact confidence limits of a proportion.",
            "Clopper CJ, Pearson ES. Biometrika 1934;26:404-13",
            "",
            "secondary",
        )
    )
    return tuple(rows)


def _row(title: str, what: str, source: Source, status: Status) -> tuple[str, str, str, str, str]:
    return (title, what, source.cite(), source.reading, status.label)
