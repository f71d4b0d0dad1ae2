"""Every estimator's name and sources, room by room: what `malar list estimators` and `malar cite` print."""

from __future__ import annotations

from typing import Final

from malar.method import Method
from malar.multiplicity import METHODS as MULTIPLICITY
from malar.responders import METHODS as RESPONDERS
from malar.survival import METHODS as SURVIVAL

METHODS: Final[tuple[Method, ...]] = (*SURVIVAL, *RESPONDERS, *MULTIPLICITY)
"""In the order of the rooms."""
