"""Estimators of how many respond, and of how often events recur."""

from malar.responders.proportion import Proportion
from malar.responders.proportion_limits import clopper_pearson, wilson
from malar.responders.proportion_result import ProportionOfGroup, ProportionResult
from malar.responders.rates import EventRate, EventRates, garwood

__all__ = [
    "EventRate",
    "EventRates",
    "Proportion",
    "ProportionOfGroup",
    "ProportionResult",
    "clopper_pearson",
    "garwood",
    "wilson",
]
