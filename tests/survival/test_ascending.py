"""The order of times by radix: exact whatever the values, ties in the order of rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from malar.survival._risk_kernel import ascending


def check(values: np.ndarray) -> None:
    order, ranked = ascending(values)
    expected = np.argsort(values, kind="stable")
    assert order.tolist() == expected.tolist()
    assert ranked.tolist() == values[expected].tolist()


@given(arrays(np.float64, st.integers(0, 50), elements=st.floats(0.0, 1e300)))
def test_any_values(values):
    check(values)


@given(arrays(np.float64, st.integers(0, 200), elements=st.integers(0, 20).map(float)))
def test_ties_keep_the_order_of_rows(values):
    check(values)


@pytest.mark.parametrize("power", [1, 8, 40])
def test_values_the_grid_cannot_tell_apart(power):
    check(np.random.default_rng(power).exponential(1.0, 20_000) ** power)


def test_one_far_value_among_close_ones():
    check(np.append(1e300, np.random.default_rng(0).exponential(300.0, 5_000)))
