"""Every estimator's name and sources, room by room: what `malar list estimators` and `malar cite` print."""

from __future__ import annotations

from typing import Final

from malar import survival
from malar.method import Method

_ROOMS: Final = (survival,)

METHODS: Final[tuple[Method, ...]] = tuple(method for room in _ROOMS for method in room.METHODS)
"""In the order of the rooms."""
