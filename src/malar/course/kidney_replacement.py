"""Dialysis or a kidney transplant up to a visit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from malar.course.study_column import StudyColumn
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Study

KINDS: Final = ("dialysis", "kidney_transplant")
"""Procedures that replace the kidney."""


def _up_to_visit(study: Study, days: pl.DataFrame) -> pl.Series:
    import polars as pl

    done = study["procedures"].filter(pl.col("kind").is_in(KINDS))
    first = done.group_by("subject").agg(first=pl.col("day").min())
    joined = days.join(first, on="subject", how="left", maintain_order="left")
    return joined.select(there=(pl.col("first") <= pl.col("day")).fill_null(value=False))["there"]


STUDY_COLUMNS: Final = (
    StudyColumn(
        key="kidney_replacement",
        title="Dialysis or kidney transplant up to the visit",
        source=Source(
            "The study's own record",
            status=Status.VERIFIED,
            reading="Dialysis counts from its first day, whether or not it was given for good: a study records the "
            "day, not whether the kidney came back.",
        ),
        says="True from the first day of dialysis or of a kidney transplant on. False where the study records "
        "procedures and none of these for the subject; unknown where it records no procedures at all.",
        tables=("procedures",),
        make=_up_to_visit,
    ),
)
