"""How long a count or level stays low after the cells: B-cell aplasia, low immunoglobulin, prolonged cytopenia."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from malar.declarations import Declaration
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Study

_OWN: Final = Source(
    "Thresholds in common use",
    "",
    Status.PROVISIONAL,
    "From memory. Low from the first result below on or after the first infusion; over with the first of two results "
    "in a row that are not below. Between results the count is taken as at the one before, whatever the gap.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LowPeriod:
    """A level that is low below a limit.

    Parameters
    ----------
    key, title
        Its key, and name for people.
    analyte
        Analyte measured.
    below
        Limit, in the analyte's unit.
    unit
        That unit.
    source
        Where the limit comes from.
    variant_of
        Key of the declaration that it amends, if any.
    """

    key: str
    title: str
    analyte: str
    below: float
    unit: str
    source: Source = _OWN
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
        return f"{self.analyte} below {self.below:g} {self.unit} (< {self.below:g}), from the first such result on.\n"

    def meaning(self) -> list[str]:
        """What it means beside key, source and reading."""
        return [self.body(), self.analyte, f"{self.below}"]

    def derive(self, study: Study) -> pl.DataFrame:
        """When each infused subject's level was low.

        Returns
        -------
        polars.DataFrame
            One row a subject with a result on or after the first infusion: `subject`, `low` (whether it ever was),
            `start` (days since the first infusion; null where never low), `days` (how long; to the last result where
            it was not over), `over` (whether it ended; null where never low).
        """
        import polars as pl

        infused = study["infusions"].group_by("subject", maintain_order=True).agg(zero=pl.col("day").min())
        results = study["labs"].filter((pl.col("analyte") == self.analyte) & pl.col("value").is_not_null())
        since = results.join(infused, on="subject").with_columns(since=pl.col("day") - pl.col("zero"))
        daily = since.filter(pl.col("since") >= 0).group_by("subject", "since").agg(value=pl.col("value").min())
        low = pl.col("value") < self.below
        ordered = daily.sort("subject", "since").with_columns(low=low)
        started = ordered.with_columns(start=pl.col("since").filter(pl.col("low")).min().over("subject"))
        after = (pl.col("since") > pl.col("start")) & ~pl.col("low")
        recovered = after & (~pl.col("low")).shift(-1).over("subject").fill_null(value=False)
        by_subject = started.group_by("subject", maintain_order=True).agg(
            start=pl.col("start").first(),
            end=pl.col("since").filter(recovered).min(),
            last=pl.col("since").max(),
        )
        return by_subject.select(
            "subject",
            low=pl.col("start").is_not_null(),
            start="start",
            days=pl.coalesce("end", "last") - pl.col("start"),
            over=pl.when(pl.col("start").is_not_null()).then(pl.col("end").is_not_null()),
        )


LOW_PERIODS: Final = {
    made.key: made
    for made in (
        LowPeriod(key="b_cells_absent", title="B-cell aplasia", analyte="cd19", below=0.01, unit="× 10⁹/L"),
        LowPeriod(key="igg_low", title="Hypogammaglobulinemia", analyte="igg", below=4, unit="g/L"),
        LowPeriod(key="neutrophils_low", title="Neutropenia", analyte="neutrophils", below=1.0, unit="× 10⁹/L"),
        LowPeriod(key="platelets_low", title="Thrombocytopenia", analyte="platelets", below=50, unit="× 10⁹/L"),
    )
}
"""Key → declaration."""
