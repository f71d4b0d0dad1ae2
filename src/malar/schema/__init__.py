"""The study: its tables, how they are read and written, and the visit frame.

Names are loaded when first used, so that listing definitions does not import Polars.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from malar.schema.findings import Accounting, finding_rows, gather, grouped
    from malar.schema.reading import read_study
    from malar.schema.settings import AnalysisPlan, PlannedVisit, Settings
    from malar.schema.study import Study, study_from_frames

_MODULES = {
    "Accounting": "findings",
    "AnalysisPlan": "settings",
    "PlannedVisit": "settings",
    "Settings": "settings",
    "Study": "study",
    "finding_rows": "findings",
    "gather": "findings",
    "grouped": "findings",
    "read_study": "reading",
    "study_from_frames": "study",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


__all__ = [
    "Accounting",
    "AnalysisPlan",
    "PlannedVisit",
    "Settings",
    "Study",
    "finding_rows",
    "gather",
    "grouped",
    "read_study",
    "study_from_frames",
]
