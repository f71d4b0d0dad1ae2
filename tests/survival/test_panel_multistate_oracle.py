"""The panel model against msm 1.7."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from malar.survival import PanelMultistate
from tests.numbers import assert_close
from tests.oracles.reader import read_case

CASES = (
    "visits", "death found at a visit", "death exact", "alive, state unknown", "covariates",
    "covariates with one effect", "piecewise", "piecewise, covariate", "followed and entered", "sets of states",
)  # fmt: skip
THREE = {"active": ["remission", "dead"], "remission": ["active", "dead"]}
FOUR = {"active": ["low", "dead"], "low": ["active", "remission"], "remission": ["low"]}


def rows_of(case, expected):
    """The rows that the case was fitted to in R."""
    frame = case.frame.filter(pl.col("cohort") == expected["cohort"])
    if not expected["observed"]:
        frame = frame.filter(pl.col("seen") == "visit")
    if expected["unknown"] == "dropped":
        frame = frame.filter(pl.col("state").is_not_null())
    return frame.filter(pl.col("state").is_null() | pl.col("state").is_in([*expected["states"], "not_active"]))


def fitted(case, expected):
    transitions = THREE if len(expected["states"]) < 4 else FOUR
    known = {a: [b for b in after if b in expected["states"]] for a, after in transitions.items()}
    names = expected["covariates"]
    model = PanelMultistate(
        known,
        covariates=() if expected["shared"] else names,
        shared=names if expected["shared"] else (),
        breaks=expected["breaks"],
        exact=["dead"] if expected["death_exact"] else (),
        unknown={"not_active": ["low", "remission"]} if len(expected["states"]) == 4 else {},
        observed="seen" if expected["observed"] else None,
        states=expected["states"],
    )
    return model.fit(rows_of(case, expected))


@pytest.fixture(scope="module", params=CASES)
def pair(request):
    case = read_case("panel_multistate_sim")
    expected = next(row for row in case.expected if row["name"] == request.param)
    return fitted(case, expected), expected


def test_oracle_panel_multistate_sim_estimates(pair):
    result, expected = pair
    assert result.convergence.reason is None
    assert result.n == expected["n"]
    assert_close(result.minus_2_log_likelihood, expected["minus_2_log_likelihood"], "oracle", "-2 log L")
    assert_close(result.coefficient, expected["theta"], "oracle_6", "parameters")
    assert_close(np.sqrt(np.diag(result.covariance)), expected["se"], "oracle_6", "se")


def test_oracle_panel_multistate_sim_is_what_msm_itself_reports(pair):
    """Its own optimizer and its Hessian by differences, stopped earlier."""
    result, expected = pair
    theirs = expected["msm_optim"]
    assert_close(result.minus_2_log_likelihood, theirs["minus_2_log_likelihood"], "likelihood")
    assert_close(result.coefficient, theirs["estimate"], "stops_early")
    assert_close(np.sqrt(np.diag(result.covariance)), theirs["se"], "stops_early")


def test_oracle_panel_multistate_sim_follows(pair):
    """Intensities, mean stays, transition probabilities and time in states, with their standard errors."""
    result, expected = pair
    for at in expected["at"]:
        intensities = result.intensities(at["profile"])
        assert_close(intensities["intensity"], at["intensity"], "oracle_6", "intensity")
        assert_close(intensities["se"], at["intensity_se"], "oracle_6", "se of intensity")
        stays = result.sojourns(at["profile"])
        assert_close(stays["days"], at["sojourn"], "oracle_6", "mean stay")
        assert_close(stays["se"], at["sojourn_se"], "oracle_6", "se of mean stay")
        for day, probability, se in zip(at["days"], at["probability"], at["probability_se"], strict=True):
            moves = result.at(day, at["profile"])
            assert_close(moves["probability"], np.ravel(probability), "oracle_6", "probability")
            assert_close(moves["se"], np.ravel(se), "oracle_6", "se of probability")
        days = result.time_in_state(at["until"], at["profile"])
        assert_close(days["days"], np.ravel(at["stay"]), "oracle_6", "time in state")
