"""Queries on items against the measurements they rest on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from malar.checks.query import DataQuery
from malar.instruments import Item
from malar.instruments.sledai_2k import SLEDAI_2K

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Study

_KEYS: Final = {
    "leukopenia": "leukopenia_differs_from_white_cells",
    "thrombocytopenia": "thrombocytopenia_differs_from_platelets",
    "low_complement": "low_complement_differs_from_laboratory",
    "increased_dsdna": "increased_dsdna_differs_from_laboratory",
    "proteinuria": "proteinuria_differs_from_urine_protein",
    "hematuria": "hematuria_differs_from_urine_cells",
    "pyuria": "pyuria_differs_from_urine_cells",
    "arthritis": "arthritis_differs_from_joint_count",
    "fever": "fever_differs_from_temperature",
}
"""Item → key of its query."""


def _differs(item: Item) -> Callable[[Study, pl.DataFrame], pl.DataFrame]:
    def find(_study: Study, scored: pl.DataFrame) -> pl.DataFrame:
        import polars as pl

        column, proposed = f"{SLEDAI_2K.form}__{item.key}", f"proposed__{SLEDAI_2K.form}__{item.key}"
        unattributed = (pl.col(f"recorded__{column}") > 0) & ~pl.col(column)
        differs = (pl.col(column) != pl.col(proposed)) & ~unattributed.fill_null(value=False)
        return scored.filter(differs).with_columns(column=pl.lit(item.key))

    return find


def _query(item: Item) -> DataQuery:
    assert item.measured is not None
    return DataQuery(
        key=_KEYS[item.key],
        title=f"The item {item.key.replace('_', ' ')} does not agree with the same day's result.",
        action=(
            f"It is present where {item.measured.sentence()}. Check both; an item may stand for an earlier day of the "
            "window, or be absent because of another cause: then record the value with attributed = false."
        ),
        severity="warning",
        table="items",
        find=_differs(item),
    )


QUERIES: Final = tuple(_query(item) for item in SLEDAI_2K.items if item.measured is not None)
