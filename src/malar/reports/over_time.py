"""Counts and medians at planned visits: scores, organs, endpoints reached, criteria met, doses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from malar.instruments.sledai_2k import SLEDAI_2K

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import PlannedVisit

COUNTS = ("n_assessed", "n_present", "n_unknown")


def summarize(judged: pl.DataFrame, planned: Sequence[PlannedVisit], column: str) -> pl.DataFrame:
    """Median and quartiles of a column by planned visit: `time, n, median, q1, q3`."""
    import polars as pl

    value = pl.col(column).cast(pl.Float64)
    chosen = judged.filter("is_analysis_visit").group_by(time="analysis_day").agg(
        n=value.count(),
        median=value.median(),
        q1=value.quantile(0.25, "linear"),
        q3=value.quantile(0.75, "linear"),
    )  # fmt: skip
    order = pl.DataFrame({"time": [visit.day for visit in planned]}, schema={"time": pl.Int64})
    return order.join(chosen, on="time", how="inner", maintain_order="left")


def organs_over_time(judged: pl.DataFrame, planned: Sequence[PlannedVisit]) -> pl.DataFrame:
    """Organ systems by planned visit, as :func:`shares_over_time` gives them.

    An organ is active where an item of it is present, inactive where all its items are known to be absent.
    """
    import polars as pl

    active = {system: pl.any_horizontal(*SLEDAI_2K.names(system=system)) for system in SLEDAI_2K.systems()}
    return shares_over_time(judged, planned, active)


def shares_over_time(
    judged: pl.DataFrame,
    planned: Sequence[PlannedVisit],
    flags: Mapping[str, pl.Expr],
    among: Mapping[str, pl.Expr] | None = None,
) -> pl.DataFrame:
    """How many count at each planned visit: `row, label, time, n_assessed, n_present, n_unknown`.

    Parameters
    ----------
    judged
        Judged visits with `is_analysis_visit` and `analysis_day`.
    planned
        Planned visits, in order.
    flags
        Name of a row → its Boolean expression, null where unknown.
    among
        Name of a row → who is judged at all; others count nowhere, not among the unknown either.
    """
    import polars as pl

    chosen = judged.filter("is_analysis_visit")
    parts: list[pl.DataFrame] = []
    for name, flag in flags.items():
        judgeable = chosen.filter((among or {}).get(name, pl.lit(value=True)).fill_null(value=False))
        counted = judgeable.group_by(time="analysis_day").agg(
            n_assessed=flag.count(), n_present=flag.sum(), n_unknown=flag.null_count()
        )
        parts.append(counted.with_columns(row=pl.lit(name)))
    labels = pl.DataFrame(
        {"time": [v.day for v in planned], "label": [v.label for v in planned]},
        schema={"time": pl.Int64, "label": pl.String},
    )
    joined = labels.join(pl.concat(parts), on="time", how="inner", maintain_order="left")
    return joined.select("row", "label", "time", *(pl.col(name).cast(pl.Int64) for name in COUNTS))
