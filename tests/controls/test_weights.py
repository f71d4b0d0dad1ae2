"""Weights: exact balance, nearest to equal, and errors against stacked equations differentiated numerically."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from malar.controls import Balance, EntropyBalancing, Weighting, entropy_balance
from malar.errors import ParameterError, UndefinedError
from tests.numbers import assert_close


def cohort(n: int = 250, seed: int = 8) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    x, z = rng.normal(10, 3, n), rng.choice(["iii", "iv", "v"], n)
    treated = rng.random(n) < 1 / (1 + np.exp(1.5 - 0.12 * x - 0.4 * (z == "iv")))
    y = 1 + 0.3 * x + (z == "iv") + 2 * treated + rng.normal(0, 2, n)
    return pl.DataFrame({"x": x, "z": z, "treated": treated, "y": y})


@given(seed=st.integers(0, 1000), columns=st.integers(1, 4))
@settings(max_examples=30, deadline=None)
def test_entropy_weights_meet_the_targets_and_are_exponential_in_the_covariates(seed, columns):
    """The two together are the conditions of the optimum."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(60, columns)) * 10.0 ** rng.integers(-3, 4, columns)
    base = rng.uniform(0.5, 2, 60)
    target = rng.dirichlet(np.full(60, 0.6)) @ values
    weight = entropy_balance(values, target, base)
    assert_close(weight.sum(), 1.0, "rounding")
    assert (np.abs(weight @ values - target) <= 1e-9 * values.std(axis=0)).all()
    scaled = np.column_stack([np.ones(60), values / values.std(axis=0)])
    tilt = np.log(weight / base)
    fitted = scaled @ np.linalg.lstsq(scaled, tilt, rcond=None)[0]
    assert_close(fitted, tilt, "oracle")


def test_targets_met_already_leave_base_weights_as_they_are():
    values = np.array([[1.0], [2.0], [6.0]])
    assert_close(entropy_balance(values, values.mean(axis=0)), [1 / 3] * 3, "rounding")


def test_targets_that_no_mixture_has_are_refused():
    with pytest.raises(UndefinedError, match="No weights were found"):
        entropy_balance(np.array([[0.0], [1.0], [0.5]]), np.array([1.01]))


def test_a_target_at_the_edge_leaves_one_row():
    assert_close(entropy_balance(np.array([[0.0], [1.0], [0.5]]), np.array([1.0])).round(9), [0, 1, 0], "exact")


@pytest.mark.parametrize("estimand", ["att", "ate"])
def test_entropy_balancing_balances_means_and_variances(estimand):
    frame = cohort()
    made = EntropyBalancing(covariates=["x", "z"], estimand=estimand, moments=2).fit(frame)
    balance = Balance(covariates=["x", "z"], weight="weight").fit(made.weighted())
    assert balance.largest() < 1e-8
    after = balance.rows().filter(sample="after", covariate="x")
    assert after["variance_ratio"][0] == pytest.approx(1, abs=0.05)
    assert_close(made.weight[frame["treated"].to_numpy()].sum(), 250 if estimand == "ate" else frame["treated"].sum())


def test_overlap_weights_balance_exactly_and_stay_below_one():
    made = Weighting(covariates=["x", "z"], estimand="ato").fit(cohort())
    assert Balance(covariates=["x", "z"], weight="weight").fit(made.weighted()).largest() < 1e-8
    assert made.weight.max() < 1


@pytest.mark.parametrize("estimand", ["att", "ate", "ato"])
def test_effective_sizes_are_between_one_and_the_subjects(estimand):
    frame = cohort()
    sizes = Weighting(covariates=["x"], estimand=estimand).fit(frame).effective_sizes()
    counts = [frame["treated"].sum(), (~frame["treated"]).sum()]
    assert all(1 <= size <= n + 1e-9 for size, n in zip(sizes, counts, strict=True))


def stacked_se(equations, solution, n):
    """Sandwich of stacked estimating equations, their Jacobian by central differences."""
    k = len(solution)
    jacobian = np.empty((k, k))
    for j in range(k):
        step = np.zeros(k)
        step[j] = 1e-5 * max(1.0, abs(solution[j]))
        jacobian[:, j] = (equations(solution + step).sum(0) - equations(solution - step).sum(0)) / (2 * step[j])
    inverse = np.linalg.inv(jacobian)
    each = equations(solution)
    covariance = inverse @ (each.T @ each) @ inverse.T
    return np.sqrt(covariance[-2, -2] + covariance[-1, -1] - 2 * covariance[-2, -1])


@pytest.mark.parametrize("estimand", ["att", "ate"])
def test_standard_error_of_entropy_balancing(estimand):
    frame = cohort()
    made = EntropyBalancing(covariates=["x", "z"], estimand=estimand).fit(frame)
    effect = made.effect("y")
    values = np.column_stack([frame["x"], frame["z"] == "iv", frame["z"] == "v"]).astype(float)
    a, y, k = frame["treated"].to_numpy(), frame["y"].to_numpy(), 3
    toward = a if estimand == "att" else np.ones_like(a)
    target = values[toward].mean(0)
    arms = [~a] if estimand == "att" else [~a, a]
    multipliers = []
    for arm in arms:
        tilt = np.log(made.weight[arm])
        own = np.column_stack([np.ones(arm.sum()), values[arm] - target])
        multipliers.append(np.linalg.lstsq(own, tilt, rcond=None)[0][1:])

    def equations(theta):
        mean, rest = theta[:k], theta[k : k + k * len(arms)].reshape(len(arms), k)
        parts, weight = [toward[:, None] * (values - mean)], np.ones(len(y))
        for arm, multiplier in zip(arms, rest, strict=True):
            tilted = np.exp((values - mean) @ multiplier)
            parts.append((arm * tilted)[:, None] * (values - mean))
            weight = np.where(arm, tilted, weight)
        return np.column_stack([*parts, a * weight * (y - theta[-2]), ~a * weight * (y - theta[-1])])

    solution = np.concatenate([target, *multipliers, effect.means])
    assert np.abs(equations(solution).sum(0)).max() < 1e-5
    assert_close(effect.se, stacked_se(equations, solution, len(y)), "derivative")


def test_limits_use_the_normal_distribution_and_table_holds_both_arms():
    effect = Weighting(covariates=["x"], estimand="ate").fit(cohort()).effect("y")
    lower, upper = effect.limits
    assert_close((upper - lower) / (2 * effect.se), 1.959963984540054, "rounding")
    table = effect.table()
    assert table.filter(statistic="n")["value"].sum() == 250
    assert table.filter(pl.col("comparator") == "control")["statistic"].to_list() == [
        "estimate",
        "se",
        "lower",
        "upper",
        "p",
    ]


def test_misread_options_are_refused():
    with pytest.raises(ParameterError):
        Weighting(covariates=["x"], estimand="atu")
    with pytest.raises(ParameterError):
        EntropyBalancing(covariates=["x"], moments=3)
