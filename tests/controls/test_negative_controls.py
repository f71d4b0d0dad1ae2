"""Negative controls against metafor 3.8-1 (ML), a printed calibrated p, and simulated systematic error."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from malar.controls import MatchedEffect, NegativeControls
from malar.controls.effect import Effect
from malar.controls.negative_controls_result import NegativeControlsResult
from malar.errors import ParameterError, UndefinedError
from tests.numbers import assert_close
from tests.oracles.reader import read_case

NAME = "negative_controls_sim"


def effect(estimate: float, se: float, unit: str = "log odds ratio") -> Effect:
    return Effect(MatchedEffect.method, "", unit, estimate, se, None, 0.95, (10, 10), (0.0, 0.0))


def test_systematic_error_oracle():
    case = read_case(NAME)
    found, r = NegativeControls().fit(case.frame), case.expected
    assert_close([found.mean, found.sd], [r["mean"], r["sd"]], "oracle_6", "systematic error")
    rows = found.rows()
    assert_close(rows["p"], r["p"], what="p")
    assert len(found.excluding) == rows["excludes_none"].sum() == r["excluding"]
    assert_close(found.p_excess, r["p_excess"], what="p of so many")
    assert_close(rows["calibrated_p"], r["left_out_p"], "oracle_6", "leave-one-out p")
    few = NegativeControls().fit(case.frame.head(4))
    assert_close([few.mean, few.sd], r["few"], "oracle_6", "four controls")


def test_calibration_oracle():
    case = read_case(NAME)
    got, r = NegativeControls().fit(case.frame).calibrate(0.62, 0.17), case.expected["main"]
    for name in ("estimate", "se", "lower", "upper", "p"):
        assert_close(getattr(got, name), r[name], "oracle_6", name)


def test_calibrated_p_as_printed():
    """Vignette of EmpiricalCalibration 3.1: errors 0.7920 (SD 0.2835), sertraline 0.73 (0.07): p 0.8394."""
    null = NegativeControlsResult(NegativeControls(), (), np.empty(0), np.empty(0), None, 0.7920, 0.2835)
    found = null.calibrate(0.7326235, 0.07371708)
    assert_close(found.p, 0.839405, "printed_3")
    assert found.raw_p < 1e-20


def test_calibrated_limits_cover_where_raw_ones_do_not():
    """Errors with mean 0.25 and SD 0.2, learned from 60 controls: of estimates without any effect 95 % cover 0."""
    rng = np.random.default_rng(11)

    def drawn(n: int) -> pl.DataFrame:
        se = rng.uniform(0.08, 0.25, n)
        y = 0.25 + 0.2 * rng.normal(size=n) + se * rng.normal(size=n)
        return pl.DataFrame({"control": [f"c{k}" for k in range(n)], "estimate": y, "se": se})

    studies = [NegativeControls().fit(drawn(60)) for _ in range(40)]
    assert max(found.p_excess for found in studies) < 1e-6
    tried = [one.calibrate(y, s) for one in studies for y, s in drawn(50).select("estimate", "se").iter_rows()]
    assert np.mean([one.lower <= 0 <= one.upper for one in tried]) == pytest.approx(0.94, abs=0.02)
    assert np.mean([one.raw_lower <= 0 <= one.raw_upper for one in tried]) < 0.6
    assert np.mean([one.p < 0.05 for one in tried]) == np.mean([not one.lower <= 0 <= one.upper for one in tried])
    assert np.mean([one.mean for one in studies]) == pytest.approx(0.25, abs=0.02)
    assert np.mean([one.sd for one in studies]) == pytest.approx(0.2, abs=0.02)


def test_without_error_nothing_changes():
    controls = {"a": effect(0.0, 0.2), "b": effect(0.05, 0.3), "c": effect(-0.05, 0.3)}
    found = NegativeControls().fit_effects(controls)
    assert (found.excluding, found.p_excess, found.sd) == ((), 1.0, 0.0)
    got = found.calibrate_effect(effect(0.9, 0.2))
    assert_close([got.estimate, got.se, got.p], [got.raw_estimate - found.mean, got.raw_se, got.raw_p], "oracle")


def test_one_control_stands_beside_the_effect_and_calibrates_nothing():
    found = NegativeControls().fit_effects({"fracture": effect(0.8, 0.3)})
    assert found.excluding == ("fracture",)
    table = found.table(effect(1.2, 0.4))
    assert set(table["term"]) == {"fracture"}
    assert "no calibration by one" in table["note"][0]
    with pytest.raises(UndefinedError, match="one negative control"):
        found.calibrate(1.0, 0.2)


def test_table_holds_the_effect_before_and_after():
    found = NegativeControls().fit_effects({"a": effect(0.3, 0.1), "b": effect(0.1, 0.1), "c": effect(0.5, 0.2)})
    table = found.table(effect(1.0, 0.25)).filter(statistic="estimate")
    assert table["term"].to_list() == [
        "a",
        "b",
        "c",
        "systematic_error_mean",
        "systematic_error_sd",
        "main",
        "calibrated",
    ]
    assert_close(table["value"][5] - table["value"][3], table["value"][6], "rounding")


def test_what_is_refused():
    with pytest.raises(ParameterError, match="2 units"):
        NegativeControls().fit_effects({"a": effect(0.1, 0.1), "b": effect(0.1, 0.1, "difference")})
    with pytest.raises(UndefinedError, match="No negative controls"):
        NegativeControls().fit_effects({})
    found = NegativeControls().fit_effects({"a": effect(0.1, 0.1), "b": effect(0.2, 0.1)})
    with pytest.raises(ParameterError, match="The effect is a difference"):
        found.calibrate_effect(effect(1.0, 0.2, "difference"))
    with pytest.raises(ParameterError):
        found.calibrate(1.0, 0.0)
    frame = pl.DataFrame({"control": ["a", "a"], "estimate": [0.1, 0.2], "se": [0.1, 0.0]})
    with pytest.raises(ParameterError, match="1 standard errors are not above 0, and 1 names are repeated"):
        NegativeControls().fit(frame)
