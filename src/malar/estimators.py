"""Every estimator's name and sources, room by room: what `malar list estimators` and `malar cite` print."""

from __future__ import annotations

from typing import Final

from malar.method import Method
from malar.survival import METHODS as SURVIVAL
from malar.synthesis import METHODS as SYNTHESIS

METHODS: Final[tuple[Method, ...]] = (*SURVIVAL, *SYNTHESIS)
"""In the order of the rooms."""
