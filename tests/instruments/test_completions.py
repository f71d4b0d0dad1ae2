"""The bounds of a score are the least and the greatest of its completions, each scored by itself."""

from __future__ import annotations

from itertools import product

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.families import SLEDAI_2K_FORMS

NAMES = SLEDAI_2K_FORMS["sledai_2k"].names()


@settings(max_examples=25, deadline=None)
@given(
    present=st.sets(st.sampled_from(NAMES)),
    unknown=st.sets(st.sampled_from(NAMES), max_size=4),
    key=st.sampled_from(sorted(SLEDAI_2K_FORMS)),
)
def test_bounds_are_those_of_all_completions(present: set[str], unknown: set[str], key: str) -> None:
    made, types = SLEDAI_2K_FORMS[key], dict.fromkeys(NAMES, pl.Boolean)
    row = {name: name in present for name in NAMES}
    open_row = pl.DataFrame([{**row, **dict.fromkeys(unknown)}], schema=types)
    choices = product([False, True], repeat=len(unknown))
    full = pl.DataFrame(
        [{**row, **dict(zip(sorted(unknown), choice, strict=True))} for choice in choices], schema=types
    )
    points = made.score(full)[key]
    scored = made.score(open_row).row(0, named=True)
    assert points.null_count() == 0
    assert (scored[f"{key}__low"], scored[f"{key}__high"]) == (points.min(), points.max())
    assert scored[key] == (points[0] if points.n_unique() == 1 else None)


@pytest.mark.parametrize("key", sorted(SLEDAI_2K_FORMS))
def test_a_visit_with_nothing_recorded_is_open_from_0_to_the_most(key: str) -> None:
    made = SLEDAI_2K_FORMS[key]
    scored = made.score(pl.DataFrame([dict.fromkeys(NAMES)], schema=dict.fromkeys(NAMES, pl.Boolean))).row(
        0, named=True
    )
    assert (scored[key], scored[f"{key}__low"], scored[f"{key}__high"]) == (None, 0, made.maximum)
    assert scored[f"{key}__n_missing"] == len(made.items)
