"""Reading two measurements of one subject, and what becomes of pairs with an unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from malar._frames import demand, demand_values, enter
from malar.errors import ParameterError, UndefinedError

if TYPE_CHECKING:
    import polars as pl

Unpaired = Literal["excluded", "refused"]


def pairs(frame: Any, before: str, after: str, unknown: Unpaired, what: str) -> tuple[pl.DataFrame, int]:
    """`before` and `after` of complete pairs as floats, and how many were left out.

    Raises
    ------
    ParameterError
        A subject has several rows.
    UndefinedError
        A pair is incomplete and that is refused, a value is infinite, or no pair is complete.
    """
    import polars as pl

    inside, _ = enter(frame)
    schema = inside.collect_schema()
    demand(schema.names(), (before, after), what, "One row a subject, with a column before and one after.")
    demand_values(schema, (before, after), what)
    rows = inside.collect()
    if "subject" in rows.columns and rows["subject"].is_duplicated().any():
        raise ParameterError(
            f"{int(rows['subject'].is_duplicated().sum())} rows are of subjects with several rows.",
            "Pairs are taken as independent.",
            "Pivot to one row a subject.",
        )
    both = [
        pl.col(name).cast(pl.Float64).fill_nan(None).alias(as_) for name, as_ in ((before, "before"), (after, "after"))
    ]
    read = rows.select(both)
    whole = read.drop_nulls()
    left = read.height - whole.height
    if left and unknown == "refused":
        raise UndefinedError(
            f"{left} of {read.height} pairs are incomplete.",
            "Leaving them out assumes that they would have changed like the others.",
            "Fill them, or pass unknown='excluded' and say so.",
        )
    if not whole.height or whole.select(pl.any_horizontal(pl.all().is_infinite()).any()).item():
        raise UndefinedError(
            "No pair is complete, or a value is infinite.",
            "A change needs two numbers.",
            "Look at the two columns.",
        )
    return whole, left


def demand_options(unknown: str, level: float) -> None:
    """Refuse an unknown policy or a level that is none."""
    if unknown not in ("excluded", "refused") or not 0 < level < 1:
        raise ParameterError(
            "An incomplete pair is neither excluded nor refused, or the level is not between 0 and 1.",
            "Both decide what the numbers say.",
            "Use unknown='excluded' or 'refused', and level=0.95.",
        )
