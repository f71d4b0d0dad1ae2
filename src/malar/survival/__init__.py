"""Time to event and state occupancy: estimators over a cohort. Importing this loads no numerical library."""

from __future__ import annotations

from typing import Final

from malar.method import Method
from malar.survival.cox_regression import CoxRegression
from malar.survival.cumulative_incidence import CumulativeIncidence
from malar.survival.fine_gray import FineGray
from malar.survival.kaplan_meier import KaplanMeier
from malar.survival.state_occupancy import StateOccupancy

METHODS: Final[tuple[Method, ...]] = (
    KaplanMeier.method,
    StateOccupancy.method,
    CumulativeIncidence.method,
    CoxRegression.method,
    FineGray.method,
)
"""What `malar list estimators` prints of this room."""

__all__ = ["METHODS", "CoxRegression", "CumulativeIncidence", "FineGray", "KaplanMeier", "Method", "StateOccupancy"]
