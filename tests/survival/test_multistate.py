"""Transition probabilities against survfit of R survival 3.5-3, and what must hold of them."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from malar.errors import ParameterError, UndefinedError
from malar.survival import Multistate, StateOccupancy
from tests.numbers import assert_close
from tests.oracles.reader import read_case

STATES = ("remission", "relapse", "dead")


def wide(frame, column):
    return np.array(frame[column].to_list(), dtype=float).reshape(-1, len(STATES))


@pytest.mark.parametrize("place", range(12))
def test_oracle_multistate_sim(place):
    case = read_case("multistate_sim")
    r = case.expected[place]
    approach = "landmark" if r["landmark"] else "aalen_johansen"
    result = Multistate(r["day"], r["given"], approach, states=STATES).fit(case.frame)
    ours = result.at(r["time"])
    assert result.fits[r["given"]].n == r["n"]
    assert_close(wide(ours, "probability"), r["pstate"], what="probability")
    assert_close(wide(ours, "se"), r["se"], what="se")
    stays = result.time_in_state(r["until"])
    assert_close(stays["days"], r["days"], what="days")
    assert_close(stays["se"], r["days_se"], what="se of days")


def test_probabilities_compose_over_days():
    """P(0, 200) = P(0, 84) P(84, 200): what the Markov estimate promises."""
    frame = read_case("multistate_sim").frame
    living = STATES[:2]
    early = Multistate(0, living, states=STATES).fit(frame).at(84)
    late = Multistate(84, living, states=STATES).fit(frame).at(200)
    whole = Multistate(0, living, states=STATES).fit(frame).at(200)
    step = np.vstack([wide(late, "probability"), [0.0, 0.0, 1.0]])
    assert_close(wide(early, "probability") @ step, wide(whole, "probability"), "rounding")


def test_from_the_origin_the_landmarks_mix_to_the_occupation():
    frame = read_case("multistate_sim").frame
    present = frame.filter(pl.col("subject") <= "S080")
    occupancy = StateOccupancy(states=STATES).fit(present)
    given = Multistate(0, approach="aalen_johansen", states=STATES).fit(present)
    mixed = occupancy.probability[0][:2] @ wide(given.at(150), "probability")
    assert_close(mixed, wide(occupancy.at(150), "probability")[0], "rounding")


def test_default_starts_table_and_refusals():
    frame = read_case("multistate_sim").frame
    result = Multistate(63, approach="landmark", states=STATES).fit(frame)
    assert list(result.fits) == ["remission", "relapse"]
    table = result.table([100, 200], until=[150], definition="relapse")
    assert {"remission to dead", "relapse to relapse"} <= set(table["term"])
    assert set(table["analysis"]) == {"multistate", "time_in_state"}
    assert "landmark" in table["note"][0]
    assert result.curve()["given"].unique().sort().to_list() == ["relapse", "remission"]
    with pytest.raises(UndefinedError, match="after day 5000"):
        Multistate(5000, "relapse").fit(frame.filter(pl.col("state") != "dead"))
    with pytest.raises(ParameterError, match="none of the states"):
        Multistate(0, "cured").fit(frame)
    with pytest.raises(ParameterError, match="`approach`"):
        Multistate(approach="markov")


def test_a_landmark_of_nobody_is_refused():
    history = pl.DataFrame(
        {"subject": ["a", "a"], "start": [0, 10], "stop": [10, 20], "state": ["relapse", "remission"]}
    )
    with pytest.raises(UndefinedError, match="Nobody is in `relapse` on day 12"):
        Multistate(12, "relapse", "landmark").fit(history)
    assert Multistate(10, "remission", "landmark").fit(history).at(15)["probability"].to_list() == [0.0, 1.0]
