"""How many classes of antihypertensive drug are taken on the day of a visit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from malar.course.study_column import StudyColumn
from malar.schema.drugs import UNKNOWN
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Study

CLASSES: Final[Mapping[str, tuple[str, ...]]] = {
    "angiotensin system": (
        "benazepril", "candesartan", "captopril", "enalapril", "fosinopril", "irbesartan", "lisinopril", "losartan",
        "perindopril", "ramipril", "telmisartan", "valsartan", "sacubitril",
    ),
    "calcium channel": ("amlodipine", "nifedipine"),
    "beta blocker": ("atenolol", "bisoprolol", "carvedilol", "metoprolol", "propranolol"),
    "thiazide": ("hydrochlorothiazide",),
    "loop diuretic": ("furosemide", "torsemide"),
    "mineralocorticoid receptor": ("finerenone", "spironolactone"),
}  # fmt: skip
"""Class → generic names, among the drugs that the list of drugs knows."""


def _number(study: Study, days: pl.DataFrame) -> pl.Series:
    import polars as pl

    from malar.schema.day_steps import at_days, day_steps
    from malar.schema.drug_courses import drug_courses

    courses = drug_courses(study["medications"])
    values = {name: pl.col("drug").is_in(drugs) & ~pl.col("as_needed") for name, drugs in CLASSES.items()}
    every = [drug for drugs in CLASSES.values() for drug in drugs]
    maybe = (pl.col("drug_class") == UNKNOWN) | (pl.col("drug").is_in(every) & pl.col("as_needed"))
    held = at_days(day_steps(courses, {**values, "maybe": maybe}), days)
    unrecorded = ~days["subject"].is_in(study["medications"]["subject"].implode())
    number = pl.sum_horizontal(pl.col(name) > 0 for name in CLASSES).cast(pl.Int64)
    return held.select(pl.when((pl.col("maybe") == 0) & ~unrecorded).then(number)).to_series()


STUDY_COLUMNS: Final = (
    StudyColumn(
        key="antihypertensive_classes",
        title="Classes of antihypertensive drug taken",
        source=Source(
            "The study's own record of medications",
            status=Status.PROVISIONAL,
            reading="Classes and their drugs are from memory. A drug counts whatever it is given for: a drug of the "
            "angiotensin system against proteinuria too.",
        ),
        says="Number of classes of which a drug is taken on the day. Unknown where the subject has no medication "
        "record at all, where a drug not known is taken that day, or one of these is taken as needed. "
        + "; ".join(f"{name}: {', '.join(drugs)}" for name, drugs in CLASSES.items())
        + ".",
        tables=("medications",),
        make=_number,
    ),
)
