"""Estimators of how many respond, and of how often events recur."""

from __future__ import annotations

from typing import Final

from malar.method import Method
from malar.responders.contrast import ResponderContrast
from malar.responders.contrast_limits import miettinen_nurminen, newcombe
from malar.responders.estimates import Estimate, Estimates
from malar.responders.exact_tables import ExactContrast
from malar.responders.firth import FirthLogistic
from malar.responders.g_computation import GComputation
from malar.responders.mcnemar import PairedResponse
from malar.responders.mean_cumulative import MeanCumulativeFunction
from malar.responders.mean_cumulative_result import MeanCumulative, MeanOfGroup
from malar.responders.negative_binomial import NegativeBinomialRate
from malar.responders.proportion import Proportion
from malar.responders.proportion_limits import clopper_pearson, jeffreys, mid_p, wilson
from malar.responders.proportion_result import ProportionOfGroup, ProportionResult
from malar.responders.rates import EventRate, EventRates, garwood
from malar.responders.signed_rank import SignedRank
from malar.responders.stratified import StratifiedContrast
from malar.responders.win_ratio import Outcome, WinRatio

METHODS: Final[tuple[Method, ...]] = (
    Proportion.method,
    ResponderContrast.method,
    StratifiedContrast.method,
    ExactContrast.method,
    GComputation.method,
    FirthLogistic.method,
    PairedResponse.method,
    SignedRank.method,
    WinRatio.method,
    EventRate.method,
    NegativeBinomialRate.method,
    MeanCumulativeFunction.method,
)
"""What `malar list estimators` prints of this room."""

__all__ = [
    "METHODS",
    "Estimate",
    "Estimates",
    "EventRate",
    "EventRates",
    "ExactContrast",
    "FirthLogistic",
    "GComputation",
    "MeanCumulative",
    "MeanCumulativeFunction",
    "MeanOfGroup",
    "NegativeBinomialRate",
    "Outcome",
    "PairedResponse",
    "Proportion",
    "ProportionOfGroup",
    "ProportionResult",
    "ResponderContrast",
    "SignedRank",
    "StratifiedContrast",
    "WinRatio",
    "clopper_pearson",
    "garwood",
    "jeffreys",
    "mid_p",
    "miettinen_nurminen",
    "newcombe",
    "wilson",
]
