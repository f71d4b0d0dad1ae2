"""Doses of glucocorticoid around a visit: of baseline, averaged, added up, and given as pulses."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from malar.course.study_column import StudyColumn
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Study

EQUIVALENTS: Final = Source(
    "Chinese Rheumatology Association, 2020 guideline for systemic lupus erythematosus, PMC9524765",
    "Table 3",
    Status.SECONDARY,
    "Betamethasone counts as 0.6 mg for 5 mg of prednisone (0.75 is quoted too), deflazacort as 6 mg from memory. "
    "Budesonide, and what is inhaled, put on the skin or into a joint, has no equivalent and is not counted. Courses "
    "of one drug that overlap are added up as recorded. Doses every second day, weekly or monthly are averaged.",
)
_DOSE: Final = "The dose is of oral maintenance, in mg of prednisone a day."
_UNKNOWN: Final = (
    "Unknown where the subject has no medication record at all, or where a dose, its unit or frequency, or the class "
    "of a drug is not known."
)


def mean_prednisone(study: Study, days: pl.DataFrame, *, n_days: int = 7) -> pl.Series:
    """Average daily oral dose on so many days before each visit, in mg of prednisone.

    Parameters
    ----------
    study
        A study.
    days
        Columns `subject` and `day`.
    n_days
        Number of days before the visit, whose own day is not among them.
    """
    from malar.schema.doses import cumulative_prednisone_mg

    periods = days.select("subject", first=days["day"] - n_days, last=days["day"] - 1)
    total = cumulative_prednisone_mg(study["medications"], periods, pulses=False)
    return (total / n_days).round(6)


def pulses_within(study: Study, days: pl.DataFrame, *, n_days: int = 28) -> pl.Series:
    """Pulses of glucocorticoid on so many days up to each visit, its own day among them, in mg of prednisone."""
    return _pulses(study, days.select("subject", "day", first=days["day"] - n_days + 1))


def prednisone_at_baseline(study: Study, days: pl.DataFrame) -> pl.Series:
    """Oral dose on day 0, in mg of prednisone, at every visit of a subject."""
    from malar.schema.doses import prednisone_mg_day

    asked = days.select("subject", day=days["day"] * 0)
    return prednisone_mg_day(study["medications"], asked)["prednisone_mg_day"]


def _percent(study: Study, days: pl.DataFrame) -> pl.Series:
    import polars as pl

    from malar.schema.doses import prednisone_mg_day

    now = prednisone_mg_day(study["medications"], days)["prednisone_mg_day"]
    then = prednisone_at_baseline(study, days)
    return pl.select(pl.when((then > 0) & (days["day"] >= 0)).then(now * 100 / then)).to_series().round(6)


def _cumulative(*, pulses: bool) -> Callable[[Study, pl.DataFrame], pl.Series]:
    def make(study: Study, days: pl.DataFrame) -> pl.Series:
        from malar.schema.doses import cumulative_prednisone_mg

        periods = days.select("subject", first=days["day"] * 0, last="day")
        return cumulative_prednisone_mg(study["medications"], periods, pulses=pulses)

    return make


def _pulses(study: Study, periods: pl.DataFrame) -> pl.Series:
    """Pulses from `first` to `day`; unknown where there is no first day."""
    import polars as pl

    from malar.schema.day_steps import PARTS, totals_between
    from malar.schema.doses import glucocorticoid_steps

    given = periods.select("subject", pl.col("first").fill_null(pl.col("day")), last="day")
    summed = totals_between(glucocorticoid_steps(study["medications"]), given)
    recorded = periods["subject"].is_in(study["medications"]["subject"].implode())
    known = recorded & (summed["pulse_unknown"] == 0) & periods["first"].is_not_null()
    return pl.select(pl.when(known).then(summed["pulse"] / PARTS)).to_series().round(6)


def _pulses_since_previous(study: Study, days: pl.DataFrame) -> pl.Series:
    import polars as pl

    first = pl.col("day").shift(1).over("subject", order_by="day") + 1
    return _pulses(study, days.with_columns(first=first))


def _column(
    key: str,
    title: str,
    says: str,
    make: Callable[[Study, pl.DataFrame], pl.Series],
    source: Source = EQUIVALENTS,
    variant_of: str = "",
) -> StudyColumn:
    said = f"{says} {_UNKNOWN}"
    return StudyColumn(
        key=key, title=title, source=source, says=said, tables=("medications",), make=make, variant_of=variant_of
    )


BASELINE_DOSE: Final = _column(
    "prednisone_mg_day_at_baseline",
    "Glucocorticoid at baseline",
    f"The dose on day 0, at every visit of the subject. {_DOSE}",
    prednisone_at_baseline,
)

STUDY_COLUMNS: Final = (
    BASELINE_DOSE,
    _column(
        "prednisone_percent_of_baseline",
        "Glucocorticoid, percent of baseline",
        f"The dose on the day as a percentage of that on day 0. Unknown before day 0, and where nothing was taken on "
        f"day 0: nothing has no percentage, and a rule that must judge it compares the doses themselves. {_DOSE}",
        _percent,
    ),
    _column(
        "prednisone_mg_day_mean_of_7_days",
        "Glucocorticoid, average of 7 days",
        f"The average dose on the 7 days before the visit, whose own day is not among them. {_DOSE}",
        mean_prednisone,
    ),
    _column(
        "cumulative_prednisone_mg",
        "Cumulative glucocorticoid since day 0",
        "Sum of the oral maintenance doses from day 0 to the day of the visit, both among them, in mg of prednisone; "
        "pulses and single doses are left out. Unknown before day 0.",
        _cumulative(pulses=False),
    ),
    _column(
        "cumulative_prednisone_mg_with_pulses",
        "Cumulative glucocorticoid since day 0, with pulses",
        "Sum of all doses by mouth, into a vein or into a muscle from day 0 to the day of the visit, both among them, "
        "in mg of prednisone. Unknown before day 0.",
        _cumulative(pulses=True),
        variant_of="cumulative_prednisone_mg",
    ),
    _column(
        "glucocorticoid_pulse_mg",
        "Glucocorticoid pulses since the previous visit",
        "Sum of the doses into a vein or a muscle, and of single doses by mouth, after the day of the subject's "
        "previous visit and up to that of this one, in mg of prednisone. Unknown at the first visit.",
        _pulses_since_previous,
    ),
    _column(
        "glucocorticoid_pulse_mg_of_28_days",
        "Glucocorticoid pulses of 28 days",
        "Sum of the doses into a vein or a muscle, and of single doses by mouth, on the 28 days up to the visit, its "
        "own day among them, in mg of prednisone.",
        pulses_within,
        variant_of="glucocorticoid_pulse_mg",
    ),
)
