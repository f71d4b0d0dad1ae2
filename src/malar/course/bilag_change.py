"""Change of BILAG grades by system against an earlier visit: new A, new B, and whether every A and B improved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from malar._frames import as_sign, demand, enter
from malar.condition_kinds import Since, decided
from malar.course.reference import at_reference
from malar.declarations import Declaration
from malar.instruments.bilag_2004 import BILAG_2004
from malar.instruments.bilag_classic import BILAG_CLASSIC
from malar.instruments.bilag_grades import as_rank
from malar.instruments.instrument import Instrument
from malar.sources import Source, Status, weakest

if TYPE_CHECKING:
    import polars as pl

Bounds = tuple["pl.Expr", "pl.Expr"]
"""Least and greatest rank that a system's grade can have."""

EARLIER: Final = "_earlier_grades"
_SIDES: Final = ("low", "high")


@dataclass(frozen=True, slots=True, kw_only=True)
class BilagChange:
    """New A and B, and improvement of all A and B, against an earlier visit.

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
    since
        Baseline or the previous assessed visit.
    variant_of
        Key of the derivation that it varies, if any.
    """

    key: str
    title: str
    source: Source
    instrument: Instrument
    systems: tuple[str, ...]
    since: Since
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
        new_a, new_b, new_c, improved = self.gives()
        return (
            f"Compares the grade of each system with that at {self.since.phrase}.\n\n"
            f"- `{new_a}`: systems with A now, and B, C, D or E then.\n"
            f"- `{new_b}`: systems with B now, and C, D or E then; from A to B is an improvement.\n"
            f"- `{new_c}`: systems with C now, and D or E then.\n"
            f"- `{improved}`: every A is B or milder now, and every B is C or milder.\n\n"
            "## Unknown items\n\nA grade that is open between two has bounds, and so have the counts. Where there is "
            "no such earlier visit, nothing is known.\n"
        )

    def meaning(self) -> list[str]:
        """What it means beside key, source and reading."""
        return [self.body(), ", ".join(self.systems), self.instrument.key, self.variant_of]

    def needs(self) -> tuple[str, ...]:
        """Columns that it reads; a frame may hold letters in place of ranks, and needs no bounds."""
        return (self.instrument.assessed, *(f"{self.instrument.key}__{system}__rank" for system in self.systems))

    def gives(self) -> tuple[str, ...]:
        """Columns that it adds, without bounds."""
        prefix, end = self.instrument.key, f"since_{self.since.value}"
        return (
            f"{prefix}__n_new_a__{end}",
            f"{prefix}__n_new_b__{end}",
            f"{prefix}__n_new_c__{end}",
            f"{prefix}__all_a_b_improved__{end}",
        )

    def derive(self, frame: Any) -> Any:
        """Add its columns to a visit frame of any kind.

        Parameters
        ----------
        frame
            Scored visit frame with `subject`, `day` and the grades; any kind of dataframe.

        Returns
        -------
        frame
            The same kind, with the columns of `gives()`, and `…__low` and `…__high` of the counts.

        Raises
        ------
        MissingColumnsError
            A system has neither a rank nor a grade.
        """
        inside, back = enter(frame)
        return back(self._derive(inside))

    def _derive(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        import polars as pl

        kept = frame.collect_schema().names()
        frame, now, then = with_earlier(frame, self.instrument, self.systems, self.since)
        pairs = [(now[system], then[system]) for system in self.systems]
        new_a, new_b, new_c, improved = self.gives()
        counts = {
            new_a: [became(pair, 4) for pair in pairs],
            new_b: [became(pair, 3) for pair in pairs],
            new_c: [became(pair, 2) for pair in pairs],
        }
        all_improved = pl.all_horizontal(_improved(*pair) for pair in pairs)
        frame = add_counts(frame, counts, pl.col(EARLIER).is_not_null())
        frame = frame.with_columns(pl.when(pl.col(EARLIER).is_not_null()).then(all_improved).alias(improved))
        sides = [name for count in counts for name in (count, f"{count}__low", f"{count}__high")]
        return frame.select(*dict.fromkeys((*kept, *sides, improved)))


def with_earlier(
    frame: pl.LazyFrame, made: Instrument, systems: tuple[str, ...], since: Since
) -> tuple[pl.LazyFrame, dict[str, Bounds], dict[str, Bounds]]:
    """Add columns of ranks at the visit and at the earlier one, and one that is null where there is no such visit.

    Returns
    -------
    tuple
        The frame, and by system the bounds of its rank at the visit and at the earlier one.
    """
    import polars as pl

    schema = frame.collect_schema()
    demand(schema.names(), ("subject", "day"), made.title)
    bounds = {system: _bounds(made, system, schema) for system in systems}
    frame = frame.with_columns(
        side.alias(f"_now_{system}_{name}")
        for system, pair in bounds.items()
        for name, side in zip(_SIDES, pair, strict=True)
    )
    now, then = _pairs("now", systems), _pairs("then", systems)
    if made.assessed in schema:
        seen = as_sign(made.assessed).fill_null(value=False)
    else:
        seen = pl.any_horizontal(low == high for low, high in now.values())
    kept = pl.struct(
        side.alias(f"_then_{system}_{name}")
        for system, pair in now.items()
        for name, side in zip(_SIDES, pair, strict=True)
    )
    frame = frame.with_columns(at_reference(kept, since, seen, open_too=True).alias(EARLIER))
    fields = [f"_then_{system}_{name}" for system in systems for name in _SIDES]
    return frame.with_columns(pl.col(EARLIER).struct.field(field).alias(field) for field in fields), now, then


def _pairs(when: str, systems: tuple[str, ...]) -> dict[str, Bounds]:
    import polars as pl

    return {system: (pl.col(f"_{when}_{system}_low"), pl.col(f"_{when}_{system}_high")) for system in systems}


def add_counts(frame: pl.LazyFrame, counts: dict[str, list[pl.Expr]], where: pl.Expr) -> pl.LazyFrame:
    """Add how many of some three-valued flags hold, with bounds, where there is anything to count."""
    import polars as pl

    frame = frame.with_columns(
        pl.when(where)
        .then(pl.sum_horizontal(_each(flags, unknown=side == "high")).cast(pl.Int64))
        .alias(f"{name}__{side}")
        for name, flags in counts.items()
        for side in ("low", "high")
    )
    return frame.with_columns(
        pl.when(pl.col(f"{name}__low") == pl.col(f"{name}__high")).then(f"{name}__low").alias(name) for name in counts
    )


def _each(flags: Iterable[pl.Expr], *, unknown: bool) -> Iterable[pl.Expr]:
    return (flag.fill_null(value=unknown) for flag in flags)


def _bounds(made: Instrument, system: str, schema: pl.Schema) -> Bounds:
    """Bounds of a system's rank: as scored, else from its rank or grade, where open from E to A."""
    import polars as pl

    grade = f"{made.key}__{system}"
    if f"{grade}__rank__low" in schema and f"{grade}__rank__high" in schema:
        return pl.col(f"{grade}__rank__low"), pl.col(f"{grade}__rank__high")
    column = f"{grade}__rank" if f"{grade}__rank" in schema else grade
    demand(schema.names(), (column,), made.title)
    rank = as_rank(column, schema)
    return rank.fill_null(0), rank.fill_null(4)


def became(pair: tuple[Bounds, Bounds], rank: int) -> pl.Expr:
    """The grade has this rank now and had a milder one then."""
    (low, high), (earlier_low, earlier_high) = pair
    certain = (low == rank) & (high == rank) & (earlier_high < rank)
    return decided(certain, (low > rank) | (high < rank) | (earlier_low >= rank))


def _improved(now: Bounds, then: Bounds) -> pl.Expr:
    """Where the grade was A or B then, it is milder now."""
    import polars as pl

    (low, high), (earlier_low, earlier_high) = now, then
    mildest_active = pl.when(earlier_low == 4).then(4).otherwise(3)
    return decided((earlier_high < 3) | (high < mildest_active), (earlier_low >= 3) & (low >= earlier_high))


_SOURCE: Final = Source(
    "Furie RA, et al. Arthritis Rheum 2009;61:1143-51",
    "worsening by BILAG in the responder index",
    Status.SECONDARY,
    "A new A or B is a change of grade: A now and not then, B now and milder than B then. That an item was coded new "
    "or worse is not asked. From A to B is an improvement, no new B.",
)


def _changes(made: Instrument, systems: tuple[str, ...]) -> tuple[BilagChange, BilagChange]:
    since_baseline, since_previous = (
        BilagChange(
            key=f"{made.key}_change_since_{since.value}",
            title=f"{made.title}: new A and B since {'the previous visit' if since is Since.PREVIOUS else 'baseline'}",
            source=_SOURCE,
            instrument=made,
            systems=systems,
            since=since,
        )
        for since in (Since.BASELINE, Since.PREVIOUS)
    )
    return since_baseline, since_previous


BILAG_2004_SINCE_BASELINE, BILAG_2004_SINCE_PREVIOUS = _changes(BILAG_2004, BILAG_2004.systems)
BILAG_CLASSIC_SINCE_BASELINE, BILAG_CLASSIC_SINCE_PREVIOUS = _changes(BILAG_CLASSIC, BILAG_CLASSIC.systems)
