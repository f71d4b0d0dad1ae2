"""A figure drawn from known subjects is rebuilt: there and back."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from malar.errors import ParameterError
from malar.survival import Guyot, KaplanMeier, LogRank, RestrictedMean
from tests.numbers import assert_close
from tests.survival.test_kaplan_meier_published import PLACEBO, SIX_MP, weeks

MARKS = [0, 5, 10, 15, 20, 25, 30]


def drawn(subjects, marks=MARKS, digits=3):
    """The curve and risk table that a paper would print of some subjects."""
    fit = KaplanMeier().fit(subjects)
    curve = fit.curve().select("time", pl.col("survival").round(digits))
    risk = fit.at(marks).select("time", "at_risk").filter(pl.col("at_risk") > 0)
    return curve, risk


@pytest.mark.parametrize("text", [SIX_MP, PLACEBO])
def test_leukemia_there_and_back(text):
    subjects = weeks(text, "arm")
    curve, risk = drawn(subjects)
    result = Guyot(events=subjects["event"].sum()).fit(curve, risk)
    assert result.subjects.height == 21
    rebuilt, original = (frame.filter("event")["time"].sort() for frame in (result.subjects, subjects))
    assert rebuilt.to_list() == original.cast(float).to_list()
    assert (result.fit_of_risk()["published"] == result.fit_of_risk()["rebuilt"]).all()
    difference = (result.fit_of_curve()["published"] - result.fit_of_curve()["rebuilt"]).abs().max()
    assert difference < 0.02
    ours, theirs = (RestrictedMean(22).fit(frame).means()["days"][0] for frame in (result.subjects, subjects))
    assert abs(ours - theirs) < 0.2


def test_a_comparison_survives_the_way_there_and_back():
    arms = {"6-MP": weeks(SIX_MP, "6-MP"), "placebo": weeks(PLACEBO, "placebo")}
    rebuilt = [
        Guyot(events=rows["event"].sum()).fit(*drawn(rows)).subjects.with_columns(arm=pl.lit(arm))
        for arm, rows in arms.items()
    ]
    ours = LogRank().fit(pl.concat(rebuilt)).chisq
    assert abs(ours - 16.793) < 0.8


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(1, 40), st.booleans()), min_size=5, max_size=60))
def test_everybody_is_accounted_for(rows):
    subjects = pl.DataFrame(rows, schema={"time": pl.Int64, "event": pl.Boolean}, orient="row")
    curve, risk = drawn(subjects)
    for events in (None, int(subjects["event"].sum())):
        result = Guyot(events=events).fit(curve, risk)
        assert result.subjects.height == len(rows)
        assert result.subjects["time"].max() <= max(curve["time"].max(), risk["time"].max())
        assert np.isfinite(result.rebuilt.time).all()


def test_many_subjects_give_the_curve_back():
    rng = np.random.default_rng(7)
    event, cut = rng.exponential(300, 400), rng.uniform(100, 500, 400)
    subjects = pl.DataFrame({"time": np.minimum(event, cut).round(), "event": event <= cut})
    curve, risk = drawn(subjects, marks=list(range(0, 500, 50)))
    result = Guyot(events=subjects["event"].sum()).fit(curve, risk)
    worst = result.fit_of_curve().with_columns(off=(pl.col("published") - pl.col("rebuilt")).abs())["off"].max()
    assert worst < 0.01
    assert_close(result.fit_of_risk()["rebuilt"], result.fit_of_risk()["published"], "exact")
    assert abs(result.rebuilt.event.sum() - subjects["event"].sum()) <= 1
    table = result.table(group="arm", definition="flare")
    assert table.filter(statistic="n")["value"].to_list() == [400.0]
    assert set(table["statistic"]) == {"n", "events", "censored", "estimate"}


def test_pen_strokes_that_rise_are_brought_to_fall():
    curve = pl.DataFrame({"time": [0, 10, 20, 20, 30], "survival": [1.0, 0.90, 0.905, 0.8, 0.8]})
    result = Guyot(events=2).fit(curve, pl.DataFrame({"time": [0], "at_risk": [10]}))
    assert result.subjects.filter("event")["time"].to_list() == [10.0, 20.0]


def test_what_is_no_figure_is_refused():
    curve, risk = (
        pl.DataFrame({"time": [0, 10], "survival": [100, 90]}),
        pl.DataFrame({"time": [0, 5], "at_risk": [9, 8]}),
    )
    with pytest.raises(ParameterError, match="values up to 100"):
        Guyot().fit(curve, risk)
    curve = curve.with_columns(pl.col("survival") / 100)
    with pytest.raises(ParameterError, match="no falling series"):
        Guyot().fit(curve, risk.with_columns(at_risk=pl.Series([8, 9])))
    with pytest.raises(ParameterError, match="of 9 at risk"):
        Guyot(events=10).fit(curve, risk)
    with pytest.raises(ParameterError, match="`events` is -1"):
        Guyot(events=-1)
