"""Filling an unknown never turns a decided answer around, and bounds hold every completion."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from malar.course import derive_confirmed
from malar.endpoints import rule
from malar.errors import ParameterError, WrongTypeError
from malar.instruments.sledai_2k import SLEDAI_2K
from tests.support.families import SLEDAI_2K_ALONE, SLEDAI_2K_FORMS

NAMES = SLEDAI_2K.names()
FEW = ["seizure", "arthritis", "proteinuria", "rash", "alopecia", "low_complement", "fever", "leukopenia"]
ANCHOR = "sledai_2k__cva"
"""An item that is always recorded, so that filling others never adds an assessed visit to the grid."""

signs = st.sampled_from([True, False, None])


@st.composite
def visit_frames(draw: st.DrawFn) -> pl.DataFrame:
    """One to three patients, one to five visits, eight items that may be unknown, the others absent."""
    rows: list[dict[str, Any]] = []
    for subject in range(draw(st.integers(1, 3))):
        for day in sorted(draw(st.sets(st.integers(-40, 300), min_size=1, max_size=5))):
            some = {f"sledai_2k__{item}": draw(signs) for item in FEW}
            rows.append({"subject": str(subject), "day": day, **dict.fromkeys(NAMES, False), **some})
    return pl.DataFrame(rows, schema_overrides=dict.fromkeys(NAMES, pl.Boolean))


@st.composite
def completions(draw: st.DrawFn) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A frame, and the same with some of its unknown items filled."""
    frame = draw(visit_frames())
    filled = {
        name: [draw(signs) if value is None else value for value in frame[name]]
        for name in (f"sledai_2k__{item}" for item in FEW)
    }
    return frame, frame.with_columns(pl.Series(name, values, dtype=pl.Boolean) for name, values in filled.items())


def judge(frame: pl.DataFrame) -> pl.DataFrame:
    for key in SLEDAI_2K_ALONE:
        frame = rule(key).flag(frame)
    return derive_confirmed(frame, "sledai_2k_at_most_4")


@settings(max_examples=80, deadline=None)
@given(pair=completions())
def test_a_decided_verdict_is_never_turned_around(pair: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    before, after = (judge(frame) for frame in pair)
    for key in (*SLEDAI_2K_ALONE, "sledai_2k_at_most_4__confirmed"):
        for old, new in zip(before[key], after[key], strict=True):
            assert old is None or old == new, key


@settings(max_examples=80, deadline=None)
@given(pair=completions())
def test_bounds_narrow_and_hold_the_score(pair: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    for made in SLEDAI_2K_FORMS.values():
        before, after = (made.score(frame) for frame in pair)
        key = made.key
        assert (before[f"{key}__low"] <= after[f"{key}__low"]).all()
        assert (after[f"{key}__high"] <= before[f"{key}__high"]).all()
        known = after.drop_nulls(key)
        assert (known[key] == known[f"{key}__low"]).all()
        assert (known[key] == known[f"{key}__high"]).all()
        assert after[f"{key}__high"].max() <= made.maximum


@settings(max_examples=40, deadline=None)
@given(frame=visit_frames(), seed=st.integers(0, 1000))
def test_the_order_of_rows_does_not_matter(frame: pl.DataFrame, seed: int) -> None:
    columns = ["subject", "day", *SLEDAI_2K_ALONE, "sledai_2k_at_most_4__confirmed"]
    shuffled = frame.sample(fraction=1, shuffle=True, seed=seed)
    assert judge(frame).select(columns).sort("subject", "day").equals(
        judge(shuffled).select(columns).sort("subject", "day")
    )  # fmt: skip


def one(**items: object) -> pl.DataFrame:
    return pl.DataFrame({name: [items.get(name.removeprefix("sledai_2k__"), False)] for name in NAMES}, strict=False)


def test_policies_for_missing_items() -> None:
    frame = pl.concat([one(rash=True), one(rash=None), one(rash=None)]).with_columns(
        subject=pl.lit("a"), day=pl.Series([0, 30, 60])
    )
    assert SLEDAI_2K.score(frame)["sledai_2k"].to_list() == [2, None, None]
    assert SLEDAI_2K.score(frame, missing="absent")["sledai_2k"].to_list() == [2, 0, 0]
    carried = SLEDAI_2K.score(frame, missing="carry")
    assert carried["sledai_2k"].to_list() == [2, 2, None]
    assert carried["sledai_2k__n_missing"].to_list() == [0, 1, 1]
    with pytest.raises(ParameterError, match="no policy"):
        SLEDAI_2K.score(frame, missing="guess")  # pyright: ignore


def test_without_bounds_only_the_score_is_added() -> None:
    out = SLEDAI_2K.score(pl.concat([one(rash=True), one(rash=None)]), bounds=False)
    assert out["sledai_2k"].to_list() == [2, None]
    assert out.columns == [*NAMES, "sledai_2k"]


@pytest.mark.parametrize(
    ("values", "points"), [([4.0, 0.0, float("nan"), None], [4, 0, None, None]), ([1, 0, None, 4], [4, 0, None, 4])]
)
def test_recorded_weights_and_nan_are_read_as_they_mean(values: list[float], points: list[int | None]) -> None:
    frame = pl.concat([one()] * 4).with_columns(pl.Series("sledai_2k__arthritis", values, strict=False))
    assert SLEDAI_2K.score(frame)["sledai_2k"].to_list() == points


def test_text_for_a_sign_is_refused() -> None:
    with pytest.raises(WrongTypeError, match="neither Boolean nor a number"):
        SLEDAI_2K.score(one().with_columns(sledai_2k__rash=pl.lit("yes")))


def test_windows_that_were_never_published_are_refused() -> None:
    from dataclasses import replace

    assert replace(SLEDAI_2K, window_days=10).window_days == 10
    with pytest.raises(ParameterError, match="no window of 12 days"):
        replace(SLEDAI_2K, window_days=12)
