"""Rates, mean numbers and wins: special cases with known answers, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from malar.errors import ParameterError, UndefinedError
from malar.responders import MeanCumulativeFunction, NegativeBinomialRate, Outcome, WinRatio
from malar.survival import KaplanMeier
from tests.numbers import assert_close

MCF = MeanCumulativeFunction(recurrent="flare", terminal="death")


def counts(cells, control):
    return pl.DataFrame(
        {
            "group": ["cells"] * len(cells) + ["control"] * len(control),
            "events": [*cells, *control],
            "patient_years": 1.0,
        }
    )


def test_without_extra_variation_the_rate_is_poisson():
    result = NegativeBinomialRate(control="control").fit(counts([1, 1, 1, 0], [2, 1, 2, 2]))
    assert result.of("dispersion").estimate == 0.0
    rate = result.of("group=cells")
    assert_close([rate.estimate, rate.se], [3 / 7, math.sqrt(1 / 3 + 1 / 7)], "oracle")


def test_rates_are_events_over_time_where_all_are_observed_alike():
    result = NegativeBinomialRate(control="control").fit(counts([0, 0, 5, 1], [9, 0, 2, 3]))
    assert_close([result.of("rate", arm).estimate for arm in ("cells", "control")], [1.5, 3.5], "oracle")
    assert result.of("dispersion").estimate > 0


def test_a_longer_time_in_smaller_units_changes_nothing_but_the_rate():
    one = NegativeBinomialRate(control="control").fit(counts([0, 0, 5, 1], [9, 0, 2, 3]))
    frame = counts([0, 0, 5, 1], [9, 0, 2, 3]).with_columns(pl.col("patient_years") * 12)
    months = NegativeBinomialRate(control="control").fit(frame)
    assert_close(months.of("group=cells").estimate, one.of("group=cells").estimate, "oracle")
    assert_close(months.of("rate", "cells").estimate * 12, one.of("rate", "cells").estimate, "oracle")


def test_counts_that_are_none_are_refused_and_an_arm_without_events_is_told():
    spec = NegativeBinomialRate(control="control")
    with pytest.raises(UndefinedError, match="no event"):
        spec.fit(counts([0, 0], [0, 0]))
    with pytest.raises(ParameterError, match="whole"):
        spec.fit(counts([0.5, 1], [1, 2]))
    with pytest.raises(UndefinedError, match="control"):
        NegativeBinomialRate(control="nobody").fit(counts([1, 0], [0, 2]))
    with pytest.raises(ParameterError):
        NegativeBinomialRate(control=None)
    told = spec.fit(counts([0, 0, 0], [1, 3, 0]))
    assert "did not converge" in told.numbers[0].note


HISTORY = st.lists(
    st.tuples(st.integers(1, 30), st.booleans(), st.lists(st.integers(1, 30), max_size=4)), min_size=2, max_size=12
)


def flares(history):
    rows = []
    for i, (end, died, days) in enumerate(history):
        rows += [(f"s{i}", float(day), "flare") for day in days if day <= end]
        rows.append((f"s{i}", float(end), "death" if died else None))
    return pl.DataFrame(rows, schema=["subject", "time", "event"], orient="row")


@settings(deadline=None, max_examples=60)
@given(HISTORY)
def test_death_counted_gives_fewer_flares_than_death_censored(history):
    frame = flares(history).with_columns(pl.col("event").cast(pl.String))
    days = sorted(set(frame["time"]))
    with_death = MCF.fit(frame).at(days)
    without = MeanCumulativeFunction(recurrent="flare", terminal=None).fit(
        frame.with_columns(pl.col("event").replace("death", None))
    )
    assert (with_death["mean"] <= without.at(days)["mean"] + 1e-12).all()
    assert (with_death["mean"].diff().drop_nulls() >= -1e-12).all()
    assert MCF.fit(frame.reverse()).at(days).equals(with_death)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(1, 20), st.booleans()), min_size=2, max_size=12))
def test_where_death_itself_is_counted_the_mean_is_the_cumulative_incidence_of_death(ends):
    rows = [(f"s{i}", float(end), "flare") for i, (end, died) in enumerate(ends) if died]
    rows += [(f"s{i}", float(end), "death" if died else None) for i, (end, died) in enumerate(ends)]
    frame = pl.DataFrame(rows, schema=["subject", "time", "event"], orient="row")
    alive = KaplanMeier().fit(pl.DataFrame({"time": [e for e, _ in ends], "event": [d for _, d in ends]}))
    (curve,) = alive.curves
    ours = MCF.fit(frame).at([float(t) for t in curve.time])
    assert_close(ours["mean"], 1 - np.asarray(curve.survival), "oracle")


def test_histories_that_contradict_themselves_are_refused():
    good = flares([(10, True, [3, 5]), (20, False, [4])])
    for bad in (
        good.with_columns(pl.col("event").replace("flare", "fever")),
        good.filter(pl.col("event").is_not_null()),
        pl.concat([good, pl.DataFrame({"subject": ["s0"], "time": [12.0], "event": ["flare"]})]),
        good.with_columns(-pl.col("time")),
    ):
        with pytest.raises(ParameterError):
            MCF.fit(bad)
    with pytest.raises(UndefinedError):
        MCF.fit(good.with_columns(time=pl.lit(None, dtype=pl.Float64)))
    with pytest.raises(ParameterError):
        MeanCumulativeFunction(recurrent="flare", terminal="flare")
    table = MCF.fit(good).table(10)
    assert table.filter(statistic="estimate")["value"].item() == MCF.fit(good).at(10)["mean"].item()
    assert MCF.fit(good).at(99)["mean"].item() is None


CELL = st.integers(1, 12)


@settings(deadline=None)
@given(CELL, CELL, CELL, CELL)
def test_win_ratio_of_responders_is_the_odds_ratio_with_woolf_s_variance(a, b, c, d):
    frame = pl.DataFrame(
        {"arm": ["cells"] * (a + b) + ["control"] * (c + d), "ok": [True] * a + [False] * b + [True] * c + [False] * d}
    )
    result = WinRatio(outcomes=(Outcome(column="ok"),), control="control").fit(frame)
    found = result.of("win_ratio")
    assert_close(found.estimate, a * d / (b * c), "oracle")
    assert_close(found.se, math.sqrt(1 / a + 1 / b + 1 / c + 1 / d), "oracle")
    assert_close(result.of("net_benefit").estimate, a / (a + b) - c / (c + d), "oracle")


def test_ties_go_on_to_the_next_outcome_and_turning_the_arms_inverts_the_ratio():
    frame = pl.DataFrame(
        {
            "arm": ["cells"] * 3 + ["control"] * 3,
            "days": [100, 365, 365, 365, 90, 365],
            "died": [True, False, False, False, True, False],
            "sledai": [None, 4, 8, 6, 5, 8],
        }
    )
    outcomes = (Outcome(column="days", event="died"), Outcome(column="sledai", better="lower", margin=1))
    result = WinRatio(outcomes=outcomes, control="control").fit(frame)
    assert [result.of(t).events for t in ("wins: days", "losses: days", "wins: sledai", "losses: sledai")] == [
        3.0,
        2.0,
        2.0,
        1.0,
    ]
    assert result.of("ties").events == 1
    turned = WinRatio(outcomes=outcomes, control="cells").fit(frame)
    for term in ("win_ratio", "win_odds"):
        assert_close(turned.of(term).estimate, 1 / result.of(term).estimate, "oracle")
        assert_close(turned.of(term).se, result.of(term).se, "oracle")


def test_an_arm_that_never_wins_and_outcomes_that_mean_nothing():
    frame = pl.DataFrame({"arm": ["cells", "control"], "score": [2, 1]})
    result = WinRatio(outcomes=(Outcome(column="score"),), control="control").fit(frame)
    assert result.of("win_ratio").estimate is None
    with pytest.raises(ParameterError):
        Outcome(column="days", event="died", better="lower")
    with pytest.raises(ParameterError):
        WinRatio(outcomes=(), control="control")
    with pytest.raises(UndefinedError):
        WinRatio(outcomes=(Outcome(column="score"),), control="nobody").fit(frame)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000))
@example(519)
def test_rates_of_a_handful_converge_or_say_that_they_do_not(seed):
    """Few patients, hardly any event, a covariate that tells them apart: never an error of linear algebra."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(4, 14))
    frame = pl.DataFrame(
        {
            "group": ["cells", "control", *rng.choice(["cells", "control"], n - 2)],
            "events": rng.poisson(rng.choice([0.2, 1.0, 5.0]), n) * rng.choice([0, 1, 3], n),
            "patient_years": rng.choice([0.01, 0.5, 1.0, 10.0], n),
            "x": rng.normal(size=n),
        }
    )
    try:
        result = NegativeBinomialRate(control="control", covariates=("x",)).fit(frame)
    except UndefinedError:
        return
    numbers = [one for one in result.numbers if one.estimate is not None]
    assert numbers or "did not converge" in result.numbers[0].note
    assert all(math.isfinite(one.estimate) for one in numbers)
