"""Units: spellings, factors both ways, and what cannot be converted."""

from __future__ import annotations

import pytest

from malar.errors import UnknownKeyError
from malar.units import conversion_factor, unit_symbol
from tests.numbers import assert_close

FACTORS = [
    ("mg/dL", "g/L", "", 0.01),
    ("g/dL", "g/L", "", 10),
    ("K/uL", "10^9/L", "", 1),
    ("/mm3", "10^9/L", "", 0.001),
    ("mg/g", "mg/mg", "", 0.001),
    ("mg/24h", "g/d", "", 0.001),
    ("kIU/L", "IU/mL", "", 1),
    ("mg/dL", "umol/L", "creatinine", 88.4),
    ("g/dL", "umol/L", "creatinine", 88_400),
]


@pytest.mark.parametrize(("unit", "to", "analyte", "factor"), FACTORS)
def test_factors_hold_both_ways(unit: str, to: str, analyte: str, factor: float) -> None:
    assert_close(conversion_factor(unit, to, analyte=analyte), factor)
    assert_close(conversion_factor(to, unit, analyte=analyte), 1 / factor)


def test_protein_ratios_are_exact_and_not_the_printed_round_numbers() -> None:
    """0.5 g/g is 56.6 mg/mmol, not 50."""
    assert round(0.5 * conversion_factor("g/g", "mg/mmol"), 1) == 56.6
    assert round(3 * conversion_factor("g/g", "mg/mmol")) == 339


def test_spellings() -> None:
    assert unit_symbol(" MG/DL ") == "mg/dL"
    assert unit_symbol("x10^9/L") == unit_symbol("10*9/L") == "10^9/L"


@pytest.mark.parametrize(("unit", "to"), [("mg/dL", "umol/L"), ("mm/h", "g/L"), ("g/L", "10^9/L")])
def test_what_measures_different_things_is_refused(unit: str, to: str) -> None:
    with pytest.raises(UnknownKeyError, match="cannot be turned into"):
        conversion_factor(unit, to)
    with pytest.raises(UnknownKeyError, match="not a unit known here"):
        unit_symbol("smoots")
