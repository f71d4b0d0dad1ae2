"""Duration of response among those who responded, and outcomes of responders fixed at a landmark."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from malar._frames import as_sign, demand
from malar.course import derive_confirmed
from malar.errors import ParameterError
from malar.timelines.outcome_at_visits import living
from malar.timelines.time_to_event import CensorSource, EventSource, derive_time_to_event

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Study


def derive_duration_of_response(
    study: Study,
    judged: pl.DataFrame,
    response: str,
    *,
    death: Literal["event", "censored"],
    holds: str = "",
    loss_visits: int = 1,
    loss_min_gap_days: int = 0,
    max_gap_days: int | None = None,
    assessed: str | None = None,
) -> pl.DataFrame:
    """How long a response lasted, from the visit that dates it, among those who ever responded.

    Parameters
    ----------
    study
        The study; deaths, withdrawals and data cuts are read.
    judged
        Its judged visits. Those after death or the data cut are not used.
    response
        Boolean column: the first visit after day 0 at which it is true dates the response. May be a confirmed
        or sustained verdict.
    death
        ``event``: death ends the response. ``censored``: the observation ends with it, and the curve shows what would
        be seen if nobody died. There is no default.
    holds
        Boolean column: the response is lost where it is false. By default `response`; where that one is
        confirmed or sustained, name the plain verdict here.
    loss_visits, loss_min_gap_days
        Consecutive assessed visits, at least so many days apart, at which it must be false; the first of
        them dates the loss. One visit: a loss needs no confirmation.
    max_gap_days
        A loss cannot be known across a longer gap between assessed visits: the observation ends at the last
        visit before it, for death as well. None: gaps are accepted.
    assessed
        Boolean column that tells which visits were assessed. Without it, those at which `holds` is known.

    Returns
    -------
    polars.DataFrame
        One row a responder: `subject`, `arm`, `start` (day of the response), `time` (days from it), `event`
        (Boolean), `cause` (``loss`` or ``death``), `reason` (what ended the observation). As it is for
        :class:`malar.survival.KaplanMeier`.

    Raises
    ------
    MissingColumnsError
        A column named is not there.
    ParameterError
        `death` is neither of the two, or confirmation by no visit.

    Notes
    -----
    Who never responded has no duration: a curve of these times says nothing of how many respond, and a
    longer one among fewer responders is no better treatment. An observation without loss or death ends at the last
    assessed visit; a loss not yet confirmed there is none, and the observation ends at the visit before it.
    Visits see a loss after it happened.
    """
    import polars as pl

    if death not in ("event", "censored"):
        raise ParameterError(
            f"Death cannot count as `{death}` here.",
            "The curve says another thing either way.",
            "Use death='event' or death='censored'.",
        )
    holds = holds or response
    demand(judged.columns, ("subject", "day", response, holds, *([assessed] if assessed else [])), "A response")
    kept, _ = living(study, judged)
    starts = kept.filter(as_sign(response) & (pl.col("day") > 0)).group_by("subject").agg(start=pl.col("day").min())
    lost = _losses(kept, holds, assessed, loss_visits, loss_min_gap_days).join(starts, on="subject")
    after = lost.filter(pl.col("day") >= pl.col("start"))
    sources = [("loss", after.filter("lost"), 0), ("last_assessment", after.filter(~pl.col("lost")), 3)]
    if max_gap_days is not None:
        following = pl.col("day").shift(-1).over("subject", order_by="day")
        broken = after.filter(following - pl.col("day") > max_gap_days)
        sources.append(("gap_between_visits", broken, 2))
    events, cuts = study["events"], study["milestones"].filter(kind="data_cut").drop_nulls("day")
    sources.append(("death", events.filter(kind="death"), 1))
    sources += [("withdrawal", events.filter(kind="withdrawal"), 2), ("data_cut", cuts, 2)]
    return _durations(study, starts, sources, death_counts=death == "event")


def _losses(judged: pl.DataFrame, holds: str, assessed: str | None, visits: int, min_gap_days: int) -> pl.DataFrame:
    """Assessed visits, with whether the response is lost there: true, false, or null where it is open."""
    seen = as_sign(assessed).fill_null(value=False) if assessed else as_sign(holds).is_not_null()
    rows = judged.filter(seen).select("subject", "day", lost=~as_sign(holds))
    confirmed = derive_confirmed(rows, "lost", visits=visits, min_gap_days=min_gap_days)
    return confirmed.select("subject", "day", lost="lost__confirmed")


def _durations(
    study: Study, starts: pl.DataFrame, sources: list[tuple[str, pl.DataFrame, int]], *, death_counts: bool
) -> pl.DataFrame:
    """Time from each start to the first end; on one day in the order loss, death, other ends."""
    import polars as pl

    parts = [
        found.select("subject", "day", reason=pl.lit(key), rank=pl.lit(rank, dtype=pl.Int64))
        for key, found, rank in sources
    ]
    ends = pl.concat(parts, how="vertical_relaxed").join(starts, on="subject").filter(pl.col("day") >= pl.col("start"))
    # Of the last assessments only the latest ends anything; of the others the earliest.
    last = ends.filter(pl.col("rank") == 3).sort("day").group_by("subject").last()
    first = ends.filter(pl.col("rank") < 3).sort("day", "rank").group_by("subject", maintain_order=True).first()
    joined = study["subjects"].select("subject", "arm").join(starts, on="subject", maintain_order="left")
    joined = joined.join(first.select("subject", "day", "reason"), on="subject", how="left", maintain_order="left")
    joined = joined.join(last.select("subject", seen="day"), on="subject", how="left", maintain_order="left")
    counts = ["loss", "death"] if death_counts else ["loss"]
    event = pl.col("reason").is_in(counts).fill_null(value=False)
    seen = pl.col("seen").fill_null(pl.col("start"))
    stop = pl.when(event).then("day").otherwise(pl.min_horizontal("day", seen))
    ended = event | (pl.col("day") <= seen).fill_null(value=False)
    reason = pl.when(ended).then("reason").otherwise(pl.lit("last_assessment"))
    return joined.select(
        "subject", "arm", "start", time=stop - pl.col("start"), event=event, cause=pl.when(event).then("reason"),
        reason=reason,
    )  # fmt: skip


def derive_landmark(
    study: Study,
    judged: pl.DataFrame,
    response: str,
    events: Sequence[EventSource],
    censors: Sequence[CensorSource],
    *,
    landmark_day: int,
    status: Literal["current", "ever"],
    max_gap_days: int | None = None,
) -> pl.DataFrame:
    """Time from a landmark to an event, by whether the patient had responded by then.

    Comparing responders with non-responders from day 0 is biased: whoever responds at month 6 was alive
    and free of the event until month 6, and non-responders had no such warrant (immortal-time bias). Here
    the status is fixed at a landmark day and never changes, and only those still at risk then are followed.

    Parameters
    ----------
    study, judged, events, censors, max_gap_days
        As in :func:`malar.timelines.derive_time_to_event`.
    response
        Boolean column of the judged visits.
    landmark_day
        Study day on which the status is fixed.
    status
        ``current``: the verdict at the last visit on or before the landmark, after day 0. ``ever``: whether it was
        true at any of them. There is no default.

    Returns
    -------
    polars.DataFrame
        One row a subject still at risk: `subject`, `status` (``responder``, ``non-responder`` or ``unknown``), `time`
        (days from the landmark), `event`, `cause`, `reason`. As it is for `KaplanMeier(by="status")`.

    Raises
    ------
    ParameterError
        The landmark is not after day 0, or a status that is none.

    Notes
    -----
    Still at risk: no event and no end of observation on or before the landmark. A patient with no visit by
    then has an unknown status. A later landmark leaves fewer patients and fewer events; choose it before looking.

    Source
    ------
    Anderson JR, Cain KC, Gelber RD. J Clin Oncol 1983;1:710-9.
    """
    import polars as pl

    if landmark_day < 1 or status not in ("current", "ever"):
        raise ParameterError(
            "A landmark lies after day 0, and the status on it is 'current' or 'ever'.",
            "It says which responses count.",
            "Pass landmark_day=183, status='current'.",
        )
    demand(judged.columns, ("subject", "day", response), "A landmark")
    times = derive_time_to_event(study, judged, events, censors, max_gap_days=max_gap_days)
    before = judged.filter(pl.col("day").is_between(1, landmark_day)).sort("day")
    verdict = as_sign(response)
    by_then = verdict.last() if status == "current" else verdict.any(ignore_nulls=False)
    known = before.group_by("subject").agg(responded=by_then)
    joined = times.filter(pl.col("time") > landmark_day).join(known, on="subject", how="left", maintain_order="left")
    label = pl.when("responded").then(pl.lit("responder")).when(~pl.col("responded")).then(pl.lit("non-responder"))
    return joined.select(
        "subject", status=label.otherwise(pl.lit("unknown")), time=pl.col("time") - landmark_day,
        event="event", cause="cause", reason="reason",
    )  # fmt: skip
