"""Fine-Gray regression against crr of R cmprsk 2.2-11."""

from __future__ import annotations

import polars as pl
import pytest

from malar.survival import FineGray
from tests.numbers import assert_close
from tests.oracles.reader import read_case


def flat(rows):
    return [value for row in rows for value in row]


@pytest.mark.parametrize("cause", [1, 2])
@pytest.mark.parametrize("name", ["finegray_aidssi", "finegray_mgus2"])
def test_coefficients_variance_and_incidence(name, cause):
    case = read_case(name)
    columns, r = case.columns, case.expected[f"cause_{cause}"]
    spec = FineGray(covariates=columns["covariates"], interest=cause, time=columns["time"], cause=columns["event"])
    result = spec.fit(case.frame)
    assert result.n == r["n"]
    assert result.convergence.reached
    ours = result.coefficients()
    assert_close(ours["estimate"], list(r["coef"].values()), what="coefficient")
    assert_close(ours["se"], list(r["se"].values()), what="se")
    assert_close(result.covariance, r["var"], what="variance")
    assert_close(result.log_likelihood, [r["loglik_null"], r["loglik"]], what="log-likelihood")
    p = r["predicted_cif"]
    profiles = pl.DataFrame(p["newdata"], schema=list(spec.covariates), orient="row")
    incidence = result.predict(profiles, p["times"]).sort("time", "row")["incidence"]
    assert_close(incidence, flat(p["cif_rows_are_times"]), what="incidence")


@pytest.mark.parametrize("name", ["tied_1", "tied_2", "exact_1", "exact_2"])
def test_simulated_relapse_and_death_against_oracle(name):
    case = read_case("fine_gray_sim")
    r = case.expected[name]
    spec = FineGray(covariates=case.whole["covariates"], interest=r["cause"], time=r["time"])
    result = spec.fit(case.frame)
    assert_close(result.coefficient, r["coef"], what="coefficient")
    assert_close(result.covariance, r["var"], what="variance")
    assert_close(result.log_likelihood, r["loglik"], what="log-likelihood")
    p = r["predicted"]
    profiles = pl.DataFrame(p["profiles"], schema=list(spec.covariates), orient="row")
    assert_close(result.predict(profiles, p["times"])["incidence"], flat(p["incidence"]), what="incidence")
