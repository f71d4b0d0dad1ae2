"""Intercurrent events found among infusions: one more than planned, a batch out of specification."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

    from malar.timelines.event_finders import Records


@dataclass(frozen=True, slots=True)
class InfusionBeyond:
    """More infusions of the study's cells than planned.

    Parameters
    ----------
    planned
        Number of infusion days planned.
    """

    planned: int

    def sentence(self) -> str:
        """Where it is looked for, in words."""
        return f"an infusion beyond the {self.planned} planned"

    def days(self, records: Records) -> pl.DataFrame:
        """Days on which it certainly happened: `subject`, `day`."""
        import polars as pl

        days = records.study["infusions"].select("subject", "day").unique()
        place = pl.col("day").rank("ordinal").over("subject")
        return days.filter(place > self.planned)

    def unknown(self, records: Records) -> pl.DataFrame:
        """Subjects of whom it cannot be told: infusions are not recorded."""
        return records.without("infusions")


@dataclass(frozen=True, slots=True)
class OutOfSpecification:
    """A batch was infused that did not meet its release criteria."""

    def sentence(self) -> str:
        """Where it is looked for, in words."""
        return "infusion of a batch that did not meet all release criteria"

    def _infused(self, records: Records) -> pl.DataFrame:
        products = records.study["products"].select("product", "release_criteria_met")
        return records.study["infusions"].join(products, on="product", how="left")

    def days(self, records: Records) -> pl.DataFrame:
        """Days on which it certainly happened: `subject`, `day`."""
        import polars as pl

        return self._infused(records).filter(~pl.col("release_criteria_met")).select("subject", "day")

    def unknown(self, records: Records) -> pl.DataFrame:
        """Subjects of whom it cannot be told: infusions are not recorded, or what was found of a batch."""
        import polars as pl

        open_ = self._infused(records).filter(pl.col("release_criteria_met").is_null()).select("subject")
        return pl.concat([records.without("infusions"), open_])
