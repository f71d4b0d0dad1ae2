"""An index of grades that were recorded by system: no item is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from malar._frames import demand, enter
from malar.declarations import Declaration
from malar.errors import ParameterError
from malar.instruments.bilag_grades import Points, add_grades, as_rank, gives
from malar.instruments.instrument import Missing
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedGrades:
    """Grades A to E by system as they were recorded, with their numeric total.

    Parameters
    ----------
    key, title
        Key and name.
    source
        Where it comes from, and the readings chosen.
    form
        Form under which the grades are recorded, an item a system.
    systems
        Its systems.
    points
        What an A, a B and a C count in the total.
    variant_of
        Key of the instrument that it amends, if any.
    """

    key: str
    title: str
    source: Source
    form: str
    systems: tuple[str, ...]
    points: Points
    variant_of: str = ""

    @property
    def status(self) -> Status:
        """How sure the definition is."""
        return self.source.status

    @property
    def window_days(self) -> int:
        """Grades count at their own visit only."""
        return 0

    @property
    def assessed(self) -> str:
        """Boolean column that tells at which visits a grade was recorded."""
        return f"{self.key}__assessed"

    def summary(self) -> str:
        """Number of systems, range and what is read."""
        return f"{len(self.systems)} systems, 0 to {self.points[0] * len(self.systems)} points, grades as recorded"

    def needs(self) -> tuple[str, ...]:
        """Columns of the visit frame that it reads."""
        return tuple(f"{self.form}__{system}" for system in self.systems)

    def signs(self) -> tuple[str, ...]:
        """Columns of its grades: where one is recorded, the form was assessed."""
        return self.needs()

    def gives(self) -> tuple[str, ...]:
        """Columns that it adds, beside bounds."""
        return gives(self.key, self.systems)

    def parts(self) -> tuple[Declaration, ...]:
        """Declarations that it rests on: none."""
        return ()

    def body(self) -> str:
        """What its sheet says below source and reading."""
        a, b, c = self.points
        rows = "\n".join(f"| `{self.form}` | `{system}` |" for system in self.systems)
        return (
            f"A grade for each of {len(self.systems)} systems, taken as it was recorded: A 4, B 3, C 2, D 1, E 0. The "
            f"total counts {a} for an A, {b} for a B, {c} for a C and nothing for D and E.\n\n"
            f"| instrument | item |\n|---|---|\n{rows}\n\n"
            "## Unknown items\n\nA grade that was not recorded may be any, from E to A. The total is unknown where a "
            "grade is; its bounds are those of all grades that it could be.\n"
        )

    def meaning(self) -> list[str]:
        """What it means beside key, source and reading."""
        return [self.form, ", ".join(self.systems), str(self.points), self.variant_of]

    def score(self, frame: Any, *, missing: Missing = "unknown") -> Any:
        """Grade every row of a visit frame.

        Parameters
        ----------
        frame
            Polars, pandas, pyarrow or DuckDB frame with a column of grades for every system: letters, or
            numbers with E 0 to A 4; null where unknown. `carry` also needs `subject` and `day`.
        missing
            What an unknown grade counts as. ``unknown``: anything from E to A. ``absent``: E. ``carry``: what
            it was at the visit before, and unknown if that is unknown too.

        Returns
        -------
        frame
            The same kind, with by system `key__system` (letter), `key__system__rank` (E 0 to A 4) and its
            bounds, `key` (points) with bounds, `key__n_a`, `key__n_b` and `key__n_c` with bounds,
            `key__n_missing` (systems that leave the total open) and `key__assessed`.

        Raises
        ------
        MissingColumnsError
            A system has no column.
        WrongTypeError
            A column holds neither letters nor numbers.
        ParameterError
            An unknown policy.
        """
        inside, back = enter(frame)
        return back(self._score(inside, missing))

    def _score(self, frame: pl.LazyFrame, missing: Missing) -> pl.LazyFrame:
        import polars as pl

        if missing not in ("unknown", "absent", "carry"):
            raise ParameterError(
                f"`{missing}` is no policy for missing items.",
                "It decides what an unknown item counts as.",
                "Use 'unknown', 'absent' or 'carry'.",
            )
        schema = frame.collect_schema()
        keys = ("subject", "day") if missing == "carry" else ()
        demand(schema.names(), (*self.needs(), *keys), self.title)
        ranks = {system: as_rank(f"{self.form}__{system}", schema) for system in self.systems}
        known = pl.any_horizontal(rank.is_not_null() for rank in ranks.values())
        if missing == "carry":
            ranks = {s: rank.fill_null(rank.shift(1).over("subject", order_by="day")) for s, rank in ranks.items()}
        highest = 0 if missing == "absent" else 4
        bounded = frame.with_columns(
            *(rank.fill_null(0).alias(f"{self.key}__{s}__rank__low") for s, rank in ranks.items()),
            *(rank.fill_null(highest).alias(f"{self.key}__{s}__rank__high") for s, rank in ranks.items()),
            known.alias(self.assessed),
        )
        return add_grades(bounded, self.key, self.systems, self.points)
