"""Closely matched participants on standard therapy. Importing this loads no numerical library."""

from __future__ import annotations

from typing import Final

from malar.controls.balance import Balance
from malar.controls.e_value import METHOD as E_VALUE
from malar.controls.e_value import EValue, e_value
from malar.controls.matched_effect import MatchedEffect
from malar.controls.nearest_neighbor_matching import NearestNeighborMatching
from malar.controls.optimal_matching import OptimalMatching
from malar.controls.propensity_score import PropensityScore
from malar.controls.weights import EntropyBalancing, Weighting, entropy_balance
from malar.method import Method

METHODS: Final[tuple[Method, ...]] = (
    PropensityScore.method,
    NearestNeighborMatching.method,
    OptimalMatching.method,
    Weighting.method,
    EntropyBalancing.method,
    Balance.method,
    MatchedEffect.method,
    E_VALUE,
)
"""What `malar list estimators` prints of this room."""

__all__ = [
    "METHODS",
    "Balance",
    "EValue",
    "EntropyBalancing",
    "MatchedEffect",
    "Method",
    "NearestNeighborMatching",
    "OptimalMatching",
    "PropensityScore",
    "Weighting",
    "e_value",
    "entropy_balance",
]
