"""Earlier therapies that failed: which, at what dose, for how long."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from malar.course.glucocorticoid_doses import prednisone_at_baseline
from malar.course.study_column import StudyColumn
from malar.course.treatment_course import ADDED
from malar.schema.drugs import UNKNOWN
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Study

Make = Callable[["Study", "pl.DataFrame"], "pl.Series"]

THREE_MONTHS, SIX_MONTHS = 91, 182

PER_DAY: Final = {f"{unit}{span}": mg for unit, mg in {"mg": 1.0, "g": 1000.0}.items() for span in ("", "/d", "/day")}
"""Unit of a daily dose in the history, lower case → milligrams."""

PER_AREA: Final = {"g/m2": 1.0, "g/m²": 1.0, "mg/m2": 0.001, "mg/m²": 0.001}
"""Unit of a dose by body surface, lower case → grams a square meter."""


def _converted(units: dict[str, float]) -> pl.Expr:
    """The dose of a therapy in one unit; unknown in any other."""
    import polars as pl

    unit = pl.col("unit").str.to_lowercase().str.replace_all(" ", "")
    return pl.col("dose") * unit.replace_strict(units, default=None, return_dtype=pl.Float64)


def _therapies(study: Study) -> pl.DataFrame:
    """Earlier therapies with generic names, `drug_class`, and `failed`: unknown where no outcome is recorded."""
    import polars as pl

    from malar.schema.drugs import with_drug_class

    rows = with_drug_class(study["history"].filter(pl.col("kind") == "therapy"), "term")
    told = pl.col("outcome") != "unknown"
    return rows.with_columns(failed=pl.when(told).then(pl.col("outcome") == "failed"))


def _named(test: pl.Expr) -> pl.Expr:
    """A test of a drug's name or class; unknown where the name is not known."""
    import polars as pl

    return pl.when(pl.col("drug_class") != UNKNOWN).then(test)


def failed_therapy(study: Study, days: pl.DataFrame, matching: pl.Expr) -> pl.Series:
    """Whether an earlier therapy of a kind failed.

    Parameters
    ----------
    study
        A study.
    days
        Columns `subject` and `day`.
    matching
        Three-valued test of the columns of the history table, with generic names in `term` and `drug_class`.

    Returns
    -------
    polars.Series
        True where one failed; null where one may have, or no therapy of the subject is recorded; else false.
    """
    import polars as pl

    found = _therapies(study).group_by("subject").agg(value=(pl.col("failed") & matching).any(ignore_nulls=False))
    return days.join(found, on="subject", how="left", maintain_order="left")["value"]


def failed_at_least(study: Study, days: pl.DataFrame, n: int, classes: tuple[str, ...] = ADDED) -> pl.Series:
    """Whether at least so many different drugs of some classes failed.

    Returns
    -------
    polars.Series
        True where so many certainly did, false where fewer can have, else null; null too where no therapy of
        the subject is recorded.
    """
    import polars as pl

    tried = _therapies(study).with_columns(match=pl.col("failed") & _named(pl.col("drug_class").is_in(classes)))
    # Unknown names may be the same drug or different ones; each row without a name counts as one that may be.
    drug = pl.coalesce("term", pl.format("not named {}", pl.int_range(pl.len()).cast(pl.String)))
    by_drug = tried.with_columns(drug=drug).group_by("subject", "drug").agg(pl.col("match").any(ignore_nulls=False))
    counted = by_drug.group_by("subject").agg(
        least=pl.col("match").sum(), most=pl.col("match").fill_null(value=True).sum()
    )
    joined = days.join(counted, on="subject", how="left", maintain_order="left")
    verdict = pl.when(pl.col("least") >= n).then(pl.lit(value=True)).when(pl.col("most") < n).then(pl.lit(value=False))
    return joined.select(verdict.otherwise(None)).to_series()


def _cyclophosphamide(grams_per_m2: float) -> Make:
    def make(study: Study, days: pl.DataFrame) -> pl.Series:
        import polars as pl

        enough = (_converted(PER_AREA) >= grams_per_m2) & (pl.col("duration_days") >= SIX_MONTHS)
        return failed_therapy(study, days, _named(pl.col("term") == "cyclophosphamide") & enough)

    return make


def _other_wang(study: Study, days: pl.DataFrame) -> pl.Series:
    import polars as pl

    mycophenolate = pl.col("term") == "mycophenolate mofetil"
    other = _named(pl.col("drug_class").is_in(ADDED) & (pl.col("term") != "cyclophosphamide"))
    enough = pl.when(mycophenolate).then(_converted(PER_DAY) >= 2000).otherwise(pl.lit(value=True))
    return failed_therapy(study, days, other & enough & (pl.col("duration_days") >= THREE_MONTHS))


def _mycophenolate(study: Study, days: pl.DataFrame) -> pl.Series:
    import polars as pl

    return failed_therapy(study, days, _named(pl.col("term").str.starts_with("mycophenol")))


def _kamen(study: Study, days: pl.DataFrame) -> pl.Series:
    import polars as pl

    either = pl.col("term").str.starts_with("mycophenol") | (pl.col("term") == "cyclophosphamide")
    return failed_therapy(study, days, _named(either) & (pl.col("duration_days") >= SIX_MONTHS))


def _glucocorticoid(mg: float, *, strict: bool) -> Make:
    def make(study: Study, days: pl.DataFrame) -> pl.Series:
        import polars as pl

        from malar.schema.doses import EQUIVALENT_MG

        factor = 5 / pl.col("term").replace_strict(dict(EQUIVALENT_MG), default=None, return_dtype=pl.Float64)
        dose = (_converted(PER_DAY) * factor).round(6)
        enough = dose > mg if strict else dose >= mg
        earlier = failed_therapy(study, days, _named(pl.col("drug_class") == "glucocorticoid") & enough)
        now = prednisone_at_baseline(study, days)
        return earlier | (now > mg if strict else now >= mg)

    return make


def _failed(n: int) -> Make:
    def make(study: Study, days: pl.DataFrame) -> pl.Series:
        return failed_at_least(study, days, n)

    return make


_SOURCE: Final = Source(
    "The study's own record of earlier therapies",
    status=Status.PROVISIONAL,
    reading="Failed is what the history says of the therapy; one not tolerated did not fail. Classes are from a list "
    "made from memory.",
)
_UNKNOWN: Final = (
    "Unknown where no earlier therapy of the subject is recorded, or where one that may count lacks its name, outcome, "
    "dose or duration. A dose counts in the unit that the history gives."
)
_MONTHS: Final = "Six months are at least 182 days, three at least 91."


def _column(key: str, title: str, says: str, make: Make, tables: tuple[str, ...] = ("history",)) -> StudyColumn:
    return StudyColumn(key=key, title=title, source=_SOURCE, says=f"{says} {_UNKNOWN}", tables=tables, make=make)


_BOTH: Final = ("subjects", "history", "medications")
_DAY_0: Final = "or a dose taken by mouth on day 0, under which the disease is active"

STUDY_COLUMNS: Final = (
    _column(
        "failed_one_immunosuppressant",
        "At least one immunosuppressant failed",
        "True where an immunosuppressant, cytotoxic drug or biologic failed.",
        _failed(1),
    ),
    _column(
        "failed_two_immunosuppressants",
        "At least two immunosuppressants failed",
        "True where two different immunosuppressants, cytotoxic drugs or biologics failed.",
        _failed(2),
    ),
    _column(
        "failed_mycophenolate",
        "Mycophenolate failed",
        "True where mycophenolate failed, at any dose and after any time.",
        _mycophenolate,
    ),
    _column(
        "failed_mycophenolate_or_cyclophosphamide_6_months",
        "Six months of mycophenolate or cyclophosphamide failed",
        f"True where mycophenolate or cyclophosphamide given for six months failed, at any dose. {_MONTHS}",
        _kamen,
    ),
    _column(
        "failed_cyclophosphamide_0_4_g_6_months",
        "Six months of cyclophosphamide failed, at least 0.4 g/m²",
        f"True where cyclophosphamide of at least 0.4 g/m² given for six months failed. {_MONTHS}",
        _cyclophosphamide(0.4),
    ),
    _column(
        "failed_cyclophosphamide_0_5_g_6_months",
        "Six months of cyclophosphamide failed, at least 0.5 g/m²",
        f"True where cyclophosphamide of at least 0.5 g/m² given for six months failed. {_MONTHS}",
        _cyclophosphamide(0.5),
    ),
    _column(
        "failed_other_immunosuppressant_3_months",
        "Three months of another immunosuppressant failed",
        "True where an immunosuppressant, cytotoxic drug or biologic other than cyclophosphamide, given for three "
        f"months, failed; mycophenolate mofetil at 2 g a day or more, others at any dose. {_MONTHS}",
        _other_wang,
    ),
    _column(
        "failed_glucocorticoid_above_20",
        "Glucocorticoid above 20 mg failed",
        f"True where more than 20 mg of prednisone a day failed, {_DAY_0}.",
        _glucocorticoid(20, strict=True),
        _BOTH,
    ),
    _column(
        "failed_glucocorticoid_at_least_20",
        "Glucocorticoid of at least 20 mg failed",
        f"True where at least 20 mg of prednisone a day failed, {_DAY_0}.",
        _glucocorticoid(20, strict=False),
        _BOTH,
    ),
)
