"""Rules for drugs as onsets: the first day on which a dose rose, fell, or stood above a limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from malar.course.dose_bounds import SLACK, drug_doses_on, drug_steps, oral_on_day, oral_stretches
from malar.course.onsets import onsets, unrecorded

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Study


def oral_above(study: Study, days: pl.DataFrame, limit_mg: float, first: int, last: int) -> pl.DataFrame:
    """Oral dose above a limit, in mg of prednisone a day, on a day of a period."""
    import polars as pl

    limit = _parts(limit_mg)
    return _exceeding(oral_stretches(study, days, first, last), pl.lit(limit), pl.lit(limit))


def oral_above_baseline(
    study: Study,
    days: pl.DataFrame,
    first: int,
    last: int,
    *,
    percent: float = 0,
    mg: float = 0,
    or_day: int | None = None,
) -> pl.DataFrame:
    """Oral dose above that of day 0 by more than an allowance, on a day of a period.

    Parameters
    ----------
    study
        A study.
    days
        Columns `subject` and `day`.
    first, last
        First and last day of the period.
    percent, mg
        Allowance: the larger of so many percent of the dose of day 0 and so many mg of prednisone a day.
    or_day
        A day whose dose is allowed too.
    """
    import polars as pl

    allowed = oral_on_day(study, days, 0).select(
        "subject",
        *(pl.max_horizontal(pl.col(n) * (1 + percent / 100), pl.col(n) + _parts(mg)) for n in ("low", "high")),
    )
    if or_day is not None:
        other = oral_on_day(study, days, or_day)
        allowed = pl.concat([allowed.cast({"low": pl.Float64, "high": pl.Float64}), other], how="vertical_relaxed")
        allowed = allowed.group_by("subject").agg(pl.col("low", "high").max())
    limits = allowed.rename({"low": "limit_low", "high": "limit_high"})
    held = oral_stretches(study, days, first, last).join(limits, on="subject", how="left", maintain_order="left")
    return _exceeding(held, pl.col("limit_low"), pl.col("limit_high"))


def oral_rises(study: Study, days: pl.DataFrame, first: int, last: int) -> pl.DataFrame:
    """Oral dose that rises from one day to the next, after the first day of a period."""
    import polars as pl

    held = oral_stretches(study, days, first, last).with_columns(
        pl.col("low", "high").shift(1).over("subject").name.prefix("limit_")
    )
    return _exceeding(held.drop_nulls("limit_low"), pl.col("limit_low"), pl.col("limit_high"))


def oral_above_for(
    study: Study, days: pl.DataFrame, limit_mg: float, first: int, last: int, *, in_a_row: int, in_all: int
) -> pl.DataFrame:
    """Oral dose above a limit on so many days in a row, or so many in all, of a period.

    The onset is the day on which the count is full.
    """
    import polars as pl

    held = oral_stretches(study, days, first, last)
    found: list[pl.DataFrame] = []
    for bound, certain in (("low", True), ("high", False)):
        above = held.with_columns(above=pl.col(bound) > _parts(limit_mg))
        over = above.with_columns(run=pl.col("above").rle_id().over("subject")).filter("above")
        runs = over.group_by("subject", "run").agg(pl.col("first").min(), pl.col("last").max())
        in_row = runs.filter(pl.col("last") - pl.col("first") + 1 >= in_a_row)
        found.append(onsets(in_row.with_columns(pl.col("first") + in_a_row - 1), "first", certain=certain))
        length = pl.col("last") - pl.col("first") + 1
        counted = over.with_columns(so_far=length.cum_sum().over("subject")).filter(pl.col("so_far") >= in_all)
        full = counted.with_columns(day=pl.col("last") - (pl.col("so_far") - in_all))
        found.append(onsets(full, certain=certain))
    return pl.concat(found)


def drug_changes(
    study: Study, days: pl.DataFrame, counted: pl.Expr, *, after: int = 0, risen: bool = True, fallen: bool = False
) -> pl.DataFrame:
    """Drugs begun, or taken at a higher or lower dose, after a day.

    Parameters
    ----------
    study
        A study.
    days
        Columns `subject` and `day`.
    counted
        Which courses count.
    after
        Days after this one are judged. A dose is compared with that of day 0 and that of this day: risen is
        what is above both, fallen what is below both.
    risen, fallen
        Which changes count. A drug begun is risen from none, one stopped fallen to none.
    """
    import polars as pl

    steps = drug_steps(study, counted)
    later = steps.filter(pl.col("day") > after)
    pair = later.select("subject", "drug")
    then = [drug_doses_on(steps, pair.with_columns(day=pl.lit(day, dtype=pl.Int64))) for day in (0, after)]
    least, most = ({name: [held[name] for held in then] for name in ("low", "high")} for _ in range(2))
    compared = later.with_columns(
        top_low=pl.max_horizontal(least["low"]),
        top_high=pl.max_horizontal(least["high"]),
        bottom_low=pl.min_horizontal(most["low"]),
        bottom_high=pl.min_horizontal(most["high"]),
    )
    certain, possible = pl.lit(value=False), pl.lit(value=False)
    if risen:
        certain |= pl.col("low") > pl.col("top_high") + SLACK
        possible |= pl.col("high") > pl.col("top_low") + SLACK
    if fallen:
        certain |= pl.col("high") < pl.col("bottom_low") - SLACK
        possible |= pl.col("low") < pl.col("bottom_high") - SLACK
    found = compared.with_columns(certain=certain & ~pl.col("strange")).filter(possible)
    return pl.concat([onsets(found, certain="certain"), unrecorded(days, study["medications"])])


def _exceeding(held: pl.DataFrame, limit_low: pl.Expr, limit_high: pl.Expr) -> pl.DataFrame:
    """Stretches that certainly or possibly lie above a limit that itself lies between two."""
    import polars as pl

    certain, possible = pl.col("low") > limit_high + SLACK, pl.col("high") > limit_low + SLACK
    found = held.with_columns(certain=certain).filter(possible)
    return onsets(found, "first", certain="certain")


def _parts(mg: float) -> int:
    from malar.schema.day_steps import PARTS

    return round(mg * PARTS)
