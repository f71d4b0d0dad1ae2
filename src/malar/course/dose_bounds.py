"""Daily doses between a least and a greatest possible value, on stretches of days and for single drugs.

Doses are in parts of a milligram (:data:`malar.schema.day_steps.PARTS`). A dose that is not known lies between
nothing known and more than any dose, so that what rests on it is decided only where it cannot matter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from malar.schema.drugs import UNKNOWN

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Study

MOST: Final = 10**15
"""Above any daily dose."""

SOME: Final = 1000
"""Least dose of a drug that is taken at a dose not known."""

SLACK: Final = 5
"""What rounding may add to a dose, in parts of a milligram."""


def _bounded(held: pl.DataFrame, study: Study) -> pl.DataFrame:
    """`oral` and `oral_unknown` as `low` and `high`; nothing is known of a subject with no medication record."""
    import polars as pl

    recorded = held["subject"].is_in(study["medications"]["subject"].implode())
    high = pl.when(recorded & (pl.col("oral_unknown") == 0)).then("oral").otherwise(MOST)
    kept = [name for name in ("subject", "first", "last") if name in held.columns]
    return held.select(*kept, low="oral", high=high)


def oral_stretches(study: Study, days: pl.DataFrame, first: int, last: int) -> pl.DataFrame:
    """Oral glucocorticoid of the subjects of some visits, on stretches of days without a change.

    Returns
    -------
    polars.DataFrame
        `subject`, `first`, `last`, `low`, `high` in parts of a milligram of prednisone a day; sorted. They
        cover every day from first to last.
    """
    from malar.schema.day_steps import stretches
    from malar.schema.doses import glucocorticoid_steps

    steps = glucocorticoid_steps(study["medications"]).select("subject", "day", "oral", "oral_unknown")
    return _bounded(stretches(steps, days["subject"], first, last), study)


def oral_on_day(study: Study, days: pl.DataFrame, day: int) -> pl.DataFrame:
    """Oral glucocorticoid on one day: `subject`, `low`, `high`, one row a subject of some visits."""
    import polars as pl

    from malar.schema.day_steps import at_days
    from malar.schema.doses import glucocorticoid_steps

    asked = days.select(pl.col("subject").unique()).with_columns(day=pl.lit(day, dtype=pl.Int64))
    steps = glucocorticoid_steps(study["medications"]).select("subject", "day", "oral", "oral_unknown")
    return _bounded(pl.concat([asked, at_days(steps, asked)], how="horizontal"), study)


def drug_steps(study: Study, counted: pl.Expr) -> pl.DataFrame:
    """Daily dose of each drug, as steps by subject and drug.

    Parameters
    ----------
    study
        A study.
    counted
        Which courses of :func:`malar.schema.drug_courses.drug_courses` count; those of a class that is not
        known stay too, marked as `strange`.

    Returns
    -------
    polars.DataFrame
        `subject`, `drug`, `day`, `low`, `high`, `strange`. What is taken at a dose not known is above
        nothing; what is taken as needed may be nothing.
    """
    import polars as pl

    from malar.schema.day_steps import day_steps, in_parts
    from malar.schema.drug_courses import drug_courses

    strange = pl.col("drug_class") == UNKNOWN
    courses = drug_courses(study["medications"]).filter(counted | strange)
    courses = courses.with_columns(strange=strange.any().over("subject", "drug"))
    unknown = pl.col("mg_day").is_null()
    values = {
        "low": in_parts(pl.col("mg_day")) + SOME * (unknown & ~pl.col("as_needed")).cast(pl.Int64),
        "unknown": unknown,
    }
    steps = day_steps(courses, values, ("subject", "drug", "strange"))
    high = pl.when(pl.col("unknown") > 0).then(MOST).otherwise("low")
    return steps.select("subject", "drug", "day", "low", "strange", high=high)


def drug_doses_on(steps: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Bounds of the dose of a drug on a day: `low`, `high`, for rows of `subject`, `drug` and `day`."""
    from malar.schema.day_steps import at_days

    return at_days(steps.select("subject", "drug", "day", "low", "high"), pairs, ("subject", "drug"))
