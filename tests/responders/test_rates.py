"""Rates of recurring events: exact limits as printed, and what counts as one event and as time."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from malar.errors import MissingColumnsError, ParameterError, UndefinedError
from malar.responders import EventRate, garwood
from tests.numbers import assert_close

# Exact 95 % limits of a Poisson mean, as tables print them (Garwood 1936; Ulm, Am J Epidemiol 1990;131:373-5).
PRINTED = {0: (0.0, 3.69), 1: (0.0253, 5.57), 2: (0.242, 7.22), 3: (0.619, 8.77), 5: (1.62, 11.67), 10: (4.80, 18.39)}


@pytest.mark.parametrize(("events", "limits"), PRINTED.items())
def test_exact_limits_are_those_that_tables_print(events, limits):
    assert_close(garwood(events, 1), limits, "printed_2")


def test_no_event_has_the_rule_of_three_as_its_upper_limit():
    """One-sided 95 % is two-sided 90 %: 0 events in T years have an upper limit of 3/T."""
    assert garwood(0, 10, level=0.9)[1] == pytest.approx(0.3, abs=0.001)


@given(events=st.integers(0, 400), exposure=st.floats(0.1, 1e4))
def test_the_limits_hold_the_estimate_and_scale_with_time(events, exposure):
    low, high = garwood(events, exposure)
    assert low <= events / exposure <= high
    assert_close([limit * exposure for limit in (low, high)], garwood(events, 1), "oracle")


@pytest.mark.parametrize(("events", "exposure", "level"), [(-1, 1, 0.95), (1, 0, 0.95), (1, 1, 1.0)])
def test_a_rate_without_time_or_below_zero_is_refused(events, exposure, level):
    with pytest.raises(ParameterError, match="exposure above 0"):
        garwood(events, exposure, level=level)


YEAR = 365.25


def visits(*verdicts: bool | None, first_day: int = 0, subject: str = "a") -> pl.DataFrame:
    days = [first_day + 90 * i for i in range(len(verdicts))]
    return pl.DataFrame(
        {"subject": subject, "day": days, "flare": pl.Series(verdicts, dtype=pl.Boolean)},
        schema_overrides={"day": pl.Int64},
    )


def counted(frame: pl.DataFrame, **choices) -> tuple[int, float]:
    fitted = EventRate(flag="flare", **{"unknown": "no_event", **choices}).fit(frame)
    return fitted.subjects["events"].sum(), fitted.subjects["patient_years"].sum() * YEAR


@pytest.mark.parametrize(
    ("verdicts", "episodes", "each_visit"),
    [
        ((False, True, True, False, True), 2, 3),
        ((True, True, False, False), 0, 1),
        ((True, False, True), 1, 1),
        ((False, False), 0, 0),
    ],
)
def test_a_flare_that_goes_on_is_one_episode(verdicts, episodes, each_visit):
    frame = visits(*verdicts)
    assert counted(frame)[0] == episodes
    assert counted(frame, counts="visits")[0] == each_visit


def test_time_runs_from_day_0_to_the_last_assessed_visit():
    assert counted(visits(False, False, False))[1] == pytest.approx(180)
    assert counted(visits(False, False, False, first_day=-30))[1] == pytest.approx(150)
    assert counted(visits(False, True, first_day=40))[1] == pytest.approx(130)
    missed = visits(False, False, None).with_columns(seen=pl.Series([True, True, False]))
    assert counted(missed, assessed="seen")[1] == pytest.approx(90)


def test_an_unknown_verdict_is_no_event_or_its_time_does_not_count():
    frame = visits(False, True, None, True)
    assert counted(frame) == (2, pytest.approx(270))
    assert counted(frame, unknown="excluded") == (1, pytest.approx(180))


def test_what_unknown_means_has_no_default():
    with pytest.raises(TypeError, match="unknown"):
        EventRate(flag="flare")  # pyright: ignore
    with pytest.raises(ParameterError, match="does not know"):
        EventRate(flag="flare", unknown="bounds")  # pyright: ignore


def test_the_table_gives_rate_and_exact_limits_by_group():
    arms = {"a": "cells", "b": "cells", "c": "control"}
    parts = [
        visits(False, True, True, subject="a"),
        visits(False, False, subject="b"),
        visits(False, True, subject="c"),
    ]
    frame = pl.concat([part.with_columns(arm=pl.lit(arms[part["subject"][0]])) for part in parts])
    table = EventRate(flag="flare", unknown="no_event", by="arm").fit(frame).table()
    rate = table.filter(pl.col("group") == "cells", pl.col("term") == "rate")
    years = 270 / YEAR
    assert_close(rate["value"], [1 / years, 0.02531781 / years, 5.57164339 / years], "oracle")
    assert rate["statistic"].to_list() == ["estimate", "lower", "upper"]
    assert rate["level"].to_list() == [None, 0.95, 0.95]
    assert table.filter(pl.col("statistic") == "n")["value"].to_list() == [2, 1]
    assert table["group"].unique(maintain_order=True).to_list() == ["cells", "control"]


def test_subjects_not_seen_after_day_0_add_nothing_and_are_told():
    frame = pl.concat([visits(True, subject="a"), visits(False, True, subject="b")])
    fitted = EventRate(flag="flare", unknown="no_event").fit(frame)
    assert fitted.subjects.select("events", "patient_years").rows()[0] == (0, 0.0)
    assert "1 subjects without time after day 0" in fitted.table()["note"][0]
    with pytest.raises(UndefinedError, match="No subject"):
        EventRate(flag="flare", unknown="no_event").fit(visits(True))
    with pytest.raises(MissingColumnsError, match="`relapse`"):
        EventRate(flag="relapse", unknown="no_event").fit(frame)


def test_the_kind_of_frame_and_the_order_of_rows_mean_nothing():
    frame = pl.concat([visits(False, True, None, True, subject=name) for name in "ab"])
    spec = EventRate(flag="flare", unknown="excluded")
    wanted = spec.fit(frame).table()
    assert spec.fit(frame.reverse()).table().equals(wanted)
    assert spec.fit(frame.to_pandas()).table().equals(wanted)
    assert spec.fit(frame.to_arrow()).table().equals(wanted)
