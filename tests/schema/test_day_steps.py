"""Steps give what holds on a day and adds up between days, as counting day by day does."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from malar.schema.day_steps import at_days, day_steps, stretches, totals_between

day = st.integers(-30, 30)
courses = st.lists(st.tuples(st.sampled_from("ab"), day, st.integers(0, 20), st.integers(1, 9)), max_size=8)
VALUE = {"v": pl.col("v")}


def table(rows: list[tuple[str, int, int, int]]) -> pl.DataFrame:
    frame = pl.DataFrame(
        rows, schema={"subject": pl.String, "start": pl.Int64, "n": pl.Int64, "v": pl.Int64}, orient="row"
    )
    return frame.select("subject", "start", "v", end=pl.col("start") + pl.col("n"))


def on_day(rows: list[tuple[str, int, int, int]], subject: str, asked: int) -> int:
    return sum(v for s, start, n, v in rows if s == subject and start <= asked <= start + n)


@given(courses, st.lists(st.tuples(st.sampled_from("abc"), day), min_size=1))
def test_what_holds_on_a_day(rows: list[tuple[str, int, int, int]], asked: list[tuple[str, int]]) -> None:
    days = pl.DataFrame(asked, schema={"subject": pl.String, "day": pl.Int64}, orient="row")
    assert at_days(day_steps(table(rows), VALUE), days)["v"].to_list() == [on_day(rows, s, d) for s, d in asked]


@given(courses, st.lists(st.tuples(st.sampled_from("abc"), day, day), min_size=1))
def test_what_adds_up_between_days(rows: list[tuple[str, int, int, int]], asked: list[tuple[str, int, int]]) -> None:
    schema = {"subject": pl.String, "first": pl.Int64, "last": pl.Int64}
    periods = pl.DataFrame(asked, schema=schema, orient="row")
    expected = [sum(on_day(rows, s, d) for d in range(first, last + 1)) for s, first, last in asked]
    assert totals_between(day_steps(table(rows), VALUE), periods)["v"].to_list() == expected


@given(courses, day, st.integers(0, 40))
def test_stretches_cover_every_day_once(rows: list[tuple[str, int, int, int]], first: int, length: int) -> None:
    cut = stretches(day_steps(table(rows), VALUE), pl.Series("subject", ["b", "c", "b"]), first, first + length)
    held = {(s, d): v for s, start, end, v in cut.rows() for d in range(start, end + 1)}
    assert sum(end - start + 1 for _, start, end, _ in cut.rows()) == len(held) == 2 * (length + 1)
    assert all(v == on_day(rows, s, d) for (s, d), v in held.items())
