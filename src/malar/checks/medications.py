"""Queries on medications: names that are not known, courses that overlap, doses that cannot be counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from malar.checks.query import DataQuery
from malar.schema.drugs import UNKNOWN

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Study

_JUDGED: Final = ("glucocorticoid", "antimalarial", "immunosuppressant", "cytotoxic", "biologic", UNKNOWN)


def _unknown_names(study: Study, _scored: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    from malar.schema.drugs import with_drug_class

    rows = with_drug_class(study["medications"]).filter(pl.col("drug_class") == UNKNOWN)
    return rows.unique("drug", keep="first", maintain_order=True).select("subject", day="start", column=pl.lit("drug"))


def _unknown_terms(study: Study, _scored: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    from malar.schema.drugs import with_drug_class

    therapies = study["history"].filter(pl.col("kind") == "therapy")
    rows = with_drug_class(therapies, "term").filter(pl.col("drug_class") == UNKNOWN)
    return rows.unique("term", keep="first", maintain_order=True).select("subject", column=pl.lit("term"))


def _overlaps(study: Study, _scored: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    from malar.schema.drug_courses import drug_courses

    same = ("subject", "drug", "route")
    courses = drug_courses(study["medications"]).sort(*same, "start", "end")
    so_far = pl.col("end").cum_max().shift(1).over(same)
    return courses.filter(pl.col("start") <= so_far).select("subject", day="start", column=pl.lit("start"))


def _not_counted(study: Study, _scored: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    from malar.schema.doses import INJECTED, WITHOUT_EQUIVALENT
    from malar.schema.drug_courses import drug_courses

    steroids = drug_courses(study["medications"]).filter(pl.col("drug_class") == "glucocorticoid")
    outside = ~pl.col("route").is_in(["oral", *INJECTED]) | pl.col("drug").is_in(WITHOUT_EQUIVALENT)
    return steroids.filter(outside).select("subject", day="start", column=pl.lit("drug"))


def _provisional(study: Study, _scored: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    from malar.schema.doses import PROVISIONAL_EQUIVALENTS
    from malar.schema.drug_courses import drug_courses

    rows = drug_courses(study["medications"]).filter(pl.col("drug").is_in(PROVISIONAL_EQUIVALENTS))
    return rows.select("subject", day="start", column=pl.lit("drug"))


def _unusable(study: Study, _scored: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    from malar.schema.drug_courses import drug_courses

    rows = drug_courses(study["medications"]).filter(pl.col("drug_class").is_in(_JUDGED) & pl.col("mg_day").is_null())
    return rows.select("subject", day="start", column=pl.lit("dose"))


QUERIES: Final = (
    DataQuery(
        key="unknown_drug_name",
        title="A drug has a name that is not known; there is one finding a name.",
        action="Its class is not guessed: what is taken is unknown on its days. Write its generic name, or state its "
        "class in `drug_class`.",
        severity="warning",
        table="medications",
        find=_unknown_names,
    ),
    DataQuery(
        key="unknown_earlier_drug_name",
        title="An earlier therapy has a name that is not known; there is one finding a name.",
        action="Its class is not guessed: whether treatment failed may be unknown. Write its generic name.",
        severity="warning",
        table="history",
        find=_unknown_terms,
    ),
    DataQuery(
        key="drug_courses_overlap",
        title="Two courses of one drug share a day; the later one is named.",
        action="Their doses were added up, as they are recorded. Where one replaced the other, end the first the day "
        "before the second begins.",
        severity="warning",
        table="medications",
        find=_overlaps,
    ),
    DataQuery(
        key="dose_cannot_be_counted",
        title="The dose, unit or frequency of a background drug or glucocorticoid cannot be used, or it is taken as "
        "needed.",
        action="Its dose is unknown on its days. Give the dose in mg, g or µg, and how often it is taken.",
        severity="warning",
        table="medications",
        find=_unusable,
    ),
    DataQuery(
        key="glucocorticoid_not_counted",
        title="A glucocorticoid is not counted in doses of prednisone: no equivalent holds for the drug or its route.",
        action="Nothing needs to be done, unless it was given by mouth, into a vein or into a muscle.",
        severity="info",
        table="medications",
        find=_not_counted,
    ),
    DataQuery(
        key="provisional_equivalent",
        title="A glucocorticoid was counted with an equivalent from memory (deflazacort, 6 mg for 5 mg of prednisone).",
        action="Say so where its dose decides.",
        severity="info",
        table="medications",
        find=_provisional,
    ),
)
