"""Estimators of how many respond."""

from malar.responders.proportion import Proportion
from malar.responders.proportion_limits import clopper_pearson, wilson
from malar.responders.proportion_result import ProportionOfGroup, ProportionResult

__all__ = ["Proportion", "ProportionOfGroup", "ProportionResult", "clopper_pearson", "wilson"]
