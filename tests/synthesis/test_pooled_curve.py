"""Pooled survival curves: metaSurvival's numbers, special cases, refusals."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from malar.errors import ParameterError, UndefinedError
from malar.synthesis import PooledCurve
from malar.synthesis._curve_kernel import between_studies
from tests.numbers import assert_close
from tests.oracles.reader import read_case

ORACLE = "meta_survival_nae"
COLUMNS = {"study": "study", "time": "time", "survival": "surv", "n_risk": "nrisk"}


@pytest.mark.parametrize("oracle", [ORACLE])
@pytest.mark.parametrize(("random", "key"), [(False, "summary.fixed"), (True, "summary.random")])
def test_curve_against_metasurvival_oracle(oracle: str, random: bool, key: str) -> None:
    case = read_case(oracle)
    result = PooledCurve(random=random, **COLUMNS).fit(case.frame)
    theirs = np.array(case.expected["msurv_continuity_correction"][key], dtype=float)
    assert result.times.tolist() == theirs[:, 0].tolist()
    np.testing.assert_allclose(result.survival, theirs[:, 1], rtol=case.whole["tolerance_rel"])
    for column, sign in ((2, -1), (3, 1)):  # their limits use 1.96
        limits = result.survival * np.exp(sign * 1.96 * result.log_se)
        np.testing.assert_allclose(limits, theirs[:, column], rtol=case.whole["tolerance_rel"])


@pytest.mark.parametrize("oracle", [ORACLE])
def test_median_and_q_against_metasurvival_oracle(oracle: str) -> None:
    case = read_case(oracle)
    theirs = case.expected["msurv_continuity_correction"]
    result = PooledCurve(random=False, **COLUMNS).fit(case.frame)
    assert_close(result.median()[0], theirs["median.fixed"][0])
    assert_close(result.q[0], theirs["heterogeneity"][0])


@pytest.mark.parametrize("oracle", [ORACLE])
def test_without_correction_their_variance_is_four_times_that_of_an_arcsine(oracle: str) -> None:
    """The common curve is the same; their limits are twice as wide on the log scale, and their Q a quarter."""
    case = read_case(oracle)
    theirs = np.array(case.expected["msurv_no_correction"]["summary.fixed"], dtype=float)
    result = PooledCurve(random=False, correction=False, **COLUMNS).fit(case.frame)
    np.testing.assert_allclose(result.survival, theirs[:, 1], rtol=1e-12)
    np.testing.assert_allclose(2 * 1.96 * result.log_se, np.log(theirs[:, 1] / theirs[:, 2]), rtol=1e-10)
    assert_close(result.q[0] / 4, case.expected["msurv_no_correction"]["heterogeneity"][0])


def curves(*studies: tuple[list[float], list[float]]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {"study": f"s{k}", "time": 12.0 * (j + 1), "survival": s, "n_risk": n}
            for k, (survival, at_risk) in enumerate(studies)
            for j, (s, n) in enumerate(zip(survival, at_risk, strict=True))
        ]
    )


def test_equal_curves_pool_to_themselves_with_no_variance_between() -> None:
    frame = curves(([0.9, 0.72], [40, 36]), ([0.9, 0.72], [400, 360]))
    for random in (True, False):
        result = PooledCurve(random=random, correction=False).fit(frame)
        assert result.survival.tolist() == pytest.approx([0.9, 0.72])
        assert result.q[0] == pytest.approx(0, abs=1e-12)


def test_one_interval_is_dersimonian_and_laird() -> None:
    y, v = np.array([0.9, 1.1, 1.4, 1.0]), np.array([0.01, 0.02, 0.015, 0.005])
    w = 1 / v
    mean = (w * y).sum() / w.sum()
    by_hand = max(0.0, ((w * (y - mean) ** 2).sum() - 3) / (w.sum() - (w**2).sum() / w.sum()))
    assert between_studies(y[:, None], v[:, None]).item() == pytest.approx(by_hand)


@settings(deadline=None)
@given(st.lists(st.lists(st.floats(0.3, 1), min_size=1, max_size=4), min_size=2, max_size=5), st.booleans())
def test_curves_fall_and_their_limits_enclose_them(steps: list[list[float]], random: bool) -> None:
    frame = curves(*(([math.prod(own[: k + 1]) for k in range(len(own))], [30.0] * len(own)) for own in steps))
    rows = PooledCurve(random=random).fit(frame).curve()
    assert rows["survival"].is_sorted(descending=True)
    assert rows.filter(~((pl.col("lower") <= pl.col("survival")) & (pl.col("survival") <= pl.col("upper")))).is_empty()
    shuffled = PooledCurve(random=random).fit(frame.sample(fraction=1, shuffle=True, seed=1)).curve()
    assert_close(shuffled["survival"], rows["survival"], "rounding")


def test_a_curve_that_came_to_0_says_no_more() -> None:
    frame = curves(([0.5, 0.0, 0.0], [4, 2, 1]), ([0.8, 0.6, 0.5], [50, 40, 30]))
    assert PooledCurve().fit(frame).curve()["studies"].to_list() == [2, 2, 1]


def test_where_all_have_died_there_is_no_limit() -> None:
    frame = curves(([0.5, 0.0], [4, 2]), ([0.8, 0.0], [50, 40]))
    rows = PooledCurve(correction=False).fit(frame).curve()
    assert rows["survival"].to_list()[1] == 0
    assert rows["lower"].to_list()[1] is None


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (pl.col("survival") * 2, ParameterError, "outside 0 to 1"),
        (pl.col("survival").reverse(), ParameterError, "survival rises"),
        (pl.when(pl.col("time") > 12).then("survival"), UndefinedError, "values that are null"),
    ],
)
def test_refusals(change: pl.Expr, error: type[Exception], words: str) -> None:
    frame = curves(([0.9, 0.8], [40, 36]), ([0.9, 0.7], [30, 27]))
    with pytest.raises(error, match=words):
        PooledCurve().fit(frame.with_columns(survival=change))


def test_a_gap_is_refused() -> None:
    frame = curves(([0.9, 0.8, 0.7], [40, 36, 30]), ([0.9, 0.7, 0.6], [30, 27, 20]))
    with pytest.raises(UndefinedError, match="1 studies were not read"):
        PooledCurve().fit(frame.filter(~((pl.col("study") == "s1") & (pl.col("time") == 24))))


def test_the_table_of_results_holds_curve_and_heterogeneity() -> None:
    table = PooledCurve().fit(curves(([0.9, 0.8], [40, 36]), ([0.8, 0.7], [30, 24]))).table(note="months")
    assert table.filter(statistic="estimate")["time"].drop_nulls().to_list() == [12, 24]
    assert "random effects" in table["note"][0]
