"""Pooling of published results, and priors from them. Importing this loads no numerical library."""

from __future__ import annotations

from typing import Final

from malar.method import Method
from malar.synthesis.alike import ALIKE, demand_alike, differences
from malar.synthesis.effect_prior import TreatmentEffectPrior
from malar.synthesis.mantel_haenszel import MantelHaenszel
from malar.synthesis.measures import COLUMNS, MEASURES, Measure
from malar.synthesis.meta_regression import MetaRegression
from malar.synthesis.mixed_pooling import MixedPooling
from malar.synthesis.naive_comparison import NaiveComparison
from malar.synthesis.pooled_curve import PooledCurve
from malar.synthesis.pooled_series import PooledSeries, cumulative, leave_one_out
from malar.synthesis.pooling import Pooling
from malar.synthesis.predictive_prior import MetaAnalyticPredictive
from malar.synthesis.rank_check import RankCheck
from malar.synthesis.small_studies import SmallStudyCheck
from malar.synthesis.subgroups import Subgroups
from malar.synthesis.trim_and_fill import TrimAndFill

METHODS: Final[tuple[Method, ...]] = (
    Pooling.method,
    MixedPooling.method,
    MantelHaenszel.method,
    PooledCurve.method,
    Subgroups.method,
    MetaRegression.method,
    SmallStudyCheck.method,
    RankCheck.method,
    TrimAndFill.method,
    NaiveComparison.method,
    MetaAnalyticPredictive.method,
    TreatmentEffectPrior.method,
)
"""What `malar list estimators` prints of this room."""

__all__ = [
    "ALIKE",
    "COLUMNS",
    "MEASURES",
    "METHODS",
    "MantelHaenszel",
    "Measure",
    "MetaAnalyticPredictive",
    "MetaRegression",
    "MixedPooling",
    "NaiveComparison",
    "PooledCurve",
    "PooledSeries",
    "Pooling",
    "RankCheck",
    "SmallStudyCheck",
    "Subgroups",
    "TreatmentEffectPrior",
    "TrimAndFill",
    "cumulative",
    "demand_alike",
    "differences",
    "leave_one_out",
]
