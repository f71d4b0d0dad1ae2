"""Background immunosuppressants at a visit: how many, which, at what dose, and what was stopped or lowered."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from malar.course.drugs_taken import SUPPRESSIVE
from malar.course.standard_therapy import LIMITS
from malar.course.study_column import StudyColumn
from malar.schema.drugs import UNKNOWN
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Study

Make = Callable[["Study", "pl.DataFrame"], "pl.Series"]


def _open(study: Study, days: pl.DataFrame, maybe: pl.Expr) -> pl.Series:
    """Where something not known may be taken, or the subject has no medication record at all."""
    import polars as pl

    from malar.schema.day_steps import at_days, day_steps
    from malar.schema.drug_courses import drug_courses

    courses = drug_courses(study["medications"]).filter(maybe)
    counts = at_days(day_steps(courses, {"n": pl.lit(value=True)}), days)
    return (counts["n"] > 0) | ~days["subject"].is_in(study["medications"]["subject"].implode())


def _suppressive_open(study: Study, days: pl.DataFrame) -> pl.Series:
    import polars as pl

    kind = pl.col("drug_class")
    return _open(study, days, (kind == UNKNOWN) | (kind.is_in(SUPPRESSIVE) & pl.col("as_needed")))


def _taken_by_day(study: Study, days: pl.DataFrame) -> pl.DataFrame:
    """Immunosuppressants taken at each visit: `subject`, `day`, `drug`."""
    import polars as pl

    from malar.course.dose_bounds import drug_doses_on, drug_steps

    steps = drug_steps(study, pl.col("drug_class").is_in(SUPPRESSIVE)).filter(~pl.col("strange"))
    drugs = steps.select("subject", "drug").unique()
    asked = days.select("subject", "day").unique().join(drugs, on="subject", how="inner")
    return asked.filter(drug_doses_on(steps, asked)["low"] > 0)


def _number(study: Study, days: pl.DataFrame) -> pl.Series:
    import polars as pl

    counted = _taken_by_day(study, days).group_by("subject", "day").agg(n=pl.len().cast(pl.Int64))
    n = days.join(counted, on=["subject", "day"], how="left", maintain_order="left")["n"].fill_null(0)
    return pl.select(pl.when(~_suppressive_open(study, days)).then(n)).to_series()


def _names(study: Study, days: pl.DataFrame) -> pl.Series:
    import polars as pl

    listed = _taken_by_day(study, days).group_by("subject", "day").agg(names=pl.col("drug").sort().str.join(", "))
    names = days.join(listed, on=["subject", "day"], how="left", maintain_order="left")["names"].fill_null("none")
    return pl.select(pl.when(~_suppressive_open(study, days)).then(names)).to_series()


def _dose_of(drug: str, over_days: int) -> Make:
    def make(study: Study, days: pl.DataFrame) -> pl.Series:
        import polars as pl

        from malar.schema.day_steps import PARTS, at_days, day_steps, in_parts
        from malar.schema.drug_courses import drug_courses

        courses = drug_courses(study["medications"]).filter(pl.col("drug") == drug)
        held = at_days(day_steps(courses, {"mg": in_parts(pl.col("mg_day"))}), days)
        maybe = (pl.col("drug_class") == UNKNOWN) | ((pl.col("drug") == drug) & pl.col("mg_day").is_null())
        if drug.startswith("mycophenol"):
            maybe |= pl.col("drug") == "mycophenolate"
        dose = held["mg"] * over_days / PARTS
        return pl.select(pl.when(~_open(study, days, maybe)).then(dose)).to_series().round(4)

    return make


def _since_baseline(*, stopped: bool) -> Make:
    def make(study: Study, days: pl.DataFrame) -> pl.Series:
        import polars as pl

        from malar.course.dose_bounds import SLACK, drug_doses_on, drug_steps

        steps = drug_steps(study, pl.col("drug_class").is_in(SUPPRESSIVE))
        pairs = steps.select("subject", "drug", "strange").unique().with_columns(day=pl.lit(0, dtype=pl.Int64))
        then = pl.concat([pairs.drop("day"), drug_doses_on(steps, pairs)], how="horizontal").filter(pl.col("high") > 0)
        asked = (
            days.select("subject", "day")
            .unique()
            .join(then.rename({"low": "then_low", "high": "then_high"}), on="subject", how="inner")
        )
        both = pl.concat([asked, drug_doses_on(steps, asked)], how="horizontal")
        certain, possible = pl.col("high") < pl.col("then_low") - SLACK, pl.col("low") < pl.col("then_high") - SLACK
        if stopped:
            certain = (pl.col("high") == 0) & (pl.col("then_low") > 0)
            possible = pl.col("low") == 0
        judged = both.group_by("subject", "day").agg(
            certain=(certain & ~pl.col("strange")).any(), possible=possible.any()
        )
        joined = days.join(judged, on=["subject", "day"], how="left", maintain_order="left")
        unrecorded = ~days["subject"].is_in(study["medications"]["subject"].implode())
        early = pl.col("day") < 0
        verdict = pl.when(early | unrecorded).then(None).when("certain").then(pl.lit(value=True))
        return joined.select(verdict.when("possible").then(None).otherwise(pl.lit(value=False))).to_series()

    return make


_CLASSES: Final = (
    "An immunosuppressant is a drug of the classes immunosuppressant and cytotoxic; biologics, antimalarials and "
    "glucocorticoids are none."
)
_UNKNOWN: Final = (
    "Unknown where the subject has no medication record at all, where a drug of a class not known is taken, or where "
    "one that would count is taken as needed."
)
_SOURCE: Final = Source(
    "The study's own record of medications",
    status=Status.PROVISIONAL,
    reading="The class of each drug is from a list made from memory.",
)
_COMPARED: Final = Source(
    "The study's own record of medications",
    status=Status.PROVISIONAL,
    reading="Each drug taken on day 0 is compared with itself on the day of the visit; one stopped and begun again "
    "counts only while it is off. The class of each drug is from a list made from memory.",
)


def _column(key: str, title: str, says: str, make: Make, source: Source = _SOURCE) -> StudyColumn:
    return StudyColumn(key=key, title=title, source=source, says=says, tables=("medications",), make=make)


def _dose_column(drug: str, over_days: int) -> StudyColumn:
    span = "day" if over_days == 1 else "week"
    return _column(
        f"{drug.replace(' ', '_')}_mg_{span}",
        f"{drug.capitalize()}, mg a {span}",
        f"Dose of {drug} on the day, in mg a {span}; 0 where it is not taken. Unknown where the subject has no "
        "medication record at all, where its dose is not known, or where a drug of a class not known is taken, for "
        "that may be it.",
        _dose_of(drug, over_days),
        Source("The study's own record of medications", status=Status.VERIFIED),
    )


STUDY_COLUMNS: Final = (
    _column(
        "n_immunosuppressants",
        "Number of immunosuppressants taken",
        f"How many different immunosuppressants are taken on the day. {_CLASSES} {_UNKNOWN}",
        _number,
    ),
    _column(
        "immunosuppressants_taken",
        "Immunosuppressants taken",
        f"Their generic names in order of the alphabet, or `none`. {_CLASSES} {_UNKNOWN}",
        _names,
    ),
    *(_dose_column(drug, limit.days) for drug, limit in LIMITS.items()),
    _column(
        "immunosuppressant_stopped_since_baseline",
        "Immunosuppressant stopped since baseline",
        "True where an immunosuppressant that was taken on day 0 is not taken on the day. False where all are, and "
        f"where none was. {_CLASSES} {_UNKNOWN} Unknown before day 0.",
        _since_baseline(stopped=True),
        _COMPARED,
    ),
    _column(
        "immunosuppressant_reduced_since_baseline",
        "Immunosuppressant reduced or stopped since baseline",
        "True where an immunosuppressant that was taken on day 0 is taken at a lower dose on the day, or not at all. "
        f"False where none is, and where none was taken on day 0. {_CLASSES} {_UNKNOWN} Unknown before day 0, and "
        "where a dose that is not known may be lower.",
        _since_baseline(stopped=False),
        _COMPARED,
    ),
)
