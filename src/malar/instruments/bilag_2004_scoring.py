"""How a visit frame gets its BILAG-2004 grades: from items where a system has some, else from recorded grades."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from malar.instruments import bilag_2004_hematological as hematological
from malar.instruments import bilag_2004_renal as renal
from malar.instruments import bilag_2004_signs as signs
from malar.instruments.bilag_grades import as_rank
from malar.schema.bilag_keys import BILAG_2004_ITEMS, BILAG_2004_SYSTEMS

if TYPE_CHECKING:
    import polars as pl

    from malar.instruments.bilag_2004_renal import FirstVisit
    from malar.instruments.instrument import Missing

FORM: Final = "bilag_2004"
GRADES: Final = "bilag_2004_grades"
HISTORY: Final = "ever_involved"
ITEMS: Final = tuple(key for keys in BILAG_2004_ITEMS.values() for key in keys)
MEASURED: Final = {**renal.MEASURED, **hematological.MEASURED}


def add_bounds(frame: pl.LazyFrame, key: str, first: FirstVisit, missing: Missing) -> pl.LazyFrame:
    """Add the bounds of every system's rank, and where the form was assessed.

    Parameters
    ----------
    frame
        Visit frame with `subject`, `day`, items, recorded grades, measurements and history.
    key
        Key of the instrument, before the names of the columns.
    first
        What a level alone says at a first assessment.
    missing
        What an unknown item counts as.

    Returns
    -------
    polars.LazyFrame
        The frame with columns beside that begin with an underscore, `key__assessed`, and
        `key__system__rank__low` and `…__high`.
    """
    frame = _inputs(frame, key)
    if missing == "carry":
        frame = _carried(frame)
    frame = _looked_back(frame, key).with_columns(**renal.features(first), **hematological.features())
    certain = missing == "absent"
    frame = frame.with_columns(
        _activity(system, highest=side == "high", absent=certain).alias(f"_{system}_{side}")
        for system in BILAG_2004_SYSTEMS
        for side in ("low", "high")
    )
    frame = frame.with_columns(
        _ever(system, highest=side == "high", absent=certain).alias(f"_{system}_ever_{side}")
        for system in BILAG_2004_SYSTEMS
        for side in ("low", "high")
    )
    return frame.with_columns(
        _rank(system, side, absent=certain).alias(f"{key}__{system}__rank__{side}")
        for system in BILAG_2004_SYSTEMS
        for side in ("low", "high")
    )


def _inputs(frame: pl.LazyFrame, key: str) -> pl.LazyFrame:
    """Every input as a number, null where unknown; which grade was recorded; which systems have an item."""
    import polars as pl

    schema = frame.collect_schema()
    numbers = [_number(f"{FORM}__{item}", schema).alias(f"_{item}") for item in ITEMS]
    for name, column in MEASURED.items():
        numbers.append((_number(column, schema) * renal.FACTORS.get(name, 1.0)).alias(f"_{name}"))
    ranks = {system: as_rank(f"{GRADES}__{system}", schema) for system in BILAG_2004_SYSTEMS}
    history = [
        (_number(f"{HISTORY}__{system}", schema) > 0).alias(f"_{system}_history") for system in BILAG_2004_SYSTEMS
    ]
    frame = frame.with_columns(
        *numbers, *history, *(rank.alias(f"_{system}_recorded") for system, rank in ranks.items())
    )
    itemized = {s: pl.any_horizontal(pl.col(f"_{item}").is_not_null() for item in BILAG_2004_ITEMS[s]) for s in ranks}
    frame = frame.with_columns(has.alias(f"_{system}_itemized") for system, has in itemized.items())
    return frame.with_columns(
        pl.any_horizontal(
            *(pl.col(f"_{system}_itemized") for system in ranks),
            *(pl.col(f"_{system}_recorded").is_not_null() for system in ranks),
        ).alias(f"{key}__assessed"),
        *((~pl.col(f"_{s}_itemized") & pl.col(f"_{s}_recorded").is_not_null()).alias(f"_{s}_taken") for s in ranks),
    )


def _number(column: str, schema: pl.Schema) -> pl.Expr:
    import polars as pl

    value = pl.col(column).cast(pl.Float64)
    return value.fill_nan(None) if schema[column].is_float() else value


def _carried(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Fill unknown items and grades with those of the visit before; a grade only where no item stands in for it."""
    import polars as pl

    names = [*(f"_{item}" for item in ITEMS), *(f"_{system}_recorded" for system in BILAG_2004_SYSTEMS)]
    frame = frame.with_columns(
        pl.struct(names).shift(1).over("subject", order_by="day").alias("_visit_before")
    ).with_columns(pl.col(name).fill_null(pl.col("_visit_before").struct.field(name)) for name in names)
    itemized = {
        s: pl.any_horizontal(pl.col(f"_{item}").is_not_null() for item in items)
        for s, items in BILAG_2004_ITEMS.items()
    }
    return frame.with_columns(
        *(has.alias(f"_{s}_itemized") for s, has in itemized.items()),
        *(
            (pl.col(f"_{s}_taken") | (~has & pl.col(f"_{s}_recorded").is_not_null())).alias(f"_{s}_taken")
            for s, has in itemized.items()
        ),
    )


def _looked_back(frame: pl.LazyFrame, key: str) -> pl.LazyFrame:
    """Add the measurements of the assessment before, and the last biopsy."""
    import polars as pl

    seen, biopsy = pl.col(f"{key}__assessed"), pl.col("_active_nephritis_biopsy")
    measured = pl.struct(pl.col(f"_{name}").alias(name) for name in renal.MEASURED)
    before = pl.when(seen).then(pl.struct(value=measured)).forward_fill().shift(1)
    last = pl.when(biopsy > 0).then("day").forward_fill()
    last_open = pl.when(seen & biopsy.is_null()).then("day").forward_fill()
    return frame.with_columns(
        before.over("subject", order_by="day").struct.field("value").alias("_before"),
        last.over("subject", order_by="day").alias("_last_biopsy"),
        last_open.over("subject", order_by="day").alias("_last_open_biopsy"),
    )


def _activity(system: str, *, highest: bool, absent: bool) -> pl.Expr:
    """Rank of a system's activity: the grade recorded where it is taken, else from items and measurements.

    A system without any item is open, for measurements alone do not say whether they are due to lupus.
    """
    import polars as pl

    unknown = highest and not absent
    if system == "renal":
        made = renal.activity(unknown=unknown)
    elif system == "hematological":
        made = hematological.activity(unknown=unknown)
    else:
        made = signs.activity(system, unknown=signs.WORST if unknown else 0.0)
    if not absent:
        made = pl.when(f"_{system}_itemized").then(made).otherwise(4 if highest else 0)
    return pl.when(f"_{system}_taken").then(f"_{system}_recorded").otherwise(made).cast(pl.Int64)


def _ever(system: str, *, highest: bool, absent: bool) -> pl.Expr:
    """Whether the system was involved before: by its history, or by a grade of an earlier visit."""
    import polars as pl

    side = "high" if highest else "low"
    history = pl.col(f"_{system}_history").fill_null(value=highest and not absent)
    involved = (pl.col(f"_{system}_{side}") >= 1) | history
    first = pl.when(involved).then("day").min().over("subject")
    return history | (first < pl.col("day")).fill_null(value=False)


def _rank(system: str, side: str, *, absent: bool) -> pl.Expr:
    """The rank with D and E told apart; a recorded grade stays as it is."""
    import polars as pl

    activity, ever = pl.col(f"_{system}_{side}"), pl.col(f"_{system}_ever_{side}").cast(pl.Int64)
    graded = pl.lit(value=True) if absent else pl.col(f"_{system}_itemized")
    return pl.when(graded & ~pl.col(f"_{system}_taken")).then(pl.max_horizontal(activity, ever)).otherwise(activity)
