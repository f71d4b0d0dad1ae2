"""Remission of leukemia, weeks (Freireich 1963, Gehan 1965), as worked in Kleinbaum & Klein, chapter 2."""

from __future__ import annotations

import polars as pl
import pytest

from malar.survival import KaplanMeier
from tests.numbers import assert_close

SIX_MP = "6 6 6 6* 7 9* 10 10* 11* 13 16 17* 19* 20* 22 23 25* 32* 32* 34* 35*"
PLACEBO = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"


def weeks(text: str, arm: str) -> pl.DataFrame:
    parts = text.split()
    return pl.DataFrame(
        {"arm": arm, "time": [int(p.strip("*")) for p in parts], "event": [not p.endswith("*") for p in parts]}
    )


@pytest.fixture
def result():
    both = pl.concat([weeks(SIX_MP, "6-MP"), weeks(PLACEBO, "placebo")])
    return KaplanMeier(by="arm").fit(both)


def test_six_mp(result):
    ours = result.at([6, 7, 10, 13, 16, 22, 23]).filter(group="6-MP")
    assert_close(ours["at_risk"], [21, 17, 15, 12, 11, 7, 6], "exact")
    assert_close(ours["events"], [3, 4, 5, 6, 7, 8, 9], "exact")
    assert_close(ours["survival"], [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482], "printed_4")
    assert_close(ours["se"], [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346], "printed_4")


def test_medians(result):
    assert result.quantile()["estimate"].to_list() == [23.0, 8.0]


def test_placebo_is_uncensored_and_falls_to_zero(result):
    curve = result["placebo"]
    assert_close(curve.survival[[0, 3, -1]], [19 / 21, 16 / 21 - 2 / 21, 0.0], "rounding")
    assert_close(curve.se[-1], None)


def test_exactly_flat_step_gives_the_midpoint():
    one_to_four = pl.DataFrame({"time": [1, 2, 3, 4], "event": [True, True, False, True]})
    assert KaplanMeier().fit(one_to_four).quantile(0.5)["estimate"].to_list() == [3.0]
    lost_at_six = pl.DataFrame({"time": [1, 2, 3, 6], "event": [True, True, False, None]})
    assert KaplanMeier().fit(lost_at_six).quantile([0.5, 0.75])["estimate"].to_list() == [4.0, None]
