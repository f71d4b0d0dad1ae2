"""Endpoints: each judges a visit. One file a definition with its variants; this is the list of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from malar.endpoints import (
    bicla,
    bilag_flare,
    bilag_held_responses,
    bilag_responses,
    clasi_50,
    damage,
    doris,
    drug_free_remission,
    facit_fatigue_response,
    joint_response,
    lldas,
    lldas_published,
    nanjing_remission,
    nanjing_renal_remission,
    organ_resolution,
    pga_change,
    refractoriness,
    renal_abatacept,
    renal_access,
    renal_acr_2006,
    renal_alms,
    renal_aurora,
    renal_belong,
    renal_bliss_ln,
    renal_dutch,
    renal_eular,
    renal_flare_alms,
    renal_flare_aurora_2,
    renal_flare_kdigo,
    renal_flare_maintain,
    renal_kdigo,
    renal_kidney_loss,
    renal_lunar,
    renal_pediatric,
    renal_proposed,
    renal_regency,
    selena_flare_index,
    serology,
    sle_das_states,
    sledai_2k_change,
    sledai_2k_levels,
    sri,
    steroid_taper,
    tapering,
)
from malar.endpoints.endpoint import Endpoint
from malar.errors import UnknownKeyError, near

_FILES: Final = (
    sledai_2k_levels,
    sledai_2k_change,
    sle_das_states,
    clasi_50,
    damage,
    facit_fatigue_response,
    bilag_flare,
    steroid_taper,
    drug_free_remission,
    organ_resolution,
    serology,
    tapering,
    nanjing_remission,
    nanjing_renal_remission,
    bilag_responses,
    bilag_held_responses,
    pga_change,
    selena_flare_index,
    joint_response,
    lldas,
    lldas_published,
    doris,
    sri,
    bicla,
    renal_abatacept,
    renal_access,
    renal_acr_2006,
    renal_alms,
    renal_aurora,
    renal_belong,
    renal_bliss_ln,
    renal_dutch,
    renal_eular,
    renal_flare_alms,
    renal_flare_aurora_2,
    renal_flare_kdigo,
    renal_flare_maintain,
    renal_kdigo,
    renal_kidney_loss,
    renal_lunar,
    renal_pediatric,
    renal_proposed,
    renal_regency,
    refractoriness,
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
