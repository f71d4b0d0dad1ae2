"""Nelson-Aalen estimates and restricted means against survfit of R survival 3.5-3 and survRM2 1.0-4."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from malar.survival import NelsonAalen, RestrictedMean
from tests.numbers import assert_close
from tests.oracles.reader import read_case

KM = ("km_lung", "km_veteran", "km_lung_weighted", "km_channing_left_truncated")
RMST = ("rmst_pbc", "rmst_veteran")
WEIGHTED = ("weighted", "unweighted")


@pytest.mark.parametrize("name", KM)
def test_oracle_cumulative_hazard(name):
    case = read_case(name)
    c = case.columns
    spec = NelsonAalen(c["time"], c["event"], c["start"], c["weight"], c["group"], variance="aalen")
    for curve in spec.fit(case.frame).curves:
        r = case.expected["groups"][curve.group]
        assert_close(curve.hazard, r["cumhaz_nelson_aalen"], what="hazard")
        assert_close(curve.se, r["se_cumhaz_nelson_aalen"], what="se")


@pytest.mark.parametrize("kind", WEIGHTED)
@pytest.mark.parametrize("variance", ["aalen", "infinitesimal_jackknife"])
def test_oracle_hazard_sim(kind, variance):
    case = read_case("hazard_sim")
    weight = "weight" if kind == "weighted" else None
    result = NelsonAalen(entry="entry", weight=weight, by="arm", variance=variance).fit(case.frame)
    for curve in result.curves:
        r = case.expected[kind][curve.group]
        theirs = r["se_aalen"] if variance == "aalen" else r["se_jackknife"]
        keep = np.isin(curve.time, r["time"])
        assert keep.sum() == len(r["time"])
        assert_close(curve.hazard[keep], r["hazard"], what="hazard")
        assert_close(curve.se[keep], theirs, what="se")


@pytest.mark.parametrize("kind", WEIGHTED)
@pytest.mark.parametrize("variance", ["greenwood", "infinitesimal_jackknife"])
def test_oracle_mean_hazard_sim(kind, variance):
    case = read_case("hazard_sim")
    weight = "weight" if kind == "weighted" else None
    spec = RestrictedMean(case.expected["until"], by="arm", entry="entry", weight=weight, variance=variance)
    for row in spec.fit(case.frame).means().iter_rows(named=True):
        r = case.expected[kind][row["group"]]
        assert_close(row["days"], r["mean"], what="mean")
        theirs = r["mean_se_greenwood"] if variance == "greenwood" else r["mean_se_jackknife"]
        assert_close(row["se"], theirs, what="se")


@pytest.mark.parametrize("name", RMST)
def test_oracle_restricted_mean(name):
    case = read_case(name)
    c = case.columns
    result = RestrictedMean(case.expected["tau"], c["time"], c["event"], c["arm"], reference="0").fit(case.frame)
    for row in result.means().iter_rows(named=True):
        r = case.expected[f"arm{row['group']}"]
        assert_close([row[k] for k in ("days", "se", "lower", "upper")], _of(r["rmst"], "est", "se", "lower", "upper"))
        lost = [row[k] for k in ("days_lost", "lost_lower", "lost_upper")]
        assert_close(lost, _of(r["rmtl"], "est", "lower", "upper"))
    names = {"difference": "rmst_diff", "ratio": "rmst_ratio", "ratio of days lost": "rmtl_ratio"}
    for row in result.contrasts().iter_rows(named=True):
        r = case.expected[names[row["term"]]]
        assert_close([row[k] for k in ("estimate", "lower", "upper", "p")], _of(r, "est", "lower", "upper", "p"))
        if "se" in r:
            assert_close(row["se"], r["se"], what="se")


@pytest.mark.parametrize("name", KM)
def test_oracle_restricted_mean_of_one_group(name):
    case = read_case(name)
    c = case.columns
    if case.columns["start"]:
        pytest.skip("the mean of a curve with delayed entry is that of hazard_sim")
    for group, r in case.expected["groups"].items():
        own = case.frame.filter(pl.col(c["group"]).cast(pl.String) == group)
        mean = r["rmean"]
        spec = RestrictedMean(mean["tau"], c["time"], c["event"], weight=c["weight"], variance="greenwood")
        row = spec.fit(own).means().row(0, named=True)
        assert_close(row["days"], mean["rmean"], what="mean")
        assert_close(row["se"], mean["se"], what="se")


def _of(r, *names):
    return [r[name] for name in names]
