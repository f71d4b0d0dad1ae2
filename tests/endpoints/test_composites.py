"""Composites: filling an unknown never turns a decided verdict around, and what was not collected never passes."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from malar.endpoints import DEFINITIONS, rule
from malar.instruments import INSTRUMENTS
from malar.instruments.bilag_2004 import BILAG_2004
from malar.instruments.bilag_grades import add_grades, as_rank
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


@settings(max_examples=15, deadline=None)
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


@pytest.mark.parametrize("key", ["sri_4", "sri_8", "sri_4_tulip", "bicla", "bicla_emblem"])
def test_bilag_2004_makes_sri_and_bicla_provisional(key: str) -> None:
    assert INSTRUMENTS["bilag_2004"].status == Status.PROVISIONAL
    assert rule(key).status == Status.PROVISIONAL


GRADES = st.sampled_from(["A", "B", "C", "D", "E", None])
SYSTEMS = ("mucocutaneous", "renal", "hematological")


@st.composite
def graded(draw: st.DrawFn) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Visits with recorded grades of three systems, scores and treatment, and the same with unknown cells filled."""
    choices = {f"bilag_2004__{system}": GRADES for system in SYSTEMS}
    choices |= {"sledai_2k": st.sampled_from([4, 8, 12, None]), "pga": st.sampled_from([1.0, 1.29, 1.3, None])}
    choices |= {"treatment_failure": st.sampled_from([True, False, None])}
    before: list[dict[str, Any]] = []
    after: list[dict[str, Any]] = []
    for day in (0, 180, 365):
        cells = {name: draw(cell) for name, cell in choices.items()}
        filled = {n: draw(choices[n].filter(lambda x: x is not None)) if c is None else c for n, c in cells.items()}
        whole = {f"bilag_2004__{system}": "E" for system in BILAG_2004.systems}
        before.append({"subject": "a", "day": day, **whole, **cells})
        after.append({"subject": "a", "day": day, **whole, **filled})
    return with_counts(before), with_counts(after)


def with_counts(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """The frame that BILAG-2004 gives for letters: ranks, numbers of A and B, and bounds."""
    schema = {"sledai_2k": pl.Int64, "pga": pl.Float64, "treatment_failure": pl.Boolean}
    schema |= {f"bilag_2004__{system}": pl.String for system in BILAG_2004.systems}
    frame = pl.DataFrame(rows, schema_overrides=schema)
    ranks = {s: as_rank(f"bilag_2004__{s}", frame.schema) for s in BILAG_2004.systems}
    low = (rank.fill_null(0).alias(f"bilag_2004__{s}__rank__low") for s, rank in ranks.items())
    high = (rank.fill_null(4).alias(f"bilag_2004__{s}__rank__high") for s, rank in ranks.items())
    bounded = frame.with_columns(*low, *high, bilag_2004__assessed=pl.lit(value=True)).lazy()
    return add_grades(bounded, "bilag_2004", BILAG_2004.systems, (12, 8, 1)).collect()


@settings(max_examples=15, deadline=None)
@given(pair=graded())
def test_a_decided_response_is_never_turned_around(pair: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    for key in ("sri_4", "sri_8", "sri_4_without_medication_rules", "bicla", "bicla_emblem"):
        old, new = (rule(key).flag(frame)[key] for frame in pair)
        assert all(was is None or was == now for was, now in zip(old, new, strict=True)), key


def test_a_system_not_graded_at_baseline_leaves_bicla_evaluable_where_another_was_active() -> None:
    skin_unknown = {f"bilag_2004__{system}": "E" for system in BILAG_2004.systems}
    skin_unknown |= {"bilag_2004__mucocutaneous": None, "subject": "a", "treatment_failure": False, "pga": 1.0}
    rows = [
        {**skin_unknown, "day": 0, "sledai_2k": 8, "bilag_2004__renal": "A"},
        {**skin_unknown, "day": 30, "sledai_2k": 4, "bilag_2004__renal": "B", "bilag_2004__mucocutaneous": "C"},
        {**skin_unknown, "day": 60, "sledai_2k": 4, "bilag_2004__renal": "A", "bilag_2004__mucocutaneous": "C"},
    ]
    out = rule("bicla").flag(with_counts(rows))
    assert out["bicla__evaluable"].to_list() == [None, True, True]
    assert out["bicla"].to_list() == [None, True, False]
