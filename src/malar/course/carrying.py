"""Values carried forward, and non-response imputed: last steps, with columns of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from malar._frames import as_sign, demand, demand_values, enter
from malar.errors import ParameterError

if TYPE_CHECKING:
    import polars as pl


def derive_carried(
    frame: Any,
    columns: Sequence[str],
    *,
    max_visits: int,
    max_days: int,
    rescue: str | None = None,
) -> Any:
    """Add items with the last known value carried forward, within a limit and never across rescue.

    Parameters
    ----------
    frame
        Visit frame with `subject`, `day` and the columns; any kind of dataframe.
    columns
        Items or measurements. A composite is not carried: carry its items and judge it again.
    max_visits
        Visits in a row, at most, that a value may be carried to.
    max_days
        Days, at most, between the visit at which it was known and the one that it is carried to.
    rescue
        Boolean column, true at a visit on or before which rescue was used since the visit before, or is
        going on. No value is carried to such a visit or past it, nor where it is unknown. Without it, no
        rescue is taken to have been given.

    Returns
    -------
    frame
        The same kind and order, with `column__locf` for every column: what was known, what was carried,
        null elsewhere. The columns themselves stay as they were.

    Raises
    ------
    ParameterError
        A limit below one visit or one day.

    Notes
    -----
    NaN is unknown, as null is. A carried value is a guess: a verdict that rests on one can turn when the true
    one is found. Judge the columns themselves as well, and report both.

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({"subject": ["a"] * 4, "day": [0, 30, 60, 90], "rash": [True, None, None, False]})
    >>> derive_carried(frame, ["rash"], max_visits=1, max_days=60)["rash__locf"].to_list()
    [True, True, None, False]
    """
    if max_visits < 1 or max_days < 1:
        raise ParameterError(
            "Values are carried over at least one visit and one day, or not at all.",
            "A limit below that would add a column that says nothing new.",
            "Pass max_visits=1, max_days=60.",
        )
    inside, back = enter(frame)
    schema = inside.collect_schema()
    demand(schema.names(), ("subject", "day", *columns, *([rescue] if rescue else [])), "Carrying forward")
    return back(_carry(inside, columns, max_visits, max_days, rescue))


def _carry(
    frame: pl.LazyFrame, columns: Sequence[str], max_visits: int, max_days: int, rescue: str | None
) -> pl.LazyFrame:
    import polars as pl

    schema, whole = frame.collect_schema(), frame.collect()
    barred = as_sign(rescue).fill_null(value=True) if rescue else pl.lit(value=False)
    ordered = whole.with_row_index("__row").sort("subject", "day")
    # What lies between two visits: a value crosses no rescue where the rescues so far are as many at both.
    ordered = ordered.with_columns(
        __visit=pl.int_range(pl.len()).over("subject"), __rescues=barred.cast(pl.Int64).cum_sum().over("subject")
    )
    made = {name: _carried(name, schema, max_visits, max_days) for name in columns}
    carried = ordered.select("__row", **{f"{name}__locf": made[name] for name in columns}).sort("__row")
    return whole.with_columns(carried.drop("__row")).lazy()


def _carried(name: str, schema: pl.Schema, max_visits: int, max_days: int) -> pl.Expr:
    """The last known value where it is near enough and no rescue lies between."""
    import polars as pl

    value = pl.col(name).fill_nan(None) if schema[name].is_float() else pl.col(name)

    def then(of: pl.Expr) -> pl.Expr:
        return pl.when(value.is_not_null()).then(of).forward_fill().over("subject")

    near = pl.col("__visit") - then(pl.col("__visit")) <= max_visits
    near &= pl.col("day") - then(pl.col("day")) <= max_days
    near &= pl.col("__rescues") == then(pl.col("__rescues"))
    return pl.when(value.is_not_null() | near).then(then(value))


def impute_nonresponse(frame: Any, flag: str) -> Any:
    """Add a verdict in which unknown counts as not responding.

    Parameters
    ----------
    frame
        One row a subject and planned visit, missed visits included; any kind of dataframe. See
        :func:`malar.timelines.derive_denominators` and :func:`malar.timelines.apply_estimand`.
    flag
        Name of the Boolean verdict; it stays as it is.

    Returns
    -------
    frame
        The same kind and order, with `flag__nri`: the verdict, and false where it is unknown.

    Notes
    -----
    A last step. What holds of every verdict before it does not hold of this one: filling an unknown item may
    turn an imputed failure into a response. Over the rows of a visit frame alone it would forget the
    visits that were missed.
    """
    inside, back = enter(frame)
    schema = inside.collect_schema()
    demand(schema.names(), (flag,), "Imputing non-response")
    demand_values(schema, (flag,), "Imputing non-response")
    return back(inside.with_columns(as_sign(flag).fill_null(value=False).alias(f"{flag}__nri")))
