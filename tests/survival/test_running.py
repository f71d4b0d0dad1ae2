"""Running sums and products in blocks, beside NumPy's plain ones."""

from __future__ import annotations

import numpy as np
import pytest

from malar.survival._risk_kernel import BLOCK, LONG, running


@pytest.mark.parametrize("size", [0, 1, LONG - 1, LONG, LONG + 1, LONG + BLOCK - 1, 3 * LONG + 7])
def test_sums_are_numpys(size):
    values = np.random.default_rng(size).exponential(1.0, size)
    np.testing.assert_allclose(running(values), np.cumsum(values), rtol=1e-13)


@pytest.mark.parametrize("size", [LONG - 1, 2 * LONG + 5])
def test_products_are_numpys(size):
    values = 1.0 - np.random.default_rng(size).uniform(0.0, 2.0 / size, size)
    np.testing.assert_allclose(running(values, np.multiply), np.cumprod(values), rtol=1e-12)
    values[size // 2] = 0.0
    assert (running(values, np.multiply)[size // 2 :] == 0.0).all()


def test_each_row_has_its_own_sums():
    values = np.random.default_rng(3).normal(size=(3, LONG + 20))
    found = running(values)
    assert found.shape == values.shape
    for row, sums in zip(values, found, strict=True):
        np.testing.assert_allclose(sums, np.cumsum(row), rtol=1e-10, atol=1e-10)


def test_whole_numbers_are_summed_exactly():
    values = np.random.default_rng(5).integers(0, 2, 4 * LONG).astype(float)
    assert (running(values) == np.cumsum(values)).all()
    assert (running(values[::-1]) == np.cumsum(values[::-1])).all()


def test_sums_of_what_is_not_negative_never_fall():
    values = np.random.default_rng(7).exponential(1.0, 5 * LONG) ** 8
    assert (np.diff(running(values)) >= 0.0).all()


def test_the_values_stay_as_they_were():
    values = np.ones(2 * LONG)
    running(values)
    assert (values == 1.0).all()


def test_what_is_without_end_stays_so():
    values = np.ones(2 * LONG)
    values[LONG + 3] = np.inf
    sums = running(values)
    assert np.isfinite(sums[: LONG + 3]).all()
    assert np.isinf(sums[LONG + 3 :]).all()
