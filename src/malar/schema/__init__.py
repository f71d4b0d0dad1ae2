"""The study: its tables, how they are read and written, and the visit frame."""

from malar.schema.findings import Accounting, finding_rows, gather, grouped
from malar.schema.reading import read_study
from malar.schema.settings import AnalysisPlan, PlannedVisit, Settings
from malar.schema.study import Study, study_from_frames
from malar.schema.visit_frame import visit_frame

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
    "visit_frame",
]
