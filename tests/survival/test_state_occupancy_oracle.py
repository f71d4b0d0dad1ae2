"""State occupancy against survfit of R survival 3.5-3 (infinitesimal jackknife over subjects)."""

from __future__ import annotations

import numpy as np
import pytest

from malar.survival import StateOccupancy
from tests.numbers import assert_close
from tests.oracles.reader import read_case

CASES = ("from_start", "delayed_and_gaps")


def fitted(name, **options):
    case = read_case("state_occupancy_sim")
    result = StateOccupancy(states=case.whole["states"], **options).fit(case.frame.filter(case=name))
    return result, case.expected[name]


def wide(frame, column, states=4):
    return np.array(frame[column].to_list(), dtype=float).reshape(-1, states)


@pytest.mark.parametrize("name", CASES)
def test_probabilities_and_standard_errors(name):
    result, r = fitted(name)
    ours = result.at(r["time"])
    assert result.n == r["n_subjects"]
    assert_close(wide(ours, "probability"), r["pstate"], what="probability")
    assert_close(wide(ours, "se"), r["std_err"], what="se")
    assert_close(wide(ours, "at_risk")[:, :3], np.array(r["n_risk"])[:, :3], what="at risk")
    assert_close(result.probability[0], r["p0"], what="initial distribution")
    assert_close(result.se[0], r["se0"], what="se of the initial distribution")


@pytest.mark.parametrize("interval", ["log", "plain", "log-log"])
def test_limits(interval):
    result, r = fitted("from_start", interval=interval)
    ours = result.at(r["time"])
    assert_close(wide(ours, "lower"), r["ci"][interval]["lower"], what="lower")
    assert_close(wide(ours, "upper"), r["ci"][interval]["upper"], what="upper")


@pytest.mark.parametrize("name", CASES)
def test_landmarks(name):
    result, r = fitted(name)
    ours = result.at(r["landmark"]["times"])
    assert_close(wide(ours, "probability"), r["landmark"]["pstate"], what="probability")
    assert_close(wide(ours, "se"), r["landmark"]["std_err"], what="se")


@pytest.mark.parametrize("name", CASES)
def test_time_in_state(name):
    result, r = fitted(name)
    for span in r["time_in_state"]:
        ours = result.time_in_state(span["until"])
        assert_close(ours["days"], span["days"], what="days")
        assert_close(ours["se"], span["se"], what="se")
