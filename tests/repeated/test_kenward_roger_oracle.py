"""Kenward and Roger's covariance, degrees of freedom and F against R pbkrtest 0.5.2, under compound symmetry."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from malar.repeated import MMRM
from malar.repeated import _fitting as fitting
from malar.repeated._covariances_kernel import STRUCTURES
from malar.repeated._likelihood_kernel import expected_information
from tests.numbers import assert_close
from tests.oracles.reader import read_case

SPEC = MMRM(
    outcome="change", covariates=("baseline",), covariance="compound_symmetry", reference="standard", df="kenward_roger"
)


def compare(result, r) -> None:
    assert result.attempts[0].loglik >= r["reml_loglik"] - 1e-9
    assert_close(result.covariance[0, 1], r["between"], "optimizer", "variance between")
    assert_close(result.covariance[0, 0] - result.covariance[0, 1], r["within"], "optimizer", "variance within")
    for ours, theirs in zip(result.contrasts().iter_rows(named=True), r["contrasts"], strict=True):
        for statistic in ("estimate", "se", "df"):
            assert_close(ours[statistic], theirs[statistic], "optimizer", f"{theirs['visit']} {statistic}")
    for terms, key in ((("arm", "arm:visit"), "any_visit"), (("arm:visit",), "by_visit")):
        joint = result.joint_test(*terms).row(0, named=True)
        for statistic in ("f", "df", "denominator_df", "p"):
            assert_close(joint[statistic], r[key][statistic], "optimizer", f"{key} {statistic}")


def test_kenward_roger_sim_complete():
    """With complete data the observed information, which we take, is the expected one, which pbkrtest takes."""
    case = read_case("kenward_roger_sim")
    compare(SPEC.fit(case.frame.filter(trial="complete")), case.expected["complete"])


@pytest.mark.parametrize("name", ["complete", "gaps", "small"])
def test_kenward_roger_sim_with_the_expected_information(name, monkeypatch):
    """The same terms and the same F with gaps, once the expected information stands in."""
    climb = fitting.maximize

    def with_expected(data, structure, *, reml):
        found = climb(data, structure, reml=reml)
        jacobian = STRUCTURES["compound_symmetry"](len(found.sigma)).jacobian(found.theta)
        information = expected_information(data, found.at, jacobian, found.slopes.bread, reml=reml)
        return replace(found, information=information)

    monkeypatch.setattr(fitting, "maximize", with_expected)
    case = read_case("kenward_roger_sim")
    compare(SPEC.fit(case.frame.filter(trial=name)), case.expected[name])


@pytest.mark.parametrize("name", ["gaps", "small"])
def test_observed_and_expected_information_differ_little(name):
    """A choice, not an error: the observed information is that of SAS and of R mmrm."""
    case = read_case("kenward_roger_sim")
    ours = SPEC.fit(case.frame.filter(trial=name)).contrasts()
    theirs = case.expected[name]["contrasts"]
    assert np.abs(ours["se"].to_numpy() / [row["se"] for row in theirs] - 1).max() < 0.02
    assert np.abs(ours["df"].to_numpy() / [row["df"] for row in theirs] - 1).max() < 0.1
