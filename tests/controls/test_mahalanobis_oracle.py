"""Mahalanobis matching against MatchIt 4.5.1 (no caliper), a plain loop in R (caliper) and lpSolve 5.6.18 (totals)."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from malar.controls import NearestNeighborMatching, OptimalMatching
from malar.controls.matched_sets import MatchedSets
from malar.errors import MissingColumnsError, ParameterError, UndefinedError
from tests.numbers import assert_close
from tests.oracles.reader import read_case

NAME = "mahalanobis_sim"
COVARIATES = ("age", "sledai_2k", "upcr", "race")
NEAREST = {
    "nearest_1": {"caliper": None, "order": "data"},
    "nearest_2": {"caliper": None, "order": "data", "ratio": 2},
    "nearest_replace": {"caliper": None, "replace": True, "ratio": 2},
    "nearest_exact": {"caliper": None, "order": "data", "exact": ["center"]},
    "caliper_data": {"order": "data"},
    "caliper_largest": {"order": "largest"},
}
OPTIMAL = {
    "optimal": {"caliper": None},
    "optimal_2": {"caliper": None, "ratio": 2},
    "optimal_exact": {"caliper": None, "exact": ["center"]},
    "optimal_caliper": {},
}


def pairs(sets: MatchedSets) -> list[list[int]]:
    return sorted(map(list, zip((sets.treated + 1).tolist(), (sets.control + 1).tolist(), strict=True)))


def test_distances():
    """With replacement and as many controls as there are, every distance is a pair's."""
    case = read_case(NAME)
    everyone = int((case.frame["treated"] == 0).sum())
    spec = NearestNeighborMatching(
        distance="mahalanobis", covariates=COVARIATES, caliper=None, replace=True, ratio=everyone
    )
    found = spec.fit(case.frame).pairs().filter(pl.col("matched_set") <= 3).sort("treated_row", "control_row")
    assert_close(found["distance"], [d for row in case.expected["distances"] for d in row], what="distances")


@pytest.mark.parametrize("variant", NEAREST)
def test_nearest_pairs(variant):
    case = read_case(NAME)
    sets = NearestNeighborMatching(distance="mahalanobis", covariates=COVARIATES, **NEAREST[variant]).fit(case.frame)
    assert pairs(sets) == case.expected[variant]


@pytest.mark.parametrize("variant", OPTIMAL)
def test_smallest_totals(variant):
    case = read_case(NAME)
    sets = OptimalMatching(distance="mahalanobis", covariates=COVARIATES, **OPTIMAL[variant]).fit(case.frame)
    expected = case.expected[variant]
    assert len(sets.treated) == expected["pairs"]
    assert_close(sets.sum_distance, expected["total"], what="total distance")


def test_smallest_total_of_scores_within_a_caliper():
    case = read_case(NAME)
    sets, expected = OptimalMatching().fit(case.frame), case.expected["optimal_score"]
    assert len(sets.treated) == expected["pairs"]
    assert_close(sets.sum_distance, expected["total"], what="total distance")


def test_calipers_are_kept_where_matchit_4_5_1_does_not():
    """Scores .5 and .7 treated, .52, .95 and .1 controls, a caliper of .05: by hand one pair, .5 with .52."""
    cohort = pl.DataFrame({"treated": [1, 1, 0, 0, 0], "propensity_score": [0.5, 0.7, 0.52, 0.95, 0.1]})
    options = {"scale": "probability", "caliper": 0.05, "caliper_unit": "score"}
    for spec in (NearestNeighborMatching(**options), OptimalMatching(**options)):
        assert pairs(spec.fit(cohort)) == [[1, 3]]
    assert read_case(NAME).expected["matchit_tiny"] == [[1, 5], [2, 3]]


@given(seed=st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_units_and_mixtures_of_covariates_change_no_pair(seed):
    rng = np.random.default_rng(seed)
    frame = pl.DataFrame({"treated": rng.permutation([1] * 9 + [0] * 16), "x": rng.normal(size=25)})
    frame = frame.with_columns(z=pl.Series(rng.normal(size=25)) + 0.5 * frame["x"])
    turned = frame.with_columns(x=3 + 1000 * pl.col("x") - pl.col("z"), z=pl.col("z") / 7)
    for kind in (NearestNeighborMatching, OptimalMatching):
        options = {"order": "closest"} if kind is NearestNeighborMatching else {}
        spec = kind(distance="mahalanobis", covariates=["x", "z"], caliper=None, **options)
        first, second = spec.fit(frame), spec.fit(turned)
        assert pairs(first) == pairs(second)
        assert_close(first.distance, second.distance)


def test_what_is_refused():
    frame = pl.DataFrame({"treated": [1, 0, 0, 1], "x": [1.0, 2.0, 3.0, 5.0], "same": [1.0, 2.0, 2.0, 1.0]})
    with pytest.raises(UndefinedError, match="1 columns are constant or combinations of others: `same`"):
        OptimalMatching(distance="mahalanobis", covariates=["x", "same"], caliper=None).fit(frame)
    with pytest.raises(MissingColumnsError, match="propensity_score"):
        OptimalMatching(distance="mahalanobis", covariates=["x"]).fit(frame)
    for wrong in ({"distance": "mahalanobis"}, {"covariates": ["x"]}, {"covariates": "x"}, {"distance": "euclid"}):
        with pytest.raises(ParameterError):
            OptimalMatching(**wrong)
    table = OptimalMatching(distance="mahalanobis", covariates=["x"], caliper=None).fit(frame).table()
    assert table.filter(term="sum_of_distances")["unit"].to_list() == ["mahalanobis"]
