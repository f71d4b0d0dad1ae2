"""Where an event is found, and what the end of the observation rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from malar.errors import ParameterError

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Study

_RELATED: Final[dict[str, bool | None]] = {"yes": True, "no": False, "unknown": None}


@dataclass(frozen=True, slots=True)
class EventSource:
    """Where an event is found: a verdict that turns true at a visit, or something recorded as it happened.

    Parameters
    ----------
    key
        Name of the cause in the result.
    label
        Its name for people.
    flag
        Boolean column of the judged visits; the first visit at which it is true is the event.
    kind, milestone, procedure
        Kind in the events, milestones or procedures table; its first day is the event. Exactly one of `flag`,
        `kind`, `milestone` and `procedure` is given.
    related
        For `kind`: only events that the investigator held related to the treatment (``yes``), not related
        (``no``), or did not say (``unknown``); empty: all of them.
    from_day
        First day after the clock's day 0 on which it counts: 1, or 0 for what cannot have been there before,
        such as death.
    """

    key: str
    label: str
    flag: str = ""
    kind: str = ""
    milestone: str = ""
    procedure: str = ""
    related: Literal["", "yes", "no", "unknown"] = ""
    from_day: int = 1

    def __post_init__(self) -> None:
        if [bool(place) for place in (self.flag, self.kind, self.milestone, self.procedure)].count(True) != 1:
            raise ParameterError(
                f"Event source `{self.key}` needs a flag or a kind, milestone or procedure, and not two of them.",
                "An event is judged at visits or recorded as it happened.",
            )
        if self.related and not self.kind:
            raise ParameterError(
                f"Event source `{self.key}` asks whether a {'visit' if self.flag else 'record'} is related.",
                "Only the events table tells what was held related to the treatment.",
                "Give a kind of event, or leave `related` out.",
            )

    def days(self, study: Study, judged: pl.DataFrame) -> pl.DataFrame:
        """Days on which it happened: `subject`, `day`."""
        import polars as pl

        if self.flag:
            found = judged.filter(self.flag)
        elif self.kind:
            found = study["events"].filter(pl.col("kind") == self.kind)
            if self.related:
                wanted = pl.lit(_RELATED[self.related], dtype=pl.Boolean)
                found = found.filter(pl.col("related").eq_missing(wanted))
        else:
            table, kind = ("milestones", self.milestone) if self.milestone else ("procedures", self.procedure)
            found = study[table].filter((pl.col("kind") == kind) & pl.col("day").is_not_null())
        return found.select("subject", "day")

    def place(self) -> str:
        """Where it is looked for, in words."""
        if self.flag:
            return f"first visit with `{self.flag}` true"
        if self.kind:
            held = {"yes": ", held related", "no": ", held not related", "unknown": ", relation not recorded"}
            return f"event `{self.kind}`{held.get(self.related, '')}"
        return f"milestone `{self.milestone}`" if self.milestone else f"procedure `{self.procedure}`"


@dataclass(frozen=True, slots=True)
class CensorSource:
    """What the end of the observation rests on.

    Parameters
    ----------
    key
        Name of the reason in the result.
    label
        Its name for people.
    takes
        ``latest``: evidence that the patient was still observed; the latest such day counts.
        ``earliest``: an end of observation; the earliest such day counts.
    flag
        Column of the judged visits: every visit at which it is known is evidence; `day` takes every visit.
    milestone, kind
        Kind in the milestones or events table. Exactly one of `flag`, `milestone` and `kind` is given.
    """

    key: str
    label: str
    takes: Literal["latest", "earliest"]
    flag: str = ""
    milestone: str = ""
    kind: str = ""

    def __post_init__(self) -> None:
        if [bool(self.flag), bool(self.milestone), bool(self.kind)].count(True) != 1:
            raise ParameterError(
                f"Censor source `{self.key}` needs exactly one of flag, milestone and kind.",
                "Without a source, nothing tells when the observation ended.",
            )

    def days(self, study: Study, judged: pl.DataFrame) -> pl.DataFrame:
        """Days on which it speaks: `subject`, `day`."""
        import polars as pl

        if self.flag:
            found = judged.filter(pl.col(self.flag).is_not_null())
        elif self.milestone:
            found = study["milestones"].filter((pl.col("kind") == self.milestone) & pl.col("day").is_not_null())
        else:
            found = study["events"].filter(pl.col("kind") == self.kind)
        return found.select("subject", "day")
