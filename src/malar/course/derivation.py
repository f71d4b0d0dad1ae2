"""Derivations: columns that a visit's judgment needs from other visits, declared like an instrument."""

from __future__ import annotations

from typing import Any, Protocol

from malar.declarations import Declaration


class Derivation(Declaration, Protocol):
    """Adds columns to a visit frame that rest on more than one visit."""

    def needs(self) -> tuple[str, ...]:
        """Columns that it reads at the visits; an instrument that gives one is named by the endpoint."""
        ...

    def gives(self) -> tuple[str, ...]:
        """Columns that it adds, without `__low` and `__high`."""
        ...

    def derive(self, frame: Any) -> Any:
        """Add its columns to a visit frame of any kind."""
        ...
