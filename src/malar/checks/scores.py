"""Queries on recorded totals and item values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from malar.checks.query import DataQuery
from malar.instruments.sledai_2k import SLEDAI_2K

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Study


def _total_differs(_study: Study, scored: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    recorded = pl.col("recorded__sledai_2k")
    outside = (recorded < pl.col("sledai_2k__low")) | (recorded > pl.col("sledai_2k__high"))
    return scored.filter(outside & (pl.col("sledai_2k__n_missing") < len(SLEDAI_2K.items)))


def _not_the_weight(_study: Study, scored: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    found: list[pl.DataFrame] = []
    for item in SLEDAI_2K.items:
        column = f"recorded__{SLEDAI_2K.form}__{item.key}"
        wrong = scored.filter(~pl.col(column).is_in([0.0, 1.0, float(item.weight)]))
        found.append(wrong.select("subject", "day", column=pl.lit(item.key)))
    return pl.concat(found)


def _only_some_items(_study: Study, scored: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    return scored.filter(pl.col("sledai_2k__n_missing").is_between(1, len(SLEDAI_2K.items) - 1))


def _between_visits(study: Study, scored: pl.DataFrame) -> pl.DataFrame:
    days = study["items"].select("subject", "day").unique(maintain_order=True)
    return days.join(scored.select("subject", "day"), on=["subject", "day"], how="anti", maintain_order="left")


QUERIES: Final = (
    DataQuery(
        key="sledai_total_differs_from_items",
        title="The recorded SLEDAI-2K total is not the sum of the items.",
        action="Compare both with the form. Scores and verdicts use the items.",
        severity="error",
        table="items",
        find=_total_differs,
    ),
    DataQuery(
        key="item_value_is_not_its_weight",
        title="An item holds neither 0, 1 nor its weight.",
        action="Correct it: a value above 0 is taken as present.",
        severity="error",
        table="items",
        find=_not_the_weight,
    ),
    DataQuery(
        key="items_unknown",
        title="Some SLEDAI-2K items of the visit are unknown.",
        action="Fill in what is known: the score is open until then, its bounds are given.",
        severity="info",
        table="items",
        find=_only_some_items,
    ),
    DataQuery(
        key="items_between_visits",
        title="Items were recorded on a day without a visit.",
        action="Add the visit if it was one. A sign found between visits counts at the next visit in the window.",
        severity="info",
        table="items",
        find=_between_visits,
    ),
)
