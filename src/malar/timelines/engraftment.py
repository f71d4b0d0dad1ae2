"""Engraftment after a transplant, from daily counts; and primary graft failure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from malar.declarations import Declaration
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Study

RUN_DAYS: Final = 3
"""Consecutive days that make engraftment; its day is the first of them."""

_SOURCE: Final = Source(
    "Kharfan-Dabaja MA, et al. ASTCT consensus, 2021, as in PMC11161398",
    "definitions",
    Status.VERIFIED,
    "Days are calendar days, and no value is carried over a day without one. Engraftment is a recovery: it needs a "
    "lower count first, and a count that was never lower is told as such. Seven days without transfusion are read as "
    "at least 7 days since the last.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Engraftment:
    """One lineage: its count, the least that counts, and how long after a transfusion.

    Parameters
    ----------
    key, title, source
        Its key, name, and where it comes from.
    analyte
        Analyte counted, in 10⁹/L.
    least
        Least count, inclusive.
    free_days
        Least number of days since the last transfusion; 0: transfusions do not matter.
    variant_of
        Key of the definition that it amends, if any.
    """

    key: str
    title: str
    analyte: str
    least: float
    free_days: int = 0
    source: Source = _SOURCE
    variant_of: str = ""

    @property
    def status(self) -> Status:
        """How sure it is."""
        return self.source.status

    def parts(self) -> tuple[Declaration, ...]:
        """Declarations that it rests on: none."""
        return ()

    def body(self) -> str:
        """What its sheet says."""
        free = (
            f", the first at least {self.free_days} days after the last platelet transfusion" if self.free_days else ""
        )
        return (
            f"The first of {RUN_DAYS} consecutive days with {self.analyte} of at least {self.least:g} × 10⁹/L (>= "
            f"{self.least:g}){free}, after a lower count following the infusion.\n\nOutcome by subject: engrafted with "
            "its day, never below, not engrafted in the days with counts, or unknown where no count was recorded.\n"
        )

    def meaning(self) -> list[str]:
        """What it means beside key, source and reading."""
        return [self.body(), self.analyte, f"{self.least}", f"{self.free_days}", f"{RUN_DAYS}"]

    def derive(self, study: Study) -> pl.DataFrame:
        """When each infused subject engrafted.

        Returns
        -------
        polars.DataFrame
            One row a subject with an infusion: `subject`, `outcome` (``engrafted``, ``never_below``,
            ``not_engrafted`` or null: no count), `day` (days since the first infusion; null unless engrafted),
            `last_count_day` (last day with a count).
        """
        import polars as pl

        infused = study["infusions"].group_by("subject", maintain_order=True).agg(zero=pl.col("day").min())
        counts = study["labs"].filter((pl.col("analyte") == self.analyte) & pl.col("value").is_not_null())
        daily = counts.join(infused, on="subject").with_columns(since=pl.col("day") - pl.col("zero"))
        daily = daily.filter(pl.col("since") >= 0).group_by("subject", "since").agg(value=pl.col("value").min())
        marked = self._marked(daily.sort("subject", "since"), study, infused)
        found = marked.group_by("subject", maintain_order=True).agg(
            day=pl.col("since").filter(pl.col("starts")).min(),
            lowest=pl.col("value").min(),
            last_count_day=pl.col("since").max(),
        )
        outcome = (
            pl.when(pl.col("day").is_not_null())
            .then(pl.lit("engrafted"))
            .when(pl.col("lowest") >= self.least)
            .then(pl.lit("never_below"))
            .when(pl.col("lowest").is_not_null())
            .then(pl.lit("not_engrafted"))
        )
        joined = infused.select("subject").join(found, on="subject", how="left", maintain_order="left")
        return joined.select("subject", outcome=outcome, day="day", last_count_day="last_count_day")

    def _marked(self, daily: pl.DataFrame, study: Study, infused: pl.DataFrame) -> pl.DataFrame:
        """Days on which a run of enough counts starts, after a lower count and far enough from a transfusion."""
        import polars as pl

        enough = pl.col("value") >= self.least
        run = enough
        for step in range(1, RUN_DAYS):
            follows = pl.col("since").shift(-step).over("subject") == pl.col("since") + step
            run = run & (enough.shift(-step).over("subject") & follows).fill_null(value=False)
        fallen = ((~enough).cum_sum().over("subject") > 0).fill_null(value=False)
        free = pl.lit(value=True)
        frame = daily
        if self.free_days:
            given = study["procedures"].filter(pl.col("kind") == "platelet_transfusion").join(infused, on="subject")
            given = given.select("subject", given=pl.col("day") - pl.col("zero")).sort("given")
            frame = daily.sort("since").join_asof(
                given, left_on="since", right_on="given", by="subject", strategy="backward", check_sortedness=False
            )
            frame = frame.sort("subject", "since")
            free = (pl.col("since") - pl.col("given") >= self.free_days).fill_null(value=True)
        return frame.with_columns(starts=run & fallen & free)


NEUTROPHILS: Final = Engraftment(
    key="neutrophil_engraftment", title="Neutrophil engraftment", analyte="neutrophils", least=0.5
)
PLATELETS: Final = Engraftment(
    key="platelet_engraftment", title="Platelet engraftment", analyte="platelets", least=20, free_days=7
)
PLATELETS_50: Final = Engraftment(
    key="platelet_engraftment_50",
    title="Platelet engraftment, 50 × 10⁹/L",
    analyte="platelets",
    least=50,
    free_days=7,
    source=Source(_SOURCE.citation, "", Status.SECONDARY, "Some registries report 50 × 10⁹/L; otherwise as with 20."),
    variant_of="platelet_engraftment",
)

ENGRAFTMENTS: Final = {made.key: made for made in (NEUTROPHILS, PLATELETS, PLATELETS_50)}
"""Key → definition."""


def primary_graft_failure(study: Study, *, by_day: int = 30) -> pl.DataFrame:
    """Whether neutrophils failed to recover by a day.

    Parameters
    ----------
    study
        A study with infusions and counts.
    by_day
        Days since the infusion: 30, or 42 after cord blood.

    Returns
    -------
    polars.DataFrame
        `subject`, `graft_failure`: true where the count fell and no run began by that day and counts reach it,
        false where it did or the count never fell, null where counts end before.

    Source
    ------
    As :data:`NEUTROPHILS`. Pancytopenia, which the definition also asks for, is for the physician to confirm.
    """
    import polars as pl

    found = NEUTROPHILS.derive(study)
    in_time = (pl.col("outcome") == "never_below") | (pl.col("day") <= by_day)
    late = (pl.col("day") > by_day) | ((pl.col("outcome") == "not_engrafted") & (pl.col("last_count_day") >= by_day))
    failed = pl.when(late).then(pl.lit(value=True)).when(in_time).then(pl.lit(value=False))
    return found.select("subject", graft_failure=failed)
