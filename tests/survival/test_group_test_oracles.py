"""Log-rank tests against survdiff, coxph and survMisc; Gray's test against cuminc of cmprsk 2.2-11."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from malar.survival import GrayTest, LogRank
from tests.numbers import assert_close
from tests.oracles.reader import read_case

LOGRANK = ("logrank_lung", "logrank_veteran", "logrank_veteran_celltype")
TESTS = {
    "logrank": (0, False),
    "peto_peto_rho1": (1, False),
    "fh_rho_half": (0.5, False),
    "logrank_stratified": (0, True),
}
OURS = {"plain": (0, False), "rho_1": (1, False), "rho_half": (0.5, False), "stratified": (0, True)}
OURS |= {"stratified_rho_1": (1, True)}
CIF = ("cif_aidssi", "cif_mgus2")


def compare(result, r):
    assert list(result.groups) == r["groups"]
    assert_close(result.scores.observed, r["observed"], what="observed")
    assert_close(result.scores.expected, r["expected"], what="expected")
    assert_close(result.scores.covariance, r["var"], what="covariance")
    assert_close([result.chisq, result.p], [r["chisq"], r["p"]], what="chi-square and p")
    assert result.df == len(r["groups"]) - 1


@pytest.mark.parametrize("test", TESTS)
@pytest.mark.parametrize("name", LOGRANK)
def test_oracle_log_rank(name, test):
    case = read_case(name)
    c, (rho, stratified) = case.columns, TESTS[test]
    spec = LogRank(c["time"], c["event"], c["group"], c["strata"] if stratified else None, rho=rho)
    compare(spec.fit(case.frame.drop_nulls(c["strata"])), case.expected[test])


@pytest.mark.parametrize("test", OURS)
def test_oracle_logrank_sim(test):
    case = read_case("logrank_sim")
    rho, stratified = OURS[test]
    spec = LogRank(strata=case.columns["strata"] if stratified else None, rho=rho)
    compare(spec.fit(case.frame), case.expected[test])


@pytest.mark.parametrize("test", ["entry", "entry_stratified"])
def test_oracle_logrank_sim_with_delayed_entry(test):
    case = read_case("logrank_sim")
    strata = "region" if test == "entry_stratified" else None
    result = LogRank(time="exact", entry="entry", strata=strata).fit(case.frame)
    assert_close(result.chisq, case.expected[test]["chisq"])


@pytest.mark.parametrize("place", range(3))
def test_oracle_logrank_sim_fleming_harrington(place):
    case = read_case("logrank_sim")
    r = case.expected["without_low"][place]
    result = LogRank(time="exact", rho=r["rho"], gamma=r["gamma"]).fit(case.frame.filter(pl.col("arm") != "low"))
    assert_close(result.scores.observed[1] - result.scores.expected[1], r["q"], what="score")
    assert_close(result.scores.covariance[1, 1], r["var"], what="variance")
    assert_close(-result.z, r["z"], what="z")


@pytest.mark.parametrize("test", ["gray_test", "gray_test_rho1", "gray_test_stratified"])
@pytest.mark.parametrize("name", CIF)
def test_oracle_gray(name, test):
    case = read_case(name)
    if test not in case.expected:
        pytest.skip(f"{name} has no strata")
    c = case.columns
    strata, rho = (c["strata"] if "stratified" in test else None), float("rho1" in test)
    spec = GrayTest(c["time"], c["event"], c["group"], strata, rho=rho)
    rows = spec.fit(case.frame.drop_nulls(c["group"])).tests()
    for row in rows.iter_rows(named=True):
        r = case.expected[test][row["cause"]]
        assert_close([row["chisq"], row["p"], row["df"]], [r["stat"], r["pv"], r["df"]])


@pytest.mark.parametrize("test", ["plain", "rho_half", "rho_1", "stratified", "stratified_rho_1"])
def test_oracle_gray_sim(test):
    case = read_case("gray_sim")
    rho = {"rho_half": 0.5, "rho_1": 1.0, "stratified_rho_1": 1.0}.get(test, 0.0)
    spec = GrayTest(strata="center" if "stratified" in test else None, rho=rho)
    for row in spec.fit(case.frame).tests().iter_rows(named=True):
        r = case.expected["tests"][test][row["cause"]]
        assert_close([row["chisq"], row["p"], row["df"]], [r["chisq"], r["p"], r["df"]])


def test_scores_add_up_to_nothing():
    case = read_case("gray_sim")
    for cause in GrayTest(strata="center").fit(case.frame).causes:
        assert_close(cause.score.sum(), 0.0, "rounding")
        assert_close(cause.covariance.sum(axis=0), np.zeros(3), "rounding")
