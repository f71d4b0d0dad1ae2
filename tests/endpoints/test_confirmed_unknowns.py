"""Filling an unknown verdict never turns a confirmation around, whatever its terms."""

from __future__ import annotations

from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from malar.course import derive_confirmed

VERDICTS = st.sampled_from([True, False, None])
TERMS = st.fixed_dictionaries({
    "visits": st.integers(1, 3),
    "min_gap_days": st.sampled_from([0, 1, 28]),
    "dated": st.sampled_from(["first", "confirming"]),
})  # fmt: skip
VISITS = st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 120)), min_size=1, max_size=8, unique=True)


def confirmed(visits: list[tuple[str, int]], flags: list[bool | None], terms: dict[str, Any]) -> pl.DataFrame:
    frame = pl.DataFrame(visits, schema=["subject", "day"], orient="row")
    return derive_confirmed(frame.with_columns(ok=pl.Series(flags, dtype=pl.Boolean)), "ok", **terms)


@settings(max_examples=150, deadline=None)
@given(data=st.data(), visits=VISITS, terms=TERMS)
def test_a_decided_confirmation_is_never_turned_around(
    data: st.DataObject, visits: list[tuple[str, int]], terms: dict[str, Any]
) -> None:
    before = data.draw(st.lists(VERDICTS, min_size=len(visits), max_size=len(visits)))
    after = [data.draw(VERDICTS) if flag is None else flag for flag in before]
    old, new = (confirmed(visits, flags, terms)["ok__confirmed"] for flags in (before, after))
    assert all(was is None or was == now for was, now in zip(old, new, strict=True))


@settings(max_examples=60, deadline=None)
@given(data=st.data(), visits=VISITS, terms=TERMS)
def test_the_order_of_rows_does_not_matter(
    data: st.DataObject, visits: list[tuple[str, int]], terms: dict[str, Any]
) -> None:
    flags = data.draw(st.lists(VERDICTS, min_size=len(visits), max_size=len(visits)))
    order = data.draw(st.permutations(range(len(visits))))
    one = confirmed(visits, flags, terms).sort("subject", "day")
    other = confirmed([visits[i] for i in order], [flags[i] for i in order], terms).sort("subject", "day")
    assert one.equals(other)
