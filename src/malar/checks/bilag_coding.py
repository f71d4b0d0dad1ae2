"""Queries on how BILAG items are coded from visit to visit: same, worse, improving and new."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from malar.checks.query import DataQuery
from malar.schema.bilag_keys import BILAG_2004_ITEMS

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Study

ABSENT, IMPROVING, SAME, WORSE, NEW = map(float, range(5))
"""Codes of a graded item."""
GRADED: Final = (
    *(item for system, items in BILAG_2004_ITEMS.items() if system not in ("renal", "hematological") for item in items),
    "ttp",
)
"""Items that hold such a code; those of the kidney and the blood are measurements and yes or no."""


def _coded(study: Study) -> pl.DataFrame:
    """Graded items with their code at the assessment before: `subject, day, item, value, before`."""
    import polars as pl

    coded = study["items"].filter((pl.col("instrument") == "bilag_2004") & pl.col("item").is_in(list(GRADED)))
    return coded.with_columns(before=pl.col("value").shift(1).over("subject", "item", order_by="day"))


def _found(rows: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    return rows.select("subject", "day", column=pl.col("item"))


def _not_new(study: Study, _scored: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    known_before = pl.col("value").is_in([IMPROVING, SAME, WORSE])
    return _found(_coded(study).filter(known_before & (pl.col("before") == ABSENT)))


def _not_again(study: Study, _scored: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    return _found(_coded(study).filter((pl.col("value") == NEW) & pl.col("before").is_in([SAME, WORSE])))


def _out_of_range(study: Study, _scored: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    return _found(_coded(study).filter(~pl.col("value").is_in([ABSENT, IMPROVING, SAME, WORSE, NEW])))


QUERIES: Final = (
    DataQuery(
        key="bilag_new_item_coded_as_known",
        title="A BILAG item absent at the visit before is coded improving, same or worse.",
        action="A sign that was not there is new: code 4, or 1 if it has begun to improve. Correct one of the visits.",
        severity="warning",
        table="items",
        find=_not_new,
    ),
    DataQuery(
        key="bilag_known_item_coded_as_new",
        title="A BILAG item present at the visit before is coded new.",
        action="Code it same, worse or improving, unless it had gone in between.",
        severity="warning",
        table="items",
        find=_not_again,
    ),
    DataQuery(
        key="bilag_item_code_unknown",
        title="A BILAG item holds a code that is none of 0 to 4.",
        action="Correct the code; leave it empty where the item was not assessed.",
        severity="error",
        table="items",
        find=_out_of_range,
    ),
)
