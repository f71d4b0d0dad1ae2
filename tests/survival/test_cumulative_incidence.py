"""Cumulative incidence against survfit of R survival 3.5-3 and cmprsk, and what must hold of it."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from malar.errors import ParameterError, UndefinedError
from malar.survival import CumulativeIncidence, KaplanMeier
from tests.numbers import assert_close
from tests.oracles.reader import read_case

CASES = ("cif_mgus2", "cif_aidssi")


def fitted(name, **options):
    case = read_case(name)
    columns = case.columns
    spec = CumulativeIncidence(time=columns["time"], cause=columns["event"], by=columns["group"], **options)
    return spec.fit(case.frame), case.expected["groups"]


@pytest.mark.parametrize("interval", ["log", "plain", "log-log"])
@pytest.mark.parametrize("name", CASES)
def test_incidences_errors_and_limits(name, interval):
    result, groups = fitted(name, interval=interval)
    assert [label for label, _ in result.fits] == sorted(groups)
    for group, r in groups.items():
        ours = result.at(r["time"]).filter(group=group)
        free = result.event_free(r["time"]).filter(group=group)
        assert_close(free["probability"], r["event_free"], what="event-free")
        assert_close(free["at_risk"], r["n_risk"], what="at risk")
        for cause, theirs in r["cumulative_incidence"].items():
            own = ours.filter(cause=cause)
            assert_close(own["incidence"], theirs["cif"], what="incidence")
            assert_close(own["se"], theirs["se_infinitesimal_jackknife"], what="se")
            assert_close(own["lower"], theirs["ci_ij"][interval]["lower"], what="lower")
            assert_close(own["upper"], theirs["ci_ij"][interval]["upper"], what="upper")


@pytest.mark.parametrize("name", CASES)
def test_landmarks_agree_with_two_other_packages_and_events_are_counted(name):
    result, groups = fitted(name)
    for (label, _), counts in zip(result.fits, result.counts, strict=True):
        for cause, theirs in groups[label]["cumulative_incidence"].items():
            marks = theirs["landmark"]
            own = result.at(marks["times"]).filter(group=label, cause=cause)["incidence"]
            assert_close(own, marks["cuminc_est"], what="cmprsk")
            assert_close(own, marks["prodlim_cif"], what="prodlim")
            assert counts[cause] == sum(theirs["n_event"])


outcome = st.tuples(st.integers(0, 12), st.sampled_from(["relapse", "death", None]))


@settings(deadline=None, max_examples=60)
@given(st.lists(outcome, min_size=1, max_size=25))
def test_causes_and_the_event_free_sum_to_one(rows):
    frame = pl.DataFrame(rows, schema={"time": pl.Int64, "cause": pl.String}, orient="row")
    result = CumulativeIncidence(causes=("relapse", "death")).fit(frame)
    days = sorted({time for time, _ in rows})
    free = KaplanMeier().fit(frame.select("time", event=pl.col("cause").is_not_null()))
    total = result.at(days).group_by("time", maintain_order=True).agg(pl.col("incidence").sum())
    assert_close(total["incidence"] + free.at(days)["survival"], [1.0] * len(days), "rounding")
    assert_close(result.event_free(days)["probability"], free.at(days)["survival"], "rounding")


def test_numbers_and_words_name_causes_alike():
    words = pl.DataFrame({"time": [3, 5, 5, 8], "cause": ["1", None, "2", ""]})
    numbers = pl.DataFrame({"time": [3, 5, 5, 8], "cause": [1, 0, 2, None]})
    floats = numbers.with_columns(pl.col("cause").cast(pl.Float64).fill_null(float("nan")))
    expected = CumulativeIncidence().fit(words).table()
    assert CumulativeIncidence().fit(numbers).table().equals(expected)
    assert CumulativeIncidence().fit(floats).table().equals(expected)


def test_an_event_at_time_0_counts_from_the_start():
    frame = pl.DataFrame({"time": [0, 0, 4, 4], "cause": ["relapse", None, "death", None]})
    ours = CumulativeIncidence().fit(frame).at([0, 4])
    assert ours.filter(cause="relapse")["incidence"].to_list() == [0.25, 0.25]
    assert ours.filter(cause="death")["incidence"].to_list() == [0.0, 0.375]


def test_the_table_names_causes_groups_and_counts():
    frame = pl.DataFrame({"time": [3, 5, 5, 8], "cause": [1, 0, 2, 1], "arm": ["a", "a", "b", "b"]})
    table = CumulativeIncidence(by="arm").fit(frame).table(5, definition="relapse_incidence", denominator="treated")
    counted = table.filter(statistic="events").select("group", "term", "value").rows()
    assert counted == [("a", "1", 1.0), ("a", "2", 0.0), ("b", "1", 1.0), ("b", "2", 1.0)]
    assert table.filter(statistic="estimate", group="a", term="1")["value"].to_list() == [0.5]
    assert set(table["definition"]) == {"relapse_incidence"}


def test_what_cannot_be_read_is_refused():
    frame = pl.DataFrame({"time": [3, None], "cause": [1, 2]})
    with pytest.raises(UndefinedError, match="null in 1 of 2"):
        CumulativeIncidence().fit(frame)
    with pytest.raises(ParameterError, match="negative"):
        CumulativeIncidence().fit(frame.with_columns(time=-1))
    with pytest.raises(ParameterError, match="1 causes"):
        CumulativeIncidence(causes=["1"]).fit(frame.with_columns(time=1))
    with pytest.raises(ParameterError, match="1 causes"):
        CumulativeIncidence().fit(pl.DataFrame({"time": [1], "cause": ["event_free"]}))
