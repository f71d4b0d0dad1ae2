"""Tables of the evidence report: reports, claims, overlap, contradictions, comparators, trials, risk of bias."""

from __future__ import annotations

from typing import TYPE_CHECKING

from malar.evidence.checks import check_evidence
from malar.evidence.contrast import mean_contrasts
from malar.evidence.risk_of_bias import tools_for
from malar.evidence.study import DESIGNS, DISEASES, THERAPIES
from malar.evidence.telling import capital, in_words, quantity
from malar.evidence.verification import Verification
from malar.reports.page import Cell, Column, Link, Table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from malar.evidence.library import Evidence
    from malar.evidence.published_figure import PublishedFigure
    from malar.evidence.study import Study


def figures_table(
    key: str, title: str, caption: str, figures: Iterable[PublishedFigure], *, named: bool = False
) -> Table:
    """Figures of reports: what, when, how many of how many, limits, how it was read; `named` tells the report too."""
    columns = (
        Column("what", "What"),
        Column("when", "When"),
        Column("number", "Reported"),
        Column("limits", "95 % limits", numeric=True),
        Column("read", "How it was read"),
    )
    rows: list[tuple[Cell, ...]] = []
    for figure in figures:
        limits = figure.limits()
        between = None if limits is None else f"{100 * limits[0]:.0f}–{100 * limits[1]:.0f} %"
        arm = f" ({figure.arm})" if figure.arm else ""
        words = f"{figure.study}: {in_words(figure.name)}{arm}" if named else f"{capital(in_words(figure.name))}{arm}"
        documents = ", ".join(figure.documents)
        only = ": " if figure.verification is Verification.DOCUMENT else "; also in "
        read = figure.verification.label + (f"{only}{documents}" if documents else "")
        number = quantity(figure)
        if number == "no number told" and figure.definition:
            number = figure.definition
        when = figure.at or {"baseline": "at entry", "follow_up": "throughout"}.get(figure.topic, "not told")
        rows.append((words, when, number, between, read))
    if all(row[3] is None for row in rows):
        columns, rows = (*columns[:3], *columns[4:]), [(*row[:3], *row[4:]) for row in rows]
    return Table(key, title, caption, columns, tuple(rows), stacked=True)


def means_table(study: Study, treated: str, control: str) -> Table:
    """Measurements of both arms of a trial side by side, with their differences."""
    columns = (
        Column("what", "What"),
        Column("when", "When"),
        Column("treated", f"On {treated}"),
        Column("control", f"On {control}"),
        Column("difference", "Difference (95 % CI)", numeric=True),
    )
    found = {one.name: one for one in mean_contrasts(study, treated, control)}
    rows = tuple(
        (
            capital(in_words(one.name)),
            one.treated.at or "not told",
            quantity(one.treated),
            quantity(one.control),
            f"{_signed(one.difference)} ({_signed(one.lower)} to {_signed(one.upper)})",
        )
        for one in found.values()
    )
    caption = f"{study.key}: means with standard deviations, and the difference with Welch's limits."
    end, change = found.get("proteinuria_g_24h"), found.get("proteinuria_change_g_24h")
    if end and change:
        caption += (
            f" Protein in urine ended {-end.difference:.1f} g lower on {treated}, but fell only "
            f"{-change.difference:.1f} g more: those on {control} began higher. A review that compares the ends makes "
            "a benefit of it."
        )
    return Table("controlled-means", "Measurements in both arms", caption, columns, rows, stacked=True)


def _signed(number: float) -> str:
    return f"{number:+.1f}".replace("-", "−")


def reports_table(evidence: Evidence) -> Table:
    """Every report."""
    columns = (
        Column("study", "Report"),
        Column("year", "Year"),
        Column("n", "Patients", numeric=True),
        Column("therapy", "Therapy"),
        Column("design", "Design"),
        Column("disease", "Disease"),
        Column("read", "How it was read"),
        Column("shares", "Shares patients"),
        Column("use", "Use in pooling"),
        Column("link", "Link"),
    )
    rows = tuple(
        (
            study.key,
            None if study.year is None else str(study.year),
            study.n,
            f"{THERAPIES[study.therapy]}: {study.therapy_words}",
            DESIGNS[study.design] + (f" ({study.design_words})" if study.design_words else ""),
            DISEASES[study.disease],
            study.verification.label,
            study.overlap_group or "none known",
            study.use + (f": {study.use_because}" if study.use_because else ""),
            Link(_shown(study.link), study.link) if study.link else "none known",
        )
        for study in sorted(
            evidence.studies.values(), key=lambda one: (list(THERAPIES).index(one.therapy), one.year or 9999)
        )
    )
    caption = "Patients: treated, else enrolled. Figures of one report: malar evidence show KEY."
    return Table("reports-table", "All reports", caption, columns, rows, stacked=True)


def _shown(address: str) -> str:
    """An address without what every address begins with."""
    return address.removeprefix("https://").removeprefix("doi.org/").removesuffix("/")


def overlap_table(evidence: Evidence) -> Table:
    """Groups of reports that share patients, and the rule that chooses."""
    columns = (
        Column("group", "Group"),
        Column("members", "Reports"),
        Column("certainty", "Certainty"),
        Column("because", "Why"),
        Column("rule", "Rule of choice"),
    )
    rows = tuple(
        (group.title, ", ".join(group.members), group.certainty, group.because, group.rule)
        for group in evidence.overlap
    )
    return Table(
        "overlap-table",
        "Reports that share patients",
        "Reports of one group are never added up.",
        columns,
        rows,
        stacked=True,
    )


def contradictions_table(evidence: Evidence) -> Table:
    """Where papers contradict themselves or one another."""
    columns = (Column("study", "Report"), Column("what", "What does not add up"), Column("found", "Found"))
    rows = tuple(
        (
            one.study,
            one.message,
            "by reading" if one.rule == "read_by_hand" else f"by rule: {one.rule.replace('_', ' ')}",
        )
        for one in check_evidence(evidence)
    )
    return Table("contradictions-table", "Contradictions", "Nothing was repaired.", columns, rows, stacked=True)


def comparators_table(evidence: Evidence) -> Table:
    """What control groups reach."""
    columns = (
        Column("source", "Source"),
        Column("population", "Who"),
        Column("arm", "Treatment"),
        Column("what", "What"),
        Column("when", "When"),
        Column("number", "Reported"),
        Column("read", "How it was read"),
    )
    rows = tuple(
        (
            one.key,
            one.population or None,
            figure.arm or one.arm or "usual care",
            in_words(figure.name),
            figure.at or "not told",
            quantity(figure),
            figure.verification.label,
        )
        for one in (*evidence.comparators, *evidence.epidemiology)
        for figure in one.figures
    )
    caption = "Standard care and placebo reach these without any cells; an active arm is shown beside its control."
    return Table("comparators-table", "Control groups and the population", caption, columns, rows, stacked=True)


def trials_table(evidence: Evidence) -> Table:
    """Registered trials, those awaited first."""
    columns = (
        Column("registration", "Registration"),
        Column("therapy", "Therapy"),
        Column("design", "How it controls what it sees"),
        Column("status", "Status"),
    )
    order = {"awaited": 0}
    rows = tuple(
        (
            _registered(trial.registration),
            trial.therapy,
            trial.design,
            trial.status + (f": {trial.status_words}" if trial.status_words else ""),
        )
        for trial in sorted(evidence.trials, key=lambda one: order.get(one.status, 1))
    )
    return Table(
        "trials-table", "Registered trials", f"As read by {evidence.as_of}; look again.", columns, rows, stacked=True
    )


def _registered(number: str) -> Link | str:
    return Link(number, f"https://clinicaltrials.gov/study/{number}") if number.startswith("NCT") else number


def bias_table(evidence: Evidence) -> Table:
    """Risk of bias: not assessed until a named reader records it."""
    columns = (
        Column("study", "Report"),
        Column("design", "Design"),
        Column("tool", "Tool that fits"),
        Column("overall", "Risk of bias"),
        Column("domains", "By domain"),
        Column("because", "Because"),
    )
    rows = tuple(_judged(study) for study in evidence.studies.values() if study.design != "review" and study.outcomes)
    caption = (
        "A judgment stands here once a named reader has recorded it in the report's file: by RoB 2 for randomized "
        "trials, by JBI, MINORS or ROBINS-I for the others. Nothing is inferred."
    )
    return Table("bias-table", "Risk of bias", caption, columns, rows, stacked=True)


def _judged(study: Study) -> tuple[Cell, ...]:
    risk, tools = study.risk_of_bias, " or ".join(tools_for(study.design))
    if risk is None:
        return (study.key, DESIGNS[study.design], tools, "not assessed", "not assessed", "no reader has judged it yet")
    domains = "; ".join(f"{name.replace('_', ' ')}: {grade}" for name, grade in risk.domains.items())
    return (study.key, DESIGNS[study.design], tools, str(risk), domains or "not told", risk.because)
