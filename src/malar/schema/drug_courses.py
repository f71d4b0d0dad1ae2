"""Courses of drugs, each with its generic name, class, last day and milligrams a day."""

from __future__ import annotations

from typing import Final

import polars as pl

from malar.schema.drugs import with_drug_class

DOSES_A_DAY: Final = {
    "daily": 1.0,
    "twice_daily": 2.0,
    "three_times_daily": 3.0,
    "alternate_days": 0.5,
    "weekly": 1 / 7,
    "monthly": 1 / 30.4375,
    "once": 1.0,
}
"""Frequency → doses a day on the days of the course; `as_needed` has none."""

TO_MG: Final = {"mg": 1.0, "g": 1000.0, "ug": 0.001, "mcg": 0.001, "µg": 0.001}
"""Unit, lower case → milligrams."""

LAST_DAY: Final = 40_000
"""Last day of a course that goes on: after every day that a study can hold."""


def drug_courses(medications: pl.DataFrame) -> pl.DataFrame:
    """Courses of drugs, ready to be asked what was taken on a day.

    Parameters
    ----------
    medications
        The medications table.

    Returns
    -------
    polars.DataFrame
        One row a course: `subject`, `drug` (generic name), `drug_class`, `start`, `end` (its last day),
        `route`, `frequency`, `mg_day` (milligrams a day; null where dose, unit or frequency cannot be used),
        `as_needed`. Courses of dose 0 are left out: nothing was taken.

    Notes
    -----
    Both ends of a course belong to it; one with no stop goes on, and a single dose lasts a day. Every second
    day, weekly and monthly doses are averaged over the days. A route not given is taken as oral, a frequency
    as daily.
    """
    frequency = pl.col("frequency").fill_null("daily")
    once = frequency == "once"
    milligrams = pl.col("dose") * pl.col("unit").str.to_lowercase().replace_strict(
        TO_MG, default=None, return_dtype=pl.Float64
    )
    rate = frequency.replace_strict(DOSES_A_DAY, default=None, return_dtype=pl.Float64)
    return with_drug_class(medications.filter(pl.col("dose").is_null() | (pl.col("dose") > 0))).select(
        "subject",
        "drug",
        "drug_class",
        "start",
        end=pl.when(once).then("start").otherwise(pl.col("stop").fill_null(LAST_DAY)),
        route=pl.col("route").fill_null("oral"),
        frequency=frequency,
        mg_day=milligrams * rate,
        as_needed=frequency == "as_needed",
    )
