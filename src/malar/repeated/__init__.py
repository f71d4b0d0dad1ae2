"""Outcomes measured again and again: models of means over visits. Importing this loads no numerical library."""

from __future__ import annotations

from typing import Final

from malar.method import Method
from malar.repeated.mmrm import MMRM

METHODS: Final[tuple[Method, ...]] = (MMRM.method,)
"""What `malar list estimators` prints of this room."""

__all__ = ["METHODS", "MMRM"]
