"""Closely matched participants on standard therapy. Importing this loads no numerical library."""

from __future__ import annotations

from typing import Final

from malar.controls.balance import Balance
from malar.controls.clone_censor_weight import CloneCensorWeight
from malar.controls.e_value import METHOD as E_VALUE
from malar.controls.e_value import EValue, e_value
from malar.controls.lupus_matching import LUPUS_MATCHING, MatchingList, MatchingVariable
from malar.controls.matched_effect import MatchedEffect
from malar.controls.nearest_neighbor_matching import NearestNeighborMatching
from malar.controls.negative_controls import NegativeControls
from malar.controls.optimal_matching import OptimalMatching
from malar.controls.propensity_score import PropensityScore
from malar.controls.sequential_trials import SequentialTrials
from malar.controls.target_trial import METHOD as TARGET_TRIAL
from malar.controls.target_trial import TARGET_TRIAL_ITEMS, ProtocolItem, TargetTrial, refuse_immortal_time
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
    TARGET_TRIAL,
    SequentialTrials.method,
    CloneCensorWeight.method,
    NegativeControls.method,
)
"""What `malar list estimators` prints of this room."""

__all__ = [
    "LUPUS_MATCHING",
    "METHODS",
    "TARGET_TRIAL_ITEMS",
    "Balance",
    "CloneCensorWeight",
    "EValue",
    "EntropyBalancing",
    "MatchedEffect",
    "MatchingList",
    "MatchingVariable",
    "Method",
    "NearestNeighborMatching",
    "NegativeControls",
    "OptimalMatching",
    "PropensityScore",
    "ProtocolItem",
    "SequentialTrials",
    "TargetTrial",
    "Weighting",
    "e_value",
    "entropy_balance",
    "refuse_immortal_time",
]
