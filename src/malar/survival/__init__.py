"""Time to event and state occupancy: estimators over a cohort. Importing this loads no numerical library."""

from __future__ import annotations

from typing import Final

from malar.method import Method
from malar.survival.cox_regression import CoxRegression
from malar.survival.cumulative_incidence import CumulativeIncidence
from malar.survival.fine_gray import FineGray
from malar.survival.gray_test import GrayTest
from malar.survival.guyot import Guyot
from malar.survival.kaplan_meier import KaplanMeier
from malar.survival.log_rank import LogRank
from malar.survival.multistate import Multistate
from malar.survival.nelson_aalen import NelsonAalen
from malar.survival.panel_multistate import PanelMultistate
from malar.survival.restricted_mean import RestrictedMean
from malar.survival.restricted_mean_regression import RestrictedMeanRegression
from malar.survival.state_occupancy import StateOccupancy
from malar.survival.turnbull import Turnbull

METHODS: Final[tuple[Method, ...]] = (
    KaplanMeier.method,
    NelsonAalen.method,
    LogRank.method,
    RestrictedMean.method,
    RestrictedMeanRegression.method,
    CoxRegression.method,
    CumulativeIncidence.method,
    GrayTest.method,
    FineGray.method,
    StateOccupancy.method,
    Multistate.method,
    PanelMultistate.method,
    Turnbull.method,
    Guyot.method,
)
"""What `malar list estimators` prints of this room."""

__all__ = [
    "METHODS",
    "CoxRegression",
    "CumulativeIncidence",
    "FineGray",
    "GrayTest",
    "Guyot",
    "KaplanMeier",
    "LogRank",
    "Method",
    "Multistate",
    "NelsonAalen",
    "PanelMultistate",
    "RestrictedMean",
    "RestrictedMeanRegression",
    "StateOccupancy",
    "Turnbull",
]
