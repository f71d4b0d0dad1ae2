"""Reading the p of looks from a frame."""

from __future__ import annotations

from typing import Any

from malar._frames import demand, demand_values, enter
from malar.errors import ParameterError


def looks_of(frame: Any) -> dict[str, list[float | None]]:
    """By hypothesis the p of its looks in order, None where a look is not in the frame.

    Raises
    ------
    ParameterError
        A hypothesis or look is null, a look is no whole number from 1, or is given twice.
    """
    import polars as pl

    inside, _ = enter(frame)
    schema = inside.collect_schema()
    demand(schema.names(), ("hypothesis", "look", "p"), "A graph over looks", "One row a hypothesis and look.")
    demand_values(schema, ("look", "p"), "A graph over looks")
    wanted = pl.col("hypothesis").cast(pl.String), pl.col("look").cast(pl.Float64), pl.col("p").cast(pl.Float64)
    rows = inside.select(*wanted).with_columns(pl.col("p").fill_nan(None)).collect()
    look = pl.col("look")
    sound = rows.filter(pl.col("hypothesis").is_not_null() & (look >= 1) & (look == look.round()) & (look < 1000))
    if sound.height < rows.height or rows.select("hypothesis", "look").is_duplicated().any():
        raise ParameterError(
            f"{rows.height - sound.height} of {rows.height} rows name no hypothesis or look, or a look is given twice.",
            "Each claim rests on the bounds of its own look.",
            "Pass one row a hypothesis and look, looks counted from 1 within the hypothesis.",
        )
    found: dict[str, list[float | None]] = {}
    for name, at, value in rows.iter_rows():
        row = found.setdefault(name, [])
        row += [None] * (int(at) - len(row))
        row[int(at) - 1] = value
    return found
