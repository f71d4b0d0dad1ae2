"""Instruments: each scores one visit. One file an instrument; this is the list of them."""

from __future__ import annotations

from typing import Final

from malar.errors import UnknownKeyError
from malar.instruments.sledai_2k import CLINICAL_SLEDAI_2K, SLEDAI_2K
from malar.instruments.weighted_items import Item, WeightedItems

INSTRUMENTS: Final = {made.key: made for made in (SLEDAI_2K, CLINICAL_SLEDAI_2K)}
"""Key → instrument."""


def instrument(key: str) -> WeightedItems:
    """The instrument with a key.

    Raises
    ------
    UnknownKeyError
        No instrument has it.

    Examples
    --------
    >>> instrument("sledai_2k").maximum
    105
    """
    if key not in INSTRUMENTS:
        raise UnknownKeyError(f"No instrument has the key `{key}`.", hint=f"Known: {', '.join(INSTRUMENTS)}.")
    return INSTRUMENTS[key]


__all__ = ["INSTRUMENTS", "Item", "WeightedItems", "instrument"]
