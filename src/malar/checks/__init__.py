"""Data queries: where instruments, laboratory, doses and visits contradict each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from malar.checks import (
    between_instruments,
    bilag_coding,
    joints,
    measurements,
    medications,
    products,
    ranges,
    scores,
    therapy_mimics,
    visit_course,
)
from malar.checks.forms import referred, scored_frame
from malar.checks.query import DataQuery

if TYPE_CHECKING:
    from malar.schema import Accounting, Study

_FILES: Final = (
    scores,
    measurements,
    joints,
    therapy_mimics,
    ranges,
    visit_course,
    medications,
    between_instruments,
    bilag_coding,
    products,
)

QUERIES: Final = {query.key: query for file in _FILES for query in file.QUERIES}
"""Key → data query."""


def check(study: Study) -> Accounting:
    """Ask every data query of a study.

    Parameters
    ----------
    study
        A study; nothing in it is changed.

    Returns
    -------
    Accounting
        Rows and findings of the reading, with the findings of the queries: one a row concerned.
    """
    from malar.schema import Accounting, finding_rows, gather

    needs = [need for made in between_instruments.CONTRADICTIONS for need in made.needs()]
    scored = referred(scored_frame(study), needs)
    findings = [study.accounting.findings]
    for query in QUERIES.values():
        rows = query.find(study, scored)
        kept = [name for name in ("subject", "day", "column") if name in rows.columns]
        if not rows.is_empty():
            findings.append(finding_rows(query.key, query.severity, query.table, query.message, rows=rows.select(kept)))
    return Accounting(study.accounting.rows, study.accounting.set_aside, gather(findings))


__all__ = ["QUERIES", "DataQuery", "check"]
