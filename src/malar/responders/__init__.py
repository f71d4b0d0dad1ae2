"""Estimators of how many respond."""

from malar.responders.proportions import clopper_pearson

__all__ = ["clopper_pearson"]
