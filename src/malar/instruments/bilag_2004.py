"""BILAG-2004: nine systems graded from 97 items and the measurements beside them, or taken as recorded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from malar._frames import demand, demand_values, enter
from malar.declarations import Declaration
from malar.errors import ParameterError
from malar.instruments import bilag_2004_scoring as scoring
from malar.instruments import bilag_2004_sheet, bilag_grades
from malar.instruments.bilag_2004_renal import STRICT, FirstVisit
from malar.instruments.bilag_grades import Points
from malar.instruments.instrument import Missing
from malar.schema.bilag_keys import BILAG_2004_SYSTEMS
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True, kw_only=True)
class Bilag2004:
    """BILAG-2004 with a stated reading of the renal system at a first assessment.

    Parameters
    ----------
    key, title
        Key and name; the columns that it adds begin with the key.
    source
        Where it comes from, and the readings chosen.
    points
        What an A, a B and a C count in the numeric total.
    first_visit
        What a level alone says where there is no assessment before.
    variant_of
        Key of the instrument that it amends, if any.
    """

    key: str
    title: str
    source: Source
    points: Points = (12, 8, 1)
    first_visit: FirstVisit = STRICT
    variant_of: str = ""

    @property
    def systems(self) -> tuple[str, ...]:
        """Its nine systems."""
        return BILAG_2004_SYSTEMS

    @property
    def status(self) -> Status:
        """How sure the definition is."""
        return self.source.status

    @property
    def window_days(self) -> int:
        """Items count at their own visit only: a code compares the last four weeks with the four before."""
        return 0

    @property
    def assessed(self) -> str:
        """Boolean column that tells at which visits an item or a grade was recorded."""
        return f"{self.key}__assessed"

    def summary(self) -> str:
        """Number of systems and items, and range."""
        return (
            f"{len(self.systems)} systems, {len(scoring.ITEMS)} items, 0 to {self.points[0] * len(self.systems)} points"
        )

    def needs(self) -> tuple[str, ...]:
        """Columns of the visit frame that it reads, beside `subject` and `day`."""
        history = (f"{scoring.HISTORY}__{system}" for system in self.systems)
        return (*self.signs(), *scoring.MEASURED.values(), *history)

    def signs(self) -> tuple[str, ...]:
        """Columns of its items and recorded grades: where one is recorded, the form was assessed."""
        items = (f"{scoring.FORM}__{item}" for item in scoring.ITEMS)
        return (*items, *(f"{scoring.GRADES}__{system}" for system in self.systems))

    def gives(self) -> tuple[str, ...]:
        """Columns that it adds, beside bounds."""
        return bilag_grades.gives(self.key, self.systems)

    def parts(self) -> tuple[Declaration, ...]:
        """Declarations that it rests on: none."""
        return ()

    def body(self) -> str:
        """What its sheet says below source and reading."""
        return bilag_2004_sheet.body(self.points, self.first_visit)

    def meaning(self) -> list[str]:
        """What it means beside key, source and reading."""
        return [self.body(), *self.needs(), self.variant_of]

    def score(self, frame: Any, *, missing: Missing = "unknown") -> Any:
        """Grade every row of a visit frame, with what was assessed at earlier visits of the subject.

        Parameters
        ----------
        frame
            Polars, pandas, pyarrow or DuckDB frame with `subject`, `day` and the columns of `needs()`: items as
            codes 0 to 4 or yes and no, recorded grades as letters or as numbers from E 0 to A 4, measurements
            in the units of the visit frame, whether each system was ever involved before; null where unknown.
        missing
            What an unknown item counts as. ``unknown``: the grade is open between bounds. ``absent``: not
            present, normal, never involved. ``carry``: an item or recorded grade is what it was at the visit
            before, and unknown if that is unknown too; measurements are not carried.

        Returns
        -------
        frame
            The same kind, with by system `key__system` (letter), `key__system__rank` (E 0 to A 4) and its
            bounds, `key` (points) with bounds, `key__n_a`, `key__n_b` and `key__n_c` with bounds,
            `key__n_missing` (systems that leave the total open) and `key__assessed`.

        Raises
        ------
        MissingColumnsError
            A column is not there.
        WrongTypeError
            An item or measurement holds neither Booleans nor numbers.
        ParameterError
            An unknown policy.

        Notes
        -----
        The *assessment before* is the last earlier visit at which an item or a grade was recorded.
        """
        inside, back = enter(frame)
        return back(self._score(inside, missing))

    def _score(self, frame: pl.LazyFrame, missing: Missing) -> pl.LazyFrame:
        if missing not in ("unknown", "absent", "carry"):
            raise ParameterError(
                f"`{missing}` is no policy for missing items.",
                "It decides what an unknown item counts as.",
                "Use 'unknown', 'absent' or 'carry'.",
            )
        schema = frame.collect_schema()
        demand(schema.names(), ("subject", "day", *self.needs()), self.title)
        graded = {f"{scoring.GRADES}__{system}" for system in self.systems}
        demand_values(schema, (need for need in self.needs() if need not in graded), self.title)
        bounded = scoring.add_bounds(frame, self.key, self.first_visit, missing)
        added = bilag_grades.with_sides(self.gives())
        scored = bilag_grades.add_grades(bounded, self.key, self.systems, self.points)
        return scored.select(*dict.fromkeys((*schema.names(), *added)))


_READING: Final = (
    "An item recorded as not due to lupus counts 0. A measurement counts unless its item `…_due` is 0, and serves as "
    "the value before at the next assessment whatever it was due to. Where a system has any item at a visit, its grade "
    "is made from the items; else the grade recorded for it is taken as it is; with neither, it may be "
    "any, for measurements alone do not say whether they are due to lupus. Where skin, joints or another system hold "
    "several items of one set, the highest code decides: an implementation for children gives B where an item coded 1 "
    "is listed before one coded 4, which is no rule of the index. In the renal system, a fall by exactly a quarter is "
    "an improvement, percentages are tested as they are worded, and mild proteinuria need not be stable. Of the urine "
    "measurements, and of creatinine and GFR, those not made at a visit where another was are taken as not made; where "
    "none was, what they would say is unknown. The scheme does not say what a first assessment compares with: "
    "proteinuria is then not improved, creatinine and GFR of 50 or more show no deterioration, and two pluses on a "
    "dipstick are moderate. D and E differ by history: the record of systems ever involved, and earlier grades of "
    "A, B or C in the course; D never returns to E. The limits of the hematological system, the meaning of the codes "
    "and that of attribution are from memory."
)

BILAG_2004: Final = Bilag2004(
    key="bilag_2004",
    title="BILAG-2004",
    source=Source(
        "Yee CS, et al. Rheumatology 2010;49:1665-9, doi 10.1093/rheumatology/keq026",
        "numbers of the grades; form, glossary and scoring of 1 September 2009 in its supplement",
        Status.PROVISIONAL,
        f"Numbers are as printed; items and renal rules as in software that follows the form. {_READING}",
    ),
)
BILAG_2004_FIRST_VISIT: Final = replace(
    BILAG_2004,
    key="bilag_2004_first_visit",
    title="BILAG-2004, renal level alone at a first assessment",
    source=replace(
        BILAG_2004.source,
        reading="As BILAG-2004, but with no assessment before, creatinine above 130 µmol/L or GFR below 80 is severe "
        "deterioration, and two pluses on a dipstick are severe proteinuria, as in the software of the British "
        "cohort of children. Its other habits (a fall by exactly a quarter, stable mild proteinuria) are not followed, "
        "for their edges are not told.",
    ),
    first_visit=FirstVisit(creatinine=True, gfr=True, dipstick=True),
    variant_of="bilag_2004",
)

INSTRUMENTS: Final = (BILAG_2004, BILAG_2004_FIRST_VISIT)
