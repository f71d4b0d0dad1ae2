"""What the panel model refuses, what it tells where there is no maximum, and its table."""

from __future__ import annotations

import duckdb
import numpy as np
import polars as pl
import pytest

from malar.errors import MissingColumnsError, ParameterError, UndefinedError, WrongTypeError
from malar.survival import PanelMultistate
from tests.numbers import assert_close
from tests.oracles.reader import read_case

TO_AND_FRO = {"active": ["remission"], "remission": ["active"]}
THREE = {"active": ["remission", "dead"], "remission": ["active", "dead"]}


def frame(**columns):
    rows = {
        "subject": ["a", "a", "a", "b", "b", "b", "c", "c", "d", "d"],
        "time": [0, 30, 90, 0, 28, 60, 0, 84, 0, 45],
        "state": ["active", "remission", "active", "active", "active", "remission", "remission", "remission",
                  "remission", "active"],
    }  # fmt: skip
    return pl.DataFrame(rows | columns)


def living():
    """Simulated visits of the living whose state is known."""
    visits = read_case("panel_multistate_sim").frame.filter(pl.col("cohort") == "lupus", pl.col("seen") == "visit")
    return visits.filter(pl.col("state").is_in(["active", "remission"]))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"transitions": {}}, "`transitions` is empty"),
        ({"transitions": {"a": ["a"]}}, "from a state to itself"),
        ({"transitions": {"a": ["b", "b"]}}, "repeats itself"),
        ({"states": ["active"]}, "outside `states`"),
        ({"states": ["active", "remission", "cured"]}, "`states` is not the states"),
        ({"exact": ["remission"]}, "can be left"),
        ({"unknown": {"active": ["remission"]}}, "named like a state"),
        ({"unknown": {"either": ["cured"]}}, "no state"),
        ({"breaks": [90, 30]}, "`breaks` do not increase"),
        ({"covariates": ["age"], "shared": ["age"]}, "named twice"),
        ({"level": 95}, "`level`"),
        ({"interval": "logit"}, "`interval`"),
    ],
)
def test_a_model_that_makes_no_sense_is_refused(options, message):
    with pytest.raises(ParameterError, match=message):
        PanelMultistate(**{"transitions": TO_AND_FRO, **options})


@pytest.mark.parametrize(
    ("rows", "error", "message"),
    [
        (frame().drop("state"), MissingColumnsError, "state"),
        (frame().clear(), UndefinedError, "without rows"),
        (frame(time=["0"] * 10), WrongTypeError, "`time`"),
        (frame(subject=[None] * 10), UndefinedError, "`subject` is null"),
        (frame(time=[0, 30, 30, 0, 28, 60, 0, 84, 0, 45]), ParameterError, "repeat in 1 rows"),
        (frame(state=["cured"] * 10), ParameterError, "1 values in 10 rows"),
        (frame(state=[None] * 10), UndefinedError, "unknown in 4 of 4"),
        (frame(subject=list("abcdefghij")), UndefinedError, "single row"),
    ],
)
def test_rows_that_tell_nothing_are_refused(rows, error, message):
    with pytest.raises(error, match=message):
        PanelMultistate(TO_AND_FRO).fit(rows)


def test_a_history_that_cannot_be_is_refused_by_its_number():
    one_way = PanelMultistate({"active": ["remission"]})
    with pytest.raises(ParameterError, match="2 changes that were seen are impossible"):
        one_way.fit(frame())
    dead_twice = frame(
        state=["active", "dead", "dead", *["active", "remission", "active"], *["active", "remission"] * 2]
    )
    with pytest.raises(ParameterError, match="1 changes"):
        PanelMultistate(THREE, exact="dead").fit(dead_twice)
    assert PanelMultistate(THREE).fit(dead_twice).n == 4


def test_how_a_row_was_observed_must_be_a_known_word_and_fit_the_row():
    spec = PanelMultistate(TO_AND_FRO, observed="seen")
    with pytest.raises(ParameterError, match="no way of observing"):
        spec.fit(frame(seen=["guessed"] * 10))
    vague = frame(seen=["followed"] * 10).with_columns(state=pl.when(pl.col("time") != 90).then("state"))
    with pytest.raises(ParameterError, match="no visit in 1 rows of unknown state"):
        spec.fit(vague)


def test_what_covariates_and_periods_cannot_tell_is_refused():
    constant = frame(age=[1.0] * 10)
    with pytest.raises(UndefinedError, match="coefficients of `age` are not determined"):
        PanelMultistate(TO_AND_FRO, covariates="age").fit(constant)
    with pytest.raises(UndefinedError, match="followed in the period from day 90"):
        PanelMultistate(TO_AND_FRO, breaks=[90]).fit(constant)
    with pytest.raises(UndefinedError, match="before day 0"):
        PanelMultistate(TO_AND_FRO, breaks=[0]).fit(constant)


def test_a_transition_that_was_never_needed_is_told_not_guessed():
    result = PanelMultistate(THREE).fit(living())
    assert not result.convergence.reached
    assert set(result.convergence.unbounded) == {"active to dead", "remission to dead"}
    assert np.isneginf(result.coefficient[[1, 3]]).all()
    for ask in (result.intensities, result.sojourns, lambda: result.at(30), lambda: result.time_in_state(30)):
        with pytest.raises(UndefinedError, match="no finite estimate for active to dead"):
            ask()
    table = result.table([30])
    assert table["statistic"].to_list() == ["n"]
    assert "monotone" in table["note"][0]


def test_a_covariate_without_a_finite_effect_is_infinite_and_the_others_stay():
    """In the marked patients nobody is seen to relapse: the ratio of relapses falls to 0."""
    rows = living().with_columns(marked=pl.col("subject") > "S090")
    falls = pl.col("marked") & (pl.col("state") == "active")
    healed = (pl.col("state") == "remission").cum_max().over("subject", order_by="time")
    steady = rows.with_columns(state=pl.when(falls & healed).then(pl.lit("remission")).otherwise("state"))
    result = PanelMultistate(TO_AND_FRO, covariates=["marked"]).fit(steady)
    effects = result.coefficients()
    assert result.convergence.unbounded == ("remission to active: marked",)
    assert effects.filter(transition="remission to active")["estimate"][0] == -np.inf
    assert effects.filter(transition="remission to active")["se"][0] is None
    assert effects.filter(transition="active to remission")["se"][0] < 1.0


def test_profiles_days_and_shares_are_checked():
    result = PanelMultistate(TO_AND_FRO, shared="age").fit(living())
    assert result.coefficients()["transition"].to_list() == [None]
    assert result.intensities({"age": 2}).height == 2
    for profile in (None, {"size": 1}, {"age": float("nan")}):
        with pytest.raises(ParameterError, match="`profile`"):
            result.at(30, profile)
    with pytest.raises(ParameterError, match="before day 10"):
        result.at(5, {"age": 1}, from_day=10)
    with pytest.raises(ParameterError, match="`start`"):
        result.occupancy(5, {"active": 0.5}, {"age": 1})
    with pytest.raises(ParameterError, match="`start`"):
        result.occupancy(5, "cured", {"age": 1})


def test_frames_of_other_libraries_give_the_same():
    rows = frame()
    ours = PanelMultistate(TO_AND_FRO).fit(rows)
    for other in (rows.to_pandas(), rows.to_arrow(), duckdb.sql("select * from rows"), rows.sort("time")):
        assert_close(PanelMultistate(TO_AND_FRO).fit(other).coefficient, ours.coefficient, "exact")


def test_the_table_holds_all_and_its_labels():
    result = PanelMultistate(TO_AND_FRO, shared="age").fit(living())
    table = result.table([30, 60], [90], {"age": 2}, definition="states", population="treated")
    assert set(table["analysis"]) == {"panel_multistate", "mean_stay", "time_in_state"}
    assert set(table["definition"]) == {"states"}
    moved = table.filter(term="active to remission", time=30.0, statistic="estimate", analysis="panel_multistate")
    assert_close(moved["value"], result.at(30, {"age": 2}).filter(given="active", state="remission")["probability"])
    assert "per day" in set(table["unit"])
    assert "age = 2" in table["note"][0]


@pytest.mark.parametrize("seed", range(8))
def test_hopeless_data_end_with_an_estimate_or_a_reason(seed):
    """A dozen subjects, three states and a covariate: mostly too little, and then it is said."""
    rng = np.random.default_rng(seed)
    rows = pl.DataFrame({
        "subject": np.repeat(np.arange(12), 4),
        "time": np.tile([0.0, 30.0, 90.0, 200.0], 12),
        "state": rng.choice(["a", "b", "c"], 48),
        "x": np.repeat(rng.normal(size=12), 4),
    })  # fmt: skip
    spec = PanelMultistate({"a": ["b"], "b": ["a", "c"], "c": ["b"]}, covariates="x")
    result = spec.fit(rows)
    assert np.isfinite(result.minus_2_log_likelihood)
    if result.convergence.reason is None:
        assert np.isfinite(result.covariance).all()
        assert np.abs(result.maximum.gradient).max() < 1e-5
    else:
        assert result.coefficients().height == 4
        with pytest.raises(UndefinedError, match="finite estimates"):
            result.at(30, {"x": 0.0})
