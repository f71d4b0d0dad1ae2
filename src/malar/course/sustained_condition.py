"""Conditions that later visits confirm: a fall of eGFR that stays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from malar._frames import enter
from malar.condition_kinds import told
from malar.conditions import Condition, Since
from malar.course.confirmation import derive_confirmed
from malar.course.reference import derive_reference
from malar.declarations import Declaration
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmedCondition:
    """A condition that holds at a visit and is confirmed by a later one.

    Parameters
    ----------
    key, title, source
        Key of the column, name, and where it comes from.
    condition
        What must hold.
    measured
        Column that tells which visits count: those at which it is known.
    visits, min_gap_days
        See :func:`malar.course.derive_confirmed`; the first visit of a run dates it.
    variant_of
        Key of the derivation that it amends, if any.
    """

    key: str
    title: str
    source: Source
    condition: Condition
    measured: str
    visits: int = 2
    min_gap_days: int = 28
    variant_of: str = ""

    @property
    def status(self) -> Status:
        """How sure it is."""
        return self.source.status

    def parts(self) -> tuple[Declaration, ...]:
        """Declarations that it rests on: none of its own; the endpoint names the instruments."""
        return ()

    def needs(self) -> tuple[str, ...]:
        """Columns that it reads at the visits."""
        plain = (need.partition("__")[2] if _since(need) else need for need in self.condition.needs())
        return tuple(dict.fromkeys((self.measured, *plain)))

    def gives(self) -> tuple[str, ...]:
        """The one column that it adds."""
        return (self.key,)

    def body(self) -> str:
        """What its sheet says below source and reading."""
        return (
            f"True at a visit where {self.condition.sentence()}, and at {self.visits - 1} later visit(s) at least "
            f"{self.min_gap_days} days on, with none between that contradicts. False where a visit contradicts, "
            f"unknown where the record ends first. Visits at which `{self.measured}` is unknown are passed over.\n"
        )

    def meaning(self) -> list[str]:
        """What it means beside key, source and reading."""
        return [told("condition", self.condition), self.measured, str(self.visits), str(self.min_gap_days)]

    def derive(self, frame: Any) -> Any:
        """Add its column to a visit frame with `subject`, `day` and the columns of `needs()`.

        Raises
        ------
        MissingColumnsError
            A column is not there.
        """
        inside, back = enter(frame)
        return back(self._derive(inside))

    def _derive(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        import polars as pl

        given = frame.collect_schema().names()
        work = frame
        for need in self.condition.needs():
            since = _since(need)
            if since and need not in given:
                work = derive_reference(work, need.partition("__")[2], since)
        schema = work.collect_schema()
        known = pl.col(self.measured).is_not_null()
        if schema[self.measured].is_float():
            known &= pl.col(self.measured).is_not_nan()
        test = self.condition.test(frozenset(schema.names()))
        flag, counts = f"{self.key}__held", f"{self.key}__counts"
        work = derive_confirmed(
            work.with_columns(test.alias(flag), known.alias(counts)),
            flag,
            visits=self.visits,
            min_gap_days=self.min_gap_days,
            assessed=counts,
        )
        return work.select(*given, pl.col(f"{flag}__confirmed").alias(self.key))


def _since(need: str) -> Since | None:
    """The reference visit of a column, if it has one."""
    since = need.partition("__")[0]
    return Since(since) if since in list(Since) else None
