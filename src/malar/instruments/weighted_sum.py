"""Signs as recorded, and the sum of their weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from malar._frames import as_sign
from malar.instruments.item import Item

if TYPE_CHECKING:
    import polars as pl


def recorded_sign(column: str, schema: pl.Schema) -> pl.Expr:
    """An item column as a Boolean expression."""
    import polars as pl

    return pl.col(column) if schema[column] == pl.Boolean else as_sign(column)


def weighted(signs: Mapping[Item, pl.Expr], add: Callable[[list[pl.Expr]], pl.Expr]) -> pl.Expr:
    """The weighted sum: items of one weight are counted together, then multiplied once."""
    import polars as pl

    groups: dict[int, list[pl.Expr]] = {}
    for item, sign in signs.items():
        groups.setdefault(item.weight, []).append(sign)
    return pl.sum_horizontal(
        (add(group).cast(pl.Int64) * weight for weight, group in groups.items()), ignore_nulls=False
    )
