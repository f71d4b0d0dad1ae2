"""Intercurrent events: what happens after treatment begins and changes what an outcome means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from malar.errors import UnknownKeyError
from malar.timelines.cell_finders import InfusionBeyond, OutOfSpecification
from malar.timelines.drug_finders import DoseAbove, DrugStarted
from malar.timelines.event_finders import Finder, Recorded, Records, Told

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True, kw_only=True)
class IntercurrentEvent:
    """An event after which an outcome is not there, or does not mean the same.

    Parameters
    ----------
    key, title
        Its name in results, and for people.
    found
        Where it is found; any of several places is enough, and one that cannot be told leaves it unknown unless
        another has it.
    first_day
        First day on which it counts: by default the day after day 0.
    """

    key: str
    title: str
    found: tuple[Finder, ...]
    first_day: int = 1

    def sentence(self) -> str:
        """What it is and where it is found, in words."""
        return f"{self.title}: {', or '.join(finder.sentence() for finder in self.found)}"

    def happened(self, records: Records) -> pl.DataFrame:
        """Whether and when it happened by the horizon of each subject.

        Returns
        -------
        polars.DataFrame
            `subject`, `event_day` (the first day; null where it is not known to have happened), `perhaps` (true
            where it is not known to have happened and cannot be ruled out).
        """
        import polars as pl

        days = pl.concat([finder.days(records) for finder in self.found], how="vertical_relaxed")
        due = days.join(records.horizons, on="subject").filter(
            pl.col("day").is_between(self.first_day, pl.col("horizon"))
        )
        first = due.group_by("subject").agg(event_day=pl.col("day").min())
        open_ = pl.concat([finder.unknown(records) for finder in self.found])["subject"].implode()
        joined = records.horizons.join(first, on="subject", how="left", maintain_order="left")
        perhaps = pl.col("event_day").is_null() & pl.col("subject").is_in(open_)
        return joined.select("subject", "event_day", perhaps=perhaps)


ANY_DAY: Final = -40_000
"""First day of events that may come before day 0."""

DEATH: Final = IntercurrentEvent(key="death", title="Death", found=(Recorded("events", ("death",)),), first_day=0)

RESCUE: Final = IntercurrentEvent(
    key="rescue_medication",
    title="Rescue or restricted medication",
    found=(Recorded("events", ("rescue_medication", "restricted_medication")),),
)
DISCONTINUATION: Final = IntercurrentEvent(
    key="treatment_discontinuation",
    title="Treatment stopped",
    found=(Recorded("milestones", ("treatment_stopped",)),),
)
WITHDRAWAL: Final = IntercurrentEvent(
    key="withdrawal", title="Withdrawal from the study", found=(Recorded("events", ("withdrawal",)),)
)
NOT_INFUSED: Final = IntercurrentEvent(
    key="not_infused",
    title="Cells not infused",
    found=(Recorded("events", ("not_infused", "manufacturing_failure")),),
    first_day=ANY_DAY,
)
PARTIAL_DOSE: Final = IntercurrentEvent(
    key="partial_dose",
    title="Partial or out-of-specification dose of cells",
    found=(Recorded("events", ("partial_dose",)), OutOfSpecification()),
    first_day=ANY_DAY,
)
CROSSOVER: Final = IntercurrentEvent(
    key="crossover", title="Crossover to another arm", found=(Recorded("events", ("crossover",)),)
)
OTHER_CELLS: Final = IntercurrentEvent(
    key="other_cell_therapy",
    title="Stem-cell transplant or CAR-T cells outside the study",
    found=(Recorded("procedures", ("stem_cell_transplant", "car_t_infusion")),),
)
RESTARTED_IMMUNOSUPPRESSION: Final = IntercurrentEvent(
    key="restarted_immunosuppression",
    title="Immunosuppressant or biologic begun again or anew",
    found=(DrugStarted(("immunosuppressant", "cytotoxic", "biologic")),),
)
IMMUNOGLOBULIN_OR_EXCHANGE: Final = IntercurrentEvent(
    key="immunoglobulin_or_plasma_exchange",
    title="Immunoglobulin or plasma exchange",
    found=(DrugStarted(("immunoglobulin",)), Recorded("procedures", ("plasma_exchange",))),
)
KIDNEY_REPLACEMENT: Final = IntercurrentEvent(
    key="kidney_replacement",
    title="Dialysis or kidney transplant",
    found=(Recorded("procedures", ("dialysis", "kidney_transplant")),),
)
PREGNANCY: Final = IntercurrentEvent(
    key="pregnancy", title="Pregnancy", found=(Recorded("events", ("pregnancy",)),)
)  # fmt: skip

INTERCURRENT_EVENTS: Final[Mapping[str, IntercurrentEvent]] = {
    made.key: made
    for made in (
        DEATH, RESCUE, DISCONTINUATION, WITHDRAWAL, NOT_INFUSED, PARTIAL_DOSE, CROSSOVER, OTHER_CELLS,
        RESTARTED_IMMUNOSUPPRESSION, IMMUNOGLOBULIN_OR_EXCHANGE, KIDNEY_REPLACEMENT, PREGNANCY,
    )
}  # fmt: skip
"""Key → event. Those with a number of their own are made by functions of this file."""


def steroid_cap_exceeded(mg_day: float, *, first_day: int, last_day: int | None = None) -> IntercurrentEvent:
    """Glucocorticoid above a cap.

    Parameters
    ----------
    mg_day
        The cap, in mg of prednisone a day; a dose equal to it is within.
    first_day, last_day
        Days on which it holds, both included; `last_day` None: from the first day on.

    Examples
    --------
    >>> steroid_cap_exceeded(10, first_day=57).sentence()
    'Glucocorticoid above the cap: a dose above 10 mg of prednisone a day from day 57 on'
    """
    return IntercurrentEvent(
        key="steroid_cap_exceeded",
        title="Glucocorticoid above the cap",
        found=(DoseAbove(mg_day, first_day, last_day),),
    )


def steroid_taper_not_met(mg_day: float, *, by_day: int) -> IntercurrentEvent:
    """Glucocorticoid not tapered to a dose by a day.

    Parameters
    ----------
    mg_day
        The dose to reach, in mg of prednisone a day; a dose equal to it is reached.
    by_day
        The day on which it must be.

    Examples
    --------
    >>> steroid_taper_not_met(10, by_day=140).sentence()
    'Glucocorticoid not tapered in time: a dose above 10 mg of prednisone a day on day 140'
    """
    return IntercurrentEvent(
        key="steroid_taper_not_met",
        title="Glucocorticoid not tapered in time",
        found=(DoseAbove(mg_day, by_day, by_day),),
    )


def reinfusion(*, planned: int) -> IntercurrentEvent:
    """More infusions of the study's cells than planned.

    Parameters
    ----------
    planned
        Number of infusion days planned: 2 where cells are given on days 0 and 7.
    """
    return IntercurrentEvent(key="reinfusion", title="Re-infusion", found=(InfusionBeyond(planned),))


def told_by(column: str, *, title: str) -> IntercurrentEvent:
    """An event that a Boolean column tells, such as a study's own rules for drugs.

    Parameters
    ----------
    column
        A column that stays true once it has happened; a study that lacks it leaves the event unknown.
    title
        Its name for people.
    """
    return IntercurrentEvent(key=column, title=title, found=(Told(column),))


def intercurrent_event(key: str) -> IntercurrentEvent:
    """The intercurrent event with a key.

    Raises
    ------
    UnknownKeyError
        There is none.
    """
    if key not in INTERCURRENT_EVENTS:
        raise UnknownKeyError(
            f"No intercurrent event has the key `{key}`.",
            hint=f"Keys are {', '.join(INTERCURRENT_EVENTS)}; doses, re-infusions and columns have functions.",
        )
    return INTERCURRENT_EVENTS[key]
