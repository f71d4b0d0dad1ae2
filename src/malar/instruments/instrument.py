"""What every instrument offers, whatever it is made of."""

from __future__ import annotations

from typing import Any, Literal, Protocol

from malar.declarations import Declaration

Missing = Literal["unknown", "absent", "carry"]
"""What an unknown item counts as; see :meth:`malar.instruments.WeightedItems.score`."""


class Instrument(Declaration, Protocol):
    """Scores one visit: reads columns of the visit frame and adds its own."""

    @property
    def window_days(self) -> int:
        """A sign recorded between visits counts at the next visit within so many days; 0: at its own visit only."""
        ...

    @property
    def assessed(self) -> str:
        """Boolean column that tells at which visits it was assessed; empty: where a column that it gives is known."""
        ...

    def summary(self) -> str:
        """What it is in a few words, for the last page of a report."""
        ...

    def needs(self) -> tuple[str, ...]:
        """Columns of the visit frame that it reads."""
        ...

    def signs(self) -> tuple[str, ...]:
        """Those of its columns that are signs of one form, recorded together: where one is, the form was assessed."""
        ...

    def gives(self) -> tuple[str, ...]:
        """Columns that it adds, without `__low` and `__high`."""
        ...

    def score(self, frame: Any, *, missing: Missing = "unknown") -> Any:
        """Add its columns to a visit frame of any kind."""
        ...
