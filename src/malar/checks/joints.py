"""Queries on joint counts that contradict each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from malar.checks.query import DataQuery

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Study


def _more_active(_study: Study, scored: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    return scored.filter(pl.col("active_joints") > pl.min_horizontal("tender_joints", "swollen_joints"))


QUERIES: Final = (
    DataQuery(
        key="active_joints_above_tender_or_swollen",
        title="More joints are both tender and swollen than are tender, or than are swollen.",
        action="One of the three counts is wrong, or the counts are of different joints. Compare them with the form.",
        severity="error",
        table="visits",
        find=_more_active,
    ),
)
