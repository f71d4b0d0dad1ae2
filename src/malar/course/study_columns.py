"""Columns that come from a study's other tables: sex and age, what was taken, stopped or ever involved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from malar.course import (
    antihypertensives,
    background_drugs,
    dose_before_visit,
    drugs_taken,
    glucocorticoid_doses,
    glucocorticoid_periods,
    kidney_replacement,
    organ_systems,
    standard_therapy,
    subject_columns,
    therapy_history,
    treatment_course,
    treatment_failures,
)
from malar.course.study_column import StudyColumn
from malar.errors import UnknownKeyError

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Study

_FILES: Final = (
    subject_columns,
    organ_systems,
    drugs_taken,
    standard_therapy,
    background_drugs,
    treatment_course,
    glucocorticoid_doses,
    glucocorticoid_periods,
    antihypertensives,
    dose_before_visit,
    kidney_replacement,
    therapy_history,
    treatment_failures,
)

STUDY_COLUMNS: Final[Mapping[str, StudyColumn]] = {made.key: made for file in _FILES for made in file.STUDY_COLUMNS}
"""Column → its declaration."""


def derive_study_columns(study: Study, frame: pl.DataFrame, names: Iterable[str]) -> pl.DataFrame:
    """Add columns from a study's other tables to its visit frame.

    Parameters
    ----------
    study
        A study.
    frame
        Its visit frame.
    names
        Names of study columns; those that the frame has already are left as they are.

    Raises
    ------
    UnknownKeyError
        No study column has a name given.
    """
    import polars as pl

    days = frame.select("subject", "day")
    for name in dict.fromkeys(names):
        if name not in STUDY_COLUMNS:
            raise UnknownKeyError(
                f"A study has no column `{name}`.", hint="See the page of the visit frame for those that it can give."
            )
        if name in frame.columns:
            continue
        made = STUDY_COLUMNS[name]
        column = made.make(study, days)
        if study[made.tables[0]].is_empty():
            column = pl.Series([None] * len(days), dtype=column.dtype)
        frame = frame.with_columns(column.alias(name))
    return frame
