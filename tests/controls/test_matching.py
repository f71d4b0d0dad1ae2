"""Matching: what any matching must keep, the smallest total against every assignment, and what is refused."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from malar.controls import NearestNeighborMatching, OptimalMatching
from malar.errors import MissingColumnsError, ParameterError, UndefinedError
from tests.numbers import assert_close

SCORES = st.integers(1, 99).map(lambda k: k / 100)


@st.composite
def cohorts(draw, least=1, most=7):
    """Treated and controls with scores on a coarse grid, so that many tie, in two centers."""
    sizes = draw(st.tuples(st.integers(least, most), st.integers(least, most)))
    n = sum(sizes)
    return pl.DataFrame(
        {
            "treated": draw(st.permutations([True] * sizes[0] + [False] * sizes[1])),
            "propensity_score": draw(st.lists(SCORES, min_size=n, max_size=n)),
            "center": draw(st.lists(st.sampled_from("ab"), min_size=n, max_size=n)),
        }
    )


def smallest_total(cohort: pl.DataFrame) -> float:
    """Over every assignment of the smaller arm to the larger."""
    arms = [cohort.filter(treated=arm)["propensity_score"].to_list() for arm in (True, False)]
    few, many = sorted(arms, key=len)
    return min(sum(abs(a - b) for a, b in zip(few, chosen, strict=False)) for chosen in permutations(many, len(few)))


SPECS = [
    *(NearestNeighborMatching(order=order) for order in ("largest", "smallest", "data", "closest")),
    NearestNeighborMatching(ratio=2, caliper=None),
    NearestNeighborMatching(replace=True, ratio=2, caliper=0.5),
    NearestNeighborMatching(exact=["center"], scale="probability", caliper=0.1, caliper_unit="score"),
    OptimalMatching(exact=["center"], scale="probability", caliper=0.1, caliper_unit="score"),
    OptimalMatching(ratio=2),
]


@pytest.mark.parametrize("spec", SPECS, ids=range(len(SPECS)))
@given(cohort=cohorts())
@settings(max_examples=40, deadline=None)
def test_pairs_keep_arms_caliper_strata_and_ratio(spec, cohort):
    sets = spec.fit(cohort)
    treated, center = cohort["treated"].to_numpy(), cohort["center"].to_numpy()
    assert treated[sets.treated].all()
    assert not treated[sets.control].any()
    assert len(set(zip(sets.treated.tolist(), sets.control.tolist(), strict=True))) == len(sets.treated)
    assert np.bincount(sets.treated, minlength=1).max() <= spec.ratio
    if not sets.replaced:
        assert len(np.unique(sets.control)) == len(sets.control)
    if spec.exact:
        assert (center[sets.treated] == center[sets.control]).all()
    if spec.caliper is not None:
        told = spec.read(cohort, "The test")
        assert (np.abs(told.score[sets.treated] - told.score[sets.control]) <= told.caliper).all()
    assert sets.matched().height == sets.n_treated + len(sets.control)
    assert sets.weighted()["weight"].sum() == pytest.approx(2 * sets.n_treated)
    assert sets.unmatched().height == int(treated.sum()) - sets.n_treated


@given(cohort=cohorts(most=6))
@settings(max_examples=60, deadline=None)
def test_optimal_is_the_best_of_all_assignments(cohort):
    sets = OptimalMatching(scale="probability", caliper=None).fit(cohort)
    assert_close(sets.sum_distance, smallest_total(cohort), "rounding")
    for order in ("largest", "smallest", "data", "closest"):
        greedy = NearestNeighborMatching(scale="probability", caliper=None, order=order).fit(cohort)
        assert len(greedy.treated) == len(sets.treated)
        assert greedy.sum_distance >= sets.sum_distance - 1e-12


@given(cohort=cohorts())
@settings(max_examples=40, deadline=None)
def test_optimal_within_a_caliper_makes_at_least_as_many_pairs(cohort):
    options = {"scale": "probability", "caliper": 0.05, "caliper_unit": "score"}
    assert len(OptimalMatching(**options).fit(cohort).treated) >= len(
        NearestNeighborMatching(**options).fit(cohort).treated
    )


@given(cohort=cohorts())
@settings(max_examples=40, deadline=None)
def test_with_replacement_everyone_has_his_nearest(cohort):
    sets = NearestNeighborMatching(replace=True, scale="probability", caliper=None).fit(cohort)
    controls = cohort.filter(~pl.col("treated"))["propensity_score"].to_numpy()
    for row, distance in sets.pairs().select("treated_row", "distance").iter_rows():
        assert distance == np.abs(controls - cohort["propensity_score"][row]).min()


@given(seed=st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_row_order_does_not_matter_where_scores_differ(seed):
    rng = np.random.default_rng(seed)
    cohort = pl.DataFrame(
        {"id": range(60), "treated": rng.random(60) < 0.4, "propensity_score": rng.permutation(np.arange(1, 61)) / 61}
    )
    shuffled = cohort.sample(fraction=1.0, shuffle=True, seed=seed)
    for spec in (NearestNeighborMatching(ratio=2), NearestNeighborMatching(order="closest")):
        pairs = [
            set(zip(frame["id"][sets.treated.tolist()], frame["id"][sets.control.tolist()], strict=True))
            for frame in (cohort, shuffled)
            for sets in [spec.fit(frame)]
        ]
        assert pairs[0] == pairs[1]


def test_the_order_is_what_a_reader_of_the_docstring_expects():
    cohort = pl.DataFrame({"treated": [1, 1, 0, 0], "propensity_score": [0.5, 0.52, 0.51, 0.4]})
    found = {
        order: NearestNeighborMatching(order=order, scale="probability", caliper=None).fit(cohort).control.tolist()
        for order in ("largest", "smallest", "closest")
    }
    assert found == {"largest": [3, 2], "smallest": [2, 3], "closest": [2, 3]}


def test_nobody_within_reach_is_a_result():
    cohort = pl.DataFrame({"treated": [1, 0], "propensity_score": [0.9, 0.1]})
    for spec in (NearestNeighborMatching(caliper=0.01), OptimalMatching(caliper=0.01)):
        sets = spec.fit(cohort)
        assert sets.matched().height == sets.n_treated == 0
        assert "1 treated without a control" in sets.table()["note"][0]


def test_other_frames_give_the_same_pairs():
    cohort = pl.DataFrame({"treated": [True, False, False], "propensity_score": [0.5, 0.4, 0.45]})
    spec = NearestNeighborMatching(caliper=None)
    assert spec.fit(cohort.to_pandas()).control.tolist() == spec.fit(cohort.to_arrow()).control.tolist() == [2]


def test_what_is_refused():
    cohort = pl.DataFrame({"treated": [1, 0, 0], "propensity_score": [0.5, 1.0, None], "center": ["a", None, "a"]})
    known = cohort.head(2)
    with pytest.raises(UndefinedError, match="unknown in 1 of 3"):
        NearestNeighborMatching().fit(cohort)
    with pytest.raises(ParameterError, match="no probability"):
        NearestNeighborMatching().fit(known)
    with pytest.raises(UndefinedError, match="`center` is unknown"):
        NearestNeighborMatching(exact=["center"], scale="probability").fit(known)
    with pytest.raises(UndefinedError, match="the same in all"):
        OptimalMatching(scale="probability").fit(known.with_columns(treated=True))
    with pytest.raises(MissingColumnsError):
        OptimalMatching(score="ps").fit(known)
    for wrong in ({"ratio": 0}, {"caliper": -1.0}, {"order": "random"}, {"scale": "odds"}, {"exact": "center"}):
        with pytest.raises(ParameterError):
            NearestNeighborMatching(**wrong)
