"""One column of a judged frame that comes from a study's other tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from malar.declarations import Declaration
from malar.sources import Source, Status, weakest

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Study

Make = Callable[["Study", "pl.DataFrame"], "pl.Series"]
"""A study, and its visits as `subject` and `day`: one value a visit, in their order; null where unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyColumn:
    """One column of a judged frame that the visits alone do not hold.

    Parameters
    ----------
    key
        Its name in the frame.
    title
        Its name for people.
    source
        Where its rule comes from, and the reading chosen.
    says
        What a value means, and where it is null, in one or two sentences.
    tables
        Tables that it reads. Where the first has no row at all, the column is unknown everywhere.
    make
        Makes it.
    variant_of
        Key of the column that it varies, if any.
    rests_on
        Other columns whose facts it uses: it is no surer than they are.
    """

    key: str
    title: str
    source: Source
    says: str
    tables: tuple[str, ...]
    make: Make
    variant_of: str = ""
    rests_on: tuple[Declaration, ...] = ()

    @property
    def status(self) -> Status:
        """How sure it is: the weakest of its own source and what it rests on."""
        return weakest([self.source.status, *(part.status for part in self.rests_on)])

    def parts(self) -> tuple[Declaration, ...]:
        """Declarations that it rests on."""
        return self.rests_on

    def body(self) -> str:
        """What its sheet says below source and reading."""
        rests_on = ", ".join(f"[{used.title}]({used.key}.md)" for used in self.rests_on)
        rests_on = f"\nRests on {rests_on}.\n" if rests_on else ""
        return f"{self.says}\n\nReads the tables {', '.join(self.tables)}.\n{rests_on}"

    def meaning(self) -> list[str]:
        """What it means beside key, source and reading."""
        return [self.says, *self.tables, self.variant_of, *(part.key for part in self.rests_on)]
