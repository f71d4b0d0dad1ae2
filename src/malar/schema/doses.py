"""Glucocorticoids in mg of prednisone: the dose of a day, pulses, and what adds up between two days."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

import polars as pl

from malar.schema.day_steps import PARTS, at_days, day_steps, in_parts, totals_between
from malar.schema.drug_courses import drug_courses
from malar.schema.drugs import UNKNOWN

EQUIVALENT_MG: Final[Mapping[str, float]] = {
    "hydrocortisone": 20.0,
    "cortisone": 25.0,
    "prednisone": 5.0,
    "prednisolone": 5.0,
    "methylprednisolone": 4.0,
    "triamcinolone": 4.0,
    "betamethasone": 0.60,
    "dexamethasone": 0.75,
    "deflazacort": 6.0,
}
"""Milligrams equivalent to 5 mg of prednisone. 2020 Chinese SLE guideline, PMC9524765, Table 3 (secondary);
deflazacort from memory (provisional: 6 to 7.5 are quoted). For betamethasone 0.75 is quoted too."""

PROVISIONAL_EQUIVALENTS: Final = ("deflazacort",)
"""Drugs whose equivalent was not read in any source."""

WITHOUT_EQUIVALENT: Final = (
    "beclomethasone", "budesonide", "ciclesonide", "clobetasol", "fluocinolone", "fluticasone", "mometasone",
)  # fmt: skip
"""Glucocorticoids for which no equivalent holds: never counted in a dose."""

INJECTED: Final = ("intravenous", "intramuscular")
"""Routes of pulses."""

Overlaps = Literal["sum", "later"]


def glucocorticoid_courses(
    medications: pl.DataFrame, *, equivalent_mg: Mapping[str, float] = EQUIVALENT_MG, overlaps: Overlaps = "sum"
) -> pl.DataFrame:
    """Courses that count in a dose of glucocorticoid, or may.

    Parameters
    ----------
    medications
        The medications table.
    equivalent_mg
        Drug → milligrams equivalent to 5 mg of prednisone.
    overlaps
        ``sum``: courses of one drug that share a day are added up, as they are recorded. ``later``: the one
        that began last stands alone.

    Returns
    -------
    polars.DataFrame
        `subject`, `drug`, `start`, `end`, `pulse` (Boolean) and `mg`, of prednisone a day; null where the
        dose, its unit or frequency, or the class of the drug is not known.

    Notes
    -----
    A pulse is what is given into a vein or a muscle, or as a single dose by mouth; what else is given by
    mouth is maintenance. Other routes, and drugs without an equivalent, do not count.
    """
    steroid = (pl.col("drug_class") == "glucocorticoid") & ~pl.col("drug").is_in(WITHOUT_EQUIVALENT)
    counted = pl.col("route").is_in(["oral", *INJECTED]) & (steroid | (pl.col("drug_class") == UNKNOWN))
    factor = 5 / pl.col("drug").replace_strict(dict(equivalent_mg), default=None, return_dtype=pl.Float64)
    courses = drug_courses(medications).filter(counted).select(
        "subject", "drug", "start", "end", mg=pl.col("mg_day") * factor,
        pulse=pl.col("route").is_in(INJECTED) | (pl.col("frequency") == "once"),
    )  # fmt: skip
    if overlaps == "later":
        following = pl.col("start").shift(-1).over("subject", "drug", "pulse", order_by="start")
        courses = courses.with_columns(end=pl.min_horizontal("end", following - 1))
    return courses


def glucocorticoid_steps(
    medications: pl.DataFrame, *, equivalent_mg: Mapping[str, float] = EQUIVALENT_MG, overlaps: Overlaps = "sum"
) -> pl.DataFrame:
    """Maintenance and pulses of each day, as steps; see :mod:`malar.schema.day_steps`.

    Returns
    -------
    polars.DataFrame
        `subject`, `day`, `oral` and `pulse` in parts of a milligram of prednisone a day, and
        `oral_unknown` and `pulse_unknown`: how many courses of unknown dose cover the day.
    """
    courses = glucocorticoid_courses(medications, equivalent_mg=equivalent_mg, overlaps=overlaps)
    amount, pulse, unknown = in_parts(pl.col("mg")), pl.col("pulse"), pl.col("mg").is_null()
    return day_steps(
        courses,
        {
            "oral": amount * ~pulse,
            "pulse": amount * pulse,
            "oral_unknown": unknown & ~pulse,
            "pulse_unknown": unknown & pulse,
        },
    )


def prednisone_mg_day(
    medications: pl.DataFrame,
    days: pl.DataFrame,
    *,
    equivalent_mg: Mapping[str, float] = EQUIVALENT_MG,
    overlaps: Overlaps = "sum",
) -> pl.DataFrame:
    """Oral maintenance dose on given days, in mg of prednisone a day.

    Parameters
    ----------
    medications
        The medications table.
    days
        Columns `subject` and `day`.
    equivalent_mg, overlaps
        See :func:`glucocorticoid_courses`.

    Returns
    -------
    polars.DataFrame
        `subject`, `day`, `prednisone_mg_day`. Null where the subject has no medication record at all, or
        where a course that covers the day has no usable dose, unit or frequency, is taken as needed, or is of
        a drug whose class is not known; 0 where courses are recorded and none of a glucocorticoid covers the
        day.

    Notes
    -----
    Both ends of a course belong to it. Intravenous and intramuscular pulses and single doses are left
    out: each trial has its own rule for them. A route not given is taken as oral, a frequency as daily.
    """
    held = at_days(glucocorticoid_steps(medications, equivalent_mg=equivalent_mg, overlaps=overlaps), days)
    known = days["subject"].is_in(medications["subject"].implode()) & (held["oral_unknown"] == 0)
    dose = held.select(pl.when(known).then(pl.col("oral") / PARTS)).to_series().round(6)
    return days.select("subject", "day", prednisone_mg_day=dose)


def cumulative_prednisone_mg(
    medications: pl.DataFrame,
    periods: pl.DataFrame,
    *,
    pulses: bool,
    equivalent_mg: Mapping[str, float] = EQUIVALENT_MG,
    overlaps: Overlaps = "sum",
) -> pl.Series:
    """Glucocorticoid taken between two days, in mg of prednisone: the sum over days of the dose of each.

    Parameters
    ----------
    medications
        The medications table.
    periods
        Columns `subject`, `first` and `last`: study days, both in the period.
    pulses
        Whether intravenous and intramuscular pulses and single doses are counted beside maintenance.
    equivalent_mg, overlaps
        See :func:`glucocorticoid_courses`.

    Returns
    -------
    polars.Series
        One number a period, in their order. Null where the subject has no medication record at all, where
        a course of unknown dose covers a day of the period, or where its last day is before its first.

    Examples
    --------
    >>> import polars as pl
    >>> course = {"subject": ["a"], "drug": ["prednisone"], "start": [0], "stop": [9], "dose": [10.0]}
    >>> table = pl.DataFrame({**course, "unit": ["mg"], "frequency": ["daily"], "route": ["oral"]})
    >>> periods = pl.DataFrame({"subject": ["a"], "first": [5], "last": [20]})
    >>> cumulative_prednisone_mg(table, periods, pulses=False).to_list()
    [50.0]
    """
    steps = glucocorticoid_steps(medications, equivalent_mg=equivalent_mg, overlaps=overlaps)
    summed = totals_between(steps, periods)
    amount, unknown = summed["oral"], summed["oral_unknown"]
    if pulses:
        amount, unknown = amount + summed["pulse"], unknown + summed["pulse_unknown"]
    known = (
        periods["subject"].is_in(medications["subject"].implode())
        & (unknown == 0)
        & (periods["last"] >= periods["first"])
    )
    return pl.select(pl.when(known).then(amount / PARTS)).to_series().round(6)
