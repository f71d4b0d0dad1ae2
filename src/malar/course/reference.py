"""Values at the earlier visit that a visit is compared with: previous, baseline, lowest since baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from malar._frames import demand, enter
from malar.conditions import Since

if TYPE_CHECKING:
    import polars as pl


def derive_reference(frame: Any, column: str, since: Since, *, items: int | None = None) -> Any:
    """Add a column's value at an earlier assessed visit.

    Parameters
    ----------
    frame
        Visit frame with `subject`, `day` and the column; any kind of dataframe.
    column
        A number or Boolean, or a score with bounds (`column__low`, `column__high`, `column__n_missing`).
    since
        ``previous``: the last assessed visit before this one. ``baseline``: the last assessed visit on or
        before day 0; unknown before and at it. ``lowest``: the lowest value from baseline to the last visit
        before this one.
    items
        Number of items of a score with bounds.

    Returns
    -------
    frame
        The same kind, with `previous__column`, `baseline__column` or `lowest__column`; for a score with
        bounds also `…__low` and `…__high`.

    Notes
    -----
    A visit is *assessed* where the column is known; for a score with bounds, where at least one item is.
    The bounds of a partly assessed visit are carried as they are: filling its unknown items can then
    decide a verdict, and never turns one around.

    Baseline is the last assessment on or before day 0 (SDTM: last observation before exposure). The
    verdict at baseline itself is unknown, for a change needs two visits.
    """
    inside, back = enter(frame)
    names = inside.collect_schema().names()
    demand(names, ("subject", "day", column), f"The {since.value} value of `{column}`")
    return back(_derive(inside, column, since, items, frozenset(names)))


def _derive(frame: pl.LazyFrame, column: str, since: Since, items: int | None, names: frozenset[str]) -> pl.LazyFrame:
    import polars as pl

    low, high, missing = f"{column}__low", f"{column}__high", f"{column}__n_missing"
    bounded = {low, high, missing} <= names and items is not None
    assessed = pl.col(missing) < items if bounded else pl.col(column).is_not_null()
    made = {
        f"{since.value}__{name}": _at_reference(name, since, assessed)
        for name in ((low, high) if bounded else (column,))
    }
    frame = frame.with_columns(**made)
    if not bounded:
        return frame
    least, most = pl.col(f"{since.value}__{low}"), pl.col(f"{since.value}__{high}")
    return frame.with_columns(pl.when(least == most).then(least).alias(f"{since.value}__{column}"))


def _at_reference(name: str, since: Since, assessed: pl.Expr) -> pl.Expr:
    import polars as pl

    known = pl.when(assessed).then(pl.col(name))
    if since is Since.PREVIOUS:
        return known.forward_fill().shift(1).over("subject", order_by="day")
    at_or_before_0 = pl.when(assessed & (pl.col("day") <= 0)).then(pl.col(name))
    baseline_day = pl.when(assessed & (pl.col("day") <= 0)).then(pl.col("day")).max().over("subject")
    if since is Since.BASELINE:
        value = at_or_before_0.forward_fill().over("subject", order_by="day")
        return pl.when(pl.col("day") > baseline_day).then(value)
    from_baseline = pl.when(assessed & (pl.col("day") >= baseline_day)).then(pl.col(name))
    running = from_baseline.cum_min().forward_fill().shift(1).over("subject", order_by="day")
    return pl.when(pl.col("day") > baseline_day).then(running)
