"""An estimand applied to a study: one outcome a patient, with what it rests on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final

from malar._frames import as_sign
from malar.errors import MissingColumnsError, ParameterError
from malar.results import DENOMINATORS
from malar.timelines.denominators import derive_denominators
from malar.timelines.event_finders import Records
from malar.timelines.intercurrent_events import DEATH
from malar.timelines.outcome_at_visits import ASSESSED, first_days, living, mark, stated_visits
from malar.timelines.strategies import Strategy

if TYPE_CHECKING:
    import polars as pl

    from malar.course import AnalysisRules
    from malar.schema import PlannedVisit, Study
    from malar.timelines.estimand import Estimand
    from malar.timelines.strategies import Handled

_EARLIER: Final = (Strategy.WHILE_ON_TREATMENT.value, Strategy.WHILE_ALIVE.value)


def apply_estimand(
    estimand: Estimand,
    study: Study,
    judged: pl.DataFrame,
    *,
    planned: Sequence[PlannedVisit] | None = None,
    rules: AnalysisRules | None = None,
    assessed: str | None = None,
    affected: str = "",
    complete: Collection[str] = (),
) -> pl.DataFrame:
    """Each patient's outcome under an estimand.

    Parameters
    ----------
    estimand
        The estimand.
    study
        The study.
    judged
        Its judged visits, with the estimand's endpoint.
    planned, rules, assessed, affected
        As in :func:`malar.timelines.derive_denominators`.
    complete
        Tables that hold everything there was to record, even where they have no row: an empty events table then
        says that nothing happened. Any other empty table leaves its events unknown. An event that a column tells
        keeps that column's own rule.

    Returns
    -------
    polars.DataFrame
        One row a subject: `subject`, `arm`, `in_population` (null where it cannot be told), `outcome` (true, false
        or null), `why`, `event`, `strategy`, `event_day` (of the event that decided, if any), `observed` (the
        verdict at the visit, before any event), `assessed_day`, `rests_on_day` (day of the visit that the outcome
        rests on), `n_after_death` (visits recorded after death, set aside), `n_after_event` (assessed visits set
        aside for lying on or after the event), `due`, and the denominators.

    Raises
    ------
    ParameterError
        No planned visit has the estimand's label.
    MissingColumnsError
        The endpoint, or the column of a stratum, is not there.

    Notes
    -----
    - An event counts up to and including the day of the visit that stands for the planned one; where that was
      missed, up to the end of its window or the data cut. An event on the day of the visit has happened by it.
    - Of several events the first decides, on one day the one named first; but a death that is composite decides
      always, whatever came before it.
    - Under ``hypothetical`` the outcome is null. No model is fitted here.
    - An event that cannot be told leaves open what it could change: a composite one leaves a failure a failure.
    - A patient whose visit was not due before the data cut has no outcome, whatever has happened.
    """
    import polars as pl

    visit = _visit(estimand, study, planned, rules)
    counts = derive_denominators(
        study, judged, estimand.endpoint, planned=planned, rules=rules, assessed=assessed, affected=affected
    ).filter(pl.col("time") == visit.day)
    kept, after_death = living(study, judged)
    base = counts.rename({"outcome": "observed"}).join(after_death, on="subject", how="left", maintain_order="left")
    base = base.join(_horizons(study, counts), on="subject", how="left", maintain_order="left")
    records = Records(study, kept, base.select("subject", "horizon"), complete)
    seen = mark(kept, estimand.endpoint, assessed).filter(ASSESSED)
    for part in (_deciding(estimand, records), _open(estimand, records), _strata(estimand, study, kept)):
        base = base.join(part, on="subject", how="left", maintain_order="left")
    base = _with_earlier(base, seen, estimand.endpoint)
    return _decide(base, estimand.population)


def _visit(
    estimand: Estimand, study: Study, planned: Sequence[PlannedVisit] | None, rules: AnalysisRules | None
) -> PlannedVisit:
    visits = stated_visits(study) if planned is None else planned
    found = [visit for visit in visits if visit.label == estimand.visit]
    if len(found) != 1:
        raise ParameterError(
            f"{len(found)} planned visits are labeled `{estimand.visit}`.",
            "The outcome counts at exactly one.",
            f"Labels: {', '.join(visit.label for visit in visits) or 'none; state them in study.toml'}.",
        )
    return found[0] if rules is None else next(v for v in rules.planned(visits) if v.label == estimand.visit)


def _horizons(study: Study, counts: pl.DataFrame) -> pl.DataFrame:
    """Per subject, the last day on which an event counts."""
    import polars as pl

    cuts = first_days(study["milestones"], "data_cut", "cut")
    joined = counts.select("subject", "assessed_day", "window_last").join(cuts, on="subject", how="left")
    last = pl.coalesce("assessed_day", pl.min_horizontal("window_last", "cut"))
    return joined.select("subject", horizon=last)


def _deciding(estimand: Estimand, records: Records) -> pl.DataFrame:
    """Per subject, the event that decides: `subject`, `event`, `strategy`, `event_day`."""
    import polars as pl

    schema = {"subject": pl.String, "event_day": pl.Int64, "event": pl.String, "strategy": pl.String, "order": pl.Int64}
    found = [pl.DataFrame(schema=schema)]
    for order, one in enumerate(estimand.deciding()):
        days = one.event.happened(records).drop_nulls("event_day").select("subject", "event_day")
        found.append(
            days.select(
                "subject",
                "event_day",
                event=pl.lit(one.event.key),
                strategy=pl.lit(one.strategy.value),
                order=pl.lit(order, dtype=pl.Int64),
            )
        )
    final = (pl.col("event") == DEATH.key) & (pl.col("strategy") == Strategy.COMPOSITE.value)
    ranked = pl.concat(found).sort(~final, "event_day", "order")
    return ranked.group_by("subject", maintain_order=True).first().drop("order")


def _open(estimand: Estimand, records: Records) -> pl.DataFrame:
    """Per subject, events that cannot be told: the first composite one, and the first of another strategy."""
    import polars as pl

    names = {True: "open_composite", False: "open_other"}
    made = records.horizons.select("subject").with_columns(
        pl.lit(None, dtype=pl.String).alias(name) for name in names.values()
    )
    for one in estimand.deciding():
        name = names[one.strategy is Strategy.COMPOSITE]
        joined = made.join(_perhaps(one, records), on="subject", how="left", maintain_order="left")
        label = pl.when("perhaps").then(pl.lit(one.event.key))
        made = joined.with_columns(pl.coalesce(name, label).alias(name)).drop("perhaps")
    return made


def _perhaps(one: Handled, records: Records) -> pl.DataFrame:
    """Whether an event cannot be ruled out. Death is, where the subject was seen on the horizon or later."""
    import polars as pl

    happened = one.event.happened(records).select("subject", "perhaps")
    if one.event.key != DEATH.key:
        return happened
    seen = records.judged.group_by("subject").agg(last=pl.col("day").max())
    joined = happened.join(records.horizons, on="subject").join(seen, on="subject", how="left")
    alive = (pl.col("last") >= pl.col("horizon")).fill_null(value=False)
    return joined.select("subject", perhaps=pl.col("perhaps") & ~alive)


def _strata(estimand: Estimand, study: Study, judged: pl.DataFrame) -> pl.DataFrame:
    """Per subject, whether it belongs to every stratum of the estimand."""
    import polars as pl

    made = study["subjects"].select("subject", in_strata=pl.lit(value=True))
    for one in estimand.strata():
        column = one.stratum.column if one.stratum else ""
        if column in study["subjects"].columns:
            known = study["subjects"].select("subject", sign=as_sign(column))
        elif column in judged.columns:
            before = judged.filter(pl.col("day") <= 0).select("subject", "day", sign=as_sign(column)).drop_nulls()
            known = before.sort("day").group_by("subject").agg(pl.col("sign").last())
        else:
            raise MissingColumnsError(
                f"Neither the subjects nor the judged visits have the column `{column}` of a stratum.",
                "Who belongs to the principal stratum cannot be told.",
                "Add it, true, false or null, to the judged visits.",
            )
        joined = made.join(known, on="subject", how="left", maintain_order="left")
        made = joined.select("subject", in_strata=pl.col("in_strata") & pl.col("sign"))
    return made


def _with_earlier(base: pl.DataFrame, seen: pl.DataFrame, endpoint: str) -> pl.DataFrame:
    """Add the last assessed verdict after day 0 and before the event, and how many visits lie on or after it."""
    import polars as pl

    visits = seen.select("subject", "day", verdict=as_sign(endpoint))
    joined = visits.join(base.select("subject", "event_day", "event", "horizon"), on="subject")
    # Who was seen on the day of death was seen alive; of other events, the visit on their day comes after them.
    before = pl.col("day") < pl.col("event_day") + (pl.col("event") == DEATH.key)
    early = joined.filter(before & (pl.col("day") > 0)).sort("day").group_by("subject").agg(
        earlier=pl.col("verdict").last(), earlier_day=pl.col("day").last()
    )  # fmt: skip
    late = joined.filter(~before & (pl.col("day") <= pl.col("horizon")))
    aside = late.group_by("subject").agg(n_late=pl.len().cast(pl.Int64))
    return base.join(early, on="subject", how="left", maintain_order="left").join(
        aside, on="subject", how="left", maintain_order="left"
    )


def _decide(base: pl.DataFrame, population: str) -> pl.DataFrame:
    """The outcome, why, and the days it rests on."""
    import polars as pl

    strategy, event = pl.col("strategy"), pl.col("event")
    undue = (~pl.col("due")).fill_null(value=False)
    dead = ((event == DEATH.key) & (strategy == Strategy.COMPOSITE.value)).fill_null(value=False)
    cases = base.with_columns(
        undue=undue,
        unclear=pl.col("open_other").is_not_null() & ~dead & ~undue,
        early=strategy.is_in(_EARLIER).fill_null(value=False),
        gone=(strategy == Strategy.HYPOTHETICAL.value).fill_null(value=False),
        failed=(strategy == Strategy.COMPOSITE.value).fill_null(value=False),
    ).with_columns(
        verdict=pl.when("early").then("earlier").when(~pl.col("gone")).then("observed"),
        used=~pl.col("undue") & ~pl.col("unclear") & strategy.is_not_null(),
    )
    # An event that cannot be told and would be a failure leaves open whatever is no failure without it.
    doubtful = pl.col("open_composite").is_not_null() & ~pl.col("failed")
    cases = cases.with_columns(doubtful=doubtful & pl.col("verdict").fill_null(value=True))
    outcome = pl.when(pl.col("undue") | pl.col("unclear")).then(None).when("failed").then(pl.lit(value=False))
    rests = pl.when(pl.col("used") & pl.col("early")).then("earlier_day")
    rests = rests.when(~pl.col("used") & ~pl.col("undue")).then("assessed_day")
    set_aside = pl.col("used") & (pl.col("gone") | pl.col("early"))
    return cases.select(
        "subject",
        "arm",
        in_population=pl.col(population) & pl.col("in_strata"),
        outcome=outcome.when("doubtful").then(None).otherwise("verdict"),
        why=_why(),
        **{name: pl.when("used").then(name) for name in ("event", "strategy", "event_day")},
        observed="observed",
        assessed_day="assessed_day",
        rests_on_day=rests,
        n_after_death=pl.col("n_after_death").fill_null(0),
        n_after_event=pl.when(set_aside).then(pl.col("n_late").fill_null(0)).otherwise(0),
        due="due",
        **{name: pl.col(name) for name in DENOMINATORS},
    )


def _why() -> pl.Expr:
    """What the outcome rests on, in words."""
    import polars as pl

    missed, unknown = pl.col("assessed_day").is_null(), pl.col("observed").is_null()
    return (
        pl.when("undue")
        .then(pl.lit("not due before the data cut"))
        .when("unclear")
        .then(pl.format("whether {} happened is unknown", "open_other"))
        .when("failed", "used")
        .then(pl.format("{}: {}", "event", "strategy"))
        .when(pl.col("doubtful") & (pl.col("early") | ~missed))
        .then(pl.format("whether {} happened is unknown", "open_composite"))
        .when("used")
        .then(pl.format("{}: {}", "event", "strategy"))
        .when(missed)
        .then(pl.lit("not assessed"))
        .when(unknown)
        .then(pl.lit("verdict unknown"))
        .otherwise(pl.lit("observed"))
    )
