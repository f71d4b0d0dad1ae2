"""Instruments: each scores one visit. One file an instrument with its variants; this is the list of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from malar.errors import UnknownKeyError, near
from malar.instruments import (
    bilag_2004,
    bilag_classic,
    clasi,
    classification,
    crs,
    ctcae_labs,
    egfr,
    facit_fatigue,
    gvhd,
    icans,
    joints,
    licats,
    mex_sledai,
    nih_indices,
    pga,
    prednisone_per_kg,
    rsfi,
    sdi,
    selena_sledai,
    serum_creatinine,
    sle_das,
    sledai_2k,
    sledai_original,
    urine_protein,
    urine_sediment,
)
from malar.instruments.formula import Formula
from malar.instruments.instrument import Instrument, Missing
from malar.instruments.item import Item
from malar.instruments.weighted_items import WeightedItems

_FILES: Final = (
    sledai_2k,
    bilag_2004,
    bilag_classic,
    sle_das,
    clasi,
    sdi,
    classification,
    nih_indices,
    facit_fatigue,
    crs,
    icans,
    licats,
    gvhd,
    ctcae_labs,
    sledai_original,
    selena_sledai,
    mex_sledai,
    pga,
    joints,
    prednisone_per_kg,
    rsfi,
    egfr,
    serum_creatinine,
    urine_protein,
    urine_sediment,
)

INSTRUMENTS: Final[Mapping[str, Instrument]] = {made.key: made for file in _FILES for made in file.INSTRUMENTS}
"""Key → instrument."""

WEIGHTED: Final[Mapping[str, WeightedItems]] = {
    key: made for key, made in INSTRUMENTS.items() if isinstance(made, WeightedItems)
}
"""Those that add the weights of the signs present."""


def instrument(key: str) -> Instrument:
    """The instrument with a key.

    Raises
    ------
    UnknownKeyError
        No instrument has it.

    Examples
    --------
    >>> instrument("sledai_2k").title
    'SLEDAI-2K'
    """
    if key not in INSTRUMENTS:
        raise UnknownKeyError(f"No instrument has the key `{key}`.", hint=near(key, INSTRUMENTS, "instruments"))
    return INSTRUMENTS[key]


__all__ = ["INSTRUMENTS", "WEIGHTED", "Formula", "Instrument", "Item", "Missing", "WeightedItems", "instrument"]
