"""What holds of BILAG-2004 whatever is recorded: monotone, indifferent to order, whole between its bounds."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from malar.errors import MissingColumnsError, ParameterError, WrongTypeError
from malar.instruments.bilag_2004 import BILAG_2004
from malar.instruments.bilag_2004_items import ITEMS, keys_of
from malar.instruments.bilag_2004_signs import SYSTEMS
from malar.instruments.bilag_classic import BILAG_CLASSIC
from malar.schema.item_keys import ITEM_KEYS
from tests.support.bilag_visits import CALM, item, visits

Row = dict[str, Any]
systems = pytest.mark.parametrize("system", SYSTEMS)
codes = st.sampled_from([0, 0, 0, 1, 2, 3, 4])


def ranks(system: str, rows: list[Row]) -> list[int | None]:
    return BILAG_2004.score(visits(rows))[f"bilag_2004__{system}__rank"].to_list()


def coded(system: str) -> st.SearchStrategy[Row]:
    return st.fixed_dictionaries({item(key): codes for key in keys_of(system)})


def test_the_form_has_97_items_and_each_its_part() -> None:
    assert [made.key for made in ITEMS] == list(ITEM_KEYS["bilag_2004"])
    assert len(ITEMS) == len(set(ITEM_KEYS["bilag_2004"])) == 97
    sets = {system: [len(keys_of(system, role)) for role in "ABC"] for system in SYSTEMS[1:]}
    assert sets == {
        "mucocutaneous": [5, 4, 5],
        "neuropsychiatric": [13, 7, 0],
        "musculoskeletal": [2, 2, 1],
        "cardiorespiratory": [10, 2, 0],
        "gastrointestinal": [5, 4, 0],
        "ophthalmic": [7, 4, 2],
    }


@pytest.mark.parametrize("system", SYSTEMS[1:])
def test_each_item_alone_gives_the_grade_of_its_set(system: str) -> None:
    full = {"A": (3, 4, 4, 4), "B": (2, 3, 3, 3), "C": (2, 2, 2, 2)}
    for role, expected in full.items():
        for key in keys_of(system, role):
            assert ranks(system, [{item(key): code} for code in (1, 2, 3, 4)]) == list(expected), key


@pytest.mark.parametrize("system", SYSTEMS[1:])
def test_every_item_of_a_set_at_once_improving_gives_one_grade_less(system: str) -> None:
    every = {role: {item(key): 1 for key in keys_of(system, role)} for role in "AB"}
    assert ranks(system, [every["A"], every["B"], {}]) == [3, 2, 0]


@pytest.mark.parametrize("system", SYSTEMS[1:])
def test_the_order_in_which_items_are_asked_does_not_matter(system: str) -> None:
    """An item coded 1 before one coded 4 gives A, as one coded 4 before one coded 1."""
    pairs = [{item(one): 1, item(other): 4} for one in keys_of(system, "A") for other in keys_of(system, "A")]
    assert set(ranks(system, [pair for pair in pairs if len(pair) == 2])) == {4}


@systems
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_a_worse_code_never_gives_a_milder_grade(system: str, data: st.DataObject) -> None:
    row, key = data.draw(coded(system)), item(data.draw(st.sampled_from(keys_of(system))))
    mild, moderate, severe = ranks(system, [{**row, key: code} for code in (0, 1, 2)])
    assert (mild or 0) <= (moderate or 0) <= (severe or 0)
    assert None not in (mild, moderate, severe)


@systems
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_same_worse_and_new_count_alike_and_items_of_a_set_can_change_places(system: str, data: st.DataObject) -> None:
    row = data.draw(coded(system))
    other = {key: data.draw(st.integers(2, 4)) if code >= 2 else code for key, code in row.items()}
    moved = dict(row)
    for role in "ABCT":
        keys = [item(key) for key in keys_of(system, role)]
        moved |= dict(zip(keys, data.draw(st.permutations([row[key] for key in keys])), strict=True))
    assert len(set(ranks(system, [row, other, moved]))) == 1


SEVERE: dict[str, Row] = {
    "1": {"lab__uacr": 150.0},
    "2": {item("accelerated_hypertension"): 1},
    "3": {"lab__gfr": 45.0},
    "4": {item("active_sediment"): 1},
    "5": {item("active_nephritis_biopsy"): 1},
    "6": {item("nephrotic_syndrome"): 1},
}


def test_a_renal_a_has_two_severe_features_and_taking_one_away_never_makes_it_worse() -> None:
    chosen = [frozenset(some) for size in range(7) for some in combinations(SEVERE, size)]
    rows = [{key: value for name in some for key, value in SEVERE[name].items()} for some in chosen]
    rank = dict(zip(chosen, ranks("renal", rows), strict=True))
    for some, made in rank.items():
        assert (made == 4) == (len(some) >= 2 and bool(some & {"1", "4", "5"}))
        assert all((rank[some - {name}] or 0) <= (made or 0) for name in some)


def test_an_a_or_b_keeps_its_ratio_when_it_is_converted_from_the_unit_of_the_limits() -> None:
    """100 to 75 mg/mmol is a fall by a quarter, kept in mg/mg as well."""
    rows = [
        {"subject": "x", "day": day, "lab__uacr": None, "lab__upcr": value / 113.12}
        for day, value in ((0, 100.0), (84, 75.0), (168, 50.0), (252, 50.0), (336, 49.9))
    ]
    assert ranks("renal", rows) == [3, 2, 2, 3, 2]


grades = st.lists(st.sampled_from([0, 1, 2, 3, 4, None]), min_size=9, max_size=9)


@settings(max_examples=15, deadline=None)
@given(row=grades)
def test_the_total_counts_grades_and_lies_between_0_and_108(row: list[int | None]) -> None:
    recorded = {f"bilag_2004_grades__{s}": rank for s, rank in zip(BILAG_2004.systems, row, strict=True)}
    frame = visits([{**dict.fromkeys(CALM), **recorded}])
    made = BILAG_2004.score(frame).row(0, named=True)
    assert 0 <= made["bilag_2004__low"] <= made["bilag_2004__high"] <= 108
    if None not in row:
        counts = [made[f"bilag_2004__n_{letter}"] for letter in "abc"]
        assert counts == [row.count(4), row.count(3), row.count(2)]
        assert made["bilag_2004"] == 12 * counts[0] + 8 * counts[1] + counts[2]
    else:
        assert made["bilag_2004"] is None


def test_a_visit_without_any_record_is_open_and_is_no_assessment() -> None:
    """The visit in between does not stand for the assessment before: creatinine is compared with that of day 0."""
    empty = dict.fromkeys(CALM)
    rows = [
        {"subject": "x", "day": 0},
        {"subject": "x", "day": 30, **empty, "lab__creatinine": 200.0},
        {"subject": "x", "day": 60, "lab__creatinine": 200.0},
    ]
    made = BILAG_2004.score(visits(rows))
    assert made["bilag_2004__assessed"].to_list() == [True, False, True]
    assert made["bilag_2004__renal"].to_list() == ["E", None, "B"]
    assert made["bilag_2004"].to_list() == [0, None, 8]


def test_policies_for_missing_items() -> None:
    pyrexia = item("pyrexia")
    rows = [{"subject": "x", "day": day, pyrexia: code} for day, code in ((0, 2), (30, None), (60, None))]
    frame = visits(rows)
    grade = "bilag_2004__constitutional"
    assert BILAG_2004.score(frame)[grade].to_list() == ["B", None, None]
    assert BILAG_2004.score(frame, missing="absent")[grade].to_list() == ["B", "D", "D"]
    assert BILAG_2004.score(frame, missing="carry")[grade].to_list() == ["B", "B", None]
    nothing = BILAG_2004.score(visits([dict.fromkeys(CALM)]), missing="absent")
    assert nothing["bilag_2004"].to_list() == [0]
    with pytest.raises(ParameterError, match="no policy"):
        BILAG_2004.score(frame, missing="guess")  # pyright: ignore


def test_a_recorded_grade_is_carried_only_where_no_item_stands_in_for_it() -> None:
    empty, grade = dict.fromkeys(CALM), "bilag_2004_grades__ophthalmic"
    rows = [
        {"subject": "x", "day": 0, **empty, grade: 4},
        {"subject": "x", "day": 30, **empty},
        {"subject": "x", "day": 60},
    ]
    made = BILAG_2004.score(visits(rows), missing="carry")["bilag_2004__ophthalmic"]
    assert made.to_list() == ["A", "A", "D"]


def test_grades_may_be_letters_of_either_case_and_anything_else_is_unknown() -> None:
    frame = visits([{**dict.fromkeys(CALM)}] * 3)
    for made, form in ((BILAG_2004, "bilag_2004_grades"), (BILAG_CLASSIC, "bilag_classic_grades")):
        columns = {f"{form}__{system}": pl.Series(["a ", "E", "x"]) for system in made.systems}
        out = made.score(frame.with_columns(**columns))
        assert out[f"{made.key}__renal__rank"].to_list() == [4, 0, None]
        assert out[made.key].to_list() == [made.points[0] * len(made.systems), 0, None]


def test_classic_grades_can_be_carried_or_taken_as_none() -> None:
    columns = {f"bilag_classic_grades__{system}": [3.0, None] for system in BILAG_CLASSIC.systems}
    frame = pl.DataFrame({"subject": ["x", "x"], "day": [0, 30], **columns})
    assert BILAG_CLASSIC.score(frame)["bilag_classic"].to_list() == [24, None]
    assert BILAG_CLASSIC.score(frame, missing="absent")["bilag_classic"].to_list() == [24, 0]
    assert BILAG_CLASSIC.score(frame, missing="carry")["bilag_classic"].to_list() == [24, 24]
    with pytest.raises(ParameterError, match="no policy"):
        BILAG_CLASSIC.score(frame, missing="guess")  # pyright: ignore


def test_frames_that_cannot_be_graded_are_refused() -> None:
    with pytest.raises(MissingColumnsError, match="columns that the frame lacks"):
        BILAG_2004.score(visits([{}]).drop("lab__wbc"))
    with pytest.raises(WrongTypeError, match="neither Boolean nor a number"):
        BILAG_2004.score(visits([{}]).with_columns(bilag_2004__pyrexia=pl.lit("yes")))
    with pytest.raises(WrongTypeError, match="no grade"):
        BILAG_2004.score(visits([{}]).with_columns(bilag_2004_grades__renal=pl.lit([1])))


def test_only_the_columns_promised_are_added_and_order_and_rows_stay() -> None:
    frame = visits([{"subject": "b", "day": 30}, {"subject": "b", "day": 0}, {"subject": "a", "day": 0}])
    out = BILAG_2004.score(frame)
    assert out.select(frame.columns).equals(frame)
    added = [name for name in out.columns if name not in frame.columns]
    assert {name.removesuffix("__low").removesuffix("__high") for name in added} == set(BILAG_2004.gives())
