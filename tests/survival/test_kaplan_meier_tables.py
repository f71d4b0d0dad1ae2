"""Frames and the table of results made of a Kaplan-Meier fit."""

from __future__ import annotations

import polars as pl
import pytest

from malar.results import COLUMNS
from malar.survival import KaplanMeier
from tests.numbers import assert_close

ROWS = pl.DataFrame({"time": [2, 4, 4, 6, 1, 3], "event": [1, 1, 0, 0, 0, 1], "arm": ["a", "a", "a", "a", "b", "b"]})


@pytest.fixture
def result():
    return KaplanMeier(by="arm", interval="plain").fit(ROWS)


def test_curve_starts_at_the_origin(result):
    curve = result.curve()
    assert curve.columns == [
        "group", "time", "at_risk", "events", "censored", "survival", "se", "lower", "upper",
    ]  # fmt: skip
    assert curve.filter(time=0).rows() == [
        ("a", 0.0, 4.0, 0.0, 0.0, 1.0, 0.0, 1.0, 1.0),
        ("b", 0.0, 2.0, 0.0, 0.0, 1.0, 0.0, 1.0, 1.0),
    ]
    assert curve.filter(group="a")["time"].to_list() == [0, 2, 4, 6]


def test_with_entry_the_curve_starts_at_the_first_entry():
    rows = pl.DataFrame({"time": [8, 9], "event": [1, 1], "entry": [5, 7]})
    first = KaplanMeier(entry="entry").fit(rows).curve().row(0, named=True)
    assert (first["time"], first["at_risk"], first["survival"]) == (5.0, 1.0, 1.0)


@pytest.mark.parametrize("interval", ["log-log", "log", "plain"])
def test_before_the_first_time_nothing_has_happened(interval):
    """As survfit's summary: probability and limits are 1 there."""
    early = KaplanMeier(interval=interval).fit(ROWS).at([0, 0.5])
    for column in ("survival", "lower", "upper"):
        assert early[column].to_list() == [1.0, 1.0]


def test_between_and_beyond_the_steps(result):
    a = result.at([0, 3.9, 4, 100]).filter(group="a")
    assert_close(a["survival"], [1, 0.75, 0.5, 0.5], "rounding")
    assert_close(a["at_risk"], [4, 3, 3, 0], "exact")
    assert_close(a["events"], [0, 1, 2, 2], "exact")
    assert result.at_risk_at(3).rows() == [("a", 3.0, 3.0), ("b", 3.0, 1.0)]


def test_table(result):
    table = result.table(
        [3, 5], definition="flare", population="treated", denominator="treated", unit="weeks", note="planned"
    )
    assert table.columns == list(COLUMNS)
    assert set(table["analysis"]) == {"kaplan_meier"}
    assert set(table["denominator"]) == {"treated"}
    assert set(table["note"]) == {"planned; Greenwood variance; plain limits"}
    a = table.filter(group="a")
    found = {
        (r["term"], r["time"], r["statistic"]): (r["value"], r["level"], r["unit"]) for r in a.iter_rows(named=True)
    }
    assert found[None, None, "n"] == (4.0, None, "count")
    assert found[None, None, "events"] == (2.0, None, "count")
    assert found[None, 3.0, "estimate"] == (0.75, None, "probability")
    assert found[None, 5.0, "at_risk"] == (1.0, None, "count")
    assert found[None, 3.0, "upper"][1] == 0.95
    assert found["quantile 0.5", 0.5, "estimate"] == (5.0, None, "weeks")
    assert len(found) == a.height == 2 + 2 * 6 + 3


def test_undefined_numbers_are_null_in_the_table():
    alone = KaplanMeier().fit(pl.DataFrame({"time": [5], "event": [True]})).table(5)
    assert alone.filter(statistic="lower")["value"].to_list() == [None, None]


def test_by_default_the_table_has_every_time(result):
    assert result.table(quantiles=()).filter(statistic="estimate")["time"].to_list() == [2, 4, 6, 1, 3]
