"""The highest dose of a glucocorticoid in the weeks up to a visit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from malar.course.study_column import StudyColumn
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Study

_DAYS: Final = 28


def _highest(study: Study, days: pl.DataFrame) -> pl.Series:
    import polars as pl

    from malar.schema.doses import prednisone_mg_day

    back = days.unique().with_columns(visit="day", day=pl.int_ranges(pl.col("day") - _DAYS + 1, pl.col("day") + 1))
    each = back.explode("day")
    doses = prednisone_mg_day(study["medications"], each.select("subject", "day").unique())
    known = each.join(doses, on=["subject", "day"], how="left").group_by("subject", "visit").agg(
        pl.when(pl.col("prednisone_mg_day").is_not_null().all()).then(pl.col("prednisone_mg_day").max()).alias("most")
    )  # fmt: skip
    joined = days.join(
        known, left_on=["subject", "day"], right_on=["subject", "visit"], how="left", maintain_order="left"
    )
    return joined["most"]


STUDY_COLUMNS: Final = (
    StudyColumn(
        key="prednisone_highest_28_days",
        title="Highest glucocorticoid dose in the 28 days up to the visit",
        source=Source("The study's own record", status=Status.VERIFIED),
        says=f"The highest oral maintenance dose on any of the {_DAYS} days that end with the visit, in mg of "
        "prednisone a day; unknown where the dose on one of them is.",
        tables=("medications",),
        make=_highest,
    ),
)
