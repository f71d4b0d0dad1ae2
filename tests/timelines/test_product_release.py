"""The minimal criteria of the ISCT on both sides of 95 and 2 percent, and where a marker is not known."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from malar.timelines.product_release import ISCT_2006, NEGATIVE, POSITIVE

GOOD: dict[str, Any] = {
    "adherent": True, "differentiates": True, **dict.fromkeys(POSITIVE, 95.0), **dict.fromkeys(NEGATIVE, 2.0),
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "met"),
    [
        ({}, True),
        *(({column: 94.9}, False) for column in POSITIVE),
        *(({column: 2.1}, False) for column in NEGATIVE),
        ({"adherent": False}, False),
        ({"differentiates": None}, None),
        ({"cd73_percent": None, "cd34_percent": 5.0}, False),
    ],
)
def test_criteria(changes: dict[str, Any], met: bool | None) -> None:
    frame = pl.DataFrame([{**GOOD, **changes}])
    assert ISCT_2006.flag(frame)["isct_2006_msc"].to_list() == [met]
