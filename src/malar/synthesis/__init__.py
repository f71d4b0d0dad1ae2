"""Pooling of published results, and priors from them. Importing this loads no numerical library."""

from __future__ import annotations

from typing import Final

from malar.method import Method
from malar.synthesis.alike import ALIKE, demand_alike, differences
from malar.synthesis.measures import COLUMNS, MEASURES, Measure
from malar.synthesis.mixed_pooling import MixedPooling
from malar.synthesis.pooling import Pooling

METHODS: Final[tuple[Method, ...]] = (Pooling.method, MixedPooling.method)
"""What `malar list estimators` prints of this room."""

__all__ = [
    "ALIKE",
    "COLUMNS",
    "MEASURES",
    "METHODS",
    "Measure",
    "MixedPooling",
    "Pooling",
    "demand_alike",
    "differences",
]
