"""Pooling against metafor and base R's own integration, on studies simulated in `tests/oracles/scripts/pooling.R`."""

from __future__ import annotations

import polars as pl
import pytest

from malar.synthesis import (
    MantelHaenszel,
    MetaRegression,
    MixedPooling,
    Pooling,
    SmallStudyCheck,
    Subgroups,
    cumulative,
    leave_one_out,
)
from tests.numbers import assert_close
from tests.oracles.reader import read_case

MEASURES = ("odds_ratio", "risk_ratio", "risk_difference", "mean_difference", "mean", "rate_log")
LIMITS = {"knha": "hartung_knapp", "z": "normal"}


def studies() -> pl.DataFrame:
    return read_case("pooling_sim").frame


def expected() -> dict[str, object]:
    return read_case("pooling_sim").expected


def pooling(measure: str = "mean_difference", **options: object) -> Pooling:
    columns = {"events": "infections"} if measure == "rate_log" else {}
    return Pooling(measure=measure, columns=columns, **options)


@pytest.mark.parametrize("tau2", ["REML", "DL", "PM", "ML"])
@pytest.mark.parametrize("measure", MEASURES)
def test_oracle_of_each_measure(measure, tau2):
    r = expected()["pooled"][measure]
    pooled = pooling(measure, tau2=tau2).fit(studies())
    assert_close(pooled.effects, r["yi"], what="effects")
    assert_close(pooled.variances, r["vi"], what="variances")
    assert_close(pooled.estimate, r[tau2]["coefficients"], what="estimate")
    for name in ("se", "lower", "upper", "p", "tau2"):
        assert_close(getattr(pooled, name), r[tau2][name], what=name)
    assert_close(pooled.fitted.tau2_se, r[tau2]["se_tau2"], what="se of tau2")
    assert_close(pooled.i2.estimate, r[tau2]["I2"], what="I²")
    assert_close((pooled.q[0], pooled.q[2]), (r[tau2]["QE"], r[tau2]["QEp"]), what="Q")


@pytest.mark.parametrize(
    "case", ["dose_REML_knha", "dose_source_REML_knha", "dose_DL_z", "dose_source_PM_knha", "dose_source_ML_z"]
)
def test_oracle_of_meta_regression(case):
    *moderators, tau2, limits = case.split("_")
    r = expected()["regression"][case]
    spec = MetaRegression(pooling=pooling(tau2=tau2, limits=LIMITS[limits]), moderators=tuple(moderators))
    fitted = spec.fit(studies())
    lower, upper = fitted.limits
    q, _, p = fitted.residual_heterogeneity
    statistic, _, moderators_p = fitted.moderators_test
    for got, name in (
        (fitted.coefficients, "coefficients"),
        (fitted.se, "se"),
        (lower, "lower"),
        (upper, "upper"),
        (fitted.p, "p"),
        (fitted.tau2, "tau2"),
        (fitted.fitted.tau2_se, "se_tau2"),
        (fitted.tau2_limits, "tau2_limits"),
        (fitted.i2, "I2"),
        (q, "QE"),
        (p, "QEp"),
        (statistic, "QM"),
        (moderators_p, "QMp"),
    ):
        assert_close(got, r[name], what=name)


def test_oracle_of_leave_one_out():
    r = expected()["leave_one_out"]
    summary = leave_one_out(pooling(), studies()).summary()
    for name in ("estimate", "se", "tau2"):
        assert_close(summary[name], r[name], what=name)


@pytest.mark.parametrize("name", ["meta_debruin2009", "meta_lupus_complete_remission", "meta_pritz1997"])
def test_oracle_of_leave_one_out_of_proportions(name):
    case = read_case(name)
    r = case.expected["PLO_REML_leave1out"]
    spec = Pooling(measure="proportion_logit", limits="normal", columns=case.columns, study=case.columns["study"])
    series = leave_one_out(spec, case.frame)
    for column in ("est", "se", "tau2"):
        assert_close(series.summary()[{"est": "estimate"}.get(column, column)], r[column], "oracle_6", column)
    assert_close([100 * one.i2.estimate for one in series.results], r["I2"], "oracle_6", "I²")


def test_oracle_of_cumulative_pooling():
    r = expected()["cumulative"]
    series = cumulative(pooling(), studies(), order="year")
    assert series.labels == tuple(str(year) for year in r["year"])
    assert_close(series.summary()["estimate"], r["estimate"], what="estimate")


def test_oracle_of_subgroups():
    r = expected()["subgroups"]
    fitted = Subgroups(pooling=pooling(), by="source").fit(studies())
    assert list(fitted.series.labels) == r["names"]
    for name in ("estimate", "se", "tau2"):
        assert_close(fitted.summary()[name], r[name], what=name)
    assert_close((fitted.test[0], fitted.test[2]), (r["Q"], r["p"]), what="test")


def test_oracle_of_egger():
    r = expected()["egger"]
    fitted = SmallStudyCheck(pooling=pooling()).fit(studies())
    assert_close((fitted.t, fitted.p, fitted.df), (r["t"], r["p"], r["df"]))


@pytest.mark.parametrize("name", ["meta_debruin2009", "meta_pritz1997"])
def test_oracle_of_egger_of_proportions(name):
    case = read_case(name)
    r = case.expected["PLO_egger_lm"]
    spec = Pooling(measure="proportion_logit", columns=case.columns, study=case.columns["study"])
    fitted = SmallStudyCheck(pooling=spec).fit(case.frame)
    assert_close((fitted.t, fitted.p, fitted.df), (r["stat"], r["p"], r["df"]), "oracle_6")
    assert "asymmetry is expected" in fitted.table()["note"][0]


@pytest.mark.parametrize("measure", ["odds_ratio", "risk_ratio", "risk_difference"])
def test_oracle_of_mantel_haenszel(measure):
    r = expected()["mantel_haenszel"][measure]
    common = MantelHaenszel(measure=measure).fit(studies())
    for name in ("estimate", "se", "lower", "upper"):
        assert_close(getattr(common, name), r[name], what=name)


@pytest.mark.parametrize("outcome", ["proportion", "rate"])
def test_oracle_of_the_likelihood_of_counts(outcome):
    r = expected()["likelihood"][outcome]
    columns = {"events": "infections"} if outcome == "rate" else {}
    pooled = MixedPooling(outcome=outcome, columns=columns).fit(studies())
    assert_close(pooled.estimate, r["mean"], "pooled_likelihood", "mean")
    assert_close(pooled.tau2, r["tau2"], "pooled_likelihood", "tau2")
    assert_close(pooled.se, r["se"], "pooled_likelihood", "se")
    assert_close(pooled.fitted.log_likelihood, r["log_likelihood"], "oracle", "log likelihood")
