"""Visits of BILAG-2004 with nothing the matter, to change one thing in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from malar.instruments import bilag_2004_scoring as scoring
from malar.instruments.bilag_2004 import BILAG_2004

NORMAL: dict[str, Any] = {
    "systolic_mmhg": 120.0,
    "diastolic_mmhg": 70.0,
    "lab__uacr": 2.0,
    "lab__creatinine": 80.0,
    "lab__gfr": 95.0,
    "lab__hemoglobin": 130.0,
    "lab__wbc": 6.0,
    "lab__neutrophils": 4.0,
    "lab__lymphocytes": 1.5,
    "lab__platelets": 220.0,
}
CALM: dict[str, Any] = {
    **dict.fromkeys(BILAG_2004.needs()),
    **{f"{scoring.FORM}__{item}": 0.0 for item in scoring.ITEMS if not item.endswith("_due")},
    **{f"{scoring.HISTORY}__{system}": 0.0 for system in BILAG_2004.systems},
    **NORMAL,
}
"""What BILAG-2004 reads at a visit at which nothing is the matter, and never was."""
TYPES = {"subject": pl.String, "day": pl.Int64, **dict.fromkeys(BILAG_2004.needs(), pl.Float64)}


def visits(rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """A frame of visits, each calm but for what its row says; each of a subject of its own unless it names one."""
    made = [{"subject": f"{number:06}", "day": 0, **CALM, **row} for number, row in enumerate(rows)]
    return pl.DataFrame(made, schema=TYPES)


def item(key: str) -> str:
    """The column of an item."""
    return f"{scoring.FORM}__{key}"
