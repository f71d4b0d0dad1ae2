"""Endpoints: each judges a visit. One file a definition with its variants; this is the list of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from malar.endpoints import (
    bilag_flare,
    bilag_held_responses,
    bilag_responses,
    drug_free_remission,
    joint_response,
    nanjing_remission,
    nanjing_renal_remission,
    organ_resolution,
    pga_change,
    refractoriness,
    selena_flare_index,
    serology,
    sledai_2k_change,
    sledai_2k_levels,
    steroid_taper,
    tapering,
)
from malar.endpoints.endpoint import Endpoint
from malar.errors import UnknownKeyError, near

_FILES: Final = (
    sledai_2k_levels,
    sledai_2k_change,
    drug_free_remission,
    organ_resolution,
    serology,
    tapering,
    nanjing_remission,
    nanjing_renal_remission,
    bilag_responses,
    bilag_held_responses,
    steroid_taper,
    refractoriness,
    pga_change,
    selena_flare_index,
    joint_response,
    bilag_flare,
)

DEFINITIONS: Final[Mapping[str, Endpoint]] = {made.key: made for file in _FILES for made in file.DEFINITIONS}
"""Key → definition."""


def rule(key: str) -> Endpoint:
    """The definition with a key.

    Raises
    ------
    UnknownKeyError
        No definition has it.

    Examples
    --------
    >>> rule("sledai_2k_at_most_4").criteria["score"].sentence()
    'SLEDAI-2K is at most 4 (<= 4)'
    """
    if key not in DEFINITIONS:
        raise UnknownKeyError(f"No definition has the key `{key}`.", hint=near(key, DEFINITIONS, "definitions"))
    return DEFINITIONS[key]


__all__ = ["DEFINITIONS", "Endpoint", "rule"]
