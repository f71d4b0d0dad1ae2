"""Endpoints: each judges a visit. One file a definition with its variants; this is the list of them."""

from __future__ import annotations

from typing import Final

from malar.endpoints.endpoint import Endpoint
from malar.endpoints.sledai_2k_change import (
    FLARE,
    FLARE_SINCE_BASELINE,
    FLARE_SINCE_LOWEST,
    IMPROVEMENT,
    IMPROVEMENT_SINCE_PREVIOUS,
)
from malar.endpoints.sledai_2k_levels import AT_MOST_4, CLINICAL_QUIESCENCE
from malar.errors import UnknownKeyError

DEFINITIONS: Final = {
    made.key: made
    for made in (
        AT_MOST_4,
        CLINICAL_QUIESCENCE,
        FLARE,
        FLARE_SINCE_BASELINE,
        FLARE_SINCE_LOWEST,
        IMPROVEMENT,
        IMPROVEMENT_SINCE_PREVIOUS,
    )
}
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
        raise UnknownKeyError(f"No definition has the key `{key}`.", hint=f"Known: {', '.join(DEFINITIONS)}.")
    return DEFINITIONS[key]


__all__ = ["DEFINITIONS", "Endpoint", "rule"]
