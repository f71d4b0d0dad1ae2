"""Whether the background drugs of the day are at approved maintenance doses, as LLDAS asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from malar.course.drugs_taken import IMMUNOSUPPRESSANT
from malar.course.study_column import StudyColumn
from malar.schema.drugs import LUPUS_BIOLOGICS, UNKNOWN
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Study


@dataclass(frozen=True, slots=True)
class MaintenanceLimit:
    """The greatest maintenance dose of a drug, in mg over so many days."""

    mg: float
    days: int = 1


LIMITS: Final[Mapping[str, MaintenanceLimit]] = {
    "hydroxychloroquine": MaintenanceLimit(400),
    "methotrexate": MaintenanceLimit(30, days=7),
    "azathioprine": MaintenanceLimit(200),
    "mycophenolate mofetil": MaintenanceLimit(3000),
    "mycophenolic acid": MaintenanceLimit(2160),
    "leflunomide": MaintenanceLimit(20),
}
"""Drug → greatest approved maintenance dose."""

BACKGROUND: Final = ("antimalarial", "immunosuppressant", "cytotoxic", "biologic")
"""Classes of background drugs beside glucocorticoids, whose dose has a criterion of its own."""


def standard_therapy(study: Study, days: pl.DataFrame, *, limits: Mapping[str, MaintenanceLimit] = LIMITS) -> pl.Series:
    """Whether every background drug of a day is at an approved maintenance dose.

    Parameters
    ----------
    study
        A study.
    days
        Columns `subject` and `day`.
    limits
        Drug → greatest maintenance dose; a drug of the background classes that has none leaves the day
        unknown.

    Returns
    -------
    polars.Series
        True where each dose is at most its limit, and where no background drug is taken; false where one is
        above; null where a dose or class is not known, or the subject has no medication record at all.
    """
    import polars as pl

    from malar.schema.day_steps import at_days, day_steps, in_parts
    from malar.schema.drug_courses import drug_courses

    courses = drug_courses(study["medications"])
    above = pl.Series([False] * len(days), dtype=pl.Boolean)
    open_ = ~days["subject"].is_in(study["medications"]["subject"].implode())
    amount = {"mg": in_parts(pl.col("mg_day")), "unknown": pl.col("mg_day").is_null()}
    for drug, limit in {**limits, **_either(limits)}.items():
        held = at_days(day_steps(courses.filter(pl.col("drug") == drug), amount), days)
        above |= _above(held, limit)
        open_ |= held["unknown"] > 0
    unlimited = ~pl.col("drug").is_in([*limits, *_either(limits), *LUPUS_BIOLOGICS])
    unjudged = (pl.col("drug_class").is_in(BACKGROUND) & unlimited) | (pl.col("drug_class") == UNKNOWN)
    held = at_days(day_steps(courses.filter(unjudged), {"unjudged": pl.lit(value=True)}), days)
    mild = at_days(day_steps(courses.filter(pl.col("drug") == EITHER), amount), days)
    open_ |= (held["unjudged"] > 0) | _above(mild, limits.get("mycophenolic acid", MaintenanceLimit(0)))
    verdict = pl.when(above).then(pl.lit(value=False)).when(open_).then(None)
    return pl.select(verdict.otherwise(pl.lit(value=True))).to_series()


EITHER: Final = "mycophenolate"
"""Mycophenolate, not said whether mofetil or acid: above the greater limit it is above, above the lesser it may be."""


def _either(limits: Mapping[str, MaintenanceLimit]) -> dict[str, MaintenanceLimit]:
    return {EITHER: limits["mycophenolate mofetil"]} if "mycophenolate mofetil" in limits else {}


def _above(held: pl.DataFrame, limit: MaintenanceLimit) -> pl.Series:
    """Whether a day's dose is above a limit; averaged doses are compared to within a millionth of a milligram."""
    from malar.schema.day_steps import PARTS

    return held["mg"] * limit.days > limit.mg * PARTS + limit.days


_LISTED: Final = ", ".join(
    f"{drug} {limit.mg:g} mg {'a day' if limit.days == 1 else 'a week'}" for drug, limit in LIMITS.items()
)

STUDY_COLUMNS: Final = (
    StudyColumn(
        key="standard_therapy",
        title="Background drugs at approved maintenance doses",
        source=Source(
            "Golder V, et al. Arthritis Res Ther 2016;18, s13075-016-1163-2",
            "Table 3",
            Status.VERIFIED,
            "The limits make the fifth criterion of LLDAS concrete. Belimumab and anifrolumab count as approved at any "
            "recorded dose. Any other drug without a limit leaves the day unknown, for its dose cannot be judged. "
            "Mycophenolate that is not said to be mofetil or acid is judged where both limits agree. Tolerance and "
            "investigational drugs are not judged here.",
        ),
        says=f"True where every antimalarial, immunosuppressant, cytotoxic drug and biologic of the day is at most at "
        f"its limit ({_LISTED}), and where none is taken. Unknown where the subject has no medication record at all, "
        "or a dose, a limit or the class of a drug is not known.",
        tables=("medications",),
        make=standard_therapy,
        rests_on=(IMMUNOSUPPRESSANT,),
    ),
)
