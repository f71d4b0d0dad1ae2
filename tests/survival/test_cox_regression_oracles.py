"""Cox regression against coxph, cox.zph and survfit of R survival 3.5-3."""

from __future__ import annotations

import polars as pl
import pytest

from malar.survival import CoxRegression
from tests.numbers import assert_close
from tests.oracles.reader import read_case

CASES = ("cox_heart_start_stop", "cox_lung", "cox_lung_weighted", "cox_veteran", "cox_veteran_stratified")
TIES = ("efron", "breslow")
OURS = [
    f"{ties}{strata}_{variance}"
    for ties in TIES
    for strata in ("", "_strata")
    for variance in ("model", "cluster", "weight", "weight_cluster")
]


def fitted(name, ties, *, robust=False):
    case = read_case(name)
    columns = case.columns
    spec = CoxRegression(
        covariates=columns["covariates"],
        time=columns["time"],
        event=columns["event"],
        entry=columns["start"],
        strata=columns["strata"],
        weight=columns["weight"],
        cluster=columns["cluster"] if robust else None,
        ties=ties,
        variance="robust" if robust or columns["weight"] else "model",
    )
    return spec.fit(case.frame), case.expected[f"{ties}_robust" if robust else ties]


def of_test(result, name):
    return result.tests().filter(test=name)["chisq"].item()


@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize("name", CASES)
def test_coefficients_and_tests(name, ties):
    result, r = fitted(name, ties)
    assert (result.n, result.n_events) == (r["n"], r["events"])
    assert result.convergence.reached
    assert_close(result.coefficient, list(r["coef"].values()), what="coefficient")
    assert_close(result.fitted.model_variance.diagonal() ** 0.5, list(r["se"].values()), what="se")
    assert_close(result.log_likelihood, r["loglik"], what="log-likelihood")
    assert_close(of_test(result, "likelihood_ratio"), r["lr_test"]["test"], what="likelihood ratio")
    assert_close(of_test(result, "score"), r["score_test"]["test"], what="score")
    p = result.tests().filter(test="score")["p"].item()
    assert_close(p, r["score_test"]["pvalue"], what="p of the score test")


@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize("name", CASES)
def test_robust_errors_limits_and_tests(name, ties):
    result, r = fitted(name, ties, robust=True)
    ours = result.coefficients()
    assert_close(ours["se"], list(r["robust_se"].values()), what="robust se")
    for column, key in (("hazard_ratio", "hr"), ("hazard_ratio_lower", "lower"), ("hazard_ratio_upper", "upper")):
        assert_close(ours[column], [row[key] for row in r["hr_ci95"].values()], what=column)
    assert_close(of_test(result, "robust_score"), r["robust_score"]["test"], what="robust score")
    assert_close(of_test(result, "wald"), r["wald_test"]["test"], "printed_2", what="wald, which R rounds")


@pytest.mark.parametrize("transform", ["km", "identity"])
@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize("name", CASES)
def test_proportionality(name, ties, transform):
    result, r = fitted(name, ties)
    expected = r[f"zph_{transform}"]
    ours = result.proportionality(transform)
    terms = [*result.spec.covariates, "GLOBAL"]
    for column, key in (("chisq", "chisq"), ("df", "df"), ("p", "p")):
        assert_close(ours[column], [expected[term][key] for term in terms], what=column)


@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize("name", [name for name in CASES if "stratified" not in name])
def test_baseline_hazard_and_residuals(name, ties):
    result, r = fitted(name, ties)
    baseline = result.baseline()
    hazards = [
        baseline.filter(pl.col("time") <= t)["cumulative_hazard"][-1] for t in r["baseline_cumhaz_at_zero"]["times"]
    ]
    assert_close(hazards, r["baseline_cumhaz_at_zero"]["H0"], what="baseline hazard")
    assert_close(result.martingale_residuals()[:10], r["martingale_residuals_first10"], what="martingale residuals")


@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize("name", ["cox_lung", "cox_veteran"])
def test_predicted_survival(name, ties):
    result, r = fitted(name, ties)
    p = r["predicted_survival"]
    ours = result.predict(pl.DataFrame(p["newdata"]), p["times"]).sort("time", "row")
    for column, key in (("survival", "surv"), ("se", "se"), ("lower", "lower_loglog"), ("upper", "upper_loglog")):
        assert_close(ours[column], [value for row in p[key] for value in row], what=column)


@pytest.mark.parametrize("name", OURS)
def test_simulated_spans_with_strata_weights_and_clusters_against_oracle(name):
    case = read_case("cox_sim")
    r, columns = case.expected[name], case.columns
    result = CoxRegression(
        covariates=case.whole["covariates"],
        time=columns["time"],
        event=columns["event"],
        entry=columns["entry"],
        ties=r["ties"],
        strata=columns["strata"] if r["strata"] else None,
        weight=columns["weight"] if r["weight"] else None,
        cluster=columns["cluster"] if r["cluster"] else None,
    ).fit(case.frame)
    ours = result.coefficients()
    assert_close(ours["estimate"], r["coef"], what="coefficient")
    assert_close(result.fitted.model_variance.diagonal() ** 0.5, r["se"], what="model se")
    assert result.robust == (r["robust_se"] is not None)
    assert_close(ours["se"], r["robust_se"] or r["se"], what="se")
    assert_close(ours["hazard_ratio_lower"], r["lower"], what="lower")
    assert_close(ours["hazard_ratio_upper"], r["upper"], what="upper")
    assert_close(result.log_likelihood, r["loglik"], what="log-likelihood")
    assert_close(of_test(result, "score"), r["score"], what="score")
    assert_close(of_test(result, "wald"), r["wald"], what="wald")
    if result.robust:
        assert_close(of_test(result, "robust_score"), r["robust_score"], what="robust score")
    for transform, chisq in r["zph"].items():
        assert_close(result.proportionality(transform)["chisq"], chisq, what=f"proportionality, {transform}")
    assert_close(result.martingale_residuals(), r["martingale"], what="martingale residuals")
    for p in r.get("predicted", []):
        predicted = result.predict(pl.DataFrame({k: v for k, v in p.items() if not isinstance(v, list)}), p["times"])
        for column in ("survival", "cumulative_hazard", "se", "lower", "upper"):
            assert_close(predicted[column], p[column], what=f"predicted {column}")
