"""Values at the earlier visit that a visit is compared with: previous, baseline, lowest, before the flare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from malar._frames import as_sign, demand, enter
from malar.conditions import Since

if TYPE_CHECKING:
    import polars as pl


def derive_reference(
    frame: Any, column: str, since: Since, *, items: int | None = None, assessed: str | None = None
) -> Any:
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
        before this one. ``preflare``: what the study recorded from before the flare (`preflare_column`, which
        the frame must hold), at baseline where that is unknown.
    items
        Number of items of a score with bounds.
    assessed
        Boolean column that tells which visits were assessed. Without it, see Notes.

    Returns
    -------
    frame
        The same kind, with `previous__column`, `baseline__column`, `lowest__column` or `preflare__column`; for
        a score with bounds also `…__low` and `…__high`, for ``preflare`` also `preflare__column__is_baseline`:
        whether the value at baseline stands there.

    Notes
    -----
    A visit is *assessed* where `assessed` says so; without it, where the column is known; for a score with
    bounds, where at least one item is. What is unknown at an assessed visit stays unknown when it is carried,
    and bounds are carried as they are: filling its unknown items can then decide a verdict, and never turns
    one around. An earlier visit is not asked in its place.

    Baseline is the last assessment on or before day 0 (SDTM: last observation before exposure). The
    verdict at baseline itself is unknown, for a change needs two visits.
    """
    inside, back = enter(frame)
    schema = inside.collect_schema()
    also = [*([assessed] if assessed else []), *([f"preflare_{column}"] if since is Since.PREFLARE else [])]
    demand(schema.names(), ("subject", "day", column, *also), f"The {since.value} value of `{column}`")
    if since is Since.PREFLARE:
        return back(_before_flare(inside, column))
    return back(_derive(inside, column, since, items, assessed))


def _before_flare(frame: pl.LazyFrame, column: str) -> pl.LazyFrame:
    """The value recorded from before the flare; that at baseline where it is unknown."""
    import polars as pl

    name, baseline = f"{Since.PREFLARE.value}__{column}", f"{Since.BASELINE.value}__{column}"
    if baseline not in frame.collect_schema().names():
        frame = _derive(frame, column, Since.BASELINE, None, None)
    recorded = _known(f"preflare_{column}", frame.collect_schema()).cast(pl.Float64)
    frame = frame.with_columns(pl.coalesce(recorded, baseline).alias(name))
    stands_in = pl.when(pl.col(name).is_not_null()).then(recorded.is_null())
    return frame.with_columns(stands_in.alias(f"{name}__is_baseline"))


def _derive(frame: pl.LazyFrame, column: str, since: Since, items: int | None, assessed: str | None) -> pl.LazyFrame:
    import polars as pl

    schema = frame.collect_schema()
    low, high, missing = f"{column}__low", f"{column}__high", f"{column}__n_missing"
    bounded = {low, high, missing} <= set(schema.names()) and items is not None
    names = (low, high) if bounded else (column,)
    values = {name: _known(name, schema) for name in names}
    seen = pl.col(missing) < items if bounded else values[column].is_not_null()
    seen = (as_sign(assessed) if assessed else seen).fill_null(value=False)
    frame = frame.with_columns(
        at_reference(value, since, seen, open_too=assessed is not None).alias(f"{since.value}__{name}")
        for name, value in values.items()
    )
    if not bounded:
        return frame
    least, most = pl.col(f"{since.value}__{low}"), pl.col(f"{since.value}__{high}")
    return frame.with_columns(pl.when(least == most).then(least).alias(f"{since.value}__{column}"))


def _known(name: str, schema: pl.Schema) -> pl.Expr:
    """A column with NaN as unknown."""
    import polars as pl

    return pl.col(name).fill_nan(None) if schema[name].is_float() else pl.col(name)


def at_reference(value: pl.Expr, since: Since, seen: pl.Expr, *, open_too: bool) -> pl.Expr:
    """The value at the reference visit, as an expression.

    Parameters
    ----------
    value
        What is carried: a column, or a struct of several.
    since
        Which earlier visit.
    seen
        Where a visit was assessed.
    open_too
        The value may be unknown at an assessed visit, and is carried so.
    """
    import polars as pl

    # A struct around an unknown value is not null itself: filling forward carries it.
    held = pl.struct(value=value) if open_too else value

    def bare(carried: pl.Expr) -> pl.Expr:
        return carried.struct.field("value") if open_too else carried

    if since is Since.PREVIOUS:
        return bare(pl.when(seen).then(held).forward_fill().shift(1).over("subject", order_by="day"))
    before = seen & (pl.col("day") <= 0)
    baseline_day = pl.when(before).then(pl.col("day")).max().over("subject")
    if since is Since.BASELINE:
        carried = bare(pl.when(before).then(held).forward_fill().over("subject", order_by="day"))
        return pl.when(pl.col("day") > baseline_day).then(carried)
    counted = seen & (pl.col("day") >= baseline_day)
    running = pl.when(counted).then(value).cum_min().forward_fill().shift(1).over("subject", order_by="day")
    after = pl.col("day") > baseline_day
    if open_too:
        after &= (counted & value.is_null()).cum_sum().shift(1).over("subject", order_by="day") == 0
    return pl.when(after).then(running)
