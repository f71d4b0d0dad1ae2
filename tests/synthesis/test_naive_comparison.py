"""Treated series beside control arms elsewhere: Newcombe's printed limits, symmetry, refusals, and the word naive."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from malar.errors import ParameterError, UndefinedError
from malar.estimators import METHODS
from malar.synthesis import MixedPooling, NaiveComparison
from malar.synthesis.naive_comparison import NaiveComparisonResult
from tests.numbers import assert_close


def one(events: int, n: int, **more: object) -> pl.DataFrame:
    return pl.DataFrame({"study": ["one"], "events": [events], "n": [n], **{key: [v] for key, v in more.items()}})


def several(*counts: tuple[int, int]) -> pl.DataFrame:
    names = [f"s{k}" for k in range(len(counts))]
    return pl.DataFrame({"study": names, "events": [x for x, _ in counts], "n": [n for _, n in counts]})


# Newcombe RG. Stat Med 1998;17:873-90, Table II, method 10.
PRINTED = [
    ((56, 70), (48, 80), (0.0524, 0.3339)),
    ((9, 10), (3, 10), (0.1705, 0.8090)),
    ((5, 56), (0, 29), (-0.0381, 0.1926)),
    ((10, 10), (0, 10), (0.6075, 1.0)),
]


@pytest.mark.parametrize(("treated", "control", "limits"), PRINTED)
def test_one_study_a_side_has_the_limits_that_newcombe_prints(
    treated: tuple[int, int], control: tuple[int, int], limits: tuple[float, float]
) -> None:
    difference = NaiveComparison().fit(one(*treated), one(*control)).difference
    assert_close((difference.lower, difference.upper), limits, "printed_4")


@given(st.integers(1, 19), st.integers(1, 39))
def test_exchanging_the_sides_turns_the_difference_around(x: int, y: int) -> None:
    there = NaiveComparison().fit(one(x, 20), one(y, 40))
    back = NaiveComparison().fit(one(y, 40), one(x, 20))
    assert_close(there.difference.lower, -back.difference.upper, "rounding")
    assert_close(there.odds_ratio.lower, 1 / back.odds_ratio.upper, "rounding")
    assert there.difference.lower < there.difference.estimate < there.difference.upper


def test_a_side_of_several_studies_is_pooled_by_their_likelihood() -> None:
    controls = several((36, 148), (8, 75), (17, 88))
    found = NaiveComparison().fit(one(3, 9), controls)
    pooled = MixedPooling(outcome="proportion").fit(controls).natural
    assert (found.k_treated, found.k_control) == (1, 3)
    assert_close((found.control.lower, found.control.upper), (pooled.lower, pooled.upper), "exact")


def test_where_nobody_or_everybody_responded_there_is_no_odds_ratio() -> None:
    found = NaiveComparison().fit(one(3, 3), one(5, 10))
    rows = found.table().filter(pl.col("term") == "odds_ratio")
    assert rows["value"].null_count() == 3
    assert found.difference.upper <= 1


def test_sides_that_measured_different_things_are_refused_until_named() -> None:
    treated, control = one(3, 9, definition="complete"), one(8, 75, definition="complete or partial")
    with pytest.raises(ParameterError, match="`definition` has 2 different values"):
        NaiveComparison().fit(treated, control)
    assert isinstance(NaiveComparison(across=("definition",)).fit(treated, control), NaiveComparisonResult)


def test_an_empty_side_is_refused() -> None:
    with pytest.raises(UndefinedError):
        NaiveComparison().fit(one(3, 9), one(3, 9).head(0))


def test_every_row_says_that_it_is_naive_and_the_method_is_listed() -> None:
    table = NaiveComparison().fit(one(3, 9), one(8, 75)).table(definition="crr")
    assert all("naive and unadjusted" in note for note in table["note"])
    assert NaiveComparison.method in METHODS
