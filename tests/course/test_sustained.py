"""Sustained verdicts: exact at the number of days and at the gap, and decided where unknowns cannot change it."""

from __future__ import annotations

from itertools import product

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from malar.course import derive_sustained
from malar.errors import ParameterError, WrongTypeError

Record = tuple[list[int], list[bool | None]]
YES, NO = True, False


def sustained(visits: list[int], verdicts: list[list[bool | None]], **options: object) -> list[list[bool | None]]:
    """Answers for several verdict histories on the same days, the rows in reverse order."""
    rows = [
        (str(i), day, flag) for i, history in enumerate(verdicts) for day, flag in zip(visits, history, strict=True)
    ]
    frame = pl.DataFrame(rows, schema={"subject": pl.String, "day": pl.Int64, "f": pl.Boolean}, orient="row")
    given: dict[str, object] = {"days": 180, "max_gap_days": 100, **options}
    out = derive_sustained(frame.reverse(), "f", **given).reverse()["f__sustained"].to_list()  # pyright: ignore
    return [out[i : i + len(visits)] for i in range(0, len(out), len(visits))]


@pytest.mark.parametrize(
    ("days", "verdicts", "first"),
    [
        ([0, 90, 180], [YES, YES, YES], [YES, None, None]),  # exactly so many days are enough
        ([0, 90, 179], [YES, YES, YES], [None, None, None]),  # one day less leaves it open
        ([0, 100, 200], [YES, YES, YES], [YES, None, None]),  # a gap of exactly the limit is seen across
        ([0, 101, 200], [YES, YES, YES], [None, None, None]),  # one day more is not
        ([0, 90, 180], [YES, NO, YES], [NO, NO, None]),  # lost in between
        ([0, 90, 180], [YES, YES, NO], [NO, NO, NO]),  # lost at the visit that would have completed it
        ([0, 150, 180], [YES, NO, NO], [NO, NO, NO]),  # lost across a gap all the same
        ([0, 90, 180, 270], [NO, YES, YES, YES], [NO, YES, None, None]),
        ([0, 90, 180], [YES, None, YES], [None, None, None]),
        ([0, 90, 180], [YES, None, NO], [NO, NO, NO]),
    ],
)
def test_dated_at_the_first_visit(days: list[int], verdicts: list[bool | None], first: list[bool | None]) -> None:
    assert sustained(days, [verdicts]) == [first]


@pytest.mark.parametrize(
    ("days", "verdicts", "confirming"),
    [
        ([0, 90, 180, 270], [YES, YES, YES, YES], [NO, NO, YES, YES]),
        ([0, 90, 180, 270], [YES, YES, YES, NO], [NO, NO, YES, NO]),
        ([0, 101, 190, 281], [YES, YES, YES, YES], [NO, NO, NO, YES]),  # the count begins anew after the gap
        ([0, 90, 180], [None, YES, YES], [NO, NO, None]),
    ],
)
def test_dated_at_the_visit_that_completes_it(
    days: list[int], verdicts: list[bool | None], confirming: list[bool | None]
) -> None:
    assert sustained(days, [verdicts], dated="confirming") == [confirming]


@st.composite
def records(draw: st.DrawFn) -> Record:
    days = sorted(draw(st.sets(st.integers(-20, 300), min_size=1, max_size=7)))
    return days, [draw(st.sampled_from([True, True, False, None])) for _ in days]


@settings(max_examples=80, deadline=None)
@given(
    record=records(),
    span=st.sampled_from([1, 60, 120]),
    gap=st.integers(20, 120),
    dated=st.sampled_from(["first", "confirming"]),
)
def test_it_is_decided_where_every_completion_agrees_and_only_there(
    record: Record, span: int, gap: int, dated: str
) -> None:
    days, verdicts = record
    options: dict[str, object] = {"days": span, "max_gap_days": gap, "dated": dated}
    completions = [list(made) for made in product(*([[v] if v is not None else [True, False] for v in verdicts]))]
    of_completions = sustained(days, completions, **options)
    (got,) = sustained(days, [verdicts], **options)
    for i, answer in enumerate(got):
        answers = {history[i] for history in of_completions}
        assert answer == (answers.pop() if len(answers) == 1 else None), (days[i], answers)


@settings(max_examples=40, deadline=None)
@given(record=records(), gap=st.integers(20, 120))
def test_both_ways_of_dating_find_the_same_patients(record: Record, gap: int) -> None:
    days, verdicts = record
    first, last = (sustained(days, [verdicts], days=60, max_gap_days=gap, dated=d)[0] for d in ("first", "confirming"))
    assert (True in first) == (True in last)


def test_visits_that_were_not_assessed_are_passed_over_and_do_not_bridge_a_gap() -> None:
    frame = pl.DataFrame({"subject": ["a"] * 3, "day": [0, 60, 120], "f": [True, False, True], "seen": [1, 0, 1]})
    wide = derive_sustained(frame, "f", days=100, max_gap_days=120, assessed="seen")
    assert wide["f__sustained"].to_list() == [True, None, None]
    narrow = derive_sustained(frame, "f", days=100, max_gap_days=100, assessed="seen")
    assert narrow["f__sustained"].to_list() == [None, None, None]


def test_subjects_do_not_see_each_other() -> None:
    frame = pl.DataFrame({"subject": ["a", "b"], "day": [0, 180], "f": [True, True]})
    for dated, answer in (("first", None), ("confirming", False)):
        out = derive_sustained(frame, "f", days=180, max_gap_days=180, dated=dated)  # pyright: ignore
        assert out["f__sustained"].to_list() == [answer, answer]


def test_an_empty_frame_stays_empty() -> None:
    frame = pl.DataFrame(schema={"subject": pl.String, "day": pl.Int64, "f": pl.Boolean})
    assert derive_sustained(frame, "f", days=1, max_gap_days=1).columns[-1] == "f__sustained"


@pytest.mark.parametrize("options", [{"days": 0}, {"max_gap_days": 0}, {"dated": "last"}])
def test_terms_that_mean_nothing_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ParameterError):
        sustained([0], [[True]], **options)


def test_text_for_a_flag_is_refused() -> None:
    with pytest.raises(WrongTypeError):
        derive_sustained(pl.DataFrame({"subject": ["a"], "day": [0], "f": ["yes"]}), "f", days=1, max_gap_days=1)
