"""What a visit's judgment needs from other visits, as columns beside it."""

from malar.course.analysis_rules import AnalysisRules
from malar.course.carrying import derive_carried, impute_nonresponse
from malar.course.confirmation import derive_confirmed
from malar.course.reference import derive_reference
from malar.course.sustained import derive_sustained
from malar.course.windows import derive_analysis_visit, midpoint_windows, planned_visits

__all__ = [
    "AnalysisRules",
    "derive_analysis_visit",
    "derive_carried",
    "derive_confirmed",
    "derive_reference",
    "derive_sustained",
    "impute_nonresponse",
    "midpoint_windows",
    "planned_visits",
]
