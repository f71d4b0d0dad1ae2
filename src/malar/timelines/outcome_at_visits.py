"""What is known of every subject at every planned visit: when assessed, the verdict, and until when alive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from malar._frames import as_sign, demand
from malar.course import AnalysisRules, planned_visits
from malar.endpoints import DEFINITIONS
from malar.endpoints.endpoint import mark_assessed

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import PlannedVisit, Study

ASSESSED = "__assessed"


def stated_visits(study: Study) -> tuple[PlannedVisit, ...]:
    """Planned visits of the analysis plan, or those found in the visits table."""
    return study.settings.analysis.visits or planned_visits(study["visits"])


def first_days(table: pl.DataFrame, kind: str, name: str) -> pl.DataFrame:
    """The first day of a kind of event or milestone: `subject`, and the day under a name."""
    import polars as pl

    return table.filter(pl.col("kind") == kind).group_by("subject").agg(pl.col("day").min().alias(name))


def living(study: Study, judged: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Judged visits up to the day of death and the data cut, and how many were set aside for lying after death.

    Returns
    -------
    tuple of polars.DataFrame
        The visits; and `subject`, `n_after_death`, for subjects with at least one such visit.
    """
    import polars as pl

    ends = first_days(study["events"], "death", "death_day")
    cuts = first_days(study["milestones"], "data_cut", "cut_day")
    joined = judged.join(ends, on="subject", how="left", maintain_order="left")
    joined = joined.join(cuts, on="subject", how="left", maintain_order="left")
    after = (pl.col("day") > pl.col("death_day")).fill_null(value=False)
    late = (pl.col("day") > pl.col("cut_day")).fill_null(value=False)
    counted = joined.filter(after).group_by("subject").agg(n_after_death=pl.len().cast(pl.Int64))
    return joined.filter(~after & ~late).drop("death_day", "cut_day"), counted


def mark(judged: pl.DataFrame, flag: str, assessed: str | None) -> pl.DataFrame:
    """Add which visits were assessed: as told, else where the verdict or anything that it rests on was recorded."""
    import polars as pl

    demand(judged.columns, ("subject", "day", flag, *([assessed] if assessed else [])), "The verdict at a visit")
    if assessed:
        return judged.with_columns(as_sign(assessed).fill_null(value=False).alias(ASSESSED))
    key = max((k for k in DEFINITIONS if flag == k or flag.startswith(f"{k}__")), key=len, default=None)
    if key is None:
        return judged.with_columns(pl.lit(value=True).alias(ASSESSED))
    seen, lazy = [pl.col(flag).is_not_null()], judged.lazy()
    for made in DEFINITIONS[key].instruments:
        lazy, column = mark_assessed(lazy, made)
        seen += [as_sign(column).fill_null(value=False)] if column else []
    return lazy.collect().with_columns(pl.any_horizontal(seen).alias(ASSESSED))


def outcome_at_visits(
    study: Study,
    judged: pl.DataFrame,
    flag: str,
    *,
    planned: Sequence[PlannedVisit] | None = None,
    rules: AnalysisRules | None = None,
    assessed: str | None = None,
) -> pl.DataFrame:
    """Every subject at every planned visit, missed visits included.

    Parameters
    ----------
    study
        The study.
    judged
        Its judged visits, without those after death; see :func:`living`.
    flag
        Name of the Boolean verdict.
    planned
        Planned visits; by default the study's.
    rules
        How visits are placed; by default :class:`malar.course.AnalysisRules` as it is.
    assessed
        Boolean column that tells which visits were assessed; see :func:`mark`.

    Returns
    -------
    polars.DataFrame
        `subject`, `visit` (label), `time` (planned day), `window_first`, `window_last`, `assessed_day` (null
        where the visit was missed), `outcome`, `judged_at_all` (false where the definition does not judge this
        visit).
    """
    import polars as pl

    rules = rules or AnalysisRules()
    stated = stated_visits(study) if planned is None else planned
    visits = rules.planned(stated)
    placed = rules.place(mark(judged, flag, assessed), stated, assessed=ASSESSED)
    evaluable = f"{flag}__evaluable"
    apt = as_sign(evaluable) if evaluable in placed.columns else pl.lit(value=True)
    chosen = placed.filter("is_analysis_visit").select(
        "subject", time="analysis_day", assessed_day="day", outcome=as_sign(flag), judged_at_all=apt
    )
    grid = pl.DataFrame(
        [(visit.label, visit.day, visit.first, visit.last) for visit in visits],
        schema={"visit": pl.String, "time": pl.Int64, "window_first": pl.Int64, "window_last": pl.Int64},
        orient="row",
    )
    rows = study["subjects"].select("subject").join(grid, how="cross", maintain_order="left_right")
    return rows.join(chosen, on=["subject", "time"], how="left", maintain_order="left")
