"""Sections of the study report about single patients: everything on one time axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from malar.errors import UnknownKeyError
from malar.reports.figures.patient import draw_patient
from malar.reports.page import Section
from malar.reports.patient_course import patient_course

if TYPE_CHECKING:
    from malar.reports.analysis import Analysis


def patients_section(analysis: Analysis, subjects: Sequence[str], since: str) -> Section | None:
    """One figure a patient, in the order given; None where none is asked for.

    Raises
    ------
    UnknownKeyError
        The study has no such subject.
    """
    known = set(analysis.study["subjects"]["subject"])
    missing = sum(subject not in known for subject in subjects)
    if missing:
        raise UnknownKeyError(
            f"{missing} of the {len(subjects)} patients asked for are not in the study.",
            "A page of nobody would be empty.",
            "Give identifiers as they stand in subjects.csv.",
        )
    if not subjects:
        return None
    mark = analysis.study.settings.mark
    figures = tuple(
        draw_patient(
            *patient_course(analysis.study, analysis.judged, subject), since=since, mark=mark, key=f"patient-{k}"
        )
        for k, subject in enumerate(subjects, 1)
    )
    intro = ("These pages show single patients: do not pass them on without the right to.",)
    return Section("single-patients", "Single patients", intro=intro, figures=figures)
