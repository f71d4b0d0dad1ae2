"""Estimators of how many respond, and of how often events recur."""

from __future__ import annotations

from typing import Final

from malar.method import Method
from malar.responders.contrast import ResponderContrast
from malar.responders.contrast_limits import miettinen_nurminen, newcombe
from malar.responders.estimates import Estimate, Estimates
from malar.responders.proportion import Proportion
from malar.responders.proportion_limits import clopper_pearson, jeffreys, mid_p, wilson
from malar.responders.proportion_result import ProportionOfGroup, ProportionResult
from malar.responders.rates import EventRate, EventRates, garwood

METHODS: Final[tuple[Method, ...]] = (Proportion.method, ResponderContrast.method, EventRate.method)
"""What `malar list estimators` prints of this room."""

__all__ = [
    "METHODS",
    "Estimate",
    "Estimates",
    "EventRate",
    "EventRates",
    "Proportion",
    "ProportionOfGroup",
    "ProportionResult",
    "ResponderContrast",
    "clopper_pearson",
    "garwood",
    "jeffreys",
    "mid_p",
    "miettinen_nurminen",
    "newcombe",
    "wilson",
]
