"""What a visit's judgment needs from other visits, as columns beside it."""

from malar.course.confirmation import derive_confirmed
from malar.course.egfr_slope import derive_egfr_slope
from malar.course.reference import derive_reference
from malar.course.windows import derive_analysis_visit, planned_visits

__all__ = ["derive_analysis_visit", "derive_confirmed", "derive_egfr_slope", "derive_reference", "planned_visits"]
