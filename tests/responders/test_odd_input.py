"""Arms of any kind are named in one way, nobody is left out silently, and what cannot be told is refused."""

from __future__ import annotations

import datetime as dt
import warnings
from typing import Any

import numpy as np
import polars as pl
import pytest

from malar.errors import MalarError, ParameterError, UndefinedError, WrongTypeError
from malar.responders import (
    EventRate,
    ExactContrast,
    FirthLogistic,
    GComputation,
    MeanCumulativeFunction,
    NegativeBinomialRate,
    Outcome,
    Proportion,
    ResponderContrast,
    StratifiedContrast,
    WinRatio,
    garwood,
)


def trial(n: int = 60) -> pl.DataFrame:
    rng = np.random.default_rng(5)
    numbers = {"sledai": rng.integers(4, 20, n), "events": rng.poisson(1.5, n), "patient_years": np.ones(n)}
    arms = ["cells" if i % 2 else "control" for i in range(n)]
    words = {"arm": arms, "class": rng.choice(["III", "IV", "V"], n).tolist()}
    return pl.DataFrame({**words, **numbers, "outcome": rng.random(n) < 0.5, "treated": True})


RESPONSE = Proportion(denominator="treated", unknown="excluded", by="arm")


def comparisons(control: str) -> list[Any]:
    return [
        ResponderContrast(response=RESPONSE, control=control),
        ExactContrast(response=RESPONSE, control=control, limits=False),
        StratifiedContrast(response=RESPONSE, control=control, strata=("class",)),
        GComputation(response=RESPONSE, control=control, covariates=("sledai",)),
        FirthLogistic(response=RESPONSE, control=control, covariates=("sledai",)),
        WinRatio(outcomes=(Outcome(column="sledai", better="lower"),), control=control),
        NegativeBinomialRate(control=control, by="arm"),
    ]


CELLS = pl.col("arm") == "cells"
ARMS = {
    "false": CELLS,
    "0": CELLS.cast(pl.Int8),
    "2026-01-31": pl.when(CELLS).then(dt.date(2026, 2, 1)).otherwise(dt.date(2026, 1, 31)),
    "2026-01-31 00:00:00.000000": pl.when(CELLS).then(pl.datetime(2026, 2, 1)).otherwise(pl.datetime(2026, 1, 31)),
}


@pytest.mark.parametrize("number", range(7))
@pytest.mark.parametrize("control", ARMS)
def test_arms_of_any_kind_give_the_same_numbers(number: int, control: str) -> None:
    usual = comparisons("control")[number].fit(trial()).table()
    other = comparisons(control)[number].fit(trial().with_columns(arm=ARMS[control])).table()
    assert other["value"].to_list() == pytest.approx(usual["value"].to_list(), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("number", range(7))
def test_a_sign_spelled_as_python_does_is_no_arm(number: int) -> None:
    with pytest.raises(UndefinedError):
        comparisons("False")[number].fit(trial().with_columns(arm=CELLS))


@pytest.mark.parametrize("number", range(7))
def test_a_list_is_no_arm(number: int) -> None:
    with pytest.raises(MalarError):
        comparisons("control")[number].fit(trial().with_columns(pl.concat_list("arm")))


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("empty", [pl.lit(value=True), CELLS])
def test_an_arm_without_outcomes_is_refused(number: int, empty: pl.Expr) -> None:
    rows = trial().with_columns(outcome=pl.when(empty).then(None).otherwise(pl.col("outcome")))
    with pytest.raises(UndefinedError, match="have nobody below the line"):
        comparisons("control")[number].fit(rows)


def test_strata_of_one_arm_are_counted() -> None:
    rows = trial()
    alone = rows.with_columns(pl.when(CELLS).then(pl.lit("III")).otherwise(pl.col("class")).alias("class"))
    left = alone.filter(pl.col("class") != "III").height
    spec = comparisons("control")[2]
    assert (
        spec.fit(alone).of("difference").note.endswith(f"1 strata; 2 strata of one arm only left out, {left} subjects")
    )
    assert "left out" not in spec.fit(rows).of("difference").note
    kept = spec.fit(alone.filter(pl.col("class") == "III")).of("difference")
    assert (kept.estimate, kept.lower) == (
        spec.fit(alone).of("difference").estimate,
        spec.fit(alone).of("difference").lower,
    )


@pytest.mark.parametrize("number", range(5))
def test_who_may_or_may_not_belong_is_counted_in_the_note(number: int) -> None:
    perhaps = trial().with_columns(treated=pl.when(pl.col("sledai") > 17).then(None).otherwise(pl.col("treated")))
    missing = perhaps["treated"].null_count()
    spec = comparisons("control")[number]
    assert f"membership of the denominator unknown, not counted: {missing}" in spec.fit(perhaps).note
    assert "membership" not in spec.fit(trial()).note
    assert missing > 0


def test_infinite_values_tie_without_a_warning_and_a_margin_is_a_number() -> None:
    rows = pl.DataFrame({"arm": ["cells", "cells", "control"], "score": [float("inf"), 1.0, float("inf")]})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = WinRatio(outcomes=(Outcome(column="score"),), control="control").fit(rows)
    assert [found.of(term).events for term in ("wins", "losses", "ties")] == [0.0, 1.0, 1.0]
    with pytest.raises(ParameterError):
        Outcome(column="score", margin=float("nan"))


VISITS = pl.DataFrame(
    {
        "subject": ["a", "a", "a", "b", "b"],
        "day": [0.0, 100.0, 200.0, 0.0, 300.0],
        "flare": [False, True, False, False, True],
        "arm": ["x", "x", "x", "y", "y"],
    }
)


@pytest.mark.parametrize(
    ("odd", "error"),
    [
        (pl.Series("day", [0.0, None, 200.0, 0.0, 300.0]), UndefinedError),
        (pl.Series("day", [0.0, float("nan"), 200.0, 0.0, 300.0]), UndefinedError),
        (pl.Series("day", [0.0, 100.0, float("inf"), 0.0, 300.0]), UndefinedError),
        (pl.Series("subject", ["a", None, "a", "b", "b"]), UndefinedError),
        (pl.Series("arm", ["x", None, "x", "y", "y"]), UndefinedError),
        (pl.Series("arm", ["x", "y", "x", "y", "y"]), ParameterError),
        (pl.Series("day", [0.0, 100.0, 100.0, 0.0, 300.0]), ParameterError),
        (pl.Series("day", ["0", "100", "200", "0", "300"]), WrongTypeError),
        (pl.Series("day", [dt.date(2026, 1, 1)] * 5), WrongTypeError),
    ],
)
def test_visits_that_cannot_be_counted_are_refused(odd: pl.Series, error: type[MalarError]) -> None:
    spec = EventRate(flag="flare", unknown="no_event", by="arm")
    assert spec.fit(VISITS).subjects["events"].to_list() == [1, 1]
    with pytest.raises(error):
        spec.fit(VISITS.with_columns(odd))


def test_rows_of_unassessed_visits_may_share_a_day() -> None:
    rows = pl.concat([VISITS.with_columns(seen=True), VISITS.with_columns(seen=False)])
    assert EventRate(flag="flare", unknown="no_event", assessed="seen").fit(rows).subjects["events"].to_list() == [1, 1]


def test_rates_need_finite_numbers_and_a_level() -> None:
    assert garwood(10, 1.0)[0] == pytest.approx(4.795389)
    for events, years in ((float("nan"), 1.0), (1, float("inf")), (float("inf"), 1.0)):
        with pytest.raises(ParameterError):
            garwood(events, years)  # pyright: ignore[reportArgumentType]
    for level in (0.0, 1.0, 95.0):
        with pytest.raises(ParameterError):
            EventRate(flag="flare", unknown="no_event", level=level)


def test_a_list_is_no_kind_of_event() -> None:
    rows = pl.DataFrame({"subject": ["a", "a"], "time": [3.0, 9.0], "event": ["flare", None]})
    spec = MeanCumulativeFunction(recurrent="flare", terminal=None)
    assert spec.fit(rows).at(9).select("mean").item() == 1.0
    with pytest.raises(WrongTypeError):
        spec.fit(rows.with_columns(pl.concat_list("event")))
