"""Change of BILAG grades: transitions one by one, references, frames that hold letters alone."""

from __future__ import annotations

from itertools import product

import polars as pl
import pytest

from malar.course.bilag_change import (
    BILAG_2004_SINCE_BASELINE,
    BILAG_2004_SINCE_PREVIOUS,
    BILAG_CLASSIC_SINCE_BASELINE,
)
from malar.course.bilag_tally import BILAG_2004_TALLY
from malar.errors import MissingColumnsError
from malar.instruments.bilag_2004 import BILAG_2004
from malar.instruments.bilag_classic import BILAG_CLASSIC

LETTERS = "ABCDE"


def course(*visits: tuple[int, str | None], prefix: str = "bilag_2004") -> pl.DataFrame:
    """One subject whose renal grade changes; the other systems stay E."""
    systems = BILAG_CLASSIC.systems if prefix == "bilag_classic" else BILAG_2004.systems
    calm = {f"{prefix}__{system}": "E" for system in systems}
    rows = [{"subject": "x", "day": day, **calm, f"{prefix}__renal": grade} for day, grade in visits]
    return pl.DataFrame(rows, schema_overrides={f"{prefix}__renal": pl.String})


def since_baseline(then: str, now: str) -> list[object]:
    made = BILAG_2004_SINCE_BASELINE.derive(course((0, then), (30, now)))
    return list(made.select(BILAG_2004_SINCE_BASELINE.gives()).row(1))


NEW_A = {f"{then}A" for then in "BCDE"}
NEW_B = {f"{then}B" for then in "CDE"}
NEW_C = {f"{then}C" for then in "DE"}
STAYED_ACTIVE = {"AA", "BB", "BA"}


@pytest.mark.parametrize("change", ["".join(pair) for pair in product(LETTERS, LETTERS)])
def test_each_change_of_grade_counts_as_it_should(change: str) -> None:
    made = since_baseline(*change)
    expected = [int(change in NEW_A), int(change in NEW_B), int(change in NEW_C), change not in STAYED_ACTIVE]
    assert made == expected


TALLY = {
    "AA": "persistent_activity", "AB": "minor_improvement", "AC": "major_improvement", "AD": "major_improvement",
    "AE": "major_improvement", "BA": "minor_deterioration", "BB": "persistent_activity", "BC": "minor_improvement",
    "BD": "minor_improvement", "CA": "major_deterioration", "CB": "minor_deterioration", "CC": "persistent_minimal",
    "CD": "persistent_minimal", "DA": "major_deterioration", "DB": "minor_deterioration", "DC": "persistent_minimal",
    "EA": "major_deterioration", "EB": "minor_deterioration", "EC": "persistent_minimal", "EE": "persistent_minimal",
}  # fmt: skip


@pytest.mark.parametrize(("change", "component"), TALLY.items())
def test_each_change_is_tallied_once(change: str, component: str) -> None:
    made = BILAG_2004_TALLY.derive(course((0, change[0]), (30, change[1]))).row(1, named=True)
    quiet = 8 + (component == "persistent_minimal")
    counts = {name: made[f"bilag_2004__n_{name}"] for name in {*TALLY.values()}}
    others = dict.fromkeys(counts, 0) | {component: 1}
    assert counts == {**others, "persistent_minimal": quiet}
    assert made["bilag_2004__n_minimal"] == quiet
    assert made["bilag_2004__n_improving"] == int(component.endswith("improvement"))
    assert made["bilag_2004__n_active_or_worsening"] == 9 - quiet - made["bilag_2004__n_improving"]


def test_baseline_is_the_last_assessment_on_or_before_day_0_and_the_visit_before_is_another() -> None:
    frame = course((-28, "B"), (0, "C"), (30, "B"), (60, "B"))
    made = BILAG_2004_SINCE_PREVIOUS.derive(BILAG_2004_SINCE_BASELINE.derive(frame))
    assert made["bilag_2004__n_new_b__since_baseline"].to_list() == [None, None, 1, 1]
    assert made["bilag_2004__n_new_b__since_previous"].to_list() == [None, 0, 1, 0]


def test_an_open_grade_leaves_bounds() -> None:
    made = BILAG_2004_SINCE_BASELINE.derive(course((0, "C"), (30, None))).row(1, named=True)
    column = "bilag_2004__n_new_a__since_baseline"
    assert (made[column], made[f"{column}__low"], made[f"{column}__high"]) == (None, 0, 1)
    assert made["bilag_2004__all_a_b_improved__since_baseline"] is True
    active = BILAG_2004_SINCE_BASELINE.derive(course((0, "A"), (30, None))).row(1, named=True)
    assert active["bilag_2004__all_a_b_improved__since_baseline"] is None
    assert (active[f"{column}__low"], active[f"{column}__high"]) == (0, 0)


def test_a_frame_without_a_system_is_refused() -> None:
    with pytest.raises(MissingColumnsError, match="bilag_2004__renal"):
        BILAG_2004_SINCE_BASELINE.derive(course((0, "A")).drop("bilag_2004__renal"))


def test_classic_grades_are_compared_in_the_same_way() -> None:
    made = BILAG_CLASSIC_SINCE_BASELINE.derive(course((0, "C"), (30, "A"), prefix="bilag_classic"))
    assert made["bilag_classic__n_new_a__since_baseline"].to_list() == [None, 1]
