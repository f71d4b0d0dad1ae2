"""Time from day 0 to the first event, with what ended the observation made explicit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from malar.errors import ParameterError

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Study


@dataclass(frozen=True, slots=True)
class EventSource:
    """Where an event is found: a verdict that turns true at a visit, or a recorded event.

    Parameters
    ----------
    key
        Name of the cause in the result.
    label
        Its name for people.
    flag
        Boolean column of the judged visits; the first visit at which it is true is the event.
    kind
        Kind in the events table; its first day is the event. Exactly one of `flag` and `kind` is given.
    """

    key: str
    label: str
    flag: str = ""
    kind: str = ""

    def __post_init__(self) -> None:
        if bool(self.flag) == bool(self.kind):
            raise ParameterError(
                f"Event source `{self.key}` needs a flag or a kind, and not both.",
                "An event is judged at visits or recorded as it happened.",
            )

    def days(self, study: Study, judged: pl.DataFrame) -> pl.DataFrame:
        """Days after day 0 on which it happened: `subject`, `day`."""
        import polars as pl

        found = judged.filter(self.flag) if self.flag else study["events"].filter(pl.col("kind") == self.kind)
        return found.filter(pl.col("day") > 0).select("subject", "day")


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
        Boolean column of the judged visits: every visit at which it is known is evidence.
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
        return found.filter(pl.col("day") >= 0).select("subject", "day")


def derive_time_to_event(
    study: Study,
    judged: pl.DataFrame,
    events: Sequence[EventSource],
    censors: Sequence[CensorSource],
    *,
    max_gap_days: int | None = None,
) -> pl.DataFrame:
    """Time from day 0 to the first of some events.

    Parameters
    ----------
    study
        The study.
    judged
        Its judged visits; see :func:`malar.timelines.judge_visits`.
    events
        Event sources; the earliest day after day 0 counts, on a tie the source named first.
    censors
        Censor sources. The observation ends on the earlier of two days: the latest day of the sources that
        take the latest, and the earliest day of those that take the earliest.
    max_gap_days
        An event judged at visits cannot be known across a longer gap between visits: the observation ends
        at the last visit before the first such gap. None: gaps are accepted.

    Returns
    -------
    polars.DataFrame
        One row a subject of the study: `subject`, `time` (days; null where nothing was observed after
        day 0), `event` (Boolean), `cause` (event source, null where censored), `reason` (what ended the
        observation).

    Notes
    -----
    An event on the day on which the observation ends counts. Visits see an event after it happened:
    times of judged events are visit times, and the event lies between that visit and the one before.
    """
    import polars as pl

    subjects = study["subjects"].select("subject")
    first = _earliest([(source.key, source.days(study, judged)) for source in events], "cause", "event_day")
    ends = [(s.key, s.days(study, judged)) for s in censors if s.takes == "earliest"]
    if max_gap_days is not None:
        flags = [source.flag for source in events if source.flag]
        ends.append(("gap_between_visits", _before_gap(judged, flags, max_gap_days)))
    seen = [(s.key, s.days(study, judged)) for s in censors if s.takes == "latest"]
    end = _earliest(ends, "end_reason", "end_day")
    last = _latest(seen)
    joined = subjects
    for part in (first, end, last):
        joined = joined.join(part, on="subject", how="left", maintain_order="left")
    stop = pl.min_horizontal("end_day", "seen_day")
    happened = pl.col("event_day").is_not_null() & (pl.col("event_day") <= pl.col("end_day").fill_null(10**9))
    reason = (
        pl.when(pl.col("end_day") <= pl.col("seen_day").fill_null(10**9)).then("end_reason").otherwise("seen_reason")
    )
    return joined.select(
        "subject",
        time=pl.when(happened).then("event_day").otherwise(stop),
        event=happened,
        cause=pl.when(happened).then("cause"),
        reason=pl.when(happened).then("cause").otherwise(reason),
    )


def _earliest(sources: list[tuple[str, pl.DataFrame]], reason: str, day: str) -> pl.DataFrame:
    import polars as pl

    schema = {"subject": pl.String, "day": pl.Int64, "order": pl.Int64, reason: pl.String}
    parts = [pl.DataFrame(schema=schema)]
    parts += [
        frame.select("subject", "day", order=pl.lit(i, dtype=pl.Int64)).with_columns(pl.lit(key).alias(reason))
        for i, (key, frame) in enumerate(sources)
    ]
    ranked = pl.concat(parts).sort("day", "order")
    return ranked.group_by("subject").first().select("subject", pl.col("day").alias(day), reason)


def _latest(sources: list[tuple[str, pl.DataFrame]]) -> pl.DataFrame:
    import polars as pl

    turned = [(key, frame.with_columns(-pl.col("day"))) for key, frame in sources]
    return _earliest(turned, "seen_reason", "seen_day").with_columns(-pl.col("seen_day"))


def _before_gap(judged: pl.DataFrame, flags: list[str], max_gap_days: int) -> pl.DataFrame:
    """The last visit before the first gap that is too long, for subjects who have one."""
    import polars as pl

    assessed = judged.filter(pl.any_horizontal(pl.col(flag).is_not_null() for flag in flags)) if flags else judged
    visits = assessed.filter(pl.col("day") >= 0).select("subject", "day")
    following = pl.col("day").shift(-1).over("subject", order_by="day")
    return visits.filter(following - pl.col("day") > max_gap_days)
