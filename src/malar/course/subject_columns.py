"""Columns that a subject brings to every visit: sex, age and eGFR before the flare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from malar.course.study_column import StudyColumn
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Study

_RECORD: Final = Source("The study's own record", status=Status.VERIFIED)


def _female(study: Study, days: pl.DataFrame) -> pl.Series:
    import polars as pl

    sex = pl.col("sex").replace_strict({"female": True, "male": False}, default=None, return_dtype=pl.Boolean)
    return _of_subject(study, days, sex)


def _age_years(study: Study, days: pl.DataFrame) -> pl.Series:
    import polars as pl

    return _of_subject(study, days, pl.col("age_years")) + days["day"] / 365.25


def _preflare_egfr(study: Study, days: pl.DataFrame) -> pl.Series:
    import polars as pl

    return _of_subject(study, days, pl.col("preflare_egfr"))


def _of_subject(study: Study, days: pl.DataFrame, value: pl.Expr) -> pl.Series:
    known = study["subjects"].select("subject", value=value)
    return days.join(known, on="subject", how="left", maintain_order="left")["value"]


STUDY_COLUMNS: Final = (
    StudyColumn(
        key="female",
        title="Female sex",
        source=_RECORD,
        says="True for female, false for male, unknown otherwise.",
        tables=("subjects",),
        make=_female,
    ),
    StudyColumn(
        key="age_years",
        title="Age at the visit",
        source=_RECORD,
        says="Age on day 0 plus the study day over 365.25, in years; unknown where the age on day 0 is.",
        tables=("subjects",),
        make=_age_years,
    ),
    StudyColumn(
        key="preflare_egfr",
        title="eGFR before the flare",
        source=_RECORD,
        says="eGFR before the flare that led to treatment, as recorded, in mL/min/1.73 m²; unknown where none is. Its "
        "equation is the study's own.",
        tables=("subjects",),
        make=_preflare_egfr,
    ),
)
