"""New or worse BILAG-2004 grades by how items are coded: an A, B or C that an item coded 3 or 4 gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from malar._frames import demand, enter
from malar.condition_kinds import Since, decided
from malar.course.bilag_change import Bounds, add_counts, became, with_earlier
from malar.declarations import Declaration
from malar.instruments.bilag_2004 import BILAG_2004
from malar.instruments.bilag_2004_items import keys_of
from malar.instruments.bilag_2004_signs import SYSTEMS
from malar.sources import Source, Status, weakest

if TYPE_CHECKING:
    import polars as pl

WORSE: Final = 3
"""Codes from this one on: 3 worse, 4 new."""

GRADES: Final = {"a": 4, "b": 3, "c": 2}
MEASURED: Final = tuple(system for system in BILAG_2004.systems if system not in SYSTEMS)
"""Systems whose grade rests on measurements."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BilagCodedNew:
    """Grades A, B and C that rest on an item coded worse or new at the same visit.

    Parameters
    ----------
    key, title
        Key and name.
    source
        Where it comes from, and the readings chosen.
    variant_of
        Key of the derivation that it varies, if any.
    """

    key: str
    title: str
    source: Source
    variant_of: str = ""

    @property
    def status(self) -> Status:
        """How sure it is: the weaker of its own source and the grades'."""
        return weakest([self.source.status, BILAG_2004.status])

    def parts(self) -> tuple[Declaration, ...]:
        """The index whose grades it reads."""
        return (BILAG_2004,)

    def body(self) -> str:
        """What its sheet says below source and reading."""
        a, b, c = self.gives()
        return (
            f"- `{a}`: systems with A by an item of set A coded {WORSE} (worse) or 4 (new).\n"
            f"- `{b}`: systems with B by an item of set B coded so.\n"
            f"- `{c}`: systems with C by an item of set C coded so; where a system has no such set, none.\n\n"
            "In the constitutional system, any item that is coded so counts for the grade that the system has. The "
            "renal and hematological systems rest on measurements: there a grade is new where it was milder at the "
            "previous assessed visit, or where TTP is coded so and gives an A.\n\n"
            "## Unknown items\n\nA grade that is open, or was recorded without its items, leaves its count open "
            "between bounds.\n"
        )

    def meaning(self) -> list[str]:
        """What it means beside key, source and reading."""
        return [self.body(), *self.needs(), self.variant_of]

    def needs(self) -> tuple[str, ...]:
        """Columns that it reads."""
        ranks = (f"{BILAG_2004.key}__{system}__rank" for system in BILAG_2004.systems)
        coded = (f"bilag_2004__{key}" for system in BILAG_2004.systems for key in keys_of(system, "ABCPT"))
        return (BILAG_2004.assessed, *ranks, *coded)

    def gives(self) -> tuple[str, ...]:
        """Columns that it adds, without bounds."""
        return tuple(f"{BILAG_2004.key}__n_new_{letter}__by_item" for letter in GRADES)

    def derive(self, frame: Any) -> Any:
        """Add its columns to a visit frame of any kind.

        Parameters
        ----------
        frame
            Scored visit frame with `subject`, `day`, the grades and the items; any kind of dataframe.

        Returns
        -------
        frame
            The same kind, with the counts of `gives()`, and their `…__low` and `…__high`.

        Raises
        ------
        MissingColumnsError
            An item or a grade is not there.
        """
        inside, back = enter(frame)
        return back(self._derive(inside))

    def _derive(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        import polars as pl

        kept = frame.collect_schema().names()
        items = [f"bilag_2004__{key}" for system in BILAG_2004.systems for key in keys_of(system, "ABCPT")]
        demand(kept, items, self.title)
        frame, now, then = with_earlier(frame, BILAG_2004, BILAG_2004.systems, Since.PREVIOUS)
        counts = {
            name: [
                *(_is(now[system], rank) & _coded(system, letter) for system in SYSTEMS),
                *(_new(system, letter, now[system], then[system]) for system in MEASURED),
            ]
            for name, (letter, rank) in zip(self.gives(), GRADES.items(), strict=True)
        }
        frame = add_counts(frame, counts, pl.lit(value=True))
        sides = [name for count in counts for name in (count, f"{count}__low", f"{count}__high")]
        return frame.select(*dict.fromkeys((*kept, *sides)))


def _is(bounds: Bounds, rank: int) -> pl.Expr:
    low, high = bounds
    return decided((low == rank) & (high == rank), (low > rank) | (high < rank))


def _coded(system: str, letter: str) -> pl.Expr:
    """Some item that can give the grade is coded worse or new."""
    import polars as pl

    keys = keys_of(system) if system == "constitutional" else keys_of(system, letter.upper())
    codes = (pl.col(f"bilag_2004__{key}").cast(pl.Float64).fill_nan(None) >= WORSE for key in keys)
    return pl.any_horizontal(pl.lit(value=False), *codes)


def _new(system: str, letter: str, now: Bounds, then: Bounds) -> pl.Expr:
    """The grade is new since the previous assessed visit, or a coded item of the system gives it."""
    new = became((now, then), GRADES[letter])
    return new | (_is(now, GRADES[letter]) & _coded(system, letter))


BILAG_2004_CODED_NEW: Final = BilagCodedNew(
    key="bilag_2004_coded_new",
    title="BILAG-2004: new or worse grades by item code",
    source=Source(
        "Isenberg DA, et al. on flare by BILAG-2004 (2011); Gordon C, et al. (2003)",
        "new: items coded 3 or 4",
        Status.PROVISIONAL,
        "A grade is new or worse where an item that by itself gives it is coded 3 or 4. An item coded 1 gives a milder "
        "grade and is improving, so it never makes one new. Where a system has measurements in place of coded items, "
        "the change of its grade decides.",
    ),
)
