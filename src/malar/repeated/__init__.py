"""Outcomes measured again and again: models of means over visits. Importing this loads no numerical library."""

from __future__ import annotations

from typing import Final

from malar.method import Method
from malar.repeated.mmrm import MMRM
from malar.repeated.reference_based import ReferenceBasedImputation
from malar.repeated.rubin import Pooled, pool

METHODS: Final[tuple[Method, ...]] = (MMRM.method, ReferenceBasedImputation.method)
"""What `malar list estimators` prints of this room."""

__all__ = ["METHODS", "MMRM", "Pooled", "ReferenceBasedImputation", "pool"]
