"""State history: which state a patient is in, from when to when, and where that is unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Study

STATES: Final = {
    "active": "SLEDAI-2K above 4",
    "le_4": "SLEDAI-2K ≤ 4",
    "quiescent": "clinical SLEDAI-2K = 0",
    "dead": "dead",
    "withdrawn": "withdrawn",
}
"""State → what it means. The first three exclude each other: quiescent takes precedence over ≤ 4."""

NEEDED: Final = ("sledai_2k_at_most_4", "clinical_quiescence")
"""Definitions that the states rest on."""


def derive_states(
    study: Study,
    judged: pl.DataFrame,
    *,
    max_gap_days: int,
    after_gap: Literal["censor", "resume"] = "censor",
) -> pl.DataFrame:
    """State history from day 0 on.

    Parameters
    ----------
    study
        The study; deaths, withdrawals, last contacts and data cuts are read.
    judged
        Its visits, judged by :data:`NEEDED`.
    max_gap_days
        A state carries across missed visits, and past the last visit, for at most so many days; then it
        is unknown.
    after_gap
        ``censor``: the history ends where the state becomes unknown. ``resume``: it goes on at the next
        assessed visit.

    Returns
    -------
    polars.DataFrame
        `subject`, `start`, `stop`, `state`, sorted: one row an interval [start, stop) in days. The stop of
        a dead or withdrawn patient is null. A patient without a state on or before day 0 begins at the
        first visit that has one.

    Notes
    -----
    The state on day 0 is that of the last visit on or before it that has one. A visit at which the state
    cannot be told is passed over, as a missed visit is. The observation ends with death, withdrawal, last
    contact or data cut, whichever is first. A death after the state became unknown ends no interval of
    this history; it is counted in survival.
    """
    import polars as pl

    visits = _states_at_visits(judged)
    ends = _ends(study)
    joined = visits.join(ends, on="subject", how="left", maintain_order="left")
    following = pl.col("start").shift(-1).over("subject", order_by="start")
    carried = pl.min_horizontal(pl.col("start") + max_gap_days, following, "end")
    intervals = joined.filter(pl.col("end").is_null() | (pl.col("start") <= pl.col("end"))).with_columns(stop=carried)
    if after_gap == "censor":
        broken = (pl.col("start") > pl.col("stop").shift(1).over("subject", order_by="start")).fill_null(value=False)
        whole = broken.cast(pl.Int64).cum_sum().over("subject", order_by="start") == 0
        intervals = intervals.filter(whole)
    last = intervals.group_by("subject").agg(pl.col("stop").max())
    final = ends.filter(pl.col("final").is_not_null()).join(last, on="subject", how="left")
    reached = (pl.col("stop") == pl.col("end")) | (after_gap == "resume")
    absorbing = final.filter(reached.fill_null(value=False)).select(
        "subject", start="end", stop=pl.lit(None, dtype=pl.Int64), state="final"
    )
    merged = _merge(intervals.select("subject", "start", "stop", "state"))
    return pl.concat([merged, absorbing]).sort("subject", "start")


def _states_at_visits(judged: pl.DataFrame) -> pl.DataFrame:
    """States at visits; the one that holds on day 0 stands at day 0."""
    import polars as pl

    quiescent, le_4 = pl.col("clinical_quiescence"), pl.col("sledai_2k_at_most_4")
    state = (
        pl.when(quiescent)
        .then(pl.lit("quiescent"))
        .when(le_4 & ~quiescent)
        .then(pl.lit("le_4"))
        .when(~le_4)
        .then(pl.lit("active"))
    )
    known = judged.select("subject", start="day", state=state).drop_nulls("state").sort("subject", "start")
    is_baseline = pl.col("start") == pl.col("start").filter(pl.col("start") <= 0).max().over("subject")
    kept = known.filter((pl.col("start") > 0) | is_baseline)
    return kept.with_columns(start=pl.max_horizontal("start", pl.lit(0, dtype=pl.Int64)))


def _ends(study: Study) -> pl.DataFrame:
    """When each subject's observation ends, and the final state it ends in, if any."""
    import polars as pl

    final = pl.col("kind").replace_strict({"death": "dead", "withdrawal": "withdrawn"}, default=None)
    happened = study["events"].with_columns(final=final).filter(pl.col("final").is_not_null())
    happened = happened.filter(pl.col("day") >= 0).select("subject", end="day", final="final")
    ending = pl.col("kind").is_in(["last_contact", "data_cut"])
    known = study["milestones"].filter(ending & pl.col("day").is_not_null())
    contact = known.select("subject", end="day", final=pl.lit(None, dtype=pl.String))
    ranked = pl.concat([happened, contact]).sort("subject", "end", "final", nulls_last=True)
    return ranked.group_by("subject", maintain_order=True).first()


def _merge(intervals: pl.DataFrame) -> pl.DataFrame:
    """Join neighboring intervals in one state."""
    import polars as pl

    ordered = intervals.sort("subject", "start")
    same = (pl.col("state") == pl.col("state").shift(1)) & (pl.col("start") == pl.col("stop").shift(1))
    same = same & (pl.col("subject") == pl.col("subject").shift(1))
    runs = ordered.with_columns(run=(~same.fill_null(value=False)).cum_sum())
    merged = runs.group_by("run", maintain_order=True).agg(
        pl.col("subject").first(), pl.col("start").first(), pl.col("stop").last(), pl.col("state").first()
    )
    return merged.drop("run")


def derive_states_at_visits(study: Study, judged: pl.DataFrame) -> pl.DataFrame:
    """States as the visits saw them, nothing carried between: the rows of a panel model.

    Parameters
    ----------
    study
        The study; deaths, withdrawals, last contacts and data cuts are read.
    judged
        Its visits, judged by :data:`NEEDED`.

    Returns
    -------
    polars.DataFrame
        `subject`, `day`, `state`, sorted: one row a visit with a known state, from the one that holds on day 0,
        or the first, on. Then the day of death as `dead`, or, after the last such visit, the day observation
        ends otherwise, with null: alive, state unknown. A patient without a known state has no rows.

    Notes
    -----
    A visit on the day of death gives way to it. A visit at which the state cannot be told is passed over: later
    rows tell that the patient was alive.
    """
    import polars as pl

    ends = _ends(study)
    joined = _states_at_visits(judged).join(ends, on="subject", how="left")
    dies = (pl.col("final") == "dead").fill_null(value=False)
    within = pl.col("end").is_null() | (pl.col("start") < pl.col("end")) | ((pl.col("start") == pl.col("end")) & ~dies)
    visits = joined.filter(within).select("subject", day="start", state="state")
    last = visits.group_by("subject").agg(seen=pl.col("day").max())
    final = ends.join(last, on="subject", how="inner").filter(pl.col("end") > pl.col("seen"))
    state = pl.when(pl.col("final") == "dead").then("final")
    return pl.concat([visits, final.select("subject", day="end", state=state)]).sort("subject", "day")
