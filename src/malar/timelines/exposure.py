"""Exposure to a treatment, and the events that arose under it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Study

DAYS_PER_YEAR: Final = 365.25


@dataclass(frozen=True, slots=True)
class Window:
    """Days since the first infusion, both ends included; no last day: to the end."""

    label: str
    first: int
    last: int | None

    def __contains__(self, day: int) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


WINDOWS: Final = (Window("day 0-30", 0, 30), Window("day 31-100", 31, 100), Window("after day 100", 101, None))
"""Early, to engraftment and recovery, and late: the windows in which transplant registries report."""


def derive_exposure(study: Study) -> pl.DataFrame:
    """When each treated subject was first given cells, what of, and how long was looked.

    Parameters
    ----------
    study
        A study with infusions.

    Returns
    -------
    polars.DataFrame
        One row a treated subject: `subject`, `first_day` (of the first infusion), `last_day` (of observation:
        death, last contact, withdrawal or data cut, whichever is first; null where none is known), `infusions`,
        `total_cells`, `cells_per_kg` (sums; null where one is unknown), `product` (of the first), `arm`.

    Notes
    -----
    Subjects without an infusion are not exposed and not here.
    """
    import polars as pl

    given = study["infusions"].sort("subject", "day", "product")
    by_subject = given.group_by("subject", maintain_order=True).agg(
        first_day=pl.col("day").min(),
        infusions=pl.len().cast(pl.Int64),
        total_cells=pl.when(pl.col("total_cells").null_count() == 0).then(pl.col("total_cells").sum()),
        cells_per_kg=pl.when(pl.col("cells_per_kg").null_count() == 0).then(pl.col("cells_per_kg").sum()),
        product=pl.col("product").first(),
    )
    ends = study["events"].filter(pl.col("kind").is_in(["death", "withdrawal"])).select("subject", "day")
    kinds = study["milestones"].filter(pl.col("kind").is_in(["last_contact", "data_cut"])).drop_nulls("day")
    last = pl.concat([ends, kinds.select("subject", "day")]).group_by("subject").agg(last_day=pl.col("day").min())
    arms = study["subjects"].select("subject", "arm")
    joined = by_subject.join(last, on="subject", how="left", maintain_order="left")
    return joined.join(arms, on="subject", how="left", maintain_order="left")


def days_at_risk(exposure: pl.DataFrame, window: Window) -> pl.Series:
    """Days that each exposed subject was observed in a window; 0 where the observation ended before it.

    Parameters
    ----------
    exposure
        From :func:`derive_exposure`; a subject whose observation has no known end is null.
    window
        A window of days since the first infusion.
    """
    import polars as pl

    since = pl.col("last_day") - pl.col("first_day")
    end = since if window.last is None else pl.min_horizontal(since, pl.lit(window.last))
    days = pl.when(since.is_not_null()).then((end - window.first + 1).clip(lower_bound=0))
    return exposure.select(days.alias("days_at_risk")).to_series()


def treatment_emergent(study: Study, exposure: pl.DataFrame, *, within_days: int | None = None) -> pl.DataFrame:
    """Events that began on or after the first infusion.

    Parameters
    ----------
    study
        The study.
    exposure
        From :func:`derive_exposure`.
    within_days
        Only events up to so many days after the last infusion are held to have arisen under the treatment; None:
        all, since cells cannot be withdrawn.

    Returns
    -------
    polars.DataFrame
        Rows of the events table with `since` (days from the first infusion) and `window`, sorted. Withdrawals are no
        adverse events and not here.
    """
    import polars as pl

    known = exposure.select("subject", "first_day", "product", "arm")
    events = study["events"].filter(pl.col("kind") != "withdrawal").join(known, on="subject", how="inner")
    events = events.with_columns(since=pl.col("day") - pl.col("first_day")).filter(pl.col("since") >= 0)
    if within_days is not None:
        last = study["infusions"].group_by("subject").agg(last_infusion=pl.col("day").max())
        events = events.join(last, on="subject", how="left").filter(
            pl.col("day") - pl.col("last_infusion") <= within_days
        )
    ordered = [(window.first, window.label) for window in WINDOWS]
    which = pl.lit(ordered[0][1])
    for first, name in ordered[1:]:
        which = pl.when(pl.col("since") >= first).then(pl.lit(name)).otherwise(which)
    return events.with_columns(window=which).sort("subject", "day", "term", "number")
