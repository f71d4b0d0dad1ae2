"""Queries on products and infusions: release against markers, dose per kg against dose and weight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from malar.checks.query import DataQuery

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Study

POSITIVE_AT_LEAST: Final = 95
NEGATIVE_AT_MOST: Final = 2
APART: Final = 0.25
"""Cells per kg and total cells over weight may differ by so much: the weight may be of another day."""


def _released_against_markers(study: Study, _scored: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    positive = pl.any_horizontal(pl.col("cd105_percent", "cd73_percent", "cd90_percent") < POSITIVE_AT_LEAST)
    negative = pl.any_horizontal(
        pl.col("cd45_percent", "cd34_percent", "cd14_or_cd11b_percent", "cd79a_or_cd19_percent") > NEGATIVE_AT_MOST
    )
    released = study["products"].filter(pl.col("release_criteria_met") & (positive | negative))
    return released.select(column=pl.col("product"))


def _not_released_and_given(study: Study, _scored: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    refused = study["products"].filter(~pl.col("release_criteria_met")).select("product")
    return study["infusions"].join(refused, on="product").select("subject", "day", column=pl.col("product"))


def _dose_differs(study: Study, scored: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    if "weight_kg" not in scored.columns:
        return study["infusions"].clear().select("subject", "day")
    weights = scored.select("subject", "weight_kg", weighed="day").drop_nulls().sort("weighed")
    given = study["infusions"].drop_nulls(["total_cells", "cells_per_kg"]).sort("day")
    near = given.join_asof(
        weights,
        left_on="day",
        right_on="weighed",
        by="subject",
        strategy="backward",
        tolerance=60,
        check_sortedness=False,
    )
    ratio = pl.col("total_cells") / (pl.col("cells_per_kg") * pl.col("weight_kg"))
    return near.filter((ratio - 1).abs() > APART).select("subject", "day")


QUERIES: Final = (
    DataQuery(
        key="released_against_markers",
        title="A product was released though a marker misses the minimal criteria of the ISCT.",
        action="Check the markers and the release; the sheet isct_2006_msc has the limits.",
        severity="warning",
        table="products",
        find=_released_against_markers,
    ),
    DataQuery(
        key="infused_though_not_released",
        title="An infusion was of a product that did not meet its release criteria.",
        action="Check both; an exception is a deviation to be told in the report.",
        severity="error",
        table="infusions",
        find=_not_released_and_given,
    ),
    DataQuery(
        key="dose_per_kg_differs_from_total",
        title="Cells per kg do not fit total cells and weight, by more than a quarter.",
        action="Check the three; doses are compared between patients by them.",
        severity="warning",
        table="infusions",
        find=_dose_differs,
    ),
)
