"""Confirmation: given exactly where the unknown verdicts cannot change it."""

from __future__ import annotations

from itertools import product

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from malar.course import derive_confirmed
from malar.errors import ParameterError, WrongTypeError

Record = tuple[list[int], list[bool | None]]


@st.composite
def records(draw: st.DrawFn) -> Record:
    """Days of visits, and a verdict at each."""
    days = sorted(draw(st.sets(st.integers(-20, 90), min_size=1, max_size=7)))
    return days, [draw(st.sampled_from([True, True, False, None])) for _ in days]


def confirmed(days: list[int], verdicts: list[list[bool | None]], **options: object) -> list[list[bool | None]]:
    """Confirmation of several verdict histories on the same days."""
    rows = [(str(i), day, flag) for i, history in enumerate(verdicts) for day, flag in zip(days, history, strict=True)]
    frame = pl.DataFrame(rows, schema={"subject": pl.String, "day": pl.Int64, "f": pl.Boolean}, orient="row")
    out = derive_confirmed(frame, "f", **options)["f__confirmed"].to_list()  # pyright: ignore
    return [out[i : i + len(days)] for i in range(0, len(out), len(days))]


@settings(max_examples=100, deadline=None)
@given(
    record=records(),
    visits=st.integers(1, 3),
    gap=st.sampled_from([0, 1, 14, 28]),
    dated=st.sampled_from(["first", "confirming"]),
)
def test_it_is_decided_where_every_completion_agrees_and_only_there(
    record: Record, visits: int, gap: int, dated: str
) -> None:
    days, verdicts = record
    options = {"visits": visits, "min_gap_days": gap, "dated": dated}
    completions = [list(made) for made in product(*([[v] if v is not None else [True, False] for v in verdicts]))]
    of_completions = confirmed(days, completions, **options)
    (got,) = confirmed(days, [verdicts], **options)
    for i, answer in enumerate(got):
        answers = {history[i] for history in of_completions}
        assert answer == (answers.pop() if len(answers) == 1 else None), (days[i], answers)


@settings(max_examples=40, deadline=None)
@given(record=records(), gap=st.sampled_from([0, 14, 28]))
def test_both_ways_of_dating_confirm_the_same_patients(record: Record, gap: int) -> None:
    days, verdicts = record
    first, confirming = (confirmed(days, [verdicts], min_gap_days=gap, dated=d)[0] for d in ("first", "confirming"))
    assert (True in first) == (True in confirming)
    if True in first:
        assert first.index(True) < confirming.index(True)


@settings(max_examples=40, deadline=None)
@given(record=records())
def test_confirmation_by_one_visit_is_the_verdict_itself(record: Record) -> None:
    days, verdicts = record
    assert confirmed(days, [verdicts], visits=1) == [verdicts]


def test_visits_that_were_not_assessed_change_nothing_and_get_no_answer() -> None:
    frame = pl.DataFrame({
        "subject": ["a"] * 4, "day": [0, 10, 30, 60], "f": [True, False, True, None], "seen": [True, False, True, None],
    })  # fmt: skip
    out = derive_confirmed(frame, "f", assessed="seen")["f__confirmed"].to_list()
    assert out == [True, None, None, None]


def test_a_flag_of_numbers_is_read_as_a_flag() -> None:
    frame = pl.DataFrame({"subject": ["a"] * 2, "day": [0, 30], "f": [1.0, float("nan")]})
    assert derive_confirmed(frame, "f")["f__confirmed"].to_list() == [None, None]
    assert derive_confirmed(frame.with_columns(f=pl.Series([1, 1])), "f")["f__confirmed"].to_list() == [True, None]


def test_a_lazy_frame_is_read_once() -> None:
    """A plan whose row order differs between two runs must not mix up patients."""
    runs: list[int] = []

    def shuffled(frame: pl.DataFrame) -> pl.DataFrame:
        runs.append(1)
        return frame.sample(fraction=1, shuffle=True, seed=len(runs))

    rows = [(s, d, s % 2 == 0) for s in range(20) for d in (0, 30)]
    frame = pl.DataFrame(rows, schema=["subject", "day", "f"], orient="row").lazy().map_batches(shuffled)
    out = derive_confirmed(frame, "f").collect()
    assert out.filter(day=0).select((pl.col("f") == pl.col("f__confirmed")).all()).item()


@pytest.mark.parametrize("options", [{"visits": 0}, {"min_gap_days": -1}, {"dated": "last"}])
def test_terms_that_mean_nothing_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ParameterError):
        confirmed([0], [[True]], **options)


def test_text_for_a_flag_is_refused() -> None:
    with pytest.raises(WrongTypeError, match="neither Boolean nor a number"):
        derive_confirmed(pl.DataFrame({"subject": ["a"], "day": [0], "f": ["yes"]}), "f")
