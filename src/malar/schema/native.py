"""Columns that come with a type of their own: frames in memory and Parquet files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from malar.errors import WrongTypeError

_NO_FIELDS: Final = (pl.Binary, pl.Object, pl.Time, pl.Duration)


@dataclass(frozen=True, slots=True)
class Native:
    """A typed column in the type of the data model.

    Parameters
    ----------
    values
        Values; null where unknown or unusable.
    unusable
        Values that cannot be held, by row.
    rule
        The rule that those break.
    converted
        Values counted as converted: NaN, which is null here.
    """

    values: pl.Series
    unusable: pl.Series
    rule: str
    converted: int


def readable(table: str, given: pl.Series, kind: str) -> tuple[pl.Series, int]:
    """A column in a type that can be parsed, and how many values that converted.

    Booleans become 0 and 1 where a number is meant, times of day are dropped from dates, and
    identifiers that a dataframe made floats (`101.0`) become whole again.

    Raises
    ------
    WrongTypeError
        The column holds lists, structures, bytes or durations.
    """
    dtype = given.dtype
    if dtype.is_nested() or any(dtype == other for other in _NO_FIELDS):
        raise WrongTypeError(
            f"`{given.name}` of {table} has the type {dtype.base_type()}.",
            "A field of a table is one text, number, date or Boolean.",
            "Turn it into one of these, or leave the column out.",
        )
    count = given.len() - given.null_count()
    if dtype == pl.Boolean and kind in ("number", "whole"):
        return given.cast(pl.Int64), count
    if dtype == pl.Datetime and kind == "date":
        return given.dt.date(), count
    if dtype.is_float() and kind in ("text", "code"):
        known = given.fill_nan(None)
        whole = known.cast(pl.Int64, strict=False)
        if (whole.cast(pl.Float64) == known.cast(pl.Float64)).all():
            return whole, count
        return known, count - (known.len() - known.null_count())
    return given, 0


def native_values(given: pl.Series, kind: str, dtype: pl.DataType) -> Native | None:
    """A typed column in the type of the data model; None where it must be parsed as text."""
    found = given.dtype
    if found.is_float() and kind in ("number", "whole"):
        return _from_floats(given, kind, dtype)
    if (found.is_integer() or found == pl.Null) and kind in ("number", "whole"):
        values = given.cast(dtype, strict=False)
        return Native(values, values.is_null() & given.is_not_null(), "not_a_whole_number", 0)
    if (found == dtype and found != pl.String) or found == pl.Null:
        values = given.cast(dtype)
        return Native(values, pl.Series([False], dtype=pl.Boolean).new_from_index(0, len(given)), "", 0)
    return None


def finite_numbers(values: pl.Series) -> pl.Series:
    """Floats with NaN and infinities as null, and one zero: 0.0 and -0.0 are the same value."""
    return values.set(~values.is_finite(), None).set(values == 0, 0.0)


def _from_floats(given: pl.Series, kind: str, dtype: pl.DataType) -> Native:
    """Floats; those of 32 bits as the decimal number that they print."""
    wide = given.cast(pl.String).cast(pl.Float64) if given.dtype == pl.Float32 else given.cast(pl.Float64)
    missing = wide.is_nan().sum()
    finite = finite_numbers(wide)
    if kind == "number":
        return Native(finite, wide.is_infinite().fill_null(value=False), "not_a_number", int(missing))
    fits = (finite == finite.floor()) & (finite.abs() < 2**53)
    values = finite.set(~fits, None).cast(dtype)
    unusable = values.is_null() & wide.is_not_null() & ~wide.is_nan()
    return Native(values, unusable, "not_a_whole_number", int(missing))
