"""A definition whose inputs are unknown at every visit is refused by their names; one that has them is not."""

from __future__ import annotations

import polars as pl
import pytest

from malar.endpoints import DEFINITIONS
from malar.instruments import INSTRUMENTS
from malar.sheets import DECLARED
from malar.timelines import judgeable
from malar.timelines.judgeable import in_words, told_from, unscorable
from tests.support.inputs import needs_of, visits, with_unknowns
from tests.support.study_maker import make_study


def without(frame: pl.DataFrame, columns: tuple[str, ...]) -> pl.DataFrame:
    return frame.with_columns(pl.lit(None, dtype=frame.schema[name]).alias(name) for name in columns)


def told(frame: pl.DataFrame, key: str) -> dict[str, object]:
    return told_from(DEFINITIONS[key].flag(frame), [key]).row(0, named=True)


@pytest.mark.parametrize("key", DEFINITIONS)
def test_with_every_input_here_and_there_it_is_judged_and_with_none_it_is_refused(key: str) -> None:
    made = DEFINITIONS[key]
    whole = with_unknowns(visits(needs_of(made), subjects=30))
    row = told(whole, key)
    assert (row["judgeable"], row["missing_inputs"], row["only"]) == (True, [], "")
    row = told(without(whole, needs_of(made)), key)
    assert row["judgeable"] is False
    assert row["missing_inputs"]
    assert set(row["missing_inputs"]) <= set(needs_of(made))
    assert (row["visits"], row["visits_judged"]) == (whole.height, 0)


@pytest.mark.parametrize("key", DEFINITIONS)
def test_an_input_that_a_criterion_rests_on_alone_is_named_alone(key: str) -> None:
    made = DEFINITIONS[key]
    whole = visits(needs_of(made), subjects=30)
    for part in made.conditions().values():
        inputs = made.inputs_of(part.needs())
        assert inputs
        if len(inputs) == 1:
            row = told(without(whole, inputs), key)
            assert (row["judgeable"], row["missing_inputs"]) == (False, list(inputs))


@pytest.mark.parametrize("key", INSTRUMENTS)
def test_an_instrument_is_refused_where_nothing_that_it_reads_is_known(key: str) -> None:
    made = INSTRUMENTS[key]
    whole = visits(needs_of(made), subjects=5)
    assert unscorable(whole, made) == []
    assert unscorable(without(whole, needs_of(made)), made) == list(needs_of(made))
    assert unscorable(whole.clear(), made) == list(needs_of(made))


def test_a_score_whose_bounds_still_tell_something_is_not_refused() -> None:
    made = INSTRUMENTS["sledai_2k"]
    frame = without(visits(needs_of(made), subjects=5), needs_of(made)[:1])
    assert made.score(frame)["sledai_2k"].null_count() == frame.height
    assert unscorable(frame, made) == []


def test_a_verdict_that_could_only_fall_one_way_is_said_to() -> None:
    """Seizures weigh 8: unknown at every visit, they leave open whether a low score is one; a high score is decided."""
    made = DEFINITIONS["sledai_2k_at_most_4"]
    calm = {name: [False, False] for name in needs_of(made)}
    frame = pl.DataFrame({"subject": ["a", "b"], "day": [0, 0], **calm, "sledai_2k__seizure": [None, None]})
    frame = frame.with_columns(sledai_2k__psychosis=pl.Series([False, True]))
    row = told(frame.with_columns(pl.col("sledai_2k__seizure").cast(pl.Boolean)), made.key)
    assert (row["judgeable"], row["only"], row["missing_inputs"]) == (True, "false", ["sledai_2k__seizure"])
    assert row["visits_judged"] == 1


def test_every_definition_is_told_of_and_what_is_lacking_is_unknown_in_the_study() -> None:
    study = make_study([("a", 0, ["rash"], []), ("a", 30, [], []), ("b", 0, [], ["fever"])])
    rows = judgeable(study).to_dicts()
    assert [row["key"] for row in rows] == list(DEFINITIONS)
    for row in rows:
        assert (row["title"], row["status"]) == (DECLARED[row["key"]].title, DECLARED[row["key"]].status.label)
        items_alone = all(need.startswith("sledai_2k__") for need in needs_of(DEFINITIONS[row["key"]]))
        assert row["judgeable"] or not items_alone
        assert bool(row["missing_inputs"]) == (not row["judgeable"] or row["only"] != "")


def test_a_study_without_visits_is_judged_by_nothing() -> None:
    rows = judgeable(make_study([("a", 0, [], [])], more={"visits": pl.DataFrame({"subject": [], "day": []}),
                                                          "items": pl.DataFrame({"subject": []})}))  # fmt: skip
    assert not rows["judgeable"].any()


def test_columns_are_told_as_a_person_knows_them() -> None:
    assert in_words(["female"]) == "`female` (Female sex; from the tables subjects)"
    items = INSTRUMENTS["sledai_2k"].needs()
    assert in_words(items) == "24 of the 24 items of sledai_2k: `sledai_2k__seizure` to `sledai_2k__leukopenia`"
    assert in_words(items[:1]) == "`sledai_2k__seizure` (item seizure of sledai_2k)"
    assert in_words(["lab__c3__lln"]) == "`lab__c3__lln` (lower limit of normal, g/L)"
