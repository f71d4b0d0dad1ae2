"""Mistakes that are easily made with renal response: operators, units, rounding."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from malar.endpoints import DEFINITIONS, rule
from malar.schema import Settings, study_from_frames
from malar.timelines import needed_frame
from malar.units import conversion_factor

FINE: dict[str, Any] = {
    "egfr": 95.0,
    "baseline__egfr": 95.0,
    "preflare__egfr": 95.0,
    "treatment_failure": False,
    "treatment_failure_aurora": False,
    "glucocorticoid_above_10_from_week_24": False,
}


def verdict(key: str, **given: Any) -> bool | None:
    row = {"subject": "a", "day": 365, **FINE, **given}
    missing = {name: None for name in rule(key).visit_needs() if name not in row}
    return rule(key).flag(pl.DataFrame([{**row, **missing}]))[key].item()


def test_10_bliss_ln_complete_is_below_half_a_gram_and_aurora_at_most() -> None:
    assert verdict("bliss_ln_crr", lab__upcr=0.5) is False
    assert verdict("aurora_crr", lab__upcr=0.5) is True
    assert verdict("bliss_ln_perr", lab__upcr=0.7) is True
    assert verdict("bliss_ln_perr", lab__upcr=0.701) is False


def test_11_a_ratio_of_53_mg_mmol_is_below_half_a_gram_and_not_below_50() -> None:
    ratio = 53 * conversion_factor("mg/mmol", "mg/mg")
    assert verdict("eular_2012_crr", lab__upcr=ratio) is True
    assert verdict("eular_2012_crr_50_mg_mmol", lab__upcr=ratio) is False


@pytest.mark.parametrize(("unit", "value"), [("mg/mg", 0.5), ("g/g", 0.5), ("mg/g", 500), ("mg/mmol", 56.56)])
def test_11_one_ratio_in_four_units_has_one_verdict(unit: str, value: float) -> None:
    labs = pl.DataFrame({"subject": ["a"], "day": [0], "analyte": ["upcr"], "value": [value], "unit": [unit]})
    visits = pl.DataFrame({"subject": ["a"], "day": [0]})
    study = study_from_frames({"subjects": visits.select("subject"), "visits": visits, "labs": labs}, Settings())
    ratio = needed_frame(study, ["lab__upcr"])["lab__upcr"].item()
    assert verdict("aurora_crr", lab__upcr=ratio) is True
    assert verdict("bliss_ln_crr", lab__upcr=ratio) is False
    assert verdict("eular_2025_crr", lab__upcr=ratio) is False


@pytest.mark.parametrize(("value", "expected"), [(50, False), (49.9, True)])
def test_11_a_limit_printed_in_mg_mmol_is_tested_in_mg_mmol(value: float, expected: bool) -> None:
    ratio = value * conversion_factor("mg/mmol", "mg/mg")
    assert verdict("kdigo_2012_crr_50_mg_mmol", lab__upcr=ratio) is expected


@pytest.mark.parametrize(("analyte", "mmol", "mass"), [("uacr", 30.0, 265.2), ("upcr", 50.0, 442.0)])
def test_ratios_are_kept_in_their_own_unit(analyte: str, mmol: float, mass: float) -> None:
    labs = pl.DataFrame({"subject": ["a"], "day": [0], "analyte": [analyte], "value": [mmol], "unit": ["mg/mmol"]})
    visits = pl.DataFrame({"subject": ["a"], "day": [0]})
    study = study_from_frames({"subjects": visits.select("subject"), "visits": visits, "labs": labs}, Settings())
    kept = needed_frame(study, [f"lab__{analyte}"])[f"lab__{analyte}"].item()
    unit = "mg/mmol" if analyte == "uacr" else "mg/mg"
    assert kept * conversion_factor(unit, "mg/g") == pytest.approx(mass, abs=0.05)


def test_protein_in_24_hours_never_stands_in_for_the_ratio() -> None:
    assert verdict("aurora_crr", lab__urine_protein_24h=0.2) is None
    assert verdict("eular_2019_target_12_months_500", lab__upcr=0.2) is None


def test_a_fall_of_exactly_a_fifth_is_not_more_than_a_fifth() -> None:
    for before in (0.3, 33.3, 47.1, 70, 100):
        assert verdict("bliss_ln_perr", lab__upcr=0.5, egfr=before * 0.8, preflare__egfr=before) is True


@pytest.mark.parametrize("key", [key for key in DEFINITIONS if "crr" in key or "prr" in key or "perr" in key])
def test_nothing_known_decides_nothing_and_a_nephrotic_urine_is_no_complete_response(key: str) -> None:
    empty = dict.fromkeys([*FINE, "lab__upcr"])
    assert verdict(key, **empty) is None
    if "prr" not in key:
        assert verdict(key, **empty, **({"lab__urine_protein_24h": 9.0})) in (None, False)
        assert verdict(key, **{**empty, "lab__upcr": 9.0, "lab__urine_protein_24h": 9.0}) is False
