"""Glucocorticoid over planned weeks of a trial: average, greatest dose, longest time at a low dose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from malar.course.dose_bounds import SLACK, oral_on_day, oral_stretches
from malar.course.dose_rules import drug_changes
from malar.course.drugs_taken import SUPPRESSIVE
from malar.course.glucocorticoid_doses import EQUIVALENTS, prednisone_at_baseline
from malar.course.onsets import happened
from malar.course.study_column import StudyColumn
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Study

EARLY_DAYS: Final = 14
"""A visit may be so many days before the end of the weeks that it stands for."""

WEEK_24, WEEK_40, WEEK_52 = 168, 280, 364


def mean_over(study: Study, days: pl.DataFrame, first: int, last: int) -> pl.Series:
    """Average daily oral dose from one day to another or to the visit, whichever is earlier, in mg of prednisone.

    Null at visits more than 14 days before the last day, and where a dose is not known.
    """
    import polars as pl

    from malar.schema.doses import cumulative_prednisone_mg

    end = pl.min_horizontal("day", pl.lit(last, dtype=pl.Int64))
    periods = days.select("subject", first=pl.lit(first, dtype=pl.Int64), last=end)
    total = cumulative_prednisone_mg(study["medications"], periods, pulses=False)
    mean = total / (periods["last"] - first + 1)
    return pl.select(pl.when(days["day"] >= last - EARLY_DAYS).then(mean)).to_series().round(6)


def highest_over(study: Study, days: pl.DataFrame, first: int, last: int) -> pl.Series:
    """Greatest daily oral dose from one day to another or to the visit, whichever is earlier, in mg of prednisone.

    Null at visits more than 14 days before the last day, and where a dose is not known.
    """
    import polars as pl

    from malar.schema.day_steps import PARTS

    held = oral_stretches(study, days, first, last)
    return _over(
        days, held, last, pl.when((pl.col("low") == pl.col("high")).all()).then(pl.col("high").max() / PARTS)
    ).round(6)


def longest_reduced(
    study: Study, days: pl.DataFrame, first: int, last: int, *, limit_mg: float = 7.5, percent: float = 75
) -> pl.Series:
    """Longest run of days at an oral dose of at most a limit and at most a share of that of day 0.

    Parameters
    ----------
    study
        A study.
    days
        Columns `subject` and `day`.
    first, last
        First and last day on which a run counts; a visit before the last day ends it.
    limit_mg
        Greatest dose, in mg of prednisone a day.
    percent
        Greatest share of the dose of day 0.

    Returns
    -------
    polars.Series
        Days; null at visits more than 14 days before the last day, and where a dose that is not known could
        change it.
    """
    import polars as pl

    from malar.schema.day_steps import PARTS

    base = oral_on_day(study, days, 0).rename({"low": "base_low", "high": "base_high"})
    held = oral_stretches(study, days, first, last).join(base, on="subject", how="left", maintain_order="left")
    found: list[pl.Series] = []
    for dose, baseline in (("low", "base_high"), ("high", "base_low")):
        low = (pl.col(dose) <= limit_mg * PARTS + SLACK) & (
            pl.col(dose) * 100 <= pl.col(baseline) * percent + 100 * SLACK
        )
        runs = held.with_columns(reduced=low).with_columns(run=pl.col("reduced").rle_id().over("subject"))
        merged = runs.group_by("subject", "run").agg(
            pl.col("first").min(), pl.col("last").max(), pl.col("reduced").first()
        )
        length = (pl.min_horizontal("last", "day") - pl.col("first") + 1) * pl.col("reduced").cast(pl.Int64)
        found.append(_over(days, merged, last, length.max()))
    most, least = found
    return pl.select(pl.when(most == least).then(most)).to_series()


def _over(days: pl.DataFrame, held: pl.DataFrame, last: int, value: pl.Expr) -> pl.Series:
    """A value over the stretches up to each visit that is at most 14 days before a last day."""
    import polars as pl

    due = days.select("subject", "day").unique().filter(pl.col("day") >= last - EARLY_DAYS)
    joined = due.join(held, on="subject", how="inner").filter(pl.col("first") <= pl.col("day"))
    made = joined.group_by("subject", "day").agg(value=value)
    return days.join(made, on=["subject", "day"], how="left", maintain_order="left")["value"]


def _mean(study: Study, days: pl.DataFrame) -> pl.Series:
    return mean_over(study, days, WEEK_40, WEEK_52)


def _mean_percent(study: Study, days: pl.DataFrame) -> pl.Series:
    import polars as pl

    mean, then = mean_over(study, days, WEEK_40, WEEK_52), prednisone_at_baseline(study, days)
    return pl.select(pl.when(then > 0).then(mean * 100 / then)).to_series().round(6)


def _highest(study: Study, days: pl.DataFrame) -> pl.Series:
    return highest_over(study, days, WEEK_40, WEEK_52)


def _longest(study: Study, days: pl.DataFrame) -> pl.Series:
    return longest_reduced(study, days, WEEK_24, WEEK_52)


def _raised(study: Study, days: pl.DataFrame) -> pl.Series:
    import polars as pl

    counted = pl.col("drug_class").is_in(["antimalarial", *SUPPRESSIVE])
    return happened(days, drug_changes(study, days, counted))


_WEEKS: Final = (
    "Oral maintenance in mg of prednisone, weeks counted from day 0. A visit before the end of the weeks ends them; at "
    "visits more than 14 days before it the value is unknown, as it is where the subject has no medication record at "
    "all or a dose, its unit or frequency, or the class of a drug is not known."
)

STUDY_COLUMNS: Final = (
    StudyColumn(
        key="mean_prednisone_mg_day_weeks_40_52",
        title="Average glucocorticoid of weeks 40 to 52",
        source=EQUIVALENTS,
        says=f"Average daily dose from day 280 to day 364, both among them. {_WEEKS}",
        tables=("medications",),
        make=_mean,
    ),
    StudyColumn(
        key="mean_prednisone_percent_of_baseline_weeks_40_52",
        title="Average glucocorticoid of weeks 40 to 52, percent of baseline",
        source=EQUIVALENTS,
        says="Average daily dose from day 280 to day 364, both among them, as a percentage of that of day 0; unknown "
        f"where nothing was taken on day 0. {_WEEKS}",
        tables=("medications",),
        make=_mean_percent,
    ),
    StudyColumn(
        key="highest_prednisone_mg_day_weeks_40_52",
        title="Greatest glucocorticoid of weeks 40 to 52",
        source=EQUIVALENTS,
        says=f"Greatest daily dose from day 280 to day 364, both among them. {_WEEKS}",
        tables=("medications",),
        make=_highest,
    ),
    StudyColumn(
        key="longest_days_prednisone_reduced_weeks_24_52",
        title="Longest time at a reduced dose of glucocorticoid in weeks 24 to 52",
        source=EQUIVALENTS,
        says="Greatest number of days in a row, from day 168 to day 364, at a dose of at most 7.5 mg and at most 75 % "
        f"of that of day 0. {_WEEKS}",
        tables=("medications",),
        make=_longest,
    ),
    StudyColumn(
        key="background_drug_raised_since_baseline",
        title="Antimalarial or immunosuppressant begun or raised since baseline",
        source=Source(
            "The study's own record of medications",
            status=Status.PROVISIONAL,
            reading="A drug is compared with itself on day 0, and counts at every later visit once raised. Classes are "
            "from a list made from memory.",
        ),
        says="True from the first day after day 0 on which an antimalarial, immunosuppressant or cytotoxic drug is "
        "taken at a higher dose than on day 0, where that may be none. Unknown where the subject has no medication "
        "record at all, and from the day on which a dose or class that is not known may be higher.",
        tables=("medications",),
        make=_raised,
    ),
)
