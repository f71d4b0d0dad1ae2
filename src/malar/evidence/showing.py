"""A report as text: citation, design, figures, cautions."""

from __future__ import annotations

from malar.evidence.checks import check_evidence
from malar.evidence.library import Evidence
from malar.evidence.study import DESIGNS, DISEASES, Study
from malar.evidence.telling import told, told_dose


def study_text(evidence: Evidence, study: Study) -> str:
    """Everything that is known of a report, in lines.

    Examples
    --------
    >>> from malar.evidence import read_evidence
    >>> evidence = read_evidence()
    >>> study_text(evidence, evidence.study("barbado-2018")).splitlines()[1]
    'Design: cases, no control group (compassionate use); lupus nephritis; 3 treated, 3 enrolled'
    """
    sizes = ", ".join(
        f"{study.sizes[name]} {name}" for name in ("treated", "enrolled", "analyzed") if name in study.sizes
    )
    words = f" ({study.design_words})" if study.design_words else ""
    head = [
        study.cite(),
        f"Design: {DESIGNS[study.design]}{words}; {DISEASES[study.disease]}; {sizes or 'size not told'}",
    ]
    lines = head + [f"{name}: {value}" for name, value in _facts(study).items() if value]
    for title, figures in (("Outcomes", study.outcomes), ("At entry", study.baseline), ("Follow-up", study.follow_up)):
        if figures:
            lines += [f"{title}:", *(f"  {told(figure).partition(': ')[2]}" for figure in figures)]
    if study.patients:
        lines += [
            "Single patients read:",
            *("  " + ", ".join(f"{k} {v}" for k, v in row.items()) for row in study.patients),
        ]
    lines += [f"Note: {note}" for note in study.notes]
    findings = [one for one in check_evidence(evidence) if one.study == study.key]
    lines += [f"Contradiction: {one.message}" for one in findings]
    return "\n".join(lines)


def _facts(study: Study) -> dict[str, str]:
    arms = ", ".join(f"{name} {n}" for name, n in study.arms.items())
    return {
        "Arms": arms,
        "Registration": study.registration,
        "Center": study.center,
        "Therapy": study.therapy_words,
        "Cells": study.cell_source,
        "Donor": study.donor,
        "Dose": "" if study.dose is None else told_dose(study.dose),
        "Conditioning": study.conditioning,
        "Enrolled in": study.enrollment,
        "Who": study.refractory,
        "Histology": study.histology,
        "Read": f"{study.verification.label}{f': {study.verified_scope}' if study.verified_scope else ''}",
        "Found at": study.found_at,
        "Shares patients": f"{study.overlap_group}: {study.overlap}" if study.overlap_group else study.overlap,
        "Use in pooling": f"{study.use}{f': {study.use_because}' if study.use_because else ''}",
        "Erratum": study.erratum,
        "Risk of bias": "not assessed" if study.risk_of_bias is None else str(study.risk_of_bias),
    }
