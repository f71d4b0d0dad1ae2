"""Amounts that courses add up to on each day, as steps from one change to the next.

A course that lasts from one day to another adds its amount at the first and takes it away after the last. Sorted
and summed, the changes give what holds on any day, and what adds up between two days, without a row a day. Amounts
are whole numbers (milligrams in millionths), so that what is added and taken away is exactly nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

PARTS: Final = 1_000_000
"""Parts of a milligram that amounts are counted in."""


def in_parts(amount: pl.Expr) -> pl.Expr:
    """An amount in whole parts; 0 where unknown."""
    return (amount * PARTS).round().cast(pl.Int64).fill_null(0)


def day_steps(courses: pl.DataFrame, values: Mapping[str, pl.Expr], by: Sequence[str] = ("subject",)) -> pl.DataFrame:
    """Sum whole-number values over the courses that cover each day.

    Parameters
    ----------
    courses
        `start` and `end`, both days of the course.
    values
        Name → whole number or Boolean that a course adds on its days; not null.
    by
        Columns whose groups are summed apart.

    Returns
    -------
    polars.DataFrame
        One row a change: `by`, `day`, the sums that hold from that day to the next change; sorted.
    """
    names = list(values)
    made = courses.select(*by, "start", "end", **{name: value.cast(pl.Int64) for name, value in values.items()})
    starts = made.select(*by, *names, day=pl.col("start"))
    ends = made.select(*by, *(-pl.col(name) for name in names), day=pl.col("end") + 1)
    changes = pl.concat([starts, ends]).group_by(*by, "day").agg(pl.col(names).sum()).sort(*by, "day")
    return changes.select(*by, "day", pl.col(names).cum_sum())


def at_days(steps: pl.DataFrame, days: pl.DataFrame, by: Sequence[str] = ("subject",)) -> pl.DataFrame:
    """What holds on given days.

    Parameters
    ----------
    steps
        As :func:`day_steps` makes them.
    days
        The columns of `by`, and `day`.

    Returns
    -------
    polars.DataFrame
        The values of the steps, one row a day given, in their order; 0 before the first change.
    """
    names = [name for name in steps.columns if name not in (*by, "day")]
    asked = days.select(*by, pl.col("day").cast(pl.Int64)).with_row_index("place").sort(*by, "day")
    found = asked.join_asof(steps, on="day", by=list(by), strategy="backward", check_sortedness=False)
    return found.sort("place").select(pl.col(names).fill_null(0))


def totals_between(steps: pl.DataFrame, periods: pl.DataFrame, by: Sequence[str] = ("subject",)) -> pl.DataFrame:
    """Add up values over the days of periods.

    Parameters
    ----------
    steps
        As :func:`day_steps` makes them.
    periods
        The columns of `by`, and `first` and `last`, both days of the period.

    Returns
    -------
    polars.DataFrame
        The sum over the days of each value of the steps, one row a period, in their order; 0 where the last
        day is before the first.
    """
    names = [name for name in steps.columns if name not in (*by, "day")]
    lasted = pl.col("day") - pl.col("day").shift(1)
    # Every group's sums end at 0, so that nothing runs on from one group to the next.
    areas = {f"before__{name}": (pl.col(name).shift(1) * lasted).fill_null(0).cum_sum() for name in names}
    summed = steps.with_columns(**areas).with_columns(
        (pl.col(name) - pl.col(name).first()).over(list(by)) for name in areas
    )
    running = summed.with_columns(since=pl.col("day"))
    most = _before(running, periods.select(*by, day=pl.col("last") + 1), names, by)
    least = _before(running, periods.select(*by, day="first"), names, by)
    there = (periods["last"] >= periods["first"]).cast(pl.Int64)
    return pl.DataFrame([(most[name] - least[name]) * there for name in names])


def _before(running: pl.DataFrame, days: pl.DataFrame, names: Sequence[str], by: Sequence[str]) -> pl.DataFrame:
    """Sums over all days before given ones."""
    found = at_days(running, days, by).with_columns(days["day"])
    lasted = pl.col("day") - pl.col("since")
    return found.select((pl.col(f"before__{name}") + pl.col(name) * lasted).alias(name) for name in names)


def stretches(steps: pl.DataFrame, subjects: pl.Series, first: int, last: int) -> pl.DataFrame:
    """Cut the days from one to another into stretches on which nothing changes.

    Parameters
    ----------
    steps
        As :func:`day_steps` makes them, by subject.
    subjects
        Subjects whose days are cut.
    first, last
        First and last day; both belong to the period.

    Returns
    -------
    polars.DataFrame
        `subject`, `first`, `last` and the values of the steps, sorted; they cover every day from first to
        last of every subject, with 0 where no course does.
    """
    names = [name for name in steps.columns if name not in ("subject", "day")]
    whole = pl.DataFrame({"subject": subjects.unique()}).with_columns(day=pl.lit(first, dtype=pl.Int64))
    begun = pl.concat([whole, at_days(steps, whole)], how="horizontal")
    inside = steps.join(whole.select("subject"), on="subject", how="semi").filter(
        (pl.col("day") > first) & (pl.col("day") <= last)
    )
    cut = pl.concat([begun, inside.select(begun.columns)]).sort("subject", "day")
    end = (pl.col("day").shift(-1) - 1).over("subject").fill_null(last)
    return cut.with_columns(last=end).select("subject", pl.col("day").alias("first"), "last", *names)
