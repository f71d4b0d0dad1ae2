"""Prednisone-equivalent dose per day from courses of glucocorticoids."""

from __future__ import annotations

from typing import Final

import polars as pl

EQUIVALENT_MG: Final = {
    "hydrocortisone": 20.0,
    "cortisone": 25.0,
    "prednisone": 5.0,
    "prednisolone": 5.0,
    "methylprednisolone": 4.0,
    "triamcinolone": 4.0,
    "betamethasone": 0.60,
    "dexamethasone": 0.75,
}
"""Milligrams equivalent to 5 mg of prednisone. 2020 Chinese SLE guideline, PMC9524765, Table 3 (secondary)."""

DOSES_A_DAY: Final = {
    "daily": 1.0,
    "twice_daily": 2.0,
    "three_times_daily": 3.0,
    "alternate_days": 0.5,
    "weekly": 1 / 7,
    "monthly": 1 / 30.4375,
}
"""Frequency → doses a day. `once` is no maintenance and never enters."""

_TO_MG: Final = {"mg": 1.0, "g": 1000.0, "ug": 0.001}


def prednisone_mg_day(medications: pl.DataFrame, days: pl.DataFrame) -> pl.DataFrame:
    """Oral maintenance dose on given days, in mg of prednisone a day.

    Parameters
    ----------
    medications
        The medications table.
    days
        Columns `subject` and `day`.

    Returns
    -------
    polars.DataFrame
        `subject`, `day`, `prednisone_mg_day`. Null where the subject has no medication record at all, or
        where a course that covers the day has no usable dose, unit or frequency; 0 where courses are
        recorded and none of a glucocorticoid covers the day.

    Notes
    -----
    Both ends of a course belong to it. Intravenous and intramuscular pulses and single doses are left
    out: each trial has its own rule for them. A route not given is taken as oral, a frequency as daily.
    """
    steroid = pl.col("drug").str.to_lowercase().is_in(list(EQUIVALENT_MG))
    oral = pl.col("route").fill_null("oral") == "oral"
    repeated = pl.col("frequency").fill_null("daily") != "once"
    courses = medications.filter(steroid & oral & repeated).select(
        "subject",
        "start",
        "stop",
        each=pl.col("dose")
        * pl.col("unit").str.to_lowercase().replace_strict(_TO_MG, default=None, return_dtype=pl.Float64)
        * pl.col("frequency").fill_null("daily").replace_strict(DOSES_A_DAY, default=None, return_dtype=pl.Float64)
        * 5
        / pl.col("drug").str.to_lowercase().replace_strict(EQUIVALENT_MG, default=None, return_dtype=pl.Float64),
    )
    covering = days.join(courses, on="subject", how="inner").filter(
        (pl.col("start") <= pl.col("day")) & (pl.col("stop").is_null() | (pl.col("stop") >= pl.col("day")))
    )
    unusable = pl.col("each").is_null().any()
    doses = covering.group_by("subject", "day").agg(
        pl.when(~unusable).then(pl.col("each").sum()).alias("dose"), covered=pl.lit(value=True)
    )
    recorded = medications.select("subject").unique().with_columns(recorded=pl.lit(value=True))
    joined = days.join(doses, on=["subject", "day"], how="left").join(recorded, on="subject", how="left")
    no_course = pl.col("covered").is_null() & pl.col("recorded")
    dose = pl.when(no_course).then(0.0).otherwise("dose").round(6)
    return joined.select("subject", "day", prednisone_mg_day=dose)
