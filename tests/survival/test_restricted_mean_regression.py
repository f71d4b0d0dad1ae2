"""Adjusted restricted means: survRM2's numbers, hand-worked weights, least squares where nobody is censored."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from malar.errors import ParameterError, UndefinedError
from malar.survival import RestrictedMeanRegression
from tests.numbers import assert_close
from tests.oracles.reader import read_case


@pytest.mark.parametrize("oracle", ["rmst_pbc", "rmst_veteran"])
def test_adjusted_difference_against_survrm2_oracle(oracle: str) -> None:
    case = read_case(oracle)
    given = case.whole["inputs"]
    found = (
        RestrictedMeanRegression(
            until=case.expected["tau"],
            covariates=[given["arm"], *given["covariates"]],
            time=given["time"],
            event=given["event"],
            censoring_by=given["arm"],
        )
        .fit(case.frame)
        .coefficients()
    )
    for row in found.iter_rows(named=True):
        r = case.expected["ancova_difference"]["arm" if row["term"] == given["arm"] else row["term"]]
        assert_close([row[k] for k in ("estimate", "se", "z", "lower", "upper")],
                     [r[k] for k in ("coef", "se", "z", "lower", "upper")], what=row["term"])  # fmt: skip


def test_a_censored_row_hands_its_weight_to_those_after_it() -> None:
    frame = pl.DataFrame({"time": [1.0, 2.0, 2.5, 3.0, 4.0], "event": [1, 1, 0, 1, 1], "late": [0, 0, 0, 1, 1]})
    found = RestrictedMeanRegression(until=4, covariates="late").fit(frame).coefficients()
    assert found["estimate"].to_list() == pytest.approx([1.5, 2.0])


def test_without_censoring_it_is_least_squares_with_white_s_errors() -> None:
    rng = np.random.default_rng(5)
    time, score = rng.exponential(300, 60), rng.normal(10, 3, 60)
    frame = pl.DataFrame({"time": time, "event": 1, "score": score})
    found = RestrictedMeanRegression(until=365, covariates="score").fit(frame).coefficients()
    y, z = np.minimum(time, 365), np.stack((np.ones(60), score)).T
    beta, *_ = np.linalg.lstsq(z, y, rcond=None)
    residual = (z * (y - z @ beta)[:, None]) @ np.linalg.inv(z.T @ z)
    assert found["estimate"].to_list() == pytest.approx(beta.tolist())
    assert found["se"].to_list() == pytest.approx(np.sqrt((residual**2).sum(axis=0)).tolist())


def test_errors_are_those_of_leaving_one_out() -> None:
    rng = np.random.default_rng(6)
    event, cut, arm = rng.exponential(300, 300), rng.uniform(100, 900, 300), np.arange(300) % 2
    frame = pl.DataFrame(
        {"time": np.minimum(event, cut), "event": event <= cut, "arm": arm, "age": rng.normal(size=300)}
    )
    spec = RestrictedMeanRegression(until=365, covariates=["arm", "age"], censoring_by="arm")
    left_out = [spec.fit(frame.filter(pl.int_range(pl.len()) != k)).coefficient for k in range(300)]
    jackknife = np.sqrt(299 / 300 * ((np.array(left_out) - np.mean(left_out, axis=0)) ** 2).sum(axis=0))
    assert spec.fit(frame).coefficients()["se"].to_list() == pytest.approx(jackknife.tolist(), rel=0.05)


@pytest.mark.parametrize(
    ("spec", "error", "words"),
    [
        ({"until": 400, "covariates": "late"}, UndefinedError, "not until day 400"),
        ({"until": 3, "covariates": ["late", "also"]}, UndefinedError, "`also` is not determined"),
        ({"until": 0, "covariates": "late"}, ParameterError, "`until` is 0"),
    ],
)
def test_refusals(spec: dict[str, object], error: type[Exception], words: str) -> None:
    frame = pl.DataFrame({"time": [1, 2, 3, 4], "event": [1, 0, 1, 0], "late": [0, 0, 1, 1]})
    with pytest.raises(error, match=words):
        RestrictedMeanRegression(**spec).fit(frame.with_columns(also=2 * pl.col("late")))  # pyright: ignore


def test_the_table_of_results_holds_the_coefficients() -> None:
    frame = pl.DataFrame({"time": [1, 2, 3, 4], "event": [1, 0, 1, 1], "late": [0, 0, 1, 1]})
    result = RestrictedMeanRegression(until=4, covariates="late").fit(frame)
    table = result.table(labels={"group": "all"})
    value = table.filter((pl.col("term") == "late") & (pl.col("statistic") == "estimate"))["value"].item()
    assert value == pytest.approx(2.5)
    assert table.filter(statistic="events")["value"].item() == 3
