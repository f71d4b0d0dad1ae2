"""Estimators of how many respond, and of how often events recur."""

from malar.responders.proportions import clopper_pearson
from malar.responders.rates import EventRate, EventRates, garwood

__all__ = ["EventRate", "EventRates", "clopper_pearson", "garwood"]
