"""Turnbull's estimate against npsurv 0.5-0, and what must hold of it."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from malar.errors import ParameterError, UndefinedError, WrongTypeError
from malar.survival import KaplanMeier, Turnbull
from tests.numbers import assert_close
from tests.oracles.reader import read_case

INF = float("inf")


def test_oracle_turnbull_sim():
    case = read_case("turnbull_sim")
    result = Turnbull(by="arm").fit(case.frame)
    for g in result.groups:
        r = case.expected[g.group]
        big = [i for i, mass in enumerate(r["mass"]) if mass > 1e-9]
        assert g.masses.converged
        assert_close(g.masses.left, [r["left"][i] for i in big], "exact", "left")
        assert_close(
            g.masses.right, [INF if r["right"][i] in (None, "Inf") else r["right"][i] for i in big], "exact", "right"
        )
        assert_close(g.masses.mass, [r["mass"][i] for i in big], "derivative", "mass")
        assert_close(g.masses.log_likelihood, r["loglik"], what="log-likelihood")


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(1, 12), st.booleans()), min_size=1, max_size=30))
def test_known_days_give_kaplan_meier(rows):
    frame = pl.DataFrame(rows, schema={"time": pl.Int64, "event": pl.Boolean}, orient="row")
    exact = frame.select(left="time", right=pl.when("event").then("time"))
    days = list(range(13))
    ours = Turnbull().fit(exact)
    kaplan_meier = KaplanMeier().fit(frame).at(days)["survival"]
    assert ours.groups[0].masses.converged
    assert_close(ours.at(days)["upper"], kaplan_meier, "derivative")


interval = st.tuples(st.integers(0, 10), st.one_of(st.integers(1, 10), st.none()))


@settings(deadline=None, max_examples=60)
@given(st.lists(interval, min_size=1, max_size=30))
def test_at_the_maximum_no_interval_is_steeper_and_bounds_keep_order(rows):
    data = pl.DataFrame(
        [(low, None if width is None else low + width) for low, width in rows],
        orient="row",
        schema={"left": pl.Int64, "right": pl.Int64},
    )
    result = Turnbull().fit(data)
    masses = result.groups[0].masses
    assert masses.converged
    assert_close(masses.mass.sum(), 1.0, "rounding")
    bounds = result.at(list(range(22)))
    assert (bounds["lower"] <= bounds["upper"] + 1e-12).all()
    assert (bounds["upper"].diff().drop_nulls() <= 1e-12).all()


def test_table_and_refusals():
    frame = pl.DataFrame({"left": [0, 28], "right": [28, None], "arm": ["a", "a"]})
    table = Turnbull(by="arm").fit(frame).table([28], definition="flare")
    assert table.filter(statistic="estimate")["value"].to_list() == [0.5, 0.5]
    assert table.filter(statistic="se")["value"].null_count() == 2
    assert "no normal limit" in table.filter(statistic="se")["note"][0]
    assert Turnbull().fit(frame).intervals().rows() == [(None, 0.0, 28.0, 0.5), (None, 28.0, None, 0.5)]
    with pytest.raises(ParameterError, match="before `left` in 1 of 2"):
        Turnbull().fit(frame.with_columns(right=pl.Series([10, 20])))
    with pytest.raises(UndefinedError, match="NaN in 1"):
        Turnbull().fit(frame.with_columns(right=pl.Series([10.0, float("nan")])))
    with pytest.raises(WrongTypeError, match="`right` is String"):
        Turnbull().fit(frame.with_columns(right=pl.lit("28")))
    with pytest.raises(ParameterError, match="`tolerance`"):
        Turnbull(tolerance=0)
