"""Intercurrent events found among medications: a drug begun, a glucocorticoid above a limit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from malar.conditions import at_most
from malar.errors import ParameterError

if TYPE_CHECKING:
    import polars as pl

    from malar.timelines.event_finders import Records


@dataclass(frozen=True, slots=True)
class DrugStarted:
    """A drug of some class is begun after day 0 that was not being taken the day before.

    Parameters
    ----------
    classes
        Classes of drug; see :data:`malar.schema.drugs.DRUGS`.
    """

    classes: tuple[str, ...]

    def sentence(self) -> str:
        """Where it is looked for, in words."""
        classes = ", ".join(name.replace("_", " ") for name in self.classes)
        return f"a drug begun after day 0 that was not taken the day before ({classes})"

    def _begun(self, records: Records) -> pl.DataFrame:
        import polars as pl

        from malar.schema.drug_courses import drug_courses
        from malar.schema.drugs import UNKNOWN

        courses = drug_courses(records.study["medications"]).filter(
            pl.col("drug_class").is_in([*self.classes, UNKNOWN])
        )
        courses = courses.with_row_index("course").with_columns(sure=pl.col("drug_class") != UNKNOWN)
        others = courses.select("subject", "drug", other="course", before="start", until="end")
        pairs = courses.join(others, on=["subject", "drug"]).filter(pl.col("course") != pl.col("other"))
        goes_on = pairs.filter((pl.col("before") < pl.col("start")) & (pl.col("until") >= pl.col("start") - 1))
        return courses.join(goes_on.select("course").unique(), on="course", how="anti").filter(pl.col("start") > 0)

    def days(self, records: Records) -> pl.DataFrame:
        """Days on which it certainly happened: `subject`, `day`."""
        return self._begun(records).filter("sure").select("subject", day="start")

    def unknown(self, records: Records) -> pl.DataFrame:
        """Subjects of whom it cannot be told: no medication record at all, or a drug of a class not known."""
        import polars as pl

        doubtful = self._begun(records).filter(~pl.col("sure")).join(records.horizons, on="subject")
        doubtful = doubtful.filter(pl.col("start") <= pl.col("horizon")).select("subject")
        subjects, table = records.horizons.select("subject"), records.study["medications"]
        if "medications" in records.complete:
            return doubtful
        return pl.concat([subjects.join(table, on="subject", how="anti"), doubtful])


@dataclass(frozen=True, slots=True)
class DoseAbove:
    """The oral glucocorticoid dose is above a limit.

    Parameters
    ----------
    mg_day
        The limit, in mg of prednisone a day; a dose equal to it is not above it.
    first_day, last_day
        Days on which the dose is looked at, both included; `last_day` None: up to the horizon.
    """

    mg_day: float
    first_day: int
    last_day: int | None = None

    def __post_init__(self) -> None:
        if self.mg_day < 0 or (self.last_day is not None and self.last_day < self.first_day):
            raise ParameterError(
                "A dose limit is negative, or its last day lies before the first.",
                "No dose could exceed it as it was meant.",
                "Pass DoseAbove(10, first_day=140, last_day=140).",
            )

    def sentence(self) -> str:
        """Where it is looked for, in words."""
        dose = f"a dose above {self.mg_day:g} mg of prednisone a day"
        if self.last_day == self.first_day:
            return f"{dose} on day {self.first_day}"
        return f"{dose} from day {self.first_day} on" + ("" if self.last_day is None else f" until day {self.last_day}")

    def _doses(self, records: Records) -> pl.DataFrame:
        """Doses on every day on which they can change, and at visits: `subject`, `day`, `above`."""
        import polars as pl

        from malar.schema.doses import prednisone_mg_day

        first = records.horizons.select("subject", day=pl.lit(self.first_day, dtype=pl.Int64))
        starts = records.study["medications"].select("subject", day="start")
        days = pl.concat([first, starts, records.judged.select("subject", "day")]).unique()
        days = days.join(records.horizons, on="subject").filter(pl.col("day") <= pl.col("horizon"))
        last = pl.lit(self.last_day, dtype=pl.Int64)
        inside = pl.col("day").is_between(self.first_day, pl.min_horizontal("horizon", last))
        doses = prednisone_mg_day(records.study["medications"], days.filter(inside).select("subject", "day"))
        limit = at_most("prednisone_mg_day", self.mg_day).test(doses.columns)
        return doses.select("subject", "day", above=~limit)

    def days(self, records: Records) -> pl.DataFrame:
        """Days on which it certainly happened: `subject`, `day`."""
        return self._doses(records).filter("above").select("subject", "day")

    def unknown(self, records: Records) -> pl.DataFrame:
        """Subjects of whom it cannot be told: the dose of a day looked at is unknown."""
        import polars as pl

        return self._doses(records).filter(pl.col("above").is_null()).select("subject").unique()
