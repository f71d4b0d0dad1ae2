"""Reading an estimator's columns: every row is used, or the fit is refused with the reason."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from malar._frames import demand, enter
from malar.errors import ParameterError, UndefinedError, WrongTypeError

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

FEW: Final = 4
"""Distinct values up to which a column is compared with each."""

HINT: Final = "Name the column when the estimator is made, or derive it before the fit."


def take(frame: Any, names: list[str], what: str) -> pl.DataFrame:
    """The named columns of any dataframe, in Polars.

    Raises
    ------
    MissingColumnsError
        A column is not there.
    UndefinedError
        The frame has no rows.
    WrongTypeError
        The object is no dataframe.
    """
    import polars as pl

    keep_freed_memory()
    wanted = list(dict.fromkeys(names))
    if isinstance(frame, pl.DataFrame):
        demand(frame.columns, wanted, what, HINT)
        columns = frame[wanted]
    else:
        lazy, _ = enter(frame)
        demand(lazy.collect_schema().names(), wanted, what, HINT)
        columns = lazy.select(wanted).collect()
    if columns.height == 0:
        raise UndefinedError(
            f"{what} was given a frame without rows.",
            "Nothing can be estimated from nobody.",
            "Check the filter that made the analysis set.",
        )
    return columns


@cache
def keep_freed_memory() -> None:
    """Let the C library keep up to 64 MB of freed memory for the next arrays.

    By default glibc gives the memory of arrays of 100,000 rows back at once and gets it again page by page, four
    tenths of the time of an incidence at that size. It takes for worth keeping what is no larger than the largest
    block freed so far: here one of 30 MB that nobody writes to. Elsewhere this does nothing.
    """
    import numpy as np

    np.empty(30 << 20, dtype=np.uint8)


def never_null(columns: pl.DataFrame, name: str, why: str, hint: str) -> None:
    """Raise `UndefinedError` where a column has nulls."""
    nulls = columns[name].null_count()
    if nulls:
        raise UndefinedError(f"`{name}` is null in {nulls} of {columns.height} rows.", why, hint)


def numbers(columns: pl.DataFrame, name: str, why: str, hint: str) -> NDArray[np.float64]:
    """A column as finite floats without nulls, shape (rows,).

    Raises
    ------
    WrongTypeError
        The column holds no numbers.
    UndefinedError
        A value is null, NaN or infinite.
    """
    import numpy as np
    import polars as pl

    _only_numeric(columns[name])
    never_null(columns, name, why, hint)
    values = columns[name].cast(pl.Float64).to_numpy()
    wild = int(np.count_nonzero(~np.isfinite(values)))
    if wild:
        raise UndefinedError(f"`{name}` is NaN or infinite in {wild} of {columns.height} rows.", why, hint)
    return values


def nonnegative(values: NDArray[np.float64], name: str, why: str, hint: str) -> None:
    """Raise `ParameterError` where a value is below zero."""
    wrong = int((values < 0.0).sum())
    if wrong:
        raise ParameterError(f"`{name}` is negative in {wrong} of {values.size} rows.", why, hint)


def ones(columns: pl.DataFrame, name: str) -> NDArray[np.bool_]:
    """An event indicator, shape (rows,): true for an event, false for 0, false and null (censored).

    Raises
    ------
    WrongTypeError
        The column is neither Boolean nor numeric.
    ParameterError
        A value is neither 0 nor 1.
    """
    import polars as pl

    column = columns[name]
    if not isinstance(column.dtype, (pl.Boolean, pl.Null)):
        _only_numeric(column)
        values = column.cast(pl.Float64)
        wrong = int(((values != 0.0) & (values != 1.0)).sum())
        if wrong:
            raise ParameterError(
                f"`{name}` has {wrong} of {column.len()} values other than 0 and 1.",
                "A second kind of event would be counted as the first.",
                "Use true for the event of interest, false or null for censored; "
                "with several kinds of events use `StateOccupancy`.",
            )
    return column.cast(pl.Boolean).fill_null(value=False).to_numpy()


def _only_numeric(column: pl.Series) -> None:
    if not column.dtype.is_numeric():
        raise WrongTypeError(
            f"`{column.name}` is {column.dtype}, not a number.",
            "Time is counted in days from the start of the analysis; weights and indicators are numbers.",
            f"Convert it first, e.g. `pl.col({column.name!r}).cast(pl.Float64)` or a difference of days.",
        )


def split(columns: pl.DataFrame, by: str) -> list[tuple[str, NDArray[np.integer[Any]]]]:
    """Label and row numbers of each group, groups in the order of their values."""
    never_null(columns, by, "A subject without a group belongs to no curve.", "Fill it, e.g. with 'unknown'.")
    return [(str(value), rows) for value, rows in rows_by_value(columns[by])]


def rows_by_value(column: pl.Series) -> list[tuple[Any, NDArray[np.integer[Any]]]]:
    """Each distinct value of a column, null too, in order, with its row numbers in order.

    A few values are peeled off one by one, which is twice as fast as gathering the rows of all.
    """
    import numpy as np
    import polars as pl

    found: list[tuple[Any, NDArray[np.integer[Any]]]] = []
    plain = column.to_numpy() if column.dtype.is_integer() and not column.null_count() else None
    left = np.ones(column.len(), dtype=np.bool_)
    while left.any():
        if len(found) == FEW or column.dtype.is_nested():
            return _gathered(column)
        value: object = column[int(left.argmax())]
        mine: NDArray[np.bool_] = column.eq_missing(value).to_numpy() if plain is None else plain == value
        left &= ~mine
        found.append((value, np.flatnonzero(mine)))
    if isinstance(column.dtype, (pl.Categorical, pl.Enum)):  # in an order of their own
        order = pl.Series([value for value, _ in found], dtype=column.dtype).arg_sort()
        return [found[place] for place in order]
    return sorted(found, key=lambda pair: (pair[0] is not None, pair[0] != pair[0], pair[0]))  # NaN last


def _gathered(column: pl.Series) -> list[tuple[Any, NDArray[np.integer[Any]]]]:
    import polars as pl

    rows = pl.int_range(pl.len(), dtype=pl.UInt32).alias("rows")
    grouped = column.to_frame("value").with_columns(rows).group_by("value").agg("rows").sort("value")
    return [(value, members.to_numpy()) for value, members in zip(grouped["value"], grouped["rows"], strict=True)]


def groups(columns: pl.DataFrame, by: str | None) -> list[tuple[str | None, NDArray[np.integer[Any]]]]:
    """As `split`; without a column of groups, one group without a label."""
    import numpy as np

    if by is None:
        return [(None, np.arange(columns.height))]
    return [(label, members) for label, members in split(columns, by)]


def refuse_weightless(weight: NDArray[np.float64], name: str | None) -> None:
    """Raise `UndefinedError` where all weights of a group are zero."""
    if name is not None and not weight.any():
        raise UndefinedError(
            f"`{name}` is 0 in every row of a group.", "Nobody is left to be at risk.", "Check the weights."
        )


def one_of(name: str, value: object, allowed: tuple[object, ...]) -> None:
    """Raise `ParameterError` where a parameter is none of the allowed values."""
    if value not in allowed:
        raise ParameterError(
            f"`{name}` is {value!r}.",
            "An option misread changes the numbers.",
            f"Use one of {', '.join(map(repr, allowed))}.",
        )


def confidence(level: float) -> None:
    """Raise `ParameterError` where a confidence level is not between 0 and 1."""
    if not 0.0 < level < 1.0:
        raise ParameterError(f"`level` is {level}.", "It is a probability.", "Use e.g. 0.95.")
