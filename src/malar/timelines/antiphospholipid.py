"""Antiphospholipid status of each subject: what a thrombosis after cells is read beside."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from malar.declarations import Declaration
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Study

TITERS: Final = ("anticardiolipin_igg", "anticardiolipin_igm", "anti_beta2gp1_igg", "anti_beta2gp1_igm")
LUPUS_ANTICOAGULANT: Final = "lupus_anticoagulant"
FORMS: Final = ("eular_acr_2019", "slicc_2012")
"""Classification forms with an item `antiphospholipid`: ever positive, or never."""

PERSISTENT: Final = "positive twice"
POSITIVE: Final = "positive"
NEGATIVE: Final = "negative"
STATUSES: Final = (PERSISTENT, POSITIVE, NEGATIVE)
"""In the order of a table; a subject of whom nothing is recorded has none of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AntiphospholipidStatus:
    """When a subject counts as positive for antiphospholipid antibodies.

    Parameters
    ----------
    key, title
        Its key, and name for people.
    above
        Titers above it are positive, in units/mL.
    apart_days
        Two positive results of one test, at least so many days apart, are persistent.
    source
        Where the limits come from.
    """

    key: str = "antiphospholipid_status"
    title: str = "Antiphospholipid status"
    above: float = 40
    apart_days: int = 84
    source: Source = field(
        default=Source(
            "Aringer M, et al. Ann Rheum Dis 2019;78:1151-9 (limit of titers); Miyakis S, et al. J Thromb Haemost "
            "2006;4:295-306 (twice, 12 weeks apart)",
            "",
            Status.PROVISIONAL,
            "The interval is from memory. All results of the study count, whether before or after an event: a test "
            "taken in an acute thrombosis may be falsely negative. One negative test is enough for negative.",
        )
    )
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
        return (
            f"Positive: anticardiolipin or anti-β2-glycoprotein I, IgG or IgM, above {self.above:g} units/mL "
            f"(> {self.above:g}); lupus anticoagulant reported as positive, or above the laboratory's upper limit; or "
            "the item `antiphospholipid` of a classification form. Positive twice: one test positive on two days at "
            f"least {self.apart_days} days apart (>= {self.apart_days}). Negative: tested, and never positive. "
            "Unknown: nothing recorded.\n"
        )

    def meaning(self) -> list[str]:
        """What it means beside key, source and reading."""
        return [self.body()]

    def derive(self, study: Study) -> pl.DataFrame:
        """The status of every subject.

        Returns
        -------
        polars.DataFrame
            One row a subject, in the order of the subjects table: `subject`, `status` (`positive twice`, `positive`,
            `negative`; null where nothing is recorded).
        """
        import polars as pl

        results = self._results(study)
        positive = results.filter("positive").group_by("subject", "test").agg(
            first=pl.col("day").min(), last=pl.col("day").max()
        )  # fmt: skip
        twice = positive.filter((pl.col("last") - pl.col("first") >= self.apart_days) & ~pl.col("test").is_in(FORMS))
        status = (
            pl.when(pl.col("subject").is_in(twice["subject"].to_list()))
            .then(pl.lit(PERSISTENT))
            .when(pl.col("subject").is_in(positive["subject"].to_list()))
            .then(pl.lit(POSITIVE))
            .when(pl.col("subject").is_in(results["subject"].to_list()))
            .then(pl.lit(NEGATIVE))
        )
        return study["subjects"].select("subject", status=status)

    def _results(self, study: Study) -> pl.DataFrame:
        """Every known result: `subject`, `day`, `test`, `positive`."""
        import polars as pl

        known = pl.col("positive").is_not_null()
        labs = study["labs"].with_columns(
            positive=pl.when(pl.col("analyte").is_in(TITERS))
            .then(self._titer())
            .when(pl.col("analyte") == LUPUS_ANTICOAGULANT)
            .then(_reported(pl.col("value") > pl.col("upper_limit")))
        )
        items = study["items"].filter((pl.col("item") == "antiphospholipid") & pl.col("instrument").is_in(FORMS))
        items = items.with_columns(positive=pl.col("value") > 0)
        return pl.concat(
            [
                labs.filter(known).select("subject", "day", "positive", test=pl.col("analyte")),
                items.filter(known).select("subject", "day", "positive", test=pl.col("instrument")),
            ]
        )

    def _titer(self) -> pl.Expr:
        """Above the limit; unknown where the assay ends on the other side of it."""
        import polars as pl

        value, qualifier = pl.col("value"), pl.col("qualifier")
        beyond = pl.when(value >= self.above).then(pl.lit(value=True))
        below = pl.when(value <= self.above).then(pl.lit(value=False))
        return _reported(
            pl.when(qualifier == "greater_than")
            .then(beyond)
            .when(qualifier == "less_than")
            .then(below)
            .otherwise(value > self.above)
        )


def _reported(otherwise: pl.Expr) -> pl.Expr:
    """As the laboratory worded it, where it did; else by the number."""
    import polars as pl

    worded = pl.col("qualifier").is_in(["positive", "negative"])
    return pl.when(worded.fill_null(value=False)).then(pl.col("qualifier") == "positive").otherwise(otherwise)


ANTIPHOSPHOLIPID_STATUS: Final = AntiphospholipidStatus()
