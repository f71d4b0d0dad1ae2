"""What must hold of every panel model."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

from malar.survival import KaplanMeier, PanelMultistate
from malar.survival import _matrix_exponential_kernel as exponential
from malar.survival import _panel_kernel as kernel
from malar.survival import _panel_reading as reading
from malar.survival._panel_ascent_kernel import information
from malar.survival._panel_columns import read_visits
from tests.numbers import assert_close
from tests.oracles.reader import read_case

THREE = {"active": ["remission", "dead"], "remission": ["active", "dead"]}
relaxed = settings(deadline=None, max_examples=25)


def visits(cohort="lupus"):
    return read_case("panel_multistate_sim").frame.filter(pl.col("cohort") == cohort)


def model(**more):
    return PanelMultistate(THREE, exact="dead", observed="seen", **more)


def small_panel(**more):
    spec = model(**more)
    read = read_visits(visits().filter(pl.col("subject") > "S100"), spec)
    start, stop = (np.array([spec.states.index(pair[side]) for pair in spec.pairs()]) for side in (0, 1))
    return reading.panel(read, start, stop, np.array(spec.breaks), len(spec.covariates))[0]


def assert_same(left, right, tolerance="oracle"):
    assert_close(left.minus_2_log_likelihood, right.minus_2_log_likelihood, "likelihood")
    assert_close(left.coefficient, right.coefficient, tolerance)
    assert_close(left.covariance, right.covariance, "oracle_6")


@relaxed
@given(st.lists(st.floats(-1.0, 1.0), min_size=12, max_size=12))
def test_the_gradient_is_that_of_the_likelihood(shift):
    """Visits, exact entries, followed spans, unknown states, periods and covariates, all at once."""
    panel = small_panel(covariates=["age"], breaks=[183.3])
    theta = np.array([-4.5, -7.0, -5.0, -7.5, *[0.0] * 8]) + np.array(shift)
    _, slope = kernel.log_likelihood(panel, theta)
    for place in range(theta.size):
        step = np.zeros(theta.size)
        step[place] = 1e-4
        up, down = (kernel.log_likelihood(panel, theta + k * step)[0] for k in (1, -1))
        assert abs((up - down) / 2e-4 - slope[place]) < 1e-4 * (1.0 + abs(slope[place]))


def test_the_information_is_minus_the_second_derivative():
    panel = small_panel()
    theta, step = np.array([-4.5, -7.0, -5.0, -7.5]), 2e-3 * np.eye(4)
    second = [
        [
            sum(s * t * kernel.log_likelihood(panel, theta + s * a + t * b)[0] for s in (1, -1) for t in (1, -1))
            / (4 * 2e-3**2)
            for a in step
        ]
        for b in step
    ]
    scale = np.abs(second).max()
    assert_close(information(panel, theta) / scale, -np.array(second) / scale, "derivative")


rates = st.lists(st.sampled_from([0.0, 0.003, 0.01, 0.01, 0.2]), min_size=6, max_size=6)


@relaxed
@given(rates, st.lists(st.floats(0.1, 900.0), min_size=1, max_size=4))
def test_exponentials_and_their_derivatives_by_two_routes(numbers, days):
    """Eigenvectors, where they serve, and scaling and squaring; equal rates make eigenvectors fail."""
    matrix = np.zeros((3, 3))
    matrix[~np.eye(3, dtype=bool)] = numbers
    matrix -= np.diag(matrix.sum(axis=1))
    time, which = np.array(days), np.zeros(len(days), dtype=np.int64)
    found = exponential.exponentials(matrix[None], which, time)
    slope = np.random.default_rng(1).normal(size=(time.size, 3, 3))
    pulled = found.pull_back(slope)
    for place, day in enumerate(days):
        assert np.abs(found.value[place] - expm(matrix * day)).max() < 1e-10
        for a, b in ((0, 1), (1, 1), (2, 0)):
            one = np.zeros((3, 3))
            one[a, b] = 1.0
            _, moved = exponential.directional(matrix[None], one[None], time[[place]])
            assert abs((moved[0] * slope[place]).sum() - pulled[place, a, b]) < 1e-8 * max(1.0, day)


def test_one_way_from_one_state_is_the_exponential_distribution():
    """All deaths exact: rate = deaths / time, its log has standard error 1 / sqrt(deaths)."""
    rng = np.random.default_rng(2)
    day = np.ceil(rng.exponential(200.0, 80))
    dead = day < 300
    rows = pl.DataFrame({"subject": range(80), "time": np.minimum(day, 300.0), "state": np.where(dead, "dead", None)})
    start = pl.DataFrame({"subject": range(80), "time": 0.0, "state": "alive"})
    result = PanelMultistate({"alive": ["dead"]}, exact="dead").fit(pl.concat([start, rows]))
    rate = dead.sum() / rows["time"].sum()
    found = result.intensities()
    assert_close(found["intensity"], [rate])
    assert_close(found["se"], [rate / np.sqrt(dead.sum())])
    assert_close(result.sojourns()["days"], [1.0 / rate])
    survival = result.occupancy([100.0], "alive")["probability"][0]
    assert_close(survival, np.exp(-100.0 * rate))
    km = KaplanMeier().fit(pl.DataFrame({"time": rows["time"], "event": dead}))
    assert abs(survival - km.at(100)["survival"][0]) < 0.1


def test_two_states_seen_at_equal_steps_have_a_closed_form():
    """With one elapsed time the fitted P is the table of changes: the likelihood is that of a multinomial."""
    counts = {("a", "a"): 30, ("a", "b"): 10, ("b", "a"): 8, ("b", "b"): 22}
    rows = [(f"{a}{b}{n}", day, s) for (a, b), m in counts.items() for n in range(m) for day, s in ((0, a), (30, b))]
    frame = pl.DataFrame(rows, schema=["subject", "time", "state"], orient="row")
    result = PanelMultistate({"a": ["b"], "b": ["a"]}).fit(frame)
    found = result.at(30)
    assert_close(found["probability"], [0.75, 0.25, 8 / 30, 22 / 30])
    assert_close(found["se"].to_list()[:2], [np.sqrt(0.75 * 0.25 / 40)] * 2, "oracle_6")
    total = -np.log(0.75 - 8 / 30) / 30
    assert_close(
        result.intensities()["intensity"], [total * 0.25 / (0.25 + 8 / 30), total * (8 / 30) / (0.25 + 8 / 30)]
    )


def test_order_of_rows_and_names_of_subjects_do_not_matter():
    frame = visits()
    shuffled = frame.sample(fraction=1.0, shuffle=True, seed=3).with_columns(pl.col("subject").str.reverse())
    assert_same(model(covariates=["cells"]).fit(frame), model(covariates=["cells"]).fit(shuffled), "rounding")


def test_a_visit_between_two_that_tells_nothing_changes_nothing():
    frame = visits().filter(pl.col("subject") <= "S120", pl.col("state").is_not_null())
    living = frame.filter(pl.col("state") != "dead").group_by("subject").agg(pl.col("time").max())
    nothing = living.select("subject", time=pl.col("time") - 5.0, state=pl.lit(None, dtype=pl.String))
    more = pl.concat(
        [frame.select("subject", pl.col("time").cast(pl.Float64), "state"), nothing.filter(pl.col("time") > 0)]
    )
    more = more.unique(["subject", "time"], keep="first", maintain_order=True)
    spec = PanelMultistate(THREE, exact="dead")
    assert more.height > frame.height + 50
    assert_same(spec.fit(more), spec.fit(frame))


def test_a_period_everywhere_alike_is_no_period():
    """Twice the follow-up with the same changes before and after the break: all ratios are 1."""
    frame = visits().filter(pl.col("seen") == "visit", pl.col("state").is_not_null())
    later = frame.with_columns(pl.col("time") + 5000.0, pl.col("subject") + "b")
    spec = PanelMultistate(THREE, exact="dead", breaks=[4000.0])
    both, one = spec.fit(pl.concat([frame, later])), PanelMultistate(THREE, exact="dead").fit(frame)
    assert_close(both.coefficients()["estimate"], np.zeros(4), "derivative")
    assert_close(both.coefficient[:4], one.coefficient, "oracle_6")
    assert_close(both.minus_2_log_likelihood, 2 * one.minus_2_log_likelihood, "likelihood")


def test_probabilities_compose_and_sum_to_one_days_to_the_span():
    result = model(breaks=[180.0]).fit(visits())
    whole, early, late = result.at(365), result.at(100), result.at(365, from_day=100)
    square = [frame["probability"].to_numpy().reshape(3, 3) for frame in (whole, early, late)]
    assert_close(square[1] @ square[2], square[0], "rounding")
    assert_close(square[0].sum(axis=1), np.ones(3), "rounding")
    stays = result.time_in_state(365, from_day=30)
    assert_close(stays.group_by("given").agg(pl.col("days").sum())["days"], [335.0] * 3, "rounding")
    mixed = result.occupancy(365, {"active": 0.75, "remission": 0.25})["probability"]
    assert_close(mixed, [0.75, 0.25, 0.0] @ square[0], "rounding")
    assert (whole["se"] >= 0).all()


def test_units_of_time_and_covariates_only_rescale():
    frame = visits()
    years = frame.with_columns(pl.col("time") / 365.25, age=10.0 * pl.col("age") + 40.0)
    by_day, by_year = (model(covariates=["age"]).fit(rows) for rows in (frame, years))
    assert_close(by_year.intensity_matrix({"age": 45.0}), 365.25 * by_day.intensity_matrix({"age": 0.5}), "oracle_6")
    assert_close(10.0 * by_year.coefficients()["estimate"], by_day.coefficients()["estimate"], "oracle_6")


@pytest.mark.parametrize("subjects", [400])
def test_the_truth_is_recovered(subjects):
    rng = np.random.default_rng(4)
    rows = []
    for subject in range(subjects):
        day, state, cells = 0.0, 0, subject % 2
        seen = iter(np.cumsum(rng.choice([20.0, 30.0, 60.0], 12)))
        rows.append((subject, 0.0, "active", cells))
        visit = next(seen)
        while visit is not None:
            rate = (0.02 * 2.0**cells, 0.01)[state]
            stay = rng.exponential(1.0 / rate)
            while visit is not None and visit < day + stay:
                rows.append((subject, visit, ("active", "remission")[state], cells))
                visit = next(seen, None)
            day, state = day + stay, 1 - state
    frame = pl.DataFrame(rows, schema=["subject", "time", "state", "cells"], orient="row")
    spec = PanelMultistate({"active": ["remission"], "remission": ["active"]}, covariates="cells")
    result = spec.fit(frame)
    truth = np.array([np.log(0.02), np.log(0.01), np.log(2.0), 0.0])
    assert (np.abs(result.coefficient - truth) < 3.5 * np.sqrt(np.diag(result.covariance))).all()
