"""What is decided under an estimand stays decided, whatever is found out later."""

from __future__ import annotations

from functools import cache
from itertools import product

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from malar.schema import Settings, Study
from malar.schema.settings import AnalysisPlan, PlannedVisit
from malar.timelines import DEATH, Estimand, Handled, Strategy, apply_estimand, intercurrent_event
from tests.support.study_maker import make_study

PLAN = AnalysisPlan(visits=(PlannedVisit("Month 12", 365, 335, 395),))
DAYS = (0, 90, 183, 365)
STRATEGIES = [s for s in Strategy if s not in (Strategy.WHILE_ALIVE, Strategy.PRINCIPAL_STRATUM)]
VERDICTS = st.lists(st.sampled_from([True, False, None]), min_size=len(DAYS), max_size=len(DAYS))
EVENT_DAYS = st.one_of(st.none(), st.sampled_from([90, 150, 183, 300, 365, 380]))
DEATH_DAYS = st.one_of(st.none(), st.sampled_from([120, 250, 365, 380]))


@cache
def study(rescued: int | None, died: int | None, stopped: int | None) -> Study:
    events = [("a", rescued, "rescue_medication")] * (rescued is not None)
    events += [("a", died, "death")] * (died is not None)
    milestones = [("a", "treatment_stopped", stopped)] * (stopped is not None)
    visits = [("a", day, [], []) for day in DAYS]
    return make_study(visits, settings=Settings(analysis=PLAN), events=events, milestones=milestones)


def outcome(
    made: Study, verdicts: list[bool | None], strategies: tuple[Strategy, Strategy], complete: tuple[str, ...]
) -> bool | None:
    """The outcome, with rescue and stopping handled as asked and death a failure."""
    judged = pl.DataFrame({"subject": ["a"] * len(DAYS), "day": DAYS, "f": pl.Series(verdicts, dtype=pl.Boolean)})
    events = [intercurrent_event("rescue_medication"), intercurrent_event("treatment_discontinuation")]
    handled = [Handled(event=event, strategy=strategy) for event, strategy in zip(events, strategies, strict=True)]
    estimand = Estimand(
        treatment="cells",
        population="enrolled",
        endpoint="f",
        visit="Month 12",
        handled=(*handled, Handled(event=DEATH, strategy=Strategy.COMPOSITE)),
        summary="proportion",
    )
    return apply_estimand(estimand, made, judged, complete=complete)["outcome"].item()


PAIRS = st.tuples(st.sampled_from(STRATEGIES), st.sampled_from(STRATEGIES))


@settings(max_examples=30, deadline=None)
@given(verdicts=VERDICTS, rescued=EVENT_DAYS, died=DEATH_DAYS, stopped=EVENT_DAYS, strategies=PAIRS)
def test_filling_an_unknown_verdict_turns_nothing_around(
    verdicts: list[bool | None],
    rescued: int | None,
    died: int | None,
    stopped: int | None,
    strategies: tuple[Strategy, Strategy],
) -> None:
    made, complete = study(rescued, died, stopped), ("events", "milestones")
    decided = outcome(made, verdicts, strategies, complete)
    if decided is not None:
        for filled in product(*([[v] if v is not None else [True, False] for v in verdicts])):
            assert outcome(made, list(filled), strategies, complete) is decided


@settings(max_examples=30, deadline=None)
@given(verdicts=VERDICTS, stopped=EVENT_DAYS, strategies=PAIRS)
def test_learning_what_an_empty_table_did_not_tell_turns_nothing_around(
    verdicts: list[bool | None], stopped: int | None, strategies: tuple[Strategy, Strategy]
) -> None:
    """An empty events table, then a table that tells: nothing, rescue on some day, or death after the last visit."""
    decided = outcome(study(None, None, stopped), verdicts, strategies, ("milestones",))
    if decided is not None:
        for rescued, died in ((None, None), (90, None), (300, None), (380, None), (None, 380), (183, 380)):
            assert outcome(study(rescued, died, stopped), verdicts, strategies, ("milestones", "events")) is decided
