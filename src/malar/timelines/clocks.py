"""Clocks: the day from which a subject's time is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from malar.errors import ParameterError
from malar.schema.code_lists import CODE_LISTS

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Study

DAY_0: Final = "day_0"
"""The clock of the study itself: its day 0."""


def demand_clock(clock: str) -> None:
    """Raise where a clock is neither day 0 nor a milestone.

    Raises
    ------
    ParameterError
        It is neither.
    """
    if clock != DAY_0 and clock not in CODE_LISTS["milestone"]:
        raise ParameterError(
            f"`{clock}` is no clock.",
            "Time is counted from day 0 or from a milestone of the subject.",
            f"Use one of {', '.join([DAY_0, *CODE_LISTS['milestone']])}.",
        )


def clock_phrase(clock: str) -> str:
    """The clock in words.

    Examples
    --------
    >>> clock_phrase("conditioning_start"), clock_phrase("day_0")
    ("the subject's first conditioning start", "the study's day 0")
    """
    return "the study's day 0" if clock == DAY_0 else f"the subject's first {clock.replace('_', ' ')}"


def clock_days(study: Study, clock: str) -> pl.DataFrame:
    """The study day on which each subject's clock stands at 0.

    Parameters
    ----------
    study
        A study.
    clock
        ``day_0``, or a kind of milestone: its first day. The first infusion is looked for in the infusions
        table too.

    Returns
    -------
    polars.DataFrame
        `subject`, `clock_day`: every subject of the study; null where the milestone or its day is not recorded.

    Raises
    ------
    ParameterError
        No such clock.
    """
    import polars as pl

    demand_clock(clock)
    subjects = study["subjects"].select("subject")
    if clock == DAY_0:
        return subjects.with_columns(clock_day=pl.lit(0, dtype=pl.Int64))
    reached = study["milestones"].filter(kind=clock).select("subject", "day")
    if clock == "infusion":
        reached = pl.concat([reached, study["infusions"].select("subject", "day")])
    first = reached.group_by("subject").agg(clock_day=pl.col("day").min())
    return subjects.join(first, on="subject", how="left", maintain_order="left")
