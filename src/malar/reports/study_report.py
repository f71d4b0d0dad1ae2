"""The report of a study: from its analysis to one page."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from malar.reports.page import Report, render
from malar.reports.sections_arms import arms_section
from malar.reports.sections_change import change_section
from malar.reports.sections_data import accounting_section, cohort_section, definitions_section, notes_on_data
from malar.reports.sections_endpoints import (
    dose_section,
    refused_section,
    relapse_section,
    resolution_section,
    response_section,
)
from malar.reports.sections_outcome import (
    course_section,
    denominators_section,
    occupancy_section,
    states_section,
    time_to_event_section,
)
from malar.reports.sections_patient import patients_section
from malar.reports.sections_safety import safety_section

if TYPE_CHECKING:
    from collections.abc import Sequence

    from malar.reports.analysis import Analysis
    from malar.schema import Accounting, Study

DAY_0 = {"infusion": "the first infusion", "randomization": "randomization", "first_record": "the first record"}


def study_report(analysis: Analysis, checked: Accounting, *, patients: Sequence[str] = ()) -> str:
    """Write the report of an analyzed study.

    Parameters
    ----------
    analysis
        From :func:`malar.reports.analysis.analyze`.
    checked
        Row accounting and findings, from :func:`malar.checks.check`.
    patients
        Subjects whose single course is shown.

    Returns
    -------
    str
        One self-contained HTML page.
    """
    settings = analysis.study.settings
    since = DAY_0[settings.day0]
    sections = (
        accounting_section(checked),
        cohort_section(analysis),
        course_section(analysis, since),
        change_section(analysis, since),
        states_section(analysis, since),
        response_section(analysis),
        arms_section(analysis),
        resolution_section(analysis),
        dose_section(analysis, since),
        time_to_event_section(analysis, since),
        relapse_section(analysis, since),
        occupancy_section(analysis, since),
        denominators_section(analysis, since),
        safety_section(analysis),
        patients_section(analysis, patients, since),
        refused_section(analysis),
        definitions_section(analysis),
    )
    report = Report(
        title=settings.title,
        subtitle=" ".join(part for part in (settings.description, _source(analysis.study)) if part),
        mark=settings.mark,
        banner=notes_on_data(analysis, checked),
        sections=tuple(section for section in sections if section is not None),
        footer=_footer(analysis),
    )
    return render(report)


def _source(study: Study) -> str:
    return f"Source: {study.settings.source}" if study.settings.source else ""


def _footer(analysis: Analysis) -> dict[str, str]:
    from malar import __version__

    return {
        "Software": f"Malar {__version__}. Research software, no medical device; it gives no advice on treatment.",
        "Input": f"SHA-256 {study_hash(analysis.study)}",
        "Day 0": DAY_0[analysis.study.settings.day0],
        "Population": f"{analysis.population}: {analysis.study['subjects'].height} patients",
    }


def study_hash(study: Study) -> str:
    """SHA-256 over the settings and every table: tells which data a report was made from."""
    digest = hashlib.sha256(study.settings.to_toml().encode())
    for name, table in study.tables.items():
        digest.update(f"{name}\n{table.write_csv()}".encode())
    return digest.hexdigest()
