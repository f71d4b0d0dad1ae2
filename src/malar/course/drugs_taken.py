"""Which classes of drug are being taken on the day of a visit."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Final

from malar.course.study_column import StudyColumn
from malar.schema.drugs import DRUGS, INVESTIGATIONAL, UNKNOWN
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Study

SUPPRESSIVE: Final = ("immunosuppressant", "cytotoxic")
"""Classes that count as immunosuppressants."""

SYSTEMIC: Final = ("oral", "intravenous", "intramuscular", "subcutaneous")
"""Routes by which a glucocorticoid acts on the whole body."""

_RECORD: Final = "The study's own record of medications"
_UNKNOWN: Final = (
    "Unknown where the subject has no medication record at all, where a drug of a class not known is taken that day, "
    "or where one that would count is taken as needed."
)
_SOURCE: Final = Source(
    _RECORD,
    status=Status.PROVISIONAL,
    reading="The class of each drug is from a list made from memory. A single dose is taken on its day alone, however "
    "long it acts.",
)


def taken(study: Study, days: pl.DataFrame, sure: pl.Expr, maybe: pl.Expr) -> pl.Series:
    """Whether a course covers each day: true where one certainly does, unknown where one may, else false.

    Parameters
    ----------
    study
        A study.
    days
        Columns `subject` and `day`.
    sure, maybe
        Courses that count, and courses that may; of :func:`malar.schema.drug_courses.drug_courses`.
    """
    import polars as pl

    from malar.schema.day_steps import at_days, day_steps
    from malar.schema.drug_courses import drug_courses

    courses = drug_courses(study["medications"])
    certain = (sure & ~pl.col("as_needed")).fill_null(value=False)
    possible = (sure | maybe).fill_null(value=True) & ~certain
    counted = courses.filter(certain | possible)
    counts = at_days(day_steps(counted, {"certain": certain, "possible": possible}), days)
    unrecorded = ~days["subject"].is_in(study["medications"]["subject"].implode())
    verdict = pl.when(pl.col("certain") > 0).then(pl.lit(value=True))
    verdict = verdict.when((pl.col("possible") > 0) | unrecorded).then(None).otherwise(pl.lit(value=False))
    return counts.select(verdict).to_series()


def _of_class(*classes: str) -> Callable[[Study, pl.DataFrame], pl.Series]:
    def make(study: Study, days: pl.DataFrame) -> pl.Series:
        import polars as pl

        kind = pl.col("drug_class")
        return taken(study, days, kind.is_in(classes), kind == UNKNOWN)

    return make


def _glucocorticoid(study: Study, days: pl.DataFrame) -> pl.Series:
    import polars as pl

    steroid, route = pl.col("drug_class") == "glucocorticoid", pl.col("route")
    maybe = (steroid & (route == "other")) | (pl.col("drug_class") == UNKNOWN)
    return taken(study, days, steroid & route.is_in(SYSTEMIC), maybe)


def _investigational(study: Study, days: pl.DataFrame) -> pl.Series:
    import polars as pl

    kind = pl.col("drug_class")
    named = pl.col("drug").is_in(INVESTIGATIONAL) | (kind == "investigational")
    return taken(study, days, named, kind.is_in([UNKNOWN, "cell_product"]))


def _listed(classes: Collection[str]) -> str:
    return "; ".join(f"{kind}: {', '.join(DRUGS[kind])}" for kind in classes)


IMMUNOSUPPRESSANT: Final = StudyColumn(
    key="immunosuppressant",
    title="Immunosuppressant taken",
    source=_SOURCE,
    says="True where an immunosuppressant or cytotoxic drug is taken on the day; biologics, antimalarials and "
    f"glucocorticoids are none of them. {_UNKNOWN} {_listed(SUPPRESSIVE)}.",
    tables=("medications",),
    make=_of_class(*SUPPRESSIVE),
)

STUDY_COLUMNS: Final = (
    IMMUNOSUPPRESSANT,
    StudyColumn(
        key="antimalarial",
        title="Antimalarial taken",
        source=_SOURCE,
        says=f"True where an antimalarial is taken on the day. {_UNKNOWN} {_listed(['antimalarial'])}.",
        tables=("medications",),
        make=_of_class("antimalarial"),
    ),
    StudyColumn(
        key="biologic",
        title="Biologic taken",
        source=_SOURCE,
        says=f"True where a biologic is given on the day. {_UNKNOWN} {_listed(['biologic'])}.",
        tables=("medications",),
        make=_of_class("biologic"),
    ),
    StudyColumn(
        key="glucocorticoid",
        title="Glucocorticoid taken",
        source=_SOURCE,
        says="True where a glucocorticoid is taken on the day by mouth or injection, pulses among them; on the skin, "
        "inhaled or into a joint, it is not counted, and by another route it is unknown. "
        f"{_UNKNOWN} {_listed(['glucocorticoid'])}.",
        tables=("medications",),
        make=_glucocorticoid,
    ),
    StudyColumn(
        key="investigational_drug",
        title="Investigational drug taken",
        source=Source(
            _RECORD,
            status=Status.PROVISIONAL,
            reading="Which drugs are not approved for any use is from memory, and changes with time and place.",
        ),
        says="True where a drug under investigation is taken on the day, other than the cell product of the trial, "
        "which stands among infusions. Cells among medications leave it unknown, for they may be the trial's own. "
        f"{_UNKNOWN} Drugs: {', '.join(INVESTIGATIONAL)}, and what the study states as investigational.",
        tables=("medications",),
        make=_investigational,
    ),
)
