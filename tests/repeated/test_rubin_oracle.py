"""Rubin's rules against pool.scalar of R mice 3.15, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest

from malar.errors import ParameterError, UndefinedError
from malar.repeated import pool
from tests.numbers import assert_close
from tests.oracles.reader import read_case


@pytest.mark.parametrize(("key", "df"), [("infinite", None), ("finite_36", 36.0)])
@pytest.mark.parametrize("quantity", ["a", "b", "c"])
def test_rubin_sim(quantity, key, df):
    case = read_case("rubin_sim")
    rows = case.frame.filter(quantity=quantity)
    pooled = pool(rows.select("estimate").to_numpy(), rows.select("variance").to_numpy(), complete_df=df)
    r = case.expected[quantity][key]
    for name in ("estimate", "se", "df"):
        assert_close(getattr(pooled, name)[0], r[name], what=name)


def test_nothing_imputed_leaves_the_variance_alone():
    pooled = pool(np.ones((5, 1)), np.full((5, 1), 0.25), complete_df=20)
    assert_close(pooled.se, [0.5], "rounding")
    assert_close(pooled.missing_information, [0.0], "exact")
    assert_close(pooled.df, [20 * 21 / 23], "rounding")


@pytest.mark.parametrize(
    ("estimates", "variances", "df", "error"),
    [
        ([[1.0]], [[1.0]], None, UndefinedError),
        ([[1.0], [2.0]], [[1.0], [-1.0]], None, ParameterError),
        ([1.0, 2.0], [1.0, 1.0], None, ParameterError),
        ([[1.0], [2.0]], [[1.0], [1.0]], 0.0, ParameterError),
    ],
)
def test_refused(estimates, variances, df, error):
    with pytest.raises(error):
        pool(estimates, variances, complete_df=df)
