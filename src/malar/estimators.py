"""Every estimator's name and sources, room by room: what `malar list estimators` and `malar cite` print."""

from __future__ import annotations

from typing import Final

from malar.controls import METHODS as CONTROLS
from malar.looks import METHODS as LOOKS
from malar.method import Method
from malar.multiplicity import METHODS as MULTIPLICITY
from malar.repeated import METHODS as REPEATED
from malar.responders import METHODS as RESPONDERS
from malar.survival import METHODS as SURVIVAL
from malar.synthesis import METHODS as SYNTHESIS

METHODS: Final[tuple[Method, ...]] = (*SURVIVAL, *REPEATED, *RESPONDERS, *CONTROLS, *SYNTHESIS, *LOOKS, *MULTIPLICITY)
"""In the order of the rooms."""
