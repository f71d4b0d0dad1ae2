"""Sums over intervals without subtraction, against adding up each interval by itself."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from malar.survival._interval_kernel import Intervals
from tests.numbers import assert_close


@settings(deadline=None, max_examples=200)
@given(st.integers(1, 40), st.integers(1, 30), st.integers(0, 10_000))
def test_sums_over_intervals(places, n, seed):
    rng = np.random.default_rng(seed)
    ends = np.sort(rng.integers(0, places + 1, (n, 2)), axis=1)
    intervals = Intervals(ends[:, 0], ends[:, 1], places)
    inside = (ends[:, :1] <= np.arange(places)) & (np.arange(places) < ends[:, 1:])
    values, increments = rng.random((2, n)), rng.random((3, places))
    assert_close(intervals.sum(values), values @ inside, "rounding")
    assert_close(intervals.spread(increments), increments @ inside.T, "rounding")


def test_small_beside_huge_keeps_its_digits():
    intervals = Intervals(np.array([0, 0, 3]), np.array([5, 3, 5]), 5)
    assert intervals.sum(np.array([[1.0, 2.0, 1e30]]))[0, :3].tolist() == [3.0, 3.0, 3.0]
