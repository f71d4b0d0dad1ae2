"""MMRM against R mmrm 0.3.16 and emmeans 1.8.4: estimates at 1e-4, degrees of freedom at 1e-2, likelihood no worse.

Kenward-Roger is compared with mmrm's Kenward-Roger-Linear: its default one is of the Cholesky parameterization.
"""

from __future__ import annotations

import polars as pl
import pytest

from malar.repeated import MMRM
from malar.repeated.mmrm_result import MMRMResult
from tests.numbers import assert_close
from tests.oracles.reader import Case, read_case

CASES = {
    "mmrm_fev": ("RACE", "SEX", "FEV1_BL"),
    "mmrm_lupus_sim_n40": ("BASE", "STRATUM"),
    "mmrm_orthodont": (),
}
STRUCTURES = {
    "us": "unstructured",
    "toeph": "heterogeneous_toeplitz",
    "toep": "toeplitz",
    "adh": "ante_dependence",
    "ar1h": "heterogeneous_autoregressive",
    "ar1": "autoregressive",
    "csh": "heterogeneous_compound_symmetry",
    "cs": "compound_symmetry",
}
METHODS = {"us_Satterthwaite": "satterthwaite", "us_Kenward-Roger_Kenward-Roger-Linear": "kenward_roger"}
LIMITS = ("estimate", "se", "df", "lower", "upper")
TOLERANCE = {"df": "degrees_of_freedom", "p": "p_value"}


def fit(case: Case, covariates: tuple[str, ...], **options: object) -> MMRMResult:
    inputs, levels = case.columns, case.expected["factor_levels"]
    spec = MMRM(
        outcome=inputs["response"],
        subject=inputs["subject"],
        visit=inputs["visit"],
        arm=inputs["arm"],
        covariates=covariates,
        visits=tuple(levels[inputs["visit"]]),
        reference=levels[inputs["arm"]][0],
        **options,
    )
    in_order = [pl.col(name).cast(pl.Enum(levels[name])) for name in covariates if name in levels]
    return spec.fit(case.frame.with_columns(in_order))


def compare(ours: pl.DataFrame, theirs: list[dict], statistics: tuple[str, ...]) -> None:
    names = {"p": "p.value"}
    for name in statistics:
        reference = [row[names.get(name, name)] for row in theirs]
        assert_close(ours[name], reference, TOLERANCE.get(name, "optimizer"), name)


@pytest.mark.parametrize("short", STRUCTURES)
@pytest.mark.parametrize("name", CASES)
def test_covariances(name, short):
    case = read_case(name)
    result = fit(case, CASES[name], covariance=STRUCTURES[short], df="satterthwaite")
    r = case.expected["structures"][short]
    assert result.converged
    statistics = result.fit_statistics()
    assert statistics["loglik"] >= r["reml_loglik"] - 1e-8
    for key, theirs in (("loglik", "reml_loglik"), ("aic", "aic"), ("bic", "bic")):
        assert_close(statistics[key], r[theirs], "likelihood", key)
    assert result.attempts[-1].parameters == r["n_cov_par"]
    assert_close(result.covariance, r["covariance"], "optimizer", "covariance")
    compare(result.contrasts(), r["contrasts_satterthwaite"], LIMITS)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", CASES)
def test_means_contrasts_and_joint_test(name, method):
    case = read_case(name)
    r = case.expected[method]
    arm, visit = case.columns["arm"], case.columns["visit"]
    for weights in ("equal", "proportional"):
        result = fit(case, CASES[name], df=METHODS[method], weights=weights)
        means = {tuple(row.values())[:2]: row for row in r[f"emmeans_{weights}"]["lsmeans"]}
        ours = result.ls_means()
        compare(ours, [means[cell] for cell in ours.select("arm", "visit").rows()], LIMITS)
        contrasts = r[f"emmeans_{weights}"]["contrasts_vs_reference"]
        compare(result.contrasts(), contrasts, (*LIMITS, "p"))
    joint = result.joint_test(f"{arm}:{visit}").row(0, named=True)
    assert joint["df"] == r["joint_f_test"]["num_df"]
    assert_close(joint["f"], r["joint_f_test"]["f_stat"], "optimizer", "f")
    assert_close(joint["denominator_df"], r["joint_f_test"]["denom_df"], "degrees_of_freedom", "denominator df")
    assert_close(joint["p"], r["joint_f_test"]["p_val"], "p_value", "p")


@pytest.mark.parametrize("method", [*METHODS, "us_ML"])
@pytest.mark.parametrize("name", CASES)
def test_coefficients(name, method):
    case = read_case(name)
    ml = method == "us_ML"
    result = fit(case, CASES[name], df=METHODS.get(method, "satterthwaite"), likelihood="ml" if ml else "reml")
    theirs = case.expected[method]["coefficients"]
    ours = {coefficient_key(row["name"]): row for row in result.coefficients().iter_rows(named=True)}
    assert set(ours) == {coefficient_key(key) for key in theirs}
    for key, row in theirs.items():
        mine = ours[coefficient_key(key)]
        for statistic in ("estimate", "se", "df"):
            assert_close(mine[statistic], row[statistic], TOLERANCE.get(statistic, "optimizer"), f"{key} {statistic}")
    if ml:
        assert result.fit_statistics()["loglik"] >= case.expected[method]["loglik"] - 1e-8
        assert_close(result.covariance, case.expected[method]["covariance"], "optimizer", "covariance")


@pytest.mark.parametrize("name", CASES)
def test_gls(name):
    """The unstructured fit of nlme 3.1-162."""
    case = read_case(name)
    r = case.expected["nlme_gls"]
    result = fit(case, CASES[name], df="satterthwaite")
    assert result.fit_statistics()["loglik"] >= r["reml_loglik"] - 1e-8
    ours = {coefficient_key(row["name"]): row for row in result.coefficients().iter_rows(named=True)}
    for key, row in r["coefficients"].items():
        for statistic in ("estimate", "se"):
            assert_close(ours[coefficient_key(key)][statistic], row[statistic], "optimizer", key)


def coefficient_key(name: str) -> frozenset[str]:
    """Names of R (`ARMCART:AVISITM03`) and ours (`ARM[CART]:AVISIT[M03]`) as one."""
    plain = name.replace("[", "").replace("]", "").replace("(Intercept)", "intercept")
    return frozenset(plain.split(":"))
