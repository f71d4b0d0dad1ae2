"""Planned visits and their windows: which visit stands for which time."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, get_args

from malar._frames import as_sign, demand, enter
from malar.errors import ParameterError

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import PlannedVisit

Tie = Literal["later", "earlier", "worst"]


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

    named = visits.filter(pl.col("planned_day").is_not_null()).group_by("planned_day").agg(
        pl.col("planned_visit").drop_nulls().mode().sort().first()
    )  # fmt: skip
    return midpoint_windows([(label or f"Day {day}", day) for day, label in named.sort("planned_day").rows()])


def midpoint_windows(
    planned: Sequence[tuple[str, int]], *, max_distance_days: int | None = None
) -> tuple[PlannedVisit, ...]:
    """Planned visits with windows to the midpoints between them.

    Parameters
    ----------
    planned
        Label and day of each planned visit.
    max_distance_days
        No window reaches farther from its day than this. None: no such limit.

    Returns
    -------
    tuple of PlannedVisit
        In order of day. A midpoint belongs to the earlier visit. The first window begins a year before its
        day, the last ends half the last interval after its day.

    Examples
    --------
    >>> for visit in midpoint_windows([("Month 6", 183), ("Month 12", 365)], max_distance_days=60):
    ...     print(visit.label, visit.first, visit.last)
    Month 6 123 243
    Month 12 305 425
    """
    from malar.schema import PlannedVisit

    rows = sorted(planned, key=lambda visit: visit[1])
    most = 10**6 if max_distance_days is None else max_distance_days
    made: list[PlannedVisit] = []
    for i, (label, day) in enumerate(rows):
        before = rows[i - 1][1] if i else None
        after = rows[i + 1][1] if i + 1 < len(rows) else None
        reach = (day - before) // 2 if before is not None else 30
        first = day - 365 if before is None else (before + day) // 2 + 1
        last = (day + after) // 2 if after is not None else day + reach
        made.append(PlannedVisit(label, day, max(first, day - most), min(last, day + most)))
    return tuple(made)


def derive_analysis_visit(
    frame: Any,
    visits: Sequence[PlannedVisit],
    *,
    assessed: str | None = None,
    tie: Tie = "later",
    worst_of: str = "",
) -> Any:
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
    tie
        Of two rows equally near to the planned day, which one stands for it: the ``later``, the
        ``earlier``, or the ``worst``, that with the higher value of `worst_of`. A mean is no choice of a row: nobody
        was seen in that state.
    worst_of
        Column whose higher values are worse; only with ``worst``. A known value goes before an unknown one,
        and the later row where both are the same.

    Returns
    -------
    frame
        The same kind, with `analysis_visit` (label), `analysis_day` (planned day) and
        `is_analysis_visit`: of several rows in one window the nearest to the planned day, on a tie the one
        that `tie` names.

    Raises
    ------
    ParameterError
        Two windows overlap, or a way of breaking ties that is none.

    Notes
    -----
    Windows are closed at both ends.
    """
    import polars as pl

    demand_tie(tie, worst_of)
    inside, back = enter(frame)
    read = (*([assessed] if assessed else []), *([worst_of] if worst_of else []))
    demand(inside.collect_schema().names(), ("subject", "day", *read), "The analysis visit")
    _demand_apart(visits)
    label, target = pl.lit(None, dtype=pl.String), pl.lit(None, dtype=pl.Int64)
    for visit in visits:
        here = pl.col("day").is_between(visit.first, visit.last)
        label = pl.when(here).then(pl.lit(visit.label)).otherwise(label)
        target = pl.when(here).then(pl.lit(visit.day)).otherwise(target)
    placed = inside.with_columns(analysis_visit=label, analysis_day=target)
    candidate = pl.col("analysis_day").is_not_null() & (as_sign(assessed) if assessed else pl.lit(value=True))
    chosen = placed.with_columns(is_analysis_visit=candidate.fill_null(value=False))
    chosen = _keep_best(chosen, -(pl.col("day") - pl.col("analysis_day")).abs())
    if tie == "worst":
        chosen = _keep_best(chosen, pl.col(worst_of).cast(pl.Float64).fill_nan(None).fill_null(float("-inf")))
    return back(_keep_best(chosen, -pl.col("day") if tie == "earlier" else pl.col("day")))


def _keep_best(placed: pl.LazyFrame, value: pl.Expr) -> pl.LazyFrame:
    """Of the rows that still may stand for a planned visit, keep those with the highest value."""
    import polars as pl

    held = pl.when("is_analysis_visit").then(value)
    best = held == held.max().over("subject", "analysis_day")
    return placed.with_columns(is_analysis_visit=best.fill_null(value=False))


def demand_tie(tie: str, worst_of: str) -> None:
    """Refuse a way of breaking ties that is none.

    Raises
    ------
    ParameterError
        It is not one of those of :func:`derive_analysis_visit`, or `worst_of` does not go with it.
    """
    if tie not in get_args(Tie) or (tie == "worst") != bool(worst_of):
        raise ParameterError(
            "A tie between two visits is broken by 'later', 'earlier' or 'worst', and 'worst' needs a column.",
            "Which visit stands for the planned one would be left open.",
            "Pass tie='later', or tie='worst' with worst_of='sledai_2k'.",
        )


def _demand_apart(visits: Sequence[PlannedVisit]) -> None:
    ordered = sorted(visits, key=lambda visit: visit.first)
    if any(a.last >= b.first for a, b in pairwise(ordered)):
        raise ParameterError(
            "Windows of planned visits overlap.",
            "A day in two windows would stand for two planned visits.",
            "Give each planned visit a first and last day of its own.",
        )
