"""The systems tally of BILAG-2004: how many systems worsened, stayed active, improved or stayed quiet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from malar._frames import enter
from malar.condition_kinds import Since, decided
from malar.course.bilag_change import EARLIER, Bounds, add_counts, with_earlier
from malar.declarations import Declaration
from malar.instruments.bilag_2004 import BILAG_2004
from malar.instruments.instrument import Instrument
from malar.sources import Source, Status, weakest

if TYPE_CHECKING:
    import polars as pl

A, B, LESS = (4, 4), (3, 3), (0, 2)
"""Ranks of the three levels that the tally tells apart: A, B, and C, D or E together."""

TRANSITIONS: Final = {
    "major_deterioration": ((LESS, A),),
    "minor_deterioration": ((B, A), (LESS, B)),
    "persistent_activity": ((A, A), (B, B)),
    "major_improvement": ((A, LESS),),
    "minor_improvement": ((A, B), (B, LESS)),
    "persistent_minimal": ((LESS, LESS),),
}
"""Component → the changes of a system's grade that it holds; together they hold every change once."""

SIMPLIFIED: Final = {
    "active_or_worsening": ("major_deterioration", "minor_deterioration", "persistent_activity"),
    "improving": ("major_improvement", "minor_improvement"),
    "minimal": ("persistent_minimal",),
}
"""Component of the simplified tally → components that it adds."""

_WORDS: Final = {A: "A", B: "B", LESS: "C, D or E"}


@dataclass(frozen=True, slots=True, kw_only=True)
class BilagTally:
    """Systems by how their grade changed since the previous assessed visit.

    Parameters
    ----------
    key, title
        Key and name.
    source
        Where it comes from, and the readings chosen.
    instrument
        The BILAG whose grades are compared.
    systems
        Its systems.
    variant_of
        Key of the derivation that it varies, if any.
    """

    key: str
    title: str
    source: Source
    instrument: Instrument
    systems: tuple[str, ...]
    variant_of: str = ""

    @property
    def status(self) -> Status:
        """How sure it is: the weaker of its own source and the grades'."""
        return weakest([self.source.status, self.instrument.status])

    def parts(self) -> tuple[Declaration, ...]:
        """The index whose grades it compares."""
        return (self.instrument,)

    def body(self) -> str:
        """What its sheet says below source and reading."""
        rows = "\n".join(
            f"| `{self._name(name)}` | {'; '.join(f'{_WORDS[then]} → {_WORDS[now]}' for then, now in changes)} |"
            for name, changes in TRANSITIONS.items()
        )
        sums = "\n".join(
            f"| `{self._name(name)}` | {', '.join(part.replace('_', ' ') for part in parts)} |"
            for name, parts in SIMPLIFIED.items()
        )
        return (
            f"| column | systems whose grade went |\n|---|---|\n{rows}\n\n"
            f"| column | adds |\n|---|---|\n{sums}\n\n"
            "## Unknown items\n\nA grade that is open has bounds, and so have the counts. Without a previous assessed "
            "visit, nothing is known.\n"
        )

    def meaning(self) -> list[str]:
        """What it means beside key, source and reading."""
        return [self.body(), ", ".join(self.systems), self.instrument.key, self.variant_of]

    def needs(self) -> tuple[str, ...]:
        """Columns that it reads; a frame may hold letters in place of ranks, and needs no bounds."""
        return (self.instrument.assessed, *(f"{self.instrument.key}__{system}__rank" for system in self.systems))

    def gives(self) -> tuple[str, ...]:
        """Columns that it adds, without bounds."""
        return tuple(self._name(name) for name in (*TRANSITIONS, *SIMPLIFIED))

    def _name(self, component: str) -> str:
        return f"{self.instrument.key}__n_{component}"

    def derive(self, frame: Any) -> Any:
        """Add its columns to a visit frame of any kind.

        Parameters
        ----------
        frame
            Scored visit frame with `subject`, `day` and the grades; any kind of dataframe.

        Returns
        -------
        frame
            The same kind, with the counts of `gives()`, and their `…__low` and `…__high`.

        Raises
        ------
        MissingColumnsError
            A system has neither a rank nor a grade.
        """
        inside, back = enter(frame)
        return back(self._derive(inside))

    def _derive(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        kept = frame.collect_schema().names()
        frame, now, then = with_earlier(frame, self.instrument, self.systems, Since.PREVIOUS)
        counts = self._counts(now, then)
        frame = add_counts(frame, counts, _there(EARLIER))
        sides = [name for count in counts for name in (count, f"{count}__low", f"{count}__high")]
        return frame.select(*dict.fromkeys((*kept, *sides)))

    def _counts(self, now: Mapping[str, Bounds], then: Mapping[str, Bounds]) -> dict[str, list[pl.Expr]]:
        import polars as pl

        flags = {
            name: [pl.any_horizontal(_went(then[s], now[s], change) for change in changes) for s in self.systems]
            for name, changes in TRANSITIONS.items()
        }
        sums = {
            name: [pl.any_horizontal(of_system) for of_system in zip(*(flags[part] for part in parts), strict=True)]
            for name, parts in SIMPLIFIED.items()
        }
        return {self._name(name): of_systems for name, of_systems in {**flags, **sums}.items()}


def _there(column: str) -> pl.Expr:
    import polars as pl

    return pl.col(column).is_not_null()


def _went(then: Bounds, now: Bounds, change: tuple[tuple[int, int], tuple[int, int]]) -> pl.Expr:
    """The grade was within the first range and is within the second."""
    before, after = change
    return _within(then, before) & _within(now, after)


def _within(bounds: Bounds, ranks: tuple[int, int]) -> pl.Expr:
    low, high = bounds
    return decided((low >= ranks[0]) & (high <= ranks[1]), (high < ranks[0]) | (low > ranks[1]))


BILAG_2004_TALLY: Final = BilagTally(
    key="bilag_2004_tally",
    title="BILAG-2004 systems tally",
    source=Source(
        "Yee CS, et al. Rheumatology 2012;51:2099-105",
        "six components, and the three of the simplified tally",
        Status.PROVISIONAL,
        "A system is compared with the previous assessed visit. C, D and E count as one level.",
    ),
    instrument=BILAG_2004,
    systems=BILAG_2004.systems,
)
