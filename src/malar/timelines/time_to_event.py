"""Time from a clock's day 0 to the first event, with what ended the observation made explicit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from malar.errors import ParameterError
from malar.timelines.clocks import DAY_0, clock_days
from malar.timelines.event_sources import CensorSource, EventSource

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Study


def derive_time_to_event(
    study: Study,
    judged: pl.DataFrame,
    events: Sequence[EventSource],
    censors: Sequence[CensorSource],
    *,
    max_gap_days: int | None = None,
    clock: str = DAY_0,
    until_days: int | None = None,
) -> pl.DataFrame:
    """Time from day 0, or from a milestone, to the first of some events.

    Parameters
    ----------
    study
        The study.
    judged
        Its judged visits; see :func:`malar.timelines.judge_visits`.
    events
        Event sources; the earliest day counts, on a tie the source named first.
    censors
        Censor sources. The observation ends on the earlier of two days: the latest day of the sources that
        take the latest, and the earliest day of those that take the earliest.
    max_gap_days
        An event judged at visits cannot be known across a longer gap between visits: the observation ends
        at the last visit before the first such gap. None: gaps are accepted.
    clock
        ``day_0``, or a kind of milestone from whose first day each subject's time is counted.
    until_days
        Last day counted after the clock's day 0; what comes later is censored there. None: no such day.

    Returns
    -------
    polars.DataFrame
        One row a subject of the study: `subject`, `time` (days; null where nothing was observed after
        day 0), `event` (Boolean), `cause` (event source, null where censored), `reason` (what ended the
        observation). A subject without the clock's milestone has no time, an unknown event, and the reason
        `no_day_of_…`.

    Raises
    ------
    ParameterError
        No such clock, or a negative last day.

    Notes
    -----
    An event on the day on which the observation ends counts. Visits see an event after it happened:
    times of judged events are visit times, and the event lies between that visit and the one before.
    """
    if until_days is not None and until_days < 0:
        raise ParameterError("The last day counted lies before day 0.", hint="Use until_days=100, or None.")
    clocks = clock_days(study, clock)
    return times_from(study, judged, events, censors, clocks, clock=clock, gap=max_gap_days, until=until_days)


def times_from(
    study: Study,
    judged: pl.DataFrame,
    events: Sequence[EventSource],
    censors: Sequence[CensorSource],
    clocks: pl.DataFrame,
    *,
    clock: str,
    gap: int | None,
    until: int | None,
) -> pl.DataFrame:
    """Time to the first event from a day of each subject's own; see :func:`derive_time_to_event`.

    Parameters
    ----------
    study, judged, events, censors, gap, until
        As there.
    clocks
        `subject`, `clock_day`: one row a subject, null where it has no such day.
    clock
        Name of the clock, for the reason of those without.
    """
    import polars as pl

    found = [(s.key, days_since(s.days(study, judged), clocks, s.from_day)) for s in events]
    ends = [(s.key, days_since(s.days(study, judged), clocks, 0)) for s in censors if s.takes == "earliest"]
    seen = [(s.key, days_since(s.days(study, judged), clocks, 0)) for s in censors if s.takes == "latest"]
    if gap is not None:
        assessed = _assessed(judged, [source.flag for source in events if source.flag])
        ends.append(("gap_between_visits", _before_gap(days_since(assessed, clocks, 0), gap)))
    joined = clocks
    for part in (_earliest(found, "cause", "event_day"), _earliest(ends, "end_reason", "end_day"), _latest(seen)):
        joined = joined.join(part, on="subject", how="left", maintain_order="left")
    last = pl.lit(until, dtype=pl.Int64)
    stop = pl.min_horizontal("end_day", "seen_day")
    late = (stop > last).fill_null(value=False)
    happened = pl.col("event_day").is_not_null() & (pl.col("event_day") <= pl.col("end_day").fill_null(10**9))
    beyond = happened & (pl.col("event_day") > last).fill_null(value=False)
    known = pl.col("clock_day").is_not_null()
    counted = happened & ~beyond
    ended = pl.col("end_day") <= pl.col("seen_day").fill_null(10**9)
    reason = pl.when(ended).then("end_reason").otherwise("seen_reason")
    reason = pl.when(beyond | late).then(pl.lit("end_of_window")).otherwise(reason)
    time = pl.when(counted).then("event_day").when(beyond | late).then(last).otherwise(stop)
    return joined.select(
        "subject",
        time=pl.when(known).then(time),
        event=pl.when(known).then(counted),
        cause=pl.when(counted).then("cause"),
        reason=pl.when(~known).then(pl.lit(f"no_day_of_{clock}")).when(counted).then("cause").otherwise(reason),
    )


def days_since(found: pl.DataFrame, clocks: pl.DataFrame, first: int) -> pl.DataFrame:
    """Days of a source on each subject's own clock, from a first day on: `subject`, `day`."""
    import polars as pl

    own = found.join(clocks, on="subject", how="inner")
    return own.select("subject", day=pl.col("day") - pl.col("clock_day")).filter(pl.col("day") >= first)


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


def _assessed(judged: pl.DataFrame, flags: list[str]) -> pl.DataFrame:
    """Visits at which at least one of the flags is known; without flags, every visit."""
    import polars as pl

    known = judged.filter(pl.any_horizontal(pl.col(flag).is_not_null() for flag in flags)) if flags else judged
    return known.select("subject", "day")


def _before_gap(visits: pl.DataFrame, max_gap_days: int) -> pl.DataFrame:
    """The last visit before the first gap that is too long, for subjects who have one."""
    import polars as pl

    following = pl.col("day").shift(-1).over("subject", order_by="day")
    return visits.filter(following - pl.col("day") > max_gap_days)
