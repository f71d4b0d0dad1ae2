"""Time to an outcome or to what competes with it, and who is left out and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from malar._frames import demand
from malar.timelines.clocks import clock_days
from malar.timelines.outcome import NEVER, RELAPSE, NeverDiseaseFree, Outcome, demand_rule
from malar.timelines.time_to_event import times_from

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Study


def derive_competing(
    study: Study,
    judged: pl.DataFrame,
    outcome: Outcome,
    *,
    clock: str | None = None,
    never_disease_free: NeverDiseaseFree | None = None,
    max_gap_days: int | None = None,
) -> pl.DataFrame:
    """Time to an outcome or to the first event that competes with it.

    Parameters
    ----------
    study
        The study.
    judged
        Its visits, judged by `outcome.definitions()`; see :func:`malar.timelines.judge_visits`.
    outcome
        A declared outcome, or one of your own.
    clock
        Another day 0 than the outcome's: counted from mobilization, transplant mortality holds the deaths before
        the graft.
    never_disease_free
        Another rule than the outcome's for patients who are never disease-free.
    max_gap_days
        As in :func:`malar.timelines.derive_time_to_event`.

    Returns
    -------
    polars.DataFrame
        One row a subject of the study: `subject`, `time` (days), `event` (any cause), `cause` (key of the source;
        null where censored), `cause_number` (0 censored, 1 the outcome, 2 and on what competes), `reason`. A
        subject that is left out has nulls, and its reason: count them with :func:`left_out`.

    Raises
    ------
    MissingColumnsError
        The visits are not judged by what the outcome asks.
    ParameterError
        No such clock or rule.

    Notes
    -----
    A patient is disease-free at some visit, at none, or it is unknown: where no visit tells and at least one is
    unknown, the rule cannot be applied, and the patient is left out. Deaths need no such rule under ``event_at_0``.
    """
    import polars as pl

    rule = outcome.never_disease_free if never_disease_free is None else never_disease_free
    demand_rule(rule)
    flags = [flag for flag in (outcome.disease_free, *(s.flag for s in outcome.in_order())) if flag]
    demand(judged.columns, ("subject", "day", *flags), outcome.title, "Judge the visits by `outcome.definitions()`.")
    name = clock or outcome.clock
    clocks = clock_days(study, name)
    asked = _Asked(study, judged, outcome, name, max_gap_days)
    times = asked.times(clocks)
    if outcome.disease_free:
        times = _with_rule(asked, clocks, times, rule)
    open_ = pl.col("cause").is_in([source.key for source in outcome.undecided])
    times = _leave_out(times, open_.fill_null(value=False), pl.col("cause"))
    numbers = outcome.numbers()
    number = pl.col("cause").replace_strict(numbers, default=None, return_dtype=pl.Int64)
    return times.select(
        "subject",
        "time",
        event=pl.when(pl.col("time").is_not_null()).then("event"),
        cause="cause",
        cause_number=pl.when(pl.col("time").is_not_null()).then(number.fill_null(0)),
        reason=pl.when(pl.col("time").is_null() & pl.col("reason").is_null())
        .then(pl.lit("not_observed"))
        .otherwise("reason"),
    )


def left_out(times: pl.DataFrame) -> dict[str, int]:
    """Subjects without a time, counted by reason.

    Examples
    --------
    >>> import polars as pl
    >>> left_out(pl.DataFrame({"time": [10, None], "reason": ["death", "no_day_of_infusion"]}))
    {'no_day_of_infusion': 1}
    """
    import polars as pl

    counted = times.filter(pl.col("time").is_null()).group_by("reason").len().sort("reason")
    return dict(counted.rows())


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked of the study, whatever day each subject's time is counted from."""

    study: Study
    judged: pl.DataFrame
    outcome: Outcome
    clock: str
    gap: int | None

    def times(self, clocks: pl.DataFrame, *, relapses: bool = True) -> pl.DataFrame:
        """Time to the first event from each subject's day; without relapses, to the end of what can be seen."""
        sources = [source for source in self.outcome.in_order() if relapses or source.key != RELAPSE]
        until = self.outcome.until_days
        censors = self.outcome.censors
        return times_from(
            self.study, self.judged, sources, censors, clocks, clock=self.clock, gap=self.gap, until=until
        )

    def remission(self, clocks: pl.DataFrame) -> pl.DataFrame:
        """Per subject the first disease-free day while observed, and whether it is open that there is one."""
        import polars as pl

        flag = self.outcome.disease_free
        seen = self.judged.join(clocks, on="subject").select("subject", flag, day=pl.col("day") - pl.col("clock_day"))
        ends = self.times(clocks, relapses=False).select("subject", end="time")
        within = seen.join(ends, on="subject").filter((pl.col("day") > 0) & (pl.col("day") <= pl.col("end")))
        return within.group_by("subject").agg(
            remission=pl.col("day").filter(pl.col(flag)).min(), unknown=pl.col(flag).is_null().any()
        )


def _with_rule(asked: _Asked, clocks: pl.DataFrame, times: pl.DataFrame, rule: str) -> pl.DataFrame:
    """Apply the rule for patients never disease-free."""
    import polars as pl

    known = times.join(asked.remission(clocks), on="subject", how="left", maintain_order="left")
    later = clocks.join(known.select("subject", "remission"), on="subject", how="left", maintain_order="left")
    after = asked.times(
        later.select("subject", clock_day=pl.col("clock_day") + pl.col("remission"))
    ).select("subject", after="time", after_event="event", after_cause="cause", after_reason="reason")  # fmt: skip
    known = known.join(after, on="subject", how="left", maintain_order="left")
    ever = pl.col("remission").is_not_null()
    shift = 0 if rule == "from_first_remission" else pl.col("remission")
    known = known.with_columns(
        time=pl.when(ever).then(pl.col("after") + shift).otherwise("time"),
        event=pl.when(ever).then("after_event").otherwise("event"),
        cause=pl.when(ever).then("after_cause").otherwise("cause"),
        reason=pl.when(ever).then("after_reason").otherwise("reason"),
    )
    timed = pl.col("time").is_not_null()
    open_ = timed & ~ever & pl.col("unknown").fill_null(value=True)
    never = timed & ~ever & ~pl.col("unknown").fill_null(value=True)
    if rule != "event_at_0":
        known = _leave_out(known, open_, pl.lit("disease_free_unknown"))
        return _leave_out(known, never, pl.lit(NEVER))
    relapsed = pl.col("cause").eq_missing(pl.lit(RELAPSE))
    long_enough = ~pl.col("event") & (pl.col("time") >= asked.outcome.remission_within_days)
    concerned = relapsed | long_enough
    known = _leave_out(known, open_ & concerned, pl.lit("disease_free_unknown"))
    failed = (never & concerned).fill_null(value=False)
    return known.with_columns(
        time=pl.when(failed).then(0).otherwise("time"),
        event=pl.col("event") | failed,
        cause=pl.when(failed).then(pl.lit(NEVER)).otherwise("cause"),
        reason=pl.when(failed).then(pl.lit(NEVER)).otherwise("reason"),
    )


def _leave_out(times: pl.DataFrame, who: pl.Expr, reason: pl.Expr) -> pl.DataFrame:
    import polars as pl

    return times.with_columns(left=who.fill_null(value=False), why=reason).with_columns(
        time=pl.when(~pl.col("left")).then("time"),
        event=pl.when(~pl.col("left")).then("event"),
        cause=pl.when(~pl.col("left")).then("cause"),
        reason=pl.when("left").then("why").otherwise("reason"),
    ).drop("left", "why")  # fmt: skip
