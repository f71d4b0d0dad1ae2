"""What is derived over time does not depend on the kind of frame either."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from malar import rule
from malar.conditions import Since
from malar.course import (
    AnalysisRules,
    derive_analysis_visit,
    derive_carried,
    derive_confirmed,
    derive_reference,
    derive_sustained,
    impute_nonresponse,
)
from malar.schema import PlannedVisit
from tests.test_frames import FRAME, KINDS, back_in_polars

WINDOWS = [PlannedVisit("Month 1", 30, 15, 45), PlannedVisit("Month 3", 90, 60, 120)]


def course(frame: Any) -> Any:
    frame = derive_confirmed(rule("sledai_2k_at_most_4").flag(frame), "sledai_2k_at_most_4")
    for since in (Since.PREVIOUS, Since.BASELINE, Since.LOWEST):
        frame = derive_reference(frame, "pga", since)
    frame = derive_sustained(frame, "sledai_2k_at_most_4", days=60, max_gap_days=90)
    frame = derive_carried(frame, ["pga"], max_visits=1, max_days=90)
    frame = impute_nonresponse(frame, "sledai_2k_at_most_4")
    frame = AnalysisRules(baseline="average").refer(frame, "sledai_2k")
    return derive_analysis_visit(frame, WINDOWS, tie="worst", worst_of="pga")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_gets_the_same_course_in_its_own_kind(kind: str) -> None:
    make, returned = KINDS[kind]
    expected, given = course(FRAME), course(make(FRAME))
    assert isinstance(given, returned)
    columns = [name for name in expected.columns if name not in FRAME.columns]
    got = back_in_polars(given)
    assert got["analysis_visit"].to_list() == expected["analysis_visit"].to_list()
    for name in columns:
        if expected[name].dtype != pl.String:
            pair = [made[name].cast(pl.Float64, strict=False).fill_nan(None).to_list() for made in (got, expected)]
            assert pair[0] == pair[1], name
