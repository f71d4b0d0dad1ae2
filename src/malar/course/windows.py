"""Planned visits and their windows: which visit stands for which time."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from malar._frames import as_sign, demand, enter
from malar.errors import ParameterError

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import PlannedVisit


def planned_visits(visits: pl.DataFrame) -> tuple[PlannedVisit, ...]:
    """Planned visits found in the visits table, with windows to the midpoints between them.

    Parameters
    ----------
    visits
        The visits table; `planned_day` and `planned_visit` are read.

    Returns
    -------
    tuple of PlannedVisit
        In order of day. The first window begins a year before its day, the last ends half the last
        interval after its day.

    Examples
    --------
    >>> import polars as pl
    >>> table = pl.DataFrame({"planned_visit": ["Baseline", "Month 1"], "planned_day": [0, 30]})
    >>> [(visit.label, visit.first, visit.last) for visit in planned_visits(table)]
    [('Baseline', -365, 15), ('Month 1', 16, 45)]
    """
    import polars as pl

    from malar.schema import PlannedVisit

    named = visits.filter(pl.col("planned_day").is_not_null()).group_by("planned_day").agg(
        pl.col("planned_visit").drop_nulls().mode().sort().first()
    )  # fmt: skip
    rows = named.sort("planned_day").rows()
    made: list[PlannedVisit] = []
    for i, (day, label) in enumerate(rows):
        before = rows[i - 1][0] if i else None
        after = rows[i + 1][0] if i + 1 < len(rows) else None
        reach = (day - before) // 2 if before is not None else 30
        first = day - 365 if before is None else (before + day) // 2 + 1
        last = (day + after) // 2 if after is not None else day + reach
        made.append(PlannedVisit(label or f"Day {day}", day, first, last))
    return tuple(made)


def derive_analysis_visit(frame: Any, visits: Sequence[PlannedVisit], *, assessed: str | None = None) -> Any:
    """Add the planned visit in whose window each row falls, and whether it is the one that stands for it.

    Parameters
    ----------
    frame
        Visit frame with `subject` and `day`; any kind of dataframe.
    visits
        Planned visits; windows must not overlap.
    assessed
        Boolean column that tells which visits were assessed; the others stand for no planned visit. Without
        it, every row may.

    Returns
    -------
    frame
        The same kind, with `analysis_visit` (label), `analysis_day` (planned day) and
        `is_analysis_visit`: of several rows in one window the nearest to the planned day, the later on a
        tie.

    Raises
    ------
    ParameterError
        Two windows overlap.

    Notes
    -----
    Windows are closed at both ends.
    """
    import polars as pl

    inside, back = enter(frame)
    demand(inside.collect_schema().names(), ("subject", "day", *([assessed] if assessed else [])), "The analysis visit")
    _demand_apart(visits)
    label, target = pl.lit(None, dtype=pl.String), pl.lit(None, dtype=pl.Int64)
    for visit in visits:
        here = pl.col("day").is_between(visit.first, visit.last)
        label = pl.when(here).then(pl.lit(visit.label)).otherwise(label)
        target = pl.when(here).then(pl.lit(visit.day)).otherwise(target)
    placed = inside.with_columns(analysis_visit=label, analysis_day=target)
    candidate = pl.col("analysis_day").is_not_null() & (as_sign(assessed) if assessed else pl.lit(value=True))
    distance = (pl.col("day") - pl.col("analysis_day")).abs() * 2 - (pl.col("day") > pl.col("analysis_day"))
    near = pl.when(candidate).then(distance)
    nearest = near == near.min().over("subject", "analysis_day")
    return back(placed.with_columns(is_analysis_visit=nearest.fill_null(value=False)))


def _demand_apart(visits: Sequence[PlannedVisit]) -> None:
    ordered = sorted(visits, key=lambda visit: visit.first)
    if any(a.last >= b.first for a, b in pairwise(ordered)):
        raise ParameterError(
            "Windows of planned visits overlap.",
            "A day in two windows would stand for two planned visits.",
            "Give each planned visit a first and last day of its own.",
        )
