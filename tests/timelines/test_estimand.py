"""Estimands: each strategy gives the same patient its own stated answer."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from malar.course import AnalysisRules, impute_nonresponse
from malar.errors import MissingColumnsError, ParameterError
from malar.responders import Proportion
from malar.schema import Settings, Study
from malar.schema.settings import AnalysisPlan, PlannedVisit
from malar.timelines import (
    DEATH,
    Estimand,
    Handled,
    IntercurrentEvent,
    Strategy,
    Stratum,
    apply_estimand,
    intercurrent_event,
    judge_visits,
)
from tests.support.study_maker import make_study

FLAG = "sledai_2k_at_most_4"
YEAR = PlannedVisit("Month 12", 365, 335, 395)
PLAN = AnalysisPlan(visits=(PlannedVisit("Baseline", 0, -30, 15), PlannedVisit("Month 6", 183, 150, 215), YEAR))
STATES: dict[str, tuple[list[str], list[str]]] = {"y": ([], []), "n": (["seizure"], []), "?": ([], ["seizure"])}
RESCUE, PREGNANCY = intercurrent_event("rescue_medication"), intercurrent_event("pregnancy")
STOPPED = intercurrent_event("treatment_discontinuation")
FAILS = Handled(event=DEATH, strategy=Strategy.COMPOSITE)


def a_study(visits: str, **options: Any) -> Study:
    """Visits as `0n 183y 365y`."""
    made = [("a", int(word[:-1]), *STATES[word[-1]]) for word in visits.split()]
    return make_study(made, settings=Settings(data="invented", analysis=PLAN), **options)


def estimand(*handled: Handled, **options: Any) -> Estimand:
    given: dict[str, Any] = {
        "treatment": "cells once",
        "population": "treated",
        "endpoint": FLAG,
        "visit": "Month 12",
        "handled": (*handled, FAILS),
        "summary": "proportion",
    }
    return Estimand(**{**given, **options})


def outcome(study: Study, *handled: Handled, **options: Any) -> dict[str, Any]:
    asked = {name: options.pop(name) for name in ("population", "handled", "visit") if name in options}
    given: dict[str, Any] = {"complete": ("events", "milestones"), **options}
    made = estimand(*handled, **asked)
    return apply_estimand(made, study, judge_visits(study, [FLAG]), **given).row(0, named=True)


RESCUED = {"events": [("a", 250, "rescue_medication")]}


@pytest.mark.parametrize(
    ("strategy", "expected", "rests_on"),
    [
        (Strategy.TREATMENT_POLICY, True, 365),
        (Strategy.COMPOSITE, False, None),
        (Strategy.HYPOTHETICAL, None, None),
        (Strategy.WHILE_ON_TREATMENT, False, 183),
    ],
)
def test_each_strategy_gives_the_same_patient_its_own_answer(
    strategy: Strategy, expected: bool | None, rests_on: int | None
) -> None:
    """Not responding at month 6, rescued on day 250, responding at month 12."""
    made = outcome(a_study("0n 183n 365y", **RESCUED), Handled(event=RESCUE, strategy=strategy))
    assert (made["outcome"], made["rests_on_day"], made["observed"]) == (expected, rests_on, True)
    if strategy is Strategy.TREATMENT_POLICY:
        assert (made["why"], made["event"]) == ("observed", None)
    else:
        assert made["why"] == f"rescue_medication: {strategy}"
        assert (made["event"], made["strategy"], made["event_day"]) == ("rescue_medication", strategy, 250)


def test_a_principal_stratum_filters_by_something_known_before_treatment() -> None:
    stratum = Stratum(column="tolerates", assumption="who tolerated the drug before would not be rescued")
    handled = Handled(event=RESCUE, strategy=Strategy.PRINCIPAL_STRATUM, stratum=stratum)
    study = a_study("0n 365y", **RESCUED)
    for known, expected in ((True, True), (False, False), (None, None)):
        judged = judge_visits(study, [FLAG]).with_columns(tolerates=pl.lit(known, dtype=pl.Boolean))
        made = apply_estimand(estimand(handled), study, judged, complete=("events",)).row(0, named=True)
        assert (made["in_population"], made["outcome"]) == (expected, True)
    with pytest.raises(MissingColumnsError, match="tolerates"):
        outcome(study, handled)
    with pytest.raises(ParameterError, match="cannot be seen"):
        Handled(event=RESCUE, strategy=Strategy.PRINCIPAL_STRATUM)


@pytest.mark.parametrize(
    ("day", "assessed", "expected"),
    [
        (365, "365y", False),
        (366, "365y", True),
        (395, "", False),
        (396, "", None),
        (0, "365y", True),
        (1, "365y", False),
    ],
)
def test_an_event_counts_after_day_0_up_to_the_visit_or_the_end_of_its_window(
    day: int, assessed: str, expected: bool | None
) -> None:
    study = a_study(f"0n {assessed}", events=[("a", day, "rescue_medication")])
    assert outcome(study, Handled(event=RESCUE, strategy=Strategy.COMPOSITE))["outcome"] is expected


def test_of_several_events_the_first_decides_and_on_one_day_the_one_named_first() -> None:
    stop = Handled(event=STOPPED, strategy=Strategy.WHILE_ON_TREATMENT)
    rescue = Handled(event=RESCUE, strategy=Strategy.COMPOSITE)
    for day, first in ((249, "treatment_discontinuation"), (251, "rescue_medication")):
        study = a_study("0n 183y 365n", milestones=[("a", "treatment_stopped", day)], **RESCUED)
        made = outcome(study, stop, rescue)
        assert (made["event"], made["outcome"]) == (first, first == "treatment_discontinuation")
    study = a_study("0n 183y 365n", milestones=[("a", "treatment_stopped", 250)], **RESCUED)
    assert outcome(study, stop, rescue)["event"] == "treatment_discontinuation"
    assert outcome(study, rescue, stop)["event"] == "rescue_medication"


def test_a_composite_death_decides_whatever_came_before() -> None:
    study = a_study("0n 183y", events=[("a", 250, "rescue_medication"), ("a", 300, "death")])
    for strategy in (Strategy.HYPOTHETICAL, Strategy.WHILE_ON_TREATMENT, Strategy.TREATMENT_POLICY):
        made = outcome(study, Handled(event=RESCUE, strategy=strategy))
        assert (made["outcome"], made["why"]) == (False, "death: composite")


def test_while_alive_takes_the_last_verdict_in_life_that_on_the_day_of_death_among_them() -> None:
    alive = (Handled(event=DEATH, strategy=Strategy.WHILE_ALIVE),)
    study = a_study("0n 183n 300y", events=[("a", 300, "death")])
    made = outcome(study, handled=alive)
    assert (made["outcome"], made["rests_on_day"], made["why"]) == (True, 300, "death: while_alive")
    early = outcome(a_study("0n 183n", events=[("a", 300, "death")]), handled=alive)
    assert (early["outcome"], early["rests_on_day"]) == (False, 183)
    never = outcome(a_study("0y", events=[("a", 300, "death")]), handled=alive)
    assert never["outcome"] is None


def test_what_was_recorded_after_death_is_set_aside_and_counted() -> None:
    study = a_study("0n 183y 310y 365y", events=[("a", 300, "death")])
    made = outcome(study)
    assert (made["outcome"], made["observed"], made["n_after_death"]) == (False, None, 2)


def test_visits_from_the_event_on_are_counted_where_they_are_set_aside() -> None:
    study = a_study("0n 183y 250y 300n 365y", **RESCUED)
    for strategy, n in ((Strategy.HYPOTHETICAL, 3), (Strategy.WHILE_ON_TREATMENT, 3), (Strategy.COMPOSITE, 0)):
        assert outcome(study, Handled(event=RESCUE, strategy=strategy))["n_after_event"] == n


@pytest.mark.parametrize("strategy", [Strategy.HYPOTHETICAL, Strategy.TREATMENT_POLICY, Strategy.WHILE_ON_TREATMENT])
def test_death_is_not_modeled_past(strategy: Strategy) -> None:
    with pytest.raises(ParameterError, match="Death cannot be handled"):
        Handled(event=DEATH, strategy=strategy)


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [(Strategy.TREATMENT_POLICY, True), (Strategy.COMPOSITE, False), (Strategy.HYPOTHETICAL, None)],
)
def test_pregnancy_means_what_the_estimand_says(strategy: Strategy, expected: bool | None) -> None:
    study = a_study("0n 183y 365y", events=[("a", 200, "pregnancy")])
    assert outcome(study, Handled(event=PREGNANCY, strategy=strategy))["outcome"] is expected


@pytest.mark.parametrize(
    ("visits", "composite", "hypothetical"),
    [("0n 365y", None, None), ("0n 365n", False, None), ("0n 365?", None, None)],
)
def test_an_event_that_cannot_be_told_leaves_open_only_what_it_could_change(
    visits: str, composite: bool | None, hypothetical: bool | None
) -> None:
    study = a_study(visits)
    for strategy, expected in ((Strategy.COMPOSITE, composite), (Strategy.HYPOTHETICAL, hypothetical)):
        made = outcome(study, Handled(event=RESCUE, strategy=strategy), complete=())
        assert made["outcome"] is expected
    assert outcome(study, Handled(event=RESCUE, strategy=Strategy.TREATMENT_POLICY), complete=())["why"] in (
        "observed",
        "verdict unknown",
    )


def test_who_was_seen_at_the_visit_was_alive_though_no_death_could_be_told() -> None:
    assert outcome(a_study("0n 365y"), complete=())["outcome"] is True
    assert outcome(a_study("0n 183y"), complete=())["why"] == "not assessed"


def test_a_visit_not_due_before_the_data_cut_has_no_outcome() -> None:
    cut = {"milestones": [("a", "data_cut", 364)]}
    made = outcome(a_study("0n 183y", **RESCUED, **cut), Handled(event=RESCUE, strategy=Strategy.COMPOSITE))
    assert (made["outcome"], made["why"], made["due"]) == (None, "not due before the data cut", False)


def test_an_unknown_verdict_and_a_missed_visit_are_told_apart() -> None:
    assert outcome(a_study("0n 365?"))["why"] == "verdict unknown"
    assert outcome(a_study("0n 183y"))["why"] == "not assessed"
    assert outcome(a_study("0n 365n"))["why"] == "observed"


def test_not_responding_is_imputed_last_and_the_verdict_is_kept() -> None:
    study = a_study("0n 183y")
    made = apply_estimand(estimand(), study, judge_visits(study, [FLAG]), complete=("events",))
    imputed = impute_nonresponse(made, "outcome").row(0, named=True)
    assert (imputed["outcome"], imputed["outcome__nri"]) == (None, False)


def test_the_outcome_goes_into_a_proportion_with_its_denominators() -> None:
    study = a_study("0n 183y 365y")
    made = apply_estimand(estimand(), study, judge_visits(study, [FLAG]))
    (whole,) = Proportion(denominator="treated", unknown="nonresponder").fit(made.filter("in_population")).groups
    assert (whole.events, whole.n) == (1, 1)


def test_windows_and_ties_are_those_of_the_rules() -> None:
    study = a_study("0n 350n 380y")
    assert outcome(study)["outcome"] is True
    assert outcome(study, rules=AnalysisRules(tie="earlier"))["outcome"] is False
    narrow = AnalysisRules(windows="midpoints", max_distance_days=10)
    assert outcome(study, rules=narrow)["why"] == "not assessed"


@pytest.mark.parametrize(
    "options",
    [
        {"population": "everyone"},
        {"summary": "mean"},
        {"treatment": ""},
        {"handled": ()},
        {"handled": (FAILS, FAILS)},
    ],
)
def test_an_estimand_that_says_too_little_or_two_things_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ParameterError):
        estimand(**options)


def test_a_strategy_of_death_alone_and_a_stratum_without_use_are_refused() -> None:
    with pytest.raises(ParameterError, match="does not end life"):
        Handled(event=RESCUE, strategy=Strategy.WHILE_ALIVE)
    with pytest.raises(ParameterError, match="has a stratum"):
        Handled(event=RESCUE, strategy=Strategy.COMPOSITE, stratum=Stratum(column="x", assumption="y"))


def test_a_visit_that_is_not_planned_is_refused() -> None:
    with pytest.raises(ParameterError, match="labeled"):
        outcome(a_study("0n"), visit="Month 24")


def test_the_sentences_name_every_attribute_and_every_event() -> None:
    made = estimand(Handled(event=RESCUE, strategy=Strategy.HYPOTHETICAL)).sentences()
    assert [sentence.split(":")[0] for sentence in made] == [
        "Treatment", "Population", "Variable", "Summary", RESCUE.title, "Death",
    ]  # fmt: skip
    assert isinstance(RESCUE, IntercurrentEvent)
