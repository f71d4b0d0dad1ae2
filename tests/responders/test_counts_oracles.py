"""Counts, mean numbers of flares and wins against R 4.2.2: MASS 7.3-58.2, mets 1.3.2, survival 3.5-3."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest

from malar.responders import MeanCumulativeFunction, NegativeBinomialRate, Outcome, WinRatio
from tests.numbers import assert_close
from tests.oracles.reader import read_case

ORACLE = pytest.mark.parametrize("oracle", ["recurrent_flares_sim"])


def per_subject(frame):
    return (
        frame.filter(case="fine")
        .group_by("subject")
        .agg(
            pl.col("arm", "sledai").first(),
            events=(pl.col("event") == "flare").sum(),
            patient_years=pl.col("time").max(),
            died=(pl.col("event") == "death").any().fill_null(value=False),
        )
    )


@ORACLE
@pytest.mark.parametrize("model", ["arm", "adjusted"])
def test_negative_binomial(oracle, model):
    case = read_case(oracle)
    r = case.expected["negative_binomial"][model]
    covariates = ("sledai",) if model == "adjusted" else ()
    result = NegativeBinomialRate(control="control", by="arm", covariates=covariates).fit(per_subject(case.frame))
    terms = {"arm=cells": "armcells"} | ({"sledai": "sledai"} if covariates else {})
    for ours, name in terms.items():
        found = result.of(ours)
        assert_close([math.log(found.estimate), found.se], [r["coefficients"][name], r["se"][name]], what=ours)
    dispersion = result.of("dispersion")
    assert_close(1 / dispersion.estimate, r["theta"], what="theta")
    # theta.ml takes the information at its last but one iterate.
    assert_close(dispersion.se / dispersion.estimate**2, r["theta_se"], "derivative", what="se of theta")
    if not covariates:
        assert_close(math.log(result.of("rate", "control").estimate), r["coefficients"]["(Intercept)"], what="rate")
        assert_close(result.of("rate", "control").se, r["se"]["(Intercept)"], what="se of the rate")


@ORACLE
@pytest.mark.parametrize("name", ["fine", "tied"])
@pytest.mark.parametrize("terminal", ["mcf", "mcf_without_death"])
def test_mean_number_of_flares(oracle, name, terminal):
    case = read_case(oracle)
    r = case.expected[terminal][name]
    frame = case.frame.filter(case=name)
    if terminal == "mcf_without_death":
        frame = frame.with_columns(pl.col("event").replace("death", None))
    spec = MeanCumulativeFunction(recurrent="flare", terminal="death" if terminal == "mcf" else None)
    ours = spec.fit(frame).at(r["time"])
    assert_close(ours["mean"], r["mean"], what="mean")
    if "se" in r:
        assert_close(ours["se"], r["se"], what="se")


@ORACLE
def test_wins_of_a_censored_time(oracle):
    case = read_case(oracle)
    r = case.expected["wins"]
    spec = WinRatio(outcomes=(Outcome(column="patient_years", event="died"),), control="control")
    result = spec.fit(per_subject(case.frame))
    assert result.of("wins").events == r["wins"]
    assert result.of("losses").events == r["losses"]
    ratio = result.of("win_ratio")
    assert_close([np.log(ratio.estimate), ratio.se], [r["log_ratio"], r["se_log_ratio"]], what="log win ratio")


def lower(column: str) -> Outcome:
    return Outcome(column=column, better="lower")


DEATH = Outcome(column="days", event="died")


@pytest.mark.parametrize(
    ("key", "outcomes"),
    [
        ("death_flares_sledai", (DEATH, lower("flares"), lower("sledai"))),
        ("flares_sledai", (lower("flares"), lower("sledai"))),
        ("sledai", (lower("sledai"),)),
    ],
)
def test_win_hierarchy_sim(key, outcomes):
    """A hierarchy with one end of follow-up ranks the patients: concordance of R survival counts it."""
    case = read_case("win_hierarchy_sim")
    r = case.expected[key]
    result = WinRatio(outcomes=outcomes, control="control").fit(case.frame)
    assert (result.of("wins").events, result.of("losses").events) == (r["wins"], r["losses"])
    ratio, net = result.of("win_ratio"), result.of("net_benefit")
    assert_close([np.log(ratio.estimate), ratio.se], [r["log_ratio"], r["se_log_ratio"]], what="log win ratio")
    assert_close([net.estimate, net.se], [r["net_benefit"], r["se_net_benefit"]], what="net benefit")
