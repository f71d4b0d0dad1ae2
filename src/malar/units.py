"""Units of laboratory values and doses: spelling, dimension and exact factors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from malar.errors import UnknownKeyError

CREATININE_UMOL_PER_MG_DL: Final = 88.4
"""µmol/L of creatinine in 1 mg/dL (molar mass 113.12 g/mol)."""

PGA_SCALES: Final[Mapping[str, float]] = {"0-3": 3.0, "0-10": 10.0, "0-100": 100.0}
"""Scales of the physician's global assessment, each with its upper end; the line of 0 to 100 is in mm."""

CREATININE_G_PER_MOL: Final = 113.12
"""Molar mass of creatinine: 1 mg of protein per mg of creatinine is 113.12 mg per mmol."""

_DIMENSIONS: Final[Mapping[str, Mapping[str, float]]] = {
    "mass concentration": {
        "g/L": 1.0, "g/dL": 10.0, "mg/dL": 0.01, "mg/L": 0.001, "ug/mL": 0.001, "mg/mL": 1.0,
    },
    "cell count": {
        "10^9/L": 1.0, "10^3/uL": 1.0, "/uL": 0.001, "/mm3": 0.001, "10^6/L": 0.001, "/L": 1e-9,
    },
    "amount concentration": {"umol/L": 1.0, "mmol/L": 1000.0},
    "enzyme activity": {"U/L": 1.0, "ukat/L": 60.0},
    "antibody activity": {"IU/mL": 1.0, "kIU/L": 1.0, "IU/L": 0.001},
    "arbitrary units": {"U/mL": 1.0, "kU/L": 1.0},
    "normalized ratio": {"ratio": 1.0},
    "percentage": {"%": 1.0, "fraction": 100.0},
    "sedimentation": {"mm/h": 1.0},
    "protein excretion": {"g/d": 1.0, "mg/d": 0.001},
    "protein ratio": {"mg/mg": 1.0, "mg/g": 0.001, "mg/mmol": 1.0 / CREATININE_G_PER_MOL},
    "cells per field": {"/hpf": 1.0},
    "fluorescence": {"MFI": 1.0},
    "casts per field": {"/lpf": 1.0},
    "dipstick level": {"+": 1.0},
    "filtration rate": {"mL/min/1.73 m2": 1.0},
    "dose": {"mg": 1.0, "g": 1000.0, "ug": 0.001},
}  # fmt: skip
"""Units by dimension, each with its size in the dimension's first unit."""

_SPELLINGS: Final[Mapping[str, str]] = {
    "k/ul": "10^3/uL", "x10^3/ul": "10^3/uL", "10*3/ul": "10^3/uL", "10e3/ul": "10^3/uL",
    "x10^9/l": "10^9/L", "10*9/l": "10^9/L", "10e9/l": "10^9/L", "g/l (10^9)": "10^9/L",
    "cells/ul": "/uL", "cells/mm3": "/mm3", "cells/mm^3": "/mm3", "1/mm3": "/mm3",
    "µmol/l": "umol/L", "μmol/l": "umol/L", "mcmol/l": "umol/L", "µg/ml": "ug/mL", "μg/ml": "ug/mL",
    "g/24h": "g/d", "g/24 h": "g/d", "g/day": "g/d", "mg/24h": "mg/d", "mg/24 h": "mg/d", "mg/day": "mg/d",
    "g/g": "mg/mg", "g/mol": "mg/mmol", "iu/l (enzyme)": "U/L", "units/l": "U/L",
    "mm/hr": "mm/h", "mm/1h": "mm/h", "percent": "%", "cells/hpf": "/hpf", "per hpf": "/hpf",
    "casts/lpf": "/lpf", "per lpf": "/lpf",
    "ml/min/1.73m2": "mL/min/1.73 m2", "ml/min/1.73 m²": "mL/min/1.73 m2", "ml/min/1.73m²": "mL/min/1.73 m2",
    "gpl": "U/mL", "mpl": "U/mL", "gpl u/ml": "U/mL", "mpl u/ml": "U/mL", "gpl-u/ml": "U/mL", "mpl-u/ml": "U/mL",
    "sgu": "U/mL", "smu": "U/mL",
    "µg": "ug", "μg": "ug", "mcg": "ug",
}  # fmt: skip

_KNOWN: Final = {unit.lower(): unit for units in _DIMENSIONS.values() for unit in units}


def unit_symbol(text: str) -> str:
    """The symbol that Malar uses for a unit as it was written.

    Parameters
    ----------
    text
        A unit in any case and usual spelling.

    Returns
    -------
    str
        The symbol, as in ``10^9/L``.

    Raises
    ------
    UnknownKeyError
        No unit is spelled like that.

    Examples
    --------
    >>> unit_symbol("K/uL"), unit_symbol("MG/DL")
    ('10^3/uL', 'mg/dL')
    """
    folded = text.strip().lower()
    symbol = _KNOWN.get(folded) or _SPELLINGS.get(folded)
    if symbol is None:
        raise UnknownKeyError(
            f"`{text}` is not a unit known here.",
            "A value without a known unit cannot be compared with a threshold.",
            "See the units listed on the data model page.",
        )
    return symbol


def conversion_factor(unit: str, to: str, *, analyte: str = "") -> float:
    """The number that turns a value in one unit into another.

    Parameters
    ----------
    unit, to
        Units in any usual spelling.
    analyte
        Key of the analyte; ``creatinine`` opens the way between mass and amount.

    Returns
    -------
    float
        Multiply a value in `unit` by it.

    Raises
    ------
    UnknownKeyError
        A unit is unknown, or the two measure different things.

    Examples
    --------
    >>> conversion_factor("mg/dL", "g/L")
    0.01
    >>> conversion_factor("mg/dL", "umol/L", analyte="creatinine")
    88.4
    """
    start, end = unit_symbol(unit), unit_symbol(to)
    for units in _DIMENSIONS.values():
        if start in units and end in units:
            return units[start] / units[end]
    if analyte == "creatinine":
        mass, amount = _DIMENSIONS["mass concentration"], _DIMENSIONS["amount concentration"]
        if start in mass and end in amount:
            return mass[start] / mass["mg/dL"] * CREATININE_UMOL_PER_MG_DL / amount[end]
        if start in amount and end in mass:
            return amount[start] / CREATININE_UMOL_PER_MG_DL * mass["mg/dL"] / mass[end]
    raise UnknownKeyError(
        f"`{unit}` cannot be turned into `{to}`.",
        "They measure different things.",
        "Correct the unit of these rows, or declare it under [units] in study.toml.",
    )
