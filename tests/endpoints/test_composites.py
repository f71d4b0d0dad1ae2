"""Composites: filling an unknown never turns a decided verdict around, and what was not collected never passes."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from malar.endpoints import DEFINITIONS, rule
from malar.instruments import INSTRUMENTS
from malar.instruments.sledai_2k import SLEDAI_2K
from malar.sources import Status, weakest

NAMES = SLEDAI_2K.names()
FEW = [f"sledai_2k__{item}" for item in ("seizure", "arthritis", "rash", "low_complement", "fever")]
YES_NO = (True, False)
CHOICES: dict[str, tuple[object, ...]] = {
    **dict.fromkeys(FEW, YES_NO),
    "pga": (0.2, 0.5, 1.0, 1.2),
    "prednisone_mg_day": (0.0, 5.0, 7.5, 10.0),
    **dict.fromkeys(
        (
            "hemolytic_anemia", "gastrointestinal_activity", "standard_therapy", "investigational_drug",
            "trial_cell_product_given", "glucocorticoid", "immunosuppressant", "biologic",
        ),
        YES_NO,
    ),
    "tender_joints": (3, 6), "swollen_joints": (3, 6),
}  # fmt: skip
"""Columns that may be unknown, and their values."""
JUDGED = [key for key, made in DEFINITIONS.items() if set(made.visit_needs()) <= {*NAMES, *CHOICES, "active_joints"}]
DAYS = st.lists(st.integers(1, 120), max_size=3, unique=True).map(lambda days: [0, *sorted(days)])
"""One visit on or before day 0, so that filling a value never moves the baseline to another visit."""


@st.composite
def completions(draw: st.DrawFn) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A visit frame, and the same with some unknown cells filled."""
    before: list[dict[str, Any]] = []
    after: list[dict[str, Any]] = []
    for day in draw(DAYS):
        cells = {name: draw(st.sampled_from([*values, None])) for name, values in CHOICES.items()}
        filled = {name: draw(st.sampled_from(CHOICES[name])) if cell is None else cell for name, cell in cells.items()}
        fixed = {"subject": "a", "day": day, "active_joints": None, **dict.fromkeys(NAMES, False)}
        before.append({**fixed, **cells})
        after.append({**fixed, **filled})
    schema = {name: pl.Float64 if values is not YES_NO else pl.Boolean for name, values in CHOICES.items()}
    return tuple(pl.DataFrame(rows, schema_overrides=schema) for rows in (before, after))  # pyright: ignore


def test_lldas_doris_and_joint_50_are_among_those_tried() -> None:
    assert {"lldas", "lldas_letter", "doris_2021", "doris_2017_complete_off_treatment", "joint_50"} <= set(JUDGED)


@settings(max_examples=25, deadline=None)
@given(pair=completions())
def test_a_decided_verdict_is_never_turned_around(pair: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    before, after = pair
    for key in JUDGED:
        old, new = (rule(key).flag(frame)[key] for frame in (before, after))
        assert all(was is None or was == now for was, now in zip(old, new, strict=True)), key


@pytest.mark.parametrize("key", [key for key in DEFINITIONS if DEFINITIONS[key].instruments])
def test_a_definition_claims_no_more_than_its_weakest_part(key: str) -> None:
    made = DEFINITIONS[key]
    assert made.status == weakest([made.source.status, *(part.status for part in made.parts())])
    assert made.status <= min(INSTRUMENTS[used.key].status for used in made.instruments)


def test_lldas_rests_on_the_primary_table_and_on_copies_of_the_items() -> None:
    assert rule("lldas").source.status == Status.VERIFIED
    assert rule("lldas").status == Status.SECONDARY
