"""The SELENA flare index: severe overrides, variants order themselves, and unknowns never turn a verdict."""

from __future__ import annotations

from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from malar.endpoints import rule
from malar.endpoints.selena_flare_index import DEFINITIONS

KEYS = tuple(made.key for made in DEFINITIONS)
SIGNS = ("mild_clinical", "severe_clinical", "nsaid_or_hcq_added", "new_cytotoxic", "hospitalized")
TYPES = {
    "selena_sledai": pl.Float64, "pga": pl.Float64, "prednisone_mg_day": pl.Float64, "weight_kg": pl.Float64,
    **{f"sfi__{sign}": pl.Boolean for sign in SIGNS},
}  # fmt: skip
VALUES: dict[str, list[Any]] = {
    "selena_sledai": [0.0, 4, 7, 10, 12, 13, 20],
    "pga": [0.0, 0.5, 1.5, 2.5, 2.6],
    "prednisone_mg_day": [0.0, 5, 10, 30, 35],
    "weight_kg": [60.0],
}


def cell(name: str) -> st.SearchStrategy[Any]:
    return st.sampled_from(VALUES.get(name, [True, False]))


@st.composite
def pairs(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Two visits, everything known; and the second with some of it unknown."""
    before, now = ({name: draw(cell(name)) for name in TYPES} for _ in range(2))
    hidden = draw(st.sets(st.sampled_from(list(TYPES))))
    return before, now, {name: None if name in hidden else now[name] for name in TYPES}


def judged(courses: list[tuple[dict[str, Any], dict[str, Any]]]) -> list[dict[str, Any]]:
    """Verdicts at the second visit of each patient."""
    rows = [
        {"subject": f"{n:03}", "day": day, **visit}
        for n, course in enumerate(courses)
        for day, visit in zip((0, 30), course, strict=True)
    ]
    frame = pl.DataFrame(rows, schema={"subject": pl.String, "day": pl.Int64, **TYPES})
    for key in KEYS:
        frame = rule(key).flag(frame)
    return frame.filter(day=30).sort("subject").to_dicts()


many = st.lists(pairs(), min_size=10, max_size=40)


@settings(max_examples=12, deadline=None)
@given(drawn=many)
def test_filling_an_unknown_never_turns_a_verdict(drawn):
    open_verdicts = judged([(before, hidden) for before, _, hidden in drawn])
    known = judged([(before, now) for before, now, _ in drawn])
    for was, filled in zip(open_verdicts, known, strict=True):
        for key in KEYS:
            assert filled[key] is not None
            assert was[key] in (None, filled[key]), key


@settings(max_examples=12, deadline=None)
@given(drawn=many)
def test_a_visit_is_severe_or_mild_or_neither_and_modifications_only_take_severe_flares_away(drawn):
    for made in judged([(before, now) for before, now, _ in drawn]):
        assert made["sfi_flare"] == (made["sfi_severe"] or made["sfi_mild_moderate"])
        for name in ("", "_bliss", "_without_medication", "_rise_3"):
            assert not (made[f"sfi_severe{name}"] and made[f"sfi_mild_moderate{name}"])
            assert made["sfi_severe"] or not made[f"sfi_severe{name}"]


def test_every_flare_index_prints_its_known_weakness():
    for made in DEFINITIONS:
        assert "of 52 severe flares" in made.note
        assert "46" in made.note
