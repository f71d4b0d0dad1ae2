"""Names of arms, groups and strata: one spelling wherever they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from malar._frames import demand_words

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

    demand_words(rows.schema, [name], "A group")
    return rows[name].cast(pl.String)
