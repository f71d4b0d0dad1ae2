"""Queries on products and infusions, found where planted and silent otherwise."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from malar.checks import check
from malar.schema import Settings, study_from_frames

CLEAN: dict[str, dict[str, Any]] = {
    "products": {"release_criteria_met": True, "cd105_percent": 95.0, "cd45_percent": 2.0},
    "infusions": {"total_cells": 6e7, "cells_per_kg": 1e6},
}


def found(**changes: dict[str, Any]) -> set[str]:
    rows = {name: {**row, **changes.get(name, {})} for name, row in CLEAN.items()}
    frames = {
        "subjects": pl.DataFrame({"subject": ["S"]}),
        "donors": pl.DataFrame({"donor": ["D"]}),
        "products": pl.DataFrame([{"product": "P", "donor": "D", **rows["products"]}]),
        "infusions": pl.DataFrame([{"subject": "S", "day": 0, "product": "P", **rows["infusions"]}]),
        "visits": pl.DataFrame({"subject": ["S"], "day": [0], "weight_kg": [60.0]}),
    }
    keys = {"released_against_markers", "infused_though_not_released", "dose_per_kg_differs_from_total"}
    return set(check(study_from_frames(frames, Settings(data="invented"))).findings["rule"]) & keys


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, set()),
        ({"products": {"cd105_percent": 94.9}}, {"released_against_markers"}),
        ({"products": {"cd45_percent": 2.1}}, {"released_against_markers"}),
        ({"products": {"release_criteria_met": False}}, {"infused_though_not_released"}),
        ({"infusions": {"cells_per_kg": 1.4e6}}, {"dose_per_kg_differs_from_total"}),
        ({"infusions": {"cells_per_kg": 1.2e6}}, set()),
    ],
)
def test_queries(changes: dict[str, dict[str, Any]], expected: set[str]) -> None:
    assert found(**changes) == expected
