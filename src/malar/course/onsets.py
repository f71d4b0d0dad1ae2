"""What holds from a day onward: once it has happened, it has happened at every later visit.

An onset is a subject and a day, and whether it is certain that it happened: where it is not, the visits from
that day onward are unknown until a certain one decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Study

ALWAYS: Final = -40_000
"""A day before every day that a study can hold."""


def onsets(rows: pl.DataFrame, day: str = "day", *, certain: bool | str = True) -> pl.DataFrame:
    """Rows as onsets: `subject`, `day`, `certain`.

    Parameters
    ----------
    rows
        With `subject` and the day.
    day
        Column of the day.
    certain
        Whether they certainly happened, or the Boolean column that tells.
    """
    import polars as pl

    sure = pl.col(certain) if isinstance(certain, str) else pl.lit(certain)
    return rows.select("subject", day=pl.col(day).cast(pl.Int64), certain=sure)


def unrecorded(days: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """Subjects of whom a table has no row: whether anything happened is unknown on every day."""
    import polars as pl

    without = days.select("subject").unique().join(table, on="subject", how="anti")
    return onsets(without.with_columns(day=pl.lit(ALWAYS)), certain=False)


def recorded_onsets(study: Study, days: pl.DataFrame, table: str, kinds: Iterable[str]) -> pl.DataFrame:
    """Events or milestones of some kinds as onsets.

    A subject of whom the table holds other rows has none; where the table has no row at all, it is unknown.
    """
    import polars as pl

    rows = study[table]
    found = onsets(rows.filter(pl.col("kind").is_in(list(kinds))))
    if rows.is_empty():
        return unrecorded(days, rows)
    return found


def happened(days: pl.DataFrame, *found: pl.DataFrame) -> pl.Series:
    """Whether any of some onsets has happened by each day.

    Parameters
    ----------
    days
        Columns `subject` and `day`.
    found
        Onsets.

    Returns
    -------
    polars.Series
        True on and after the first certain onset; false before the first of all; else null.
    """
    import polars as pl

    every = pl.concat(found, how="vertical_relaxed")
    first = every.group_by("subject").agg(
        sure=pl.col("day").filter(pl.col("certain")).min(),
        possible=pl.col("day").min(),
    )
    joined = days.join(first, on="subject", how="left", maintain_order="left")
    day = pl.col("day")
    verdict = pl.when(day >= pl.col("sure")).then(pl.lit(value=True)).when(day >= pl.col("possible")).then(None)
    return joined.select(verdict.otherwise(pl.lit(value=False))).to_series()
