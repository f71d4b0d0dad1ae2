"""BILAG-2004 grades of the invented study, as a physician records them system by system."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from example_study.disease import Values

SYSTEMS = {
    "constitutional": ("serosa", ("fever",)),
    "mucocutaneous": ("skin", ("rash", "alopecia", "mucosal_ulcers", "vasculitis")),
    "neuropsychiatric": (
        "brain",
        ("seizure", "psychosis", "organic_brain_syndrome", "visual_disturbance", "cranial_nerve", "lupus_headache"),
    ),
    "musculoskeletal": ("joints", ("arthritis", "myositis")),
    "cardiorespiratory": ("serosa", ("pleurisy", "pericarditis")),
    "gastrointestinal": ("serosa", ()),
    "ophthalmic": ("brain", ()),
    "renal": ("kidney", ("proteinuria", "urinary_casts", "hematuria", "pyuria")),
    "hematological": ("blood", ("leukopenia", "thrombocytopenia")),
}
"""System → organ whose activity it follows, and the signs that show it."""

E, D, C, B, A = range(5)
SEVERE = 0.92
MODERATE = 0.45


def record_grades(organs: Mapping[str, Values], items: Mapping[str, Values], ever: set[str]) -> dict[str, Values]:
    """Grades on each day, 0 (E) to 4 (A): A and B where a sign shows and the organ is active, C where a sign
    shows or lingers, D where it has been, E where it never was.

    Parameters
    ----------
    organs
        Activity of each organ on each day.
    items
        SLEDAI-2K items on each day.
    ever
        Systems involved before the study.
    """
    grades: dict[str, Values] = {}
    for system, (organ, signs) in SYSTEMS.items():
        level = organs[organ]
        shown = np.any([items[sign] for sign in signs], axis=0) if signs else np.zeros(len(level), dtype=bool)
        before = np.concatenate([[system in ever], shown[:-1]]) if len(level) else shown
        been = (np.cumsum(shown) > 0) | (system in ever)
        grade = np.where(been, D, E)
        grade = np.where(shown | (before & (level > 0.3) & bool(signs)), np.maximum(grade, C), grade)
        grade = np.where(shown & (level > MODERATE), B, grade)
        grades[system] = np.where(shown & (level > SEVERE), A, grade)
    return grades
