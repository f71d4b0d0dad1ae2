"""What holds for every instrument, definition and study column, whatever it is: nothing here lists keys."""

from __future__ import annotations

import re
from functools import cache

import polars as pl
import pytest

from malar import read_study
from malar.course.study_columns import STUDY_COLUMNS, derive_study_columns
from malar.endpoints import DEFINITIONS, Endpoint, rule
from malar.example import example_path
from malar.instruments import INSTRUMENTS
from malar.schema import Settings, Study, study_from_frames
from tests.support.inputs import (
    SCORED,
    applied,
    every_need,
    filled,
    needs_of,
    visits,
    with_scores,
    with_unknowns,
)
from tests.support.reference_visits import anchors, dated_by

KEYS = {made.key: made for made in SCORED}
NAME = re.compile(r"[a-z][a-z0-9_]*")
every_key = pytest.mark.parametrize("key", KEYS)
every_instrument = pytest.mark.parametrize("key", INSTRUMENTS)
every_definition = pytest.mark.parametrize("key", DEFINITIONS)


@cache
def frame(name: str) -> pl.DataFrame:
    """One wide frame with unknowns for all keys, the same with rows shuffled, and with unknowns filled."""
    if name == "given":
        return with_unknowns(visits(every_need(), subjects=150), known=anchors())
    given = frame("given")
    if name == "shuffled":
        return given.sample(fraction=1, shuffle=True, seed=3)
    fixed = {column for made in SCORED for column in dated_by(made)} if "same grid" in name else ()
    return filled(given, share=0.5 if "part" in name else 1, fixed=fixed)


@cache
def alone(key: str, name: str = "given") -> pl.DataFrame:
    """A key on a frame that holds what it reads and nothing else, or where that was done once, its scores instead."""
    made = KEYS[key]
    used = made.instruments if isinstance(made, Endpoint) and name != "given" else ()
    scores = {part.key: alone(part.key, name) for part in used if KEYS.get(part.key) is part}
    return applied(made, with_scores(made, scores, frame(name)))


@cache
def together() -> pl.DataFrame:
    """Every key on one frame, one after another, each finding what the others left there."""
    out = frame("given")
    for made in KEYS.values():
        out = applied(made, out)
    return out


def added(key: str) -> list[str]:
    """Columns that stand in the frame because of this key."""
    made = KEYS[key]
    if not isinstance(made, Endpoint):
        return [name for name in alone(key).columns if name not in ("subject", "day", *made.needs())]
    return [*(f"{key}__{name}" for name in made.conditions()), key]


def compared(columns: list[str], one: pl.DataFrame, other: pl.DataFrame) -> list[str]:
    """Columns that differ between two frames with the same visits in any order."""
    one, other = (made.select("subject", "day", *columns).sort("subject", "day") for made in (one, other))
    return [name for name in columns if not one[name].equals(other[name], null_equal=True)]


@every_key
def test_columns_that_are_added_have_plain_names_and_are_all_there(key: str) -> None:
    made, out = KEYS[key], alone(key)
    promised = made.gives() if key in INSTRUMENTS else added(key)
    assert set(promised) - {getattr(made, "assessed", "")} <= set(out.columns)
    assert all(NAME.fullmatch(name) for name in out.columns)
    assert out.height == frame("given").height
    assert out.select("subject", "day").equals(frame("given").select("subject", "day"))


@every_key
def test_the_order_of_rows_does_not_matter(key: str) -> None:
    assert compared(added(key), alone(key), alone(key, "shuffled")) == []


@every_key
def test_twice_is_the_same_as_once(key: str) -> None:
    assert compared(added(key), alone(key), applied(KEYS[key], alone(key))) == []


@every_key
def test_alone_is_the_same_as_among_all_others(key: str) -> None:
    assert compared(added(key), alone(key), together()) == []


@every_key
def test_a_frame_without_rows_gives_the_same_columns(key: str) -> None:
    empty = frame("given").select("subject", "day", *needs_of(KEYS[key])).clear()
    assert applied(KEYS[key], empty).schema == alone(key).schema


@every_instrument
def test_bounds_hold_every_completion_and_a_score_lies_between_its_bounds(key: str) -> None:
    before, part, whole = alone(key), alone(key, "part filled"), alone(key, "filled")
    for name in before.columns:
        low, high = f"{name}__low", f"{name}__high"
        if low in before.columns and before[name].dtype.is_numeric():
            for after in (part, whole):
                assert (before[low] <= after[low]).all(), low
                assert (after[high] <= before[high]).all(), high
            for known in (before, part, whole):
                assert known.filter(known[low] == known[high])[name].null_count() == 0, name
                score = known[name].drop_nulls()
                assert score.equals(known.drop_nulls(name)[low].cast(score.dtype)), name
                assert score.equals(known.drop_nulls(name)[high].cast(score.dtype)), name


@every_definition
@pytest.mark.parametrize("share", ["part filled", "filled"])
def test_a_decided_verdict_is_never_turned_around(key: str, share: str) -> None:
    name = f"{share}, same grid" if dated_by(KEYS[key]) else share
    before, after = alone(key), alone(key, name)
    turned = (before[key] != after[key]).fill_null(value=False) | (before[key].is_not_null() & after[key].is_null())
    assert turned.sum() == 0


@every_definition
def test_the_verdict_is_what_the_criteria_say_together(key: str) -> None:
    made, out = rule(key), alone(key)
    criteria = [f"{key}__{name}" for name in made.criteria]
    evaluable = out[f"{key}__evaluable"] if made.among else [True] * out.height
    for verdict, judged, parts in zip(out[key], evaluable, out.select(criteria).iter_rows(), strict=True):
        said = False if False in parts else None if None in parts else True
        assert verdict is (said if judged else None)


@every_definition
def test_random_visits_decide_it_somewhere(key: str) -> None:
    assert alone(key)[key].null_count() < alone(key).height


@cache
def studies() -> tuple[Study, ...]:
    subjects = pl.DataFrame({"subject": ["a", "b"]})
    return read_study(example_path()), study_from_frames({"subjects": subjects}, Settings(title="Nothing"))


@pytest.mark.parametrize("key", STUDY_COLUMNS)
def test_a_study_column_is_one_value_a_visit_in_any_order_and_unknown_where_its_table_is_empty(key: str) -> None:
    full, empty = studies()
    days = full.visit_frame("subject").select("subject", "day")
    column = derive_study_columns(full, days, [key])
    assert NAME.fullmatch(key)
    assert column.select("subject", "day").equals(days)
    assert column[key].dtype in (pl.Boolean, pl.String) or column[key].dtype.is_numeric()
    shuffled = derive_study_columns(full, days.sample(fraction=1, shuffle=True, seed=5), [key])
    assert compared([key], column, shuffled) == []
    nothing = derive_study_columns(empty, pl.DataFrame({"subject": ["a", "b"], "day": [0, 30]}), [key])
    if empty[STUDY_COLUMNS[key].tables[0]].is_empty():
        assert nothing[key].to_list() == [None, None]
    assert nothing[key].dtype == column[key].dtype
