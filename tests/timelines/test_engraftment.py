"""Engraftment: the first of three days in a row, after a fall, seven days after platelets were given."""

from __future__ import annotations

import polars as pl
import pytest

from malar.schema import Settings, Study, study_from_frames
from malar.timelines.engraftment import NEUTROPHILS, PLATELETS, Engraftment, primary_graft_failure


def study(analyte: str, counts: dict[int, float], transfused: tuple[int, ...] = ()) -> Study:
    frames = {
        "subjects": pl.DataFrame({"subject": ["S"]}),
        "donors": pl.DataFrame({"donor": ["D"]}),
        "products": pl.DataFrame({"product": ["P"], "donor": ["D"]}),
        "infusions": pl.DataFrame(
            {"subject": ["S"], "day": [0], "product": ["P"], "total_cells": [1e8], "cells_per_kg": [2e6]}
        ),
        "labs": pl.DataFrame(
            {"subject": "S", "day": list(counts), "analyte": analyte, "number": 1, "value": list(counts.values()),
             "unit": "10^9/L"}
        ),
        "procedures": pl.DataFrame(
            {"subject": ["S"] * len(transfused), "day": list(transfused), "kind": "platelet_transfusion", "number": 1}
        ),
    }  # fmt: skip
    return study_from_frames(frames, Settings(data="invented"))


def outcome(made: Engraftment, given: Study) -> tuple[str | None, int | None]:
    row = made.derive(given).row(0, named=True)
    return row["outcome"], row["day"]


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({9: 0.4, 10: 0.5, 11: 0.6, 12: 0.5}, ("engrafted", 10)),
        ({8: 0.1, 9: 0.5, 10: 0.6, 11: 0.4, 12: 0.5, 13: 0.5, 14: 0.5}, ("engrafted", 12)),
        ({9: 0.4, 10: 0.5, 12: 0.6, 13: 0.5}, ("not_engrafted", None)),
        ({9: 0.4, 10: 0.49, 11: 0.6, 12: 0.5}, ("not_engrafted", None)),
        ({9: 0.5, 10: 0.6, 11: 0.7}, ("never_below", None)),
        ({-9: 0.5, -8: 0.6, -7: 0.7}, (None, None)),
    ],
)
def test_neutrophils(counts: dict[int, float], expected: tuple[str | None, int | None]) -> None:
    assert outcome(NEUTROPHILS, study("neutrophils", counts)) == expected


@pytest.mark.parametrize(
    ("first", "transfused", "expected"),
    [(11, (8,), 15), (11, (4,), 11), (11, (5,), 12), (11, (), 11)],
)
def test_platelets_count_from_seven_days_after_the_last_transfusion(
    first: int, transfused: tuple[int, ...], expected: int
) -> None:
    counts = {day: 10.0 if day < first else 20.0 for day in range(5, 30)}
    assert outcome(PLATELETS, study("platelets", counts, transfused)) == ("engrafted", expected)


def test_platelets_never_below_are_not_engrafted_on_day_0() -> None:
    assert outcome(PLATELETS, study("platelets", dict.fromkeys(range(20), 30.0))) == ("never_below", None)


@pytest.mark.parametrize(
    ("counts", "failed"),
    [
        (dict.fromkeys(range(31), 0.1), True),
        (dict.fromkeys(range(30), 0.1), None),
        ({day: 0.1 if day < 28 else 0.6 for day in range(35)}, False),
        ({day: 0.1 if day < 31 else 0.6 for day in range(35)}, True),
        (dict.fromkeys(range(10), 3.0), False),
    ],
)
def test_primary_graft_failure(counts: dict[int, float], failed: bool | None) -> None:
    assert primary_graft_failure(study("neutrophils", counts))["graft_failure"].to_list() == [failed]
