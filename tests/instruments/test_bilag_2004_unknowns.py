"""The bounds of BILAG-2004 hold every completion, and what was once involved is never E again."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from malar.course.bilag_change import BILAG_2004_SINCE_BASELINE, BILAG_2004_SINCE_PREVIOUS
from malar.course.bilag_coded_new import BILAG_2004_CODED_NEW
from malar.course.bilag_tally import BILAG_2004_TALLY
from malar.instruments import bilag_2004_scoring as scoring
from malar.instruments.bilag_2004 import BILAG_2004
from malar.instruments.bilag_2004_items import ITEMS
from malar.instruments.bilag_2004_renal import FUNCTION, URINE
from tests.support.bilag_visits import CALM, item, visits

STEPS = (BILAG_2004_SINCE_BASELINE, BILAG_2004_SINCE_PREVIOUS, BILAG_2004_CODED_NEW, BILAG_2004_TALLY)
YES_NO = {made.key for made in ITEMS if made.role == "Y"}
CODED = [made.key for made in ITEMS if made.role not in ("due", "Y")]
RANGES = {
    "systolic_bp": (110, 180), "diastolic_bp": (60, 110), "uacr": (0, 200), "upcr": (0, 2), "creatinine": (60, 220),
    "gfr": (30, 120), "urine_protein_24h": (0, 2), "dipstick_protein": (0, 4), "hemoglobin": (60, 140),
    "wbc": (0.5, 6), "neutrophils": (0.2, 4), "lymphocytes": (0.4, 2), "platelets": (10, 250),
}  # fmt: skip
"""Measurement → range to draw from: values on both sides of every limit."""
ALTERNATIVES = (URINE, FUNCTION)
"""Measurements that stand in for one another: one that was not made beside another that was is no unknown."""


def draw(column: str, rng: np.random.Generator) -> float:
    """A value that a column can hold."""
    if column.startswith(scoring.HISTORY):
        return float(rng.random() < 0.3)
    key = column.removeprefix("bilag_2004__")
    if key in YES_NO:
        return float(rng.random() < 0.2)
    if key in CODED:
        return float(rng.choice([0, 0, 0, 0, 0, 0, 1, 2, 3, 4]))
    name = next(name for name, place in scoring.MEASURED.items() if place == column)
    return float(round(rng.uniform(*RANGES[name])))


def courses(rng: np.random.Generator, subjects: int) -> list[dict[str, Any]]:
    """Visits with a few signs, some measurements, nothing unknown; some systems with recorded grades alone."""
    rows: list[dict[str, Any]] = []
    for subject in range(subjects):
        bare = {item(key) for s in rng.choice(BILAG_2004.systems[1:8], 2) for key in scoring.BILAG_2004_ITEMS[s]}
        for day in sorted(rng.choice([-28, 0, 28, 56, 84, 168], 3, replace=False).tolist()):
            row = {column: draw(column, rng) for column, calm in CALM.items() if calm is not None}
            row |= {column: 0.0 for column in row if column not in scoring.MEASURED.values() and rng.random() < 0.9}
            row |= {column: None for column in bare if column in row}
            for system, keys in scoring.BILAG_2004_ITEMS.items():
                if all(row.get(item(key)) is None for key in keys):
                    row[f"{scoring.GRADES}__{system}"] = float(rng.integers(0, 5))
            rows.append({"subject": f"{subject:04}", "day": day, **row, item("pyrexia"): 0.0})
    return rows


def hidden(rows: list[dict[str, Any]], rng: np.random.Generator) -> list[dict[str, Any]]:
    """The same rows with some of what is known made unknown; of alternatives, all or none; where a system has
    items, one of them stays, and a recorded grade is hidden only where nothing else tells."""
    kept = {item(keys[-1]) for keys in scoring.BILAG_2004_ITEMS.values()} | {item("pyrexia")}
    groups = [{scoring.MEASURED[name] for name in names} for names in ALTERNATIVES]
    out: list[dict[str, Any]] = []
    for row in rows:
        share = rng.choice([0.0, 0.05, 0.3])
        gone = {name for name in row if name not in ("subject", "day", *kept) and rng.random() < share}
        for group in groups:
            gone = gone | group if gone & group else gone
        out.append({name: None if name in gone else value for name, value in row.items()})
    return out


def applied(rows: list[dict[str, Any]]) -> pl.DataFrame:
    frame = BILAG_2004.score(visits(rows))
    for step in STEPS:
        frame = step.derive(frame)
    return frame


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_bounds_hold_every_completion_and_close_where_all_is_known(seed: int) -> None:
    rng = np.random.default_rng(seed)
    full = courses(rng, 25)
    part = hidden(full, rng)
    before, after = applied(part), applied(full)
    for name in after.columns:
        low, high = f"{name}__low", f"{name}__high"
        if low not in after.columns:
            continue
        known = after[name].drop_nulls()
        assert known.equals(after.drop_nulls(name)[low]), name
        assert (before[low] <= after[low]).all(), name
        assert (after[high] <= before[high]).all(), name
        turned = (before[name] != after[name]).fill_null(value=False)
        assert not turned.any(), name
    for system in BILAG_2004.systems:
        assert after[f"bilag_2004__{system}"].null_count() == 0
    for name in (step.gives()[-1] for step in STEPS[:2]):
        assert not (before[name] != after[name]).fill_null(value=False).any(), name


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_a_system_that_was_not_e_is_never_e_again(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = [{**row, **{f"{scoring.GRADES}__{s}": None for s in BILAG_2004.systems}} for row in courses(rng, 25)]
    for row in rows:
        row |= {item(key): 0.0 for key in CODED if row[item(key)] is None}
    frame = BILAG_2004.score(visits(rows)).sort("subject", "day")
    for system in BILAG_2004.systems:
        rank = frame.select("subject", rank=f"bilag_2004__{system}__rank").drop_nulls()
        worst = rank.with_columns(worst=pl.col("rank").cum_max().over("subject"))
        assert worst.filter((pl.col("rank") == 0) & (pl.col("worst") > 0)).is_empty(), system


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_order_of_rows_does_not_matter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = hidden(courses(rng, 10), rng)
    shuffled: list[dict[str, Any]] = [rows[i] for i in rng.permutation(len(rows)).tolist()]
    one, other = applied(rows), applied(shuffled)
    assert one.sort("subject", "day").equals(other.sort("subject", "day"))


def test_every_change_belongs_to_one_component_of_the_tally() -> None:
    rng = np.random.default_rng(1)
    tallied = applied(courses(rng, 60))
    closed = tallied.drop_nulls("bilag_2004__n_persistent_minimal")
    names = BILAG_2004_TALLY.gives()
    assert closed.height > 0
    assert (closed.select(pl.sum_horizontal(names[:6]))["bilag_2004__n_major_deterioration"] == 9).all()
    assert (closed.select(pl.sum_horizontal(names[6:]))["bilag_2004__n_active_or_worsening"] == 9).all()
