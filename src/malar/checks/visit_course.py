"""Queries on the order of visits, gaps between them, and records after the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from malar.checks.query import DataQuery

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Study


def _no_baseline(study: Study, scored: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    early = scored.filter((pl.col("day") <= 0) & pl.col("sledai_2k").is_not_null())
    return study["subjects"].join(early, on="subject", how="anti", maintain_order="left").select("subject")


def _out_of_order(study: Study, _scored: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    planned = study["visits"].drop_nulls("planned_day")
    before = pl.col("planned_day").shift(1).over("subject", order_by="day")
    return planned.filter(pl.col("planned_day") < before)


def _same_planned_visit(study: Study, _scored: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    planned = study["visits"].drop_nulls("planned_visit").sort("subject", "day")
    return planned.filter(~pl.struct("subject", "planned_visit").is_first_distinct())


def _visit_numbers(study: Study) -> pl.DataFrame:
    import polars as pl

    number = pl.col("planned_visit").str.extract(r"(?i)^(?:visit|v)?\s*(\d+)$").cast(pl.Int64)
    visits = study["visits"].with_columns(number=number).drop_nulls("number")
    return visits.with_columns(before=pl.col("number").shift(1).over("subject", order_by="day"))


def _numbers_out_of_order(study: Study, _scored: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    return _visit_numbers(study).filter(pl.col("number") <= pl.col("before"))


def _number_missing(study: Study, _scored: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    return _visit_numbers(study).filter(pl.col("number") > pl.col("before") + 1)


def _long_gap(study: Study, _scored: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    before = pl.col("day").shift(1).over("subject", order_by="day")
    gap = pl.col("day") - pl.max_horizontal(before, pl.lit(0))
    after_start = study["visits"].filter(pl.col("day") >= 0)
    return after_start.filter(gap > study.settings.analysis.max_gap_days)


def _after_end(kind: str, table: str) -> DataQuery:
    """Visits after death, or after the last contact."""

    def find(study: Study, _scored: pl.DataFrame) -> pl.DataFrame:
        import polars as pl

        ends = study[table].filter(pl.col("kind") == kind).group_by("subject").agg(end=pl.col("day").min())
        visits = study["visits"].join(ends, on="subject", how="inner", maintain_order="left")
        return visits.filter(pl.col("day") > pl.col("end"))

    words = kind.replace("_", " ")
    return DataQuery(
        key=f"visit_after_{kind}",
        title=f"A visit is dated after the subject's {words}.",
        action="Correct the day of one of the two.",
        severity="error",
        table="visits",
        find=find,
    )


QUERIES: Final = (
    DataQuery(
        key="no_baseline_score",
        title="The subject has no complete SLEDAI-2K on or before day 0.",
        action="Add the baseline visit if there was one. Changes from baseline are unknown without it.",
        severity="warning",
        table="subjects",
        find=_no_baseline,
    ),
    DataQuery(
        key="planned_visits_out_of_order",
        title="A planned visit comes after a later one.",
        action="Correct the day or the planned visit.",
        severity="error",
        table="visits",
        find=_out_of_order,
    ),
    DataQuery(
        key="planned_visit_twice",
        title="A planned visit is recorded twice.",
        action="Name one of the two an unplanned visit, or correct it.",
        severity="warning",
        table="visits",
        find=_same_planned_visit,
    ),
    DataQuery(
        key="visit_numbers_out_of_order",
        title="A visit has a number no higher than the one before it.",
        action="Correct the number or the day.",
        severity="warning",
        table="visits",
        find=_numbers_out_of_order,
    ),
    DataQuery(
        key="visit_number_missing",
        title="Visit numbers skip at least one before this visit.",
        action="Ask whether a visit was left out of the records.",
        severity="info",
        table="visits",
        find=_number_missing,
    ),
    DataQuery(
        key="long_gap_before_visit",
        title="The visit comes after a gap longer than a state is carried.",
        action="Nothing to correct if no visit took place: the state in between is unknown and censored.",
        severity="info",
        table="visits",
        find=_long_gap,
    ),
    _after_end("death", "events"),
    _after_end("last_contact", "milestones"),
)
