"""Numbers from other software: `input.csv` and `expected.json` of a case.

Our own cases lie beside this file. Cases on data that other packages ship are not copied into the project:
they are read from the folder named by the environment variable ``MALAR_ORACLES``, by default
``../shared/oracles`` beside the checkout, and their tests are skipped where it is absent.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest

HERE = Path(__file__).parent
ELSEWHERE = HERE.parents[1].parent / "shared" / "oracles"


@dataclass(frozen=True, slots=True)
class Case:
    """One case: the input, the column that plays each role, the numbers expected, and the folder they lie in."""

    frame: pl.DataFrame
    columns: dict[str, str | None]
    expected: dict[str, Any]
    whole: dict[str, Any]
    folder: Path


def read_case(name: str) -> Case:
    """Read a case, or skip the test with the reason."""
    outside = Path(os.environ.get("MALAR_ORACLES", ELSEWHERE))
    folder = next((root / name for root in (HERE, outside) if (root / name / "expected.json").exists()), None)
    if folder is None:
        pytest.skip(f"oracle {name} is not here: set MALAR_ORACLES to the folder that holds it")
    whole = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    rows = folder / "input.csv"
    frame = pl.read_csv(rows, infer_schema_length=None) if rows.exists() else pl.DataFrame()  # a design has no rows
    return Case(frame, whole["inputs"] or {}, whole["expected"], whole, folder)
