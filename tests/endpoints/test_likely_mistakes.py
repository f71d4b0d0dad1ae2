"""Things most likely to be derived wrongly, each shown on invented patients."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from malar.endpoints import rule
from malar.instruments.sledai_2k import SLEDAI_2K

QUIET: dict[str, Any] = {
    **dict.fromkeys(SLEDAI_2K.names(), False),
    "hemolytic_anemia": False,
    "gastrointestinal_activity": False,
    "standard_therapy": True,
    "investigational_drug": False,
}


def verdict(key: str, *visits: dict[str, Any]) -> bool | None:
    """The verdict at the last visit of one invented patient."""
    rows = [{"subject": "a", "day": 30 * number, **QUIET, **visit} for number, visit in enumerate(visits)]
    return rule(key).flag(pl.DataFrame(rows, infer_schema_length=None))[key][-1]


@pytest.mark.parametrize(("dose", "at_most_5", "below_5"), [(4.9, True, True), (5.0, True, False), (5.1, False, False)])
def test_1_doris_contradicts_itself_on_5_mg(dose: float, *, at_most_5: bool, below_5: bool) -> None:
    visit = {"pga": 0.4, "prednisone_mg_day": dose}
    assert verdict("doris_2021", visit) is at_most_5
    assert verdict("doris_2021_below_5", visit) is below_5
    for key in ("doris_2021", "doris_2021_below_5"):
        assert "5" in rule(key).criteria["dose"].sentence()
        assert "abstract" in rule(key).source.reading


def test_2_the_operators_of_pga_differ() -> None:
    """DORIS strict, LLDAS inclusive."""
    assert verdict("doris_2021", {"pga": 0.5, "prednisone_mg_day": 0}) is False
    assert verdict("doris_2021_pga_at_most_0_5", {"pga": 0.5, "prednisone_mg_day": 0}) is True
    assert verdict("lldas", {"pga": 1.0, "prednisone_mg_day": 0}) is True
    assert verdict("lldas", {"pga": 1.01, "prednisone_mg_day": 0}) is False
