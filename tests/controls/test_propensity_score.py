"""The score: equal subjects have equal scores, and what no logistic regression can tell is refused with its reason."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from malar.controls import PropensityScore
from malar.errors import ParameterError, UndefinedError, WrongTypeError
from tests.numbers import assert_close


def cohort(n: int = 300, seed: int = 5) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    sledai, class_iv = rng.integers(4, 20, n), rng.random(n) < 0.4
    p = 1 / (1 + np.exp(2.5 - 0.2 * sledai - 0.5 * class_iv))
    return pl.DataFrame({"sledai_2k": sledai, "class_iv": class_iv, "treated": rng.random(n) < p})


def test_equal_subjects_have_exactly_equal_scores():
    frame = cohort()
    scored = PropensityScore(covariates=["sledai_2k", "class_iv"]).fit(frame).scored()
    assert (
        scored.group_by("sledai_2k", "class_iv").agg(pl.col("propensity_score").n_unique())["propensity_score"].max()
        == 1
    )


def test_units_do_not_change_the_scores():
    frame = cohort()
    scaled = frame.with_columns(pl.col("sledai_2k") * 1e6 + 3e7)
    fits = [PropensityScore(covariates=["sledai_2k", "class_iv"]).fit(f).fit.probability for f in (frame, scaled)]
    assert_close(fits[0], fits[1], "rounding")


def test_the_score_sums_to_the_treated():
    frame = cohort()
    fit = PropensityScore(covariates=["sledai_2k"]).fit(frame).fit
    assert fit.converged
    assert_close(fit.probability.sum(), frame["treated"].sum(), "rounding")


@pytest.mark.parametrize("quasi", [False, True], ids=["complete", "quasi-complete"])
def test_separation_is_recognized_and_names_the_column(quasi):
    frame = cohort().with_columns(
        noise=pl.int_range(pl.len()) % 7, only=pl.col("treated") & ((pl.int_range(pl.len()) % 3 > 0) | (not quasi))
    )
    with pytest.raises(UndefinedError, match="told apart without error, for some rows, by `only`"):
        PropensityScore(covariates=["noise", "only"]).fit(frame)


def test_a_large_but_finite_fit_is_no_separation():
    """One subject on the wrong side keeps the coefficients finite, however far they lie out."""
    x = np.arange(2000.0)
    treated = x >= 1000
    treated[990] = True
    treated[1010] = False
    fit = PropensityScore(covariates=["x"]).fit(pl.DataFrame({"x": x, "treated": treated}))
    assert np.abs(fit.fit.linear).max() > 15
    assert fit.fit.converged


def test_combinations_constants_nulls_and_words_are_refused_or_coded():
    frame = cohort().with_columns(twice=2 * pl.col("sledai_2k") + 1, same=pl.lit(3.0), center=pl.lit("a"))
    with pytest.raises(UndefinedError, match="combinations of others"):
        PropensityScore(covariates=["sledai_2k", "twice"]).fit(frame)
    with pytest.raises(UndefinedError, match="1 columns are constant"):
        PropensityScore(covariates=["same", "sledai_2k"]).fit(frame)
    with pytest.raises(UndefinedError, match="`sledai_2k` is unknown in 300 of 300"):
        PropensityScore(covariates=["sledai_2k"]).fit(frame.with_columns(sledai_2k=pl.lit(None, pl.Float64)))
    with pytest.raises(ParameterError, match="No covariates"):
        PropensityScore(covariates=[]).fit(frame)
    with pytest.raises(WrongTypeError):
        PropensityScore(covariates=["sledai_2k"], treatment="center").fit(frame)
    with pytest.raises(ParameterError, match="other than 0 and 1"):
        PropensityScore(covariates=["class_iv"], treatment="sledai_2k").fit(frame)


def test_table_counts_those_outside_common_support():
    frame = pl.DataFrame({"treated": [1, 1, 1, 0, 0, 0], "x": [2, 3, 9, 1, 4, 2]})
    fit = PropensityScore(covariates=["x"]).fit(frame)
    assert fit.outside_common_support() == (1, 1)
    table = fit.table(population="enrolled")
    assert table.filter(term="outside_common_support")["value"].to_list() == [1.0, 1.0]
    assert set(table.filter(term="x")["statistic"]) == {"estimate", "se", "z", "p", "lower", "upper"}
