"""Where intercurrent events are found, on which day they count, and when they cannot be told."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from malar.errors import ParameterError, UnknownKeyError
from malar.timelines import (
    INTERCURRENT_EVENTS,
    IntercurrentEvent,
    intercurrent_event,
    judge_visits,
    reinfusion,
    steroid_cap_exceeded,
    steroid_taper_not_met,
    told_by,
)
from malar.timelines.event_finders import Records
from tests.support.study_maker import make_study

DRUGS = ["subject", "drug", "start", "stop", "dose", "unit", "frequency"]
Found = tuple[int | None, bool]


def found(
    event: IntercurrentEvent, *, horizon: int = 365, complete: Any = (), judged: Any = None, **tables: Any
) -> Found:
    """Day on which it happened, and whether it may have, for a patient with visits on days 0 and 300."""
    study = make_study([("a", 0, [], []), ("a", 300, [], [])], **tables)
    visits = judge_visits(study, ["sledai_2k_at_most_4"])
    visits = visits.with_columns(**judged) if judged else visits
    horizons = pl.DataFrame({"subject": ["a"], "horizon": [horizon]})
    ((_, day, perhaps),) = event.happened(Records(study, visits, horizons, complete)).rows()
    return day, perhaps


def medications(*rows: Any) -> dict[str, Any]:
    whole = [(*row, *["mg", "daily"])[: len(DRUGS)] for row in rows]
    return {"more": {"medications": pl.DataFrame(whole, schema=DRUGS, orient="row")}}


RECORDED = [
    ("rescue_medication", "rescue_medication"), ("rescue_medication", "restricted_medication"),
    ("pregnancy", "pregnancy"),
    ("not_infused", "not_infused"), ("not_infused", "manufacturing_failure"), ("crossover", "crossover"),
    ("withdrawal", "withdrawal"), ("death", "death"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "kind"), RECORDED)
def test_recorded_events(key: str, kind: str) -> None:
    event = intercurrent_event(key)
    assert found(event, events=[("a", 50, kind), ("a", 40, kind)]) == (40, False)
    assert found(event, events=[("a", 50, "infection")]) == (None, False)
    assert found(event) == (None, True)
    assert found(event, complete=("events",)) == (None, False)


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("other_cell_therapy", "stem_cell_transplant"),
        ("other_cell_therapy", "car_t_infusion"),
        ("kidney_replacement", "dialysis"),
        ("kidney_replacement", "kidney_transplant"),
    ],
)
def test_recorded_procedures(key: str, kind: str) -> None:
    def procedure(kind: str) -> dict[str, Any]:
        return {"more": {"procedures": pl.DataFrame({"subject": ["a"], "day": [50], "kind": [kind]})}}

    assert found(intercurrent_event(key), **procedure(kind)) == (50, False)
    assert found(intercurrent_event(key), **procedure("transfusion")) == (None, False)
    assert found(intercurrent_event(key)) == (None, True)


def test_treatment_stopped_is_a_milestone() -> None:
    stopped = intercurrent_event("treatment_discontinuation")
    assert found(stopped, milestones=[("a", "treatment_stopped", 100)]) == (100, False)
    assert found(stopped, milestones=[("a", "consent", -20)]) == (None, False)
    assert found(stopped) == (None, True)


def test_an_event_counts_from_the_day_after_day_0_to_the_horizon_and_some_from_before() -> None:
    for day, expected in ((0, None), (1, 1), (365, 365), (366, None)):
        assert found(intercurrent_event("pregnancy"), events=[("a", day, "pregnancy")]) == (expected, False)
    assert found(intercurrent_event("not_infused"), events=[("a", -10, "manufacturing_failure")]) == (-10, False)
    assert found(intercurrent_event("death"), events=[("a", 0, "death")]) == (0, False)


CAP = steroid_cap_exceeded(10, first_day=57)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("a", "prednisone", -30, None, 10)], (None, False)),
        ([("a", "prednisone", -30, None, 10.5)], (57, False)),
        ([("a", "prednisone", -30, 56, 20), ("a", "prednisone", 57, None, 5)], (None, False)),
        ([("a", "prednisone", -30, 199, 5), ("a", "prednisone", 200, 210, 20)], (200, False)),
        ([("a", "prednisone", -30, None, None)], (None, True)),
        ([("a", "methylprednisolone", -30, None, 8)], (None, False)),
        ([("a", "methylprednisolone", -30, None, 9)], (57, False)),
    ],
)
def test_a_steroid_cap_counts_from_its_first_day_and_a_dose_equal_to_it_is_within(rows: Any, expected: Found) -> None:
    assert found(CAP, **medications(*rows)) == expected


def test_without_any_medication_record_a_dose_cannot_be_told() -> None:
    assert found(CAP) == (None, True)


@pytest.mark.parametrize(("stop", "expected"), [(140, (140, False)), (139, (None, False))])
def test_a_taper_is_met_by_its_day_or_not(stop: int, expected: Found) -> None:
    """At most 10 mg by week 20: Kamen 2022."""
    rows = [("a", "prednisone", -30, stop, 15), ("a", "prednisone", stop + 1, None, 10)]
    assert found(steroid_taper_not_met(10, by_day=140), **medications(*rows)) == expected


def test_a_taper_whose_day_lies_after_the_horizon_is_not_asked() -> None:
    rows = medications(("a", "prednisone", -30, None, 15))
    assert found(steroid_taper_not_met(10, by_day=140), horizon=139, **rows) == (None, False)


RESTARTED = intercurrent_event("restarted_immunosuppression")


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("a", "mycophenolate mofetil", -90, -1, 1), ("a", "mycophenolate mofetil", 120, None, 1)], (120, False)),
        ([("a", "mycophenolate mofetil", -90, 99, 2), ("a", "mycophenolate mofetil", 100, None, 1)], (None, False)),
        ([("a", "mycophenolate mofetil", -90, 98, 2), ("a", "mycophenolate mofetil", 100, None, 1)], (100, False)),
        ([("a", "belimumab", 30, None, 200)], (30, False)),
        ([("a", "prednisone", 30, None, 5)], (None, False)),
        ([("a", "a drug nobody knows", 30, None, 5)], (None, True)),
        ([("a", "a drug nobody knows", 366, None, 5)], (None, False)),
    ],
)
def test_immunosuppression_begun_again_or_anew_but_not_a_change_of_dose(rows: Any, expected: Found) -> None:
    assert found(RESTARTED, **medications(*rows)) == expected


def test_without_any_medication_record_a_restart_cannot_be_told_unless_the_table_is_complete() -> None:
    assert found(RESTARTED) == (None, True)
    assert found(RESTARTED, complete=("medications",)) == (None, False)


def test_of_two_places_one_that_has_it_is_enough_and_one_that_cannot_tell_leaves_it_open() -> None:
    event = intercurrent_event("immunoglobulin_or_plasma_exchange")
    given = medications(("a", "ivig", 60, 60, 30))
    assert found(event, **given) == (60, False)
    none = medications(("a", "prednisone", -30, None, 5))
    assert found(event, **none) == (None, True)
    assert found(event, complete=("procedures",), **none) == (None, False)


def infusions(*days: int, **products: Any) -> dict[str, Any]:
    rows = [("a", day, f"P{day}", 60e6, 1e6) for day in days]
    schema = ["subject", "day", "product", "total_cells", "cells_per_kg"]
    batches = [(f"P{day}", products.get(f"P{day}")) for day in days]
    batch = {"product": pl.String, "release_criteria_met": pl.Boolean}
    return {
        "more": {
            "infusions": pl.DataFrame(rows, schema=schema, orient="row"),
            "products": pl.DataFrame(batches, schema=batch, orient="row"),
        }
    }


def test_reinfusion_is_what_goes_beyond_the_series_planned() -> None:
    assert found(reinfusion(planned=2), **infusions(0, 7)) == (None, False)
    assert found(reinfusion(planned=2), **infusions(0, 7, 200)) == (200, False)
    assert found(reinfusion(planned=1), **infusions(0, 7)) == (7, False)
    assert found(reinfusion(planned=1)) == (None, True)


def test_a_dose_is_partial_as_recorded_or_out_of_specification_by_its_batch() -> None:
    event, none = intercurrent_event("partial_dose"), {"complete": ("events",)}
    assert found(event, events=[("a", 0, "partial_dose")], **infusions(0, P0=True)) == (0, False)
    assert found(event, **none, **infusions(0, P0=False)) == (0, False)
    assert found(event, **none, **infusions(0, P0=True)) == (None, False)
    assert found(event, **none, **infusions(0)) == (None, True)


def test_a_column_tells_from_the_visit_at_which_it_turns_true() -> None:
    event, day = told_by("failed", title="Failure by the rules of the trial"), pl.col("day")
    assert found(event, judged={"failed": day >= 300}) == (300, False)
    assert found(event, judged={"failed": day < 0}) == (None, False)
    assert found(event, horizon=299, judged={"failed": day >= 300}) == (None, False)
    unknown_later = pl.when(day < 300).then(pl.lit(value=False))
    assert found(event, judged={"failed": unknown_later}) == (None, True)
    unknown_first = pl.when(day >= 300).then(pl.lit(value=False))
    assert found(event, judged={"failed": unknown_first}) == (None, False)


def test_a_study_without_the_column_leaves_the_event_unknown() -> None:
    assert found(told_by("nobody_derives_this", title="x")) == (None, True)


def test_a_column_of_the_study_is_looked_up_on_every_day() -> None:
    event = told_by("treatment_stopped", title="Treatment stopped")
    stopped = [("a", "infusion", 0), ("a", "treatment_stopped", 340)]
    assert found(event, milestones=stopped) == (340, False)
    assert found(event, horizon=339, milestones=stopped) == (None, False)


def test_every_event_says_what_it_is_and_where_it_is_found() -> None:
    made = [*INTERCURRENT_EVENTS.values(), CAP, reinfusion(planned=1), told_by("x", title="X")]
    assert len({event.key for event in made}) == len(made)
    assert len({event.sentence() for event in made}) == len(made)
    assert all(event.sentence().startswith(event.title) for event in made)


def test_unknown_keys_and_limits_that_mean_nothing_are_refused() -> None:
    with pytest.raises(UnknownKeyError, match="rescue_medication"):
        intercurrent_event("rescue")
    with pytest.raises(ParameterError):
        steroid_cap_exceeded(-1, first_day=0)
    with pytest.raises(ParameterError):
        steroid_cap_exceeded(10, first_day=10, last_day=9)
