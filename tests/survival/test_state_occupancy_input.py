"""Histories that are refused with the reason, and the tables made of good ones."""

from __future__ import annotations

import polars as pl
import pytest

from malar.errors import MissingColumnsError, ParameterError, UndefinedError, WrongTypeError
from malar.results import COLUMNS
from malar.survival import StateOccupancy
from tests.numbers import assert_close

GOOD = {
    "subject": ["a", "a", "b", "c"],
    "start": [0.0, 4.0, 0.0, 0.0],
    "stop": [4.0, None, 9.0, 6.0],
    "state": ["active", "dead", "active", "le_4"],
}


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"subject": ["a", "a", "b", None]}, UndefinedError, "`subject` is null in 1 of 4 rows"),
        ({"start": [0.0, 4.0, None, 0.0]}, UndefinedError, "`start` is null in 1 of 4 rows"),
        ({"start": [0.0, 4.0, 10.0, 0.0]}, ParameterError, "`start` is at or after `stop` in 1 of 4 rows"),
        ({"start": [0.0, 3.0, 0.0, 0.0]}, ParameterError, "1 of 4 stays overlap"),
        ({"stop": [None, 8.0, 9.0, 6.0]}, ParameterError, "1 of 4 stays overlap"),
        ({"stop": [4.0, None, None, 6.0]}, ParameterError, "`stop` is null in 1 stays in 'active'"),
        ({"stop": [4.0, None, float("nan"), 6.0]}, UndefinedError, "`stop` is NaN or infinite in 1 of 4"),
        ({"stop": list("4567")}, WrongTypeError, "`stop` is String"),
        ({"start": list("0406")}, WrongTypeError, "`start` is String"),
        ({"state": [None] * 4}, UndefinedError, "`state` is null in every row"),
        ({"state": ["active", "dead", "acitve", "le_4"]}, ParameterError, "`state` has 1 states that `states` lacks"),
    ],
)
def test_refuses(change, error, message):
    with pytest.raises(error) as caught:
        StateOccupancy(states=["active", "le_4", "dead"]).fit(pl.DataFrame(GOOD | change, strict=False))
    assert str(caught.value).startswith(message)
    assert caught.value.hint


def test_missing_columns():
    with pytest.raises(MissingColumnsError, match="`stop`, `state`"):
        StateOccupancy().fit(pl.DataFrame({"subject": ["a"], "start": [0]}))


@pytest.mark.parametrize("options", [{"interval": "logit"}, {"level": 1.0}, {"states": ["a", "a"]}, {"states": "ab"}])
def test_refuses_parameters(options):
    with pytest.raises(ParameterError):
        StateOccupancy(**options)


@pytest.fixture
def result():
    return StateOccupancy(interval="plain").fit(pl.DataFrame(GOOD))


def test_states_are_sorted_unless_named(result):
    assert result.states == ("active", "dead", "le_4")
    named = StateOccupancy(states=["le_4", "active", "dead", "quiescent"]).fit(pl.DataFrame(GOOD))
    assert named.states == ("le_4", "active", "dead", "quiescent")
    assert (named.probability[:, 3] == 0).all()


def test_curve_has_the_origin_transitions_and_losses(result):
    curve = result.curve()
    assert curve.columns == ["time", "state", "probability", "se", "lower", "upper", "at_risk"]
    assert curve["time"].unique().sort().to_list() == [0, 4, 6, 9]
    assert curve.filter(state="active")["at_risk"].to_list() == [2, 2, 1, 1]
    assert curve.filter(state="dead")["at_risk"].to_list() == [0, 0, 1, 1]


def test_asking_outside(result):
    with pytest.raises(ParameterError, match="before the origin"):
        result.at(-1)
    with pytest.raises(UndefinedError, match="beyond the last observed day, 9"):
        result.time_in_state(10)
    assert_close(result.at(50)["probability"], result.at(9)["probability"], "exact")


def test_time_in_state_goes_on_where_everybody_has_arrived():
    rows = pl.DataFrame({"subject": ["a", "a"], "start": [0, 4], "stop": [4, None], "state": ["active", "dead"]})
    assert_close(StateOccupancy().fit(rows).time_in_state(10)["days"], [4, 6], "rounding")


def test_table(result):
    table = result.table([4], [9], group="A", definition="sledai_2k_state", population="treated")
    assert table.columns == list(COLUMNS)
    assert set(table["group"]) == {"A"}
    found = {(r["analysis"], r["term"], r["time"], r["statistic"]): r for r in table.iter_rows(named=True)}
    assert len(found) == table.height == 1 + 3 * 5 + 3 * 4
    assert found["state_occupancy", None, None, "n"]["value"] == 3
    dead = found["state_occupancy", "dead", 4.0, "estimate"]
    assert_close(dead["value"], 1 / 3, "rounding")
    assert dead["note"] == "infinitesimal jackknife variance; plain limits"
    mean = found["time_in_state", "dead", 9.0, "estimate"]
    assert_close(mean["value"], 5 / 3, "rounding")
    assert (mean["unit"], mean["level"]) == ("days", None)
    assert found["time_in_state", "dead", 9.0, "upper"]["level"] == 0.95


def test_unknown_rows_are_counted_in_the_note():
    rows = pl.DataFrame(GOOD | {"state": ["active", "dead", None, "le_4"]})
    assert "1 rows of unknown state count as not observed" in StateOccupancy().fit(rows).table()["note"][0]


def test_the_last_state_may_be_seen_on_the_last_day_only() -> None:
    """A transition seen at the last visit counts, although nobody is observed in the new state after it."""
    import polars as pl

    history = pl.DataFrame(
        {"subject": ["a", "a", "b"], "start": [0, 30, 0], "stop": [30, 30, 60], "state": ["active", "le_4", "active"]}
    )
    at_60 = StateOccupancy().fit(history).at(60)
    assert at_60["probability"].to_list() == [0.5, 0.5]
    not_last = history.with_columns(start=pl.Series([0, 30, 0]), stop=pl.Series([0, 30, 60]))
    with pytest.raises(ParameterError, match="of no length"):
        StateOccupancy().fit(not_last)
