"""Clone, censor and weight against survSplit, glm and survfit of R survival 3.5-3."""

from __future__ import annotations

import polars as pl
import pytest

from malar.controls import CloneCensorWeight
from malar.controls.clone_censor_weight_result import CloneCensorWeightResult
from tests.numbers import assert_close
from tests.oracles.reader import Case, read_case

NAME = "clone_censor_weight_sim"
OPTIONS = {
    "baseline": {"grace_days": 90, "interval_days": 30},
    "within_grace": {"grace_days": 90, "interval_days": 15, "degree": 2, "untreated": "not_within_grace"},
    "varying": {"grace_days": 75, "interval_days": 30, "stand_in": "last_interval", "day": "day"},
    "constant_in_time": {
        "grace_days": 120, "interval_days": 40, "degree": 0, "stand_in": "last_interval", "day": "day",
    },
    "cut_weights": {"grace_days": 90, "interval_days": 30, "largest_weight": 2.5},
}  # fmt: skip


def fitted(case: Case, variant: str, **more: object) -> CloneCensorWeightResult:
    options = {"horizon": case.whole["horizon"], **OPTIONS[variant], **more}
    frame = case.frame if "day" in options else case.frame.filter(pl.col("day") == 0)
    return CloneCensorWeight(covariates=["sledai_2k", "age", "class"], **options).fit(frame)


@pytest.mark.parametrize("variant", OPTIONS)
def test_weights(variant):
    case = read_case(NAME)
    spans = fitted(case, variant).clones()
    for strategy in ("treated", "control"):
        own, r = spans.filter(strategy=strategy), case.expected[variant][strategy]
        assert (own.height, own["event"].sum()) == (r["spans"], r["events"])
        assert_close(own["weight"].sum(), r["weight_sum"], what="sum of weights")
        assert_close((own["weight"] ** 2).sum(), r["weight_square"], what="sum of their squares")
        at_horizon = own.filter(pl.col("time") == case.whole["horizon"])["weight"]
        assert_close(at_horizon, r["weights_last"], what="weights at the horizon")


@pytest.mark.parametrize("variant", OPTIONS)
def test_curves(variant):
    case = read_case(NAME)
    result = fitted(case, variant)
    curves, contrasts = result.at(case.whole["times"]), result.contrasts()
    for strategy in ("treated", "control"):
        r = case.expected[variant][strategy]
        assert_close(curves.filter(strategy=strategy)["event_free"], r["free"], what="event-free")
        assert_close(contrasts.filter(term="restricted_mean")[strategy], [r["mean"]], what="restricted mean")
    free = [case.expected[variant][strategy]["free"][-1] for strategy in ("treated", "control")]
    assert_close(contrasts.filter(term="event_free")["difference"], [free[0] - free[1]], what="difference")


@pytest.mark.parametrize("variant", OPTIONS)
def test_incidences(variant):
    case = read_case(NAME)
    result = fitted(case, variant, cause="cause")
    assert result.causes == ("death", "relapse")
    for strategy in ("treated", "control"):
        own = result.incidence_at([case.whole["horizon"]]).filter(strategy=strategy)
        r = case.expected[variant][strategy]["incidence"]
        assert_close(own.sort("cause")["incidence"], [r["death"], r["relapse"]], what="incidence")
