"""Repeated looks at accumulating data: spending functions and bounds. Importing this loads no numerical library."""

from __future__ import annotations

from typing import Final

from malar.looks.boundaries import Boundaries
from malar.looks.group_sequential_test import GroupSequentialTest
from malar.looks.spending import HwangShihDeCani, KimDeMets, OBrienFlemingType, PocockType, SpendingFunction
from malar.looks.wang_tsiatis import WangTsiatis
from malar.method import Method

METHODS: Final[tuple[Method, ...]] = (
    GroupSequentialTest.method,
    OBrienFlemingType.method,
    PocockType.method,
    KimDeMets.method,
    HwangShihDeCani.method,
    WangTsiatis.method,
)
"""What `malar list estimators` prints of this room."""

__all__ = [
    "METHODS",
    "Boundaries",
    "GroupSequentialTest",
    "HwangShihDeCani",
    "KimDeMets",
    "OBrienFlemingType",
    "PocockType",
    "SpendingFunction",
    "WangTsiatis",
]
