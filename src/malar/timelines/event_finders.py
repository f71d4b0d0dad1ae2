"""Where intercurrent events are found in a study: recorded, given, dosed, or told by a column of the visits.

Every finder gives the days on which its event happened, and the subjects of whom it cannot be told.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from malar._frames import as_sign
from malar.course.study_columns import STUDY_COLUMNS, derive_study_columns

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Study


@dataclass(frozen=True, slots=True, eq=False)
class Records:
    """What finders read.

    Parameters
    ----------
    study
        The study.
    judged
        Its judged visits, without those after death.
    horizons
        `subject`, `horizon`: the day up to which an event counts.
    complete
        Tables that hold everything there was to record, even where they have no row. Any other table without a
        row leaves its events unknown.
    """

    study: Study
    judged: pl.DataFrame
    horizons: pl.DataFrame
    complete: Collection[str] = ()

    def without(self, table: str) -> pl.DataFrame:
        """Subjects of whom an empty table tells nothing: all of them, or none."""
        everyone = self.horizons.select("subject")
        unknown = self.study[table].is_empty() and table not in self.complete
        return everyone if unknown else everyone.clear()


class Finder(Protocol):
    """Finds an intercurrent event."""

    def sentence(self) -> str:
        """Where it is looked for, in words."""
        ...

    def days(self, records: Records) -> pl.DataFrame:
        """Days on which it certainly happened: `subject`, `day`."""
        ...

    def unknown(self, records: Records) -> pl.DataFrame:
        """Subjects of whom it cannot be told whether it happened by the horizon: `subject`."""
        ...


@dataclass(frozen=True, slots=True)
class Recorded:
    """Recorded as an event, a procedure or a milestone.

    Parameters
    ----------
    table
        ``events``, ``procedures`` or ``milestones``.
    kinds
        Kinds in that table.
    """

    table: str
    kinds: tuple[str, ...]

    def sentence(self) -> str:
        """Where it is looked for, in words."""
        return f"{' or '.join(f'`{kind}`' for kind in self.kinds)} among {self.table}"

    def days(self, records: Records) -> pl.DataFrame:
        """Days on which it certainly happened: `subject`, `day`."""
        import polars as pl

        return records.study[self.table].filter(pl.col("kind").is_in(self.kinds)).select("subject", "day").drop_nulls()

    def unknown(self, records: Records) -> pl.DataFrame:
        """Subjects of whom it cannot be told: an empty table, or a record without a day."""
        import polars as pl

        dayless = records.study[self.table].filter(pl.col("kind").is_in(self.kinds) & pl.col("day").is_null())
        return pl.concat([records.without(self.table), dayless.select("subject")])


@dataclass(frozen=True, slots=True)
class Told:
    """Told by a Boolean column: one that stays true once it has happened.

    Parameters
    ----------
    column
        A column of the judged visits, or one that a study gives beside its visits. Where neither has it, it is
        unknown.
    """

    column: str

    def sentence(self) -> str:
        """Where it is looked for, in words."""
        return f"the first day or visit at which `{self.column}` is true"

    def _known(self, records: Records) -> pl.DataFrame:
        """Its values up to the horizon: at visits, or where the study itself tells, on every day after day 0."""
        import polars as pl

        if self.column in records.judged.columns:
            own = records.judged.select("subject", "day", sign=as_sign(self.column))
            due = own.join(records.horizons, on="subject").filter(pl.col("day") <= pl.col("horizon"))
            return due.select("subject", "day", "sign")
        if self.column not in STUDY_COLUMNS:
            return records.horizons.select("subject", day="horizon", sign=pl.lit(None, dtype=pl.Boolean))
        first = pl.min_horizontal(pl.col("horizon"), pl.lit(1, dtype=pl.Int64))
        each = records.horizons.select("subject", day=pl.int_ranges(first, pl.col("horizon") + 1))
        made = derive_study_columns(records.study, each.explode("day"), [self.column])
        return made.select("subject", "day", sign=as_sign(self.column))

    def days(self, records: Records) -> pl.DataFrame:
        """Days on which it certainly happened: `subject`, `day`."""
        return self._known(records).filter("sign").select("subject", "day")

    def unknown(self, records: Records) -> pl.DataFrame:
        """Subjects of whom it cannot be told: the last value up to the horizon is unknown, or there is none."""
        import polars as pl

        last = self._known(records).sort("day").group_by("subject").agg(pl.col("sign").last())
        joined = records.horizons.join(last, on="subject", how="left")
        return joined.filter(pl.col("sign").is_null()).select("subject")
