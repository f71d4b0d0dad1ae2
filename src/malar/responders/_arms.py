"""Names of arms, groups and strata: one spelling wherever they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from malar.errors import WrongTypeError

if TYPE_CHECKING:
    import polars as pl


def words(rows: pl.DataFrame, name: str) -> pl.Series:
    """A column of groups as text, null where null: Booleans are ``true`` and ``false``, days ``2026-01-31``.

    Raises
    ------
    WrongTypeError
        The column holds lists, records or anything else that is no name.
    """
    import polars as pl

    column = rows[name]
    if column.dtype.is_nested() or isinstance(column.dtype, (pl.Binary, pl.Object)):
        raise WrongTypeError(
            f"`{name}` is {column.dtype}, which names no group.",
            "A group is told by one word, number, sign or day.",
            "Keep one value a row.",
        )
    return column.cast(pl.String)
