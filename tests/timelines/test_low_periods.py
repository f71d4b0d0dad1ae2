"""How long a level stays low: from the first low result to the first of two that are not."""

from __future__ import annotations

import polars as pl
import pytest

from malar.schema import Settings, Study, study_from_frames
from malar.timelines.low_periods import LOW_PERIODS


def study(counts: dict[int, float]) -> Study:
    frames = {
        "subjects": pl.DataFrame({"subject": ["S"]}),
        "donors": pl.DataFrame({"donor": ["D"]}),
        "products": pl.DataFrame({"product": ["P"], "donor": ["D"]}),
        "infusions": pl.DataFrame(
            {"subject": ["S"], "day": [0], "product": ["P"], "total_cells": [1e8], "cells_per_kg": [2e6]}
        ),
        "labs": pl.DataFrame(
            {"subject": "S", "day": list(counts), "analyte": "cd19", "number": 1, "value": list(counts.values()),
             "unit": "10^9/L"}
        ),
    }  # fmt: skip
    return study_from_frames(frames, Settings(data="invented"))


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({0: 0.1, 30: 0.2}, (False, None, None, None)),
        ({0: 0.1, 10: 0.009, 40: 0.01, 60: 0.02}, (True, 10, 30, True)),
        ({0: 0.1, 10: 0.009, 40: 0.01, 60: 0.002, 90: 0.02, 120: 0.03}, (True, 10, 80, True)),
        ({0: 0.1, 10: 0.009, 40: 0.01}, (True, 10, 30, False)),
        ({-5: 0.001, 0: 0.1, 5: 0.1}, (False, None, None, None)),
    ],
)
def test_b_cells(counts: dict[int, float], expected: tuple[object, ...]) -> None:
    row = LOW_PERIODS["b_cells_absent"].derive(study(counts)).row(0, named=True)
    assert (row["low"], row["start"], row["days"], row["over"]) == expected


def test_a_subject_without_a_result_is_not_there() -> None:
    assert LOW_PERIODS["igg_low"].derive(study({0: 0.1})).is_empty()
