"""Pooling by inverse variance against metafor 3.8-1: limits, heterogeneity, prediction and the way back."""

from __future__ import annotations

import pytest

from malar.synthesis import Pooling
from malar.synthesis.pooled_result import PooledResult
from tests.numbers import assert_close
from tests.oracles.reader import read_case

PROPORTIONS = ("meta_debruin2009", "meta_lupus_complete_remission", "meta_pritz1997")
SCALES = {
    "PLO": "proportion_logit",
    "PFT": "proportion_freeman_tukey",
    "PAS": "proportion_arcsine",
    "PR": "proportion_raw",
    "PLN": "proportion_log",
}
LIMITS = {"z": "normal", "knha": "hartung_knapp", "adhoc": "hartung_knapp_floored"}
ESTIMATORS = {"FE": "common", "DL": "DL", "REML": "REML", "PM": "PM", "ML": "ML"}
FITS = [f"{tau2}_{limits}" for tau2 in ESTIMATORS for limits in LIMITS if tau2 != "FE" or limits == "z"]


def spec(fit: str, **options: object) -> Pooling:
    tau2, limits = fit.split("_")
    return Pooling(tau2=ESTIMATORS[tau2], limits=LIMITS[limits], **options)


def compare(result: PooledResult, r: dict[str, object], tolerance: str) -> None:
    """Every number that metafor and Malar both give."""
    common = result.spec.tau2 == "common"
    q, _, p = result.q
    assert result.k == r["k"]
    for name, got in {
        "est": result.estimate,
        "se": result.se,
        "p": result.p,
        "stat": result.estimate / result.se,
        "ci": (result.lower, result.upper),
        "tau2": result.tau2,
        "se_tau2": None if common else result.fitted.tau2_se,
        "I2": 100.0 * result.i2.estimate,
        "H2": result.h2.estimate,
        "QE": q,
        "QEp": p,
        "weights_percent": 100.0 * result.weights,
    }.items():
        assert_close(got, r[name], tolerance, name)
    if "tau2_ci_qprofile" in r:
        assert_close(result.tau2_limits, r["tau2_ci_qprofile"], tolerance, "Q-profile")
    if "I2_ci_qprofile" in r:
        assert_close((100 * result.i2.lower, 100 * result.i2.upper), r["I2_ci_qprofile"], tolerance, "I² limits")


def compare_back(result: PooledResult, r: dict[str, object], tolerance: str) -> None:
    back = result.natural
    assert_close(back.estimate, r["back"]["est"], tolerance, "back")
    assert_close((back.lower, back.upper), r["back"]["ci"], tolerance, "limits back")


@pytest.mark.parametrize("fit", FITS)
@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("name", PROPORTIONS)
def test_proportions(name, scale, fit):
    case = read_case(name)
    r = case.expected[scale][fit]
    pooled = spec(fit, measure=SCALES[scale], columns=case.columns, study=case.columns["study"]).fit(case.frame)
    assert_close(pooled.effects, case.expected[scale]["yi"], what="effects")
    assert_close(pooled.variances, case.expected[scale]["vi"], what="variances")
    compare(pooled, r, "oracle_6")
    compare_back(pooled, r, "oracle_6")


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("name", PROPORTIONS)
def test_prediction(name, scale):
    """metafor's own uses t with k-1 under Hartung and Knapp, the normal else; Riley's uses k-2."""
    case = read_case(name)
    for fit in ("REML_z", "REML_knha", "DL_z", "PM_adhoc"):
        r = case.expected[scale][fit]
        options = {"measure": SCALES[scale], "columns": case.columns, "study": case.columns["study"]}
        own = spec(fit, prediction="normal" if fit.endswith("_z") else "k-1", **options).fit(case.frame)
        riley = spec(fit, prediction="k-2", **options).fit(case.frame)
        assert_close(own.prediction, r["pi_metafor"], "oracle_6", "prediction")
        assert_close(own.natural_prediction, r["back"]["pi_metafor"], "oracle_6", "prediction back")
        assert_close(riley.prediction, r["pi_riley_t_kminus2"], "oracle_6", "prediction, k-2")
        assert_close(riley.natural_prediction, r["back"]["pi_riley_t_kminus2"], "oracle_6", "prediction back, k-2")


@pytest.mark.parametrize("fit", FITS)
def test_log_hazard_ratios(fit):
    case = read_case("meta_pignon2000_g3")
    frame = case.frame.with_columns(se=case.frame["vi"].sqrt())
    pooled = spec(fit, measure="ratio", columns={"estimate": "yi"}).fit(frame)
    compare(pooled, case.expected[fit], "oracle")
    compare_back(pooled, case.expected[fit], "oracle")


@pytest.mark.parametrize("scale", ["cloglog", "logit"])
@pytest.mark.parametrize("time", [6, 12])
def test_survival_at_a_time(time, scale):
    case = read_case("meta_survival_nae")
    r = case.expected["landmark_pooling"][f"t{time}"]
    inside = case.frame["surv"].is_between(0, 1, closed="none")
    rows = case.frame.filter((case.frame["time"] == time) & inside).drop("time")
    measure = "survival_log_log" if scale == "cloglog" else "survival_logit"
    pooled = Pooling(measure=measure, columns={"survival": "surv", "at_risk": "nrisk"}).fit(rows)
    assert list(pooled.names) == r["studies"]
    compare(pooled, r[scale], "oracle_6")
    assert_close(pooled.natural.estimate, r[scale]["S_pooled"], "oracle_6", "S")
