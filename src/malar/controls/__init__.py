"""Closely matched participants on standard therapy. Importing this loads no numerical library."""

from __future__ import annotations

from typing import Final

from malar.controls.balance import Balance
from malar.controls.matched_effect import MatchedEffect
from malar.controls.nearest_neighbor_matching import NearestNeighborMatching
from malar.controls.optimal_matching import OptimalMatching
from malar.controls.propensity_score import PropensityScore
from malar.method import Method

METHODS: Final[tuple[Method, ...]] = (
    PropensityScore.method,
    NearestNeighborMatching.method,
    OptimalMatching.method,
    Balance.method,
    MatchedEffect.method,
)
"""What `malar list estimators` prints of this room."""

__all__ = [
    "METHODS",
    "Balance",
    "MatchedEffect",
    "Method",
    "NearestNeighborMatching",
    "OptimalMatching",
    "PropensityScore",
]
