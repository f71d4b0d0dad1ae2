"""Cumulative incidence against survfit of R survival 3.5-3 and cmprsk, and what must hold of it."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from malar.errors import ParameterError, UndefinedError, WrongTypeError
from malar.survival import CumulativeIncidence, FineGray, GrayTest, KaplanMeier, StateOccupancy
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
    assert [curve.group for curve in result.curves] == sorted(groups)
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
    for curve in result.curves:
        label, counts = curve.group, dict(zip(result.causes, curve.counts, strict=True))
        for cause, theirs in groups[label]["cumulative_incidence"].items():
            marks = theirs["landmark"]
            own = result.at(marks["times"]).filter(group=label, cause=cause)["incidence"]
            assert_close(own, marks["cuminc_est"], what="cmprsk")
            assert_close(own, marks["prodlim_cif"], what="prodlim")
            assert counts[cause] == sum(theirs["n_event"])


@pytest.mark.parametrize("name", CASES)
def test_oracle_aalen_variance_and_time_lost(name):
    result, groups = fitted(name, variance="aalen")
    for group, r in groups.items():
        for cause, theirs in r["cumulative_incidence"].items():
            marks = theirs["landmark"]
            own = result.at(marks["times"]).filter(group=group, cause=cause)
            assert_close(own["se"] ** 2, marks["cuminc_var_aalen"], what="Aalen's variance")
            lost = result.time_lost(theirs["rmtl"]["tau"]).filter(group=group, cause=cause)
            assert_close(lost["days"], [theirs["rmtl"]["value"]], what="time lost")


def test_oracle_aalen_variance_gray_sim():
    case = read_case("gray_sim")
    r = case.expected["aalen"]
    result = CumulativeIncidence(by="arm", variance="aalen").fit(case.frame)
    for label, estimate, variance in zip(r["rows"], r["incidence"], r["variance"], strict=True):
        group, cause = label.split()
        own = result.at(r["days"]).filter(group=group, cause=cause)
        known = [i for i, value in enumerate(estimate) if value is not None]
        assert_close(own["incidence"].gather(known), [estimate[i] for i in known], what="incidence")
        assert_close(own["se"].gather(known) ** 2, [variance[i] for i in known], what="variance")
    for label, variance in case.expected["aalen_last"].items():
        group, cause = label.split()
        assert_close(result.at(1000).filter(group=group, cause=cause)["se"] ** 2, [variance], what="last variance")


def test_oracle_weights_and_delayed_entry_gray_sim():
    case = read_case("gray_sim")
    result = CumulativeIncidence(by="arm", entry="entry", weight="weight", causes=("1", "2")).fit(case.frame)
    for group, r in case.expected["curves"].items():
        ours = result.at(r["time"]).filter(group=group)
        assert_close(ours["incidence"].to_numpy().reshape(-1, 2), r["incidence"], what="incidence")
        assert_close(ours["se"].to_numpy().reshape(-1, 2), r["se"], what="se")
        lost = result.time_lost(r["until"]).filter(group=group)
        assert_close(lost["days"], r["lost"], what="time lost")
        assert_close(lost["se"], r["lost_se"], what="se of time lost")


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(1, 12), st.sampled_from(["relapse", "death", None])), min_size=2, max_size=20))
def test_agrees_with_state_occupancy(rows):
    frame = pl.DataFrame(rows, schema={"time": pl.Int64, "cause": pl.String}, orient="row").with_row_index("subject")
    last = max(time for time, _ in rows)
    free = frame.select("subject", start=pl.lit(0, pl.Int64), stop="time", state=pl.lit("free"))
    ended = frame.drop_nulls().select("subject", start="time", stop=pl.lit(None, pl.Int64), state="cause")
    occupancy = StateOccupancy(states=("free", "relapse", "death")).fit(pl.concat([free, ended]))
    ours = CumulativeIncidence(causes=("relapse", "death")).fit(frame)
    theirs = occupancy.at(range(last + 1)).filter(pl.col("state") != "free")
    assert_close(ours.at(range(last + 1))["incidence"], theirs["probability"], "rounding")
    assert_close(ours.at(range(last + 1))["se"], theirs["se"], "derivative")
    lost, stays = ours.time_lost(last), occupancy.time_in_state(last).filter(pl.col("state") != "free")
    assert_close(lost["days"], stays["days"], "rounding")
    assert_close(lost["se"], stays["se"], "derivative")


def test_without_any_cause_nothing_happens():
    frame = pl.DataFrame({"time": [3, 5], "cause": [0, 0]})
    result = CumulativeIncidence().fit(frame)
    assert result.at(5).height == 0
    assert result.event_free(5)["probability"].to_list() == [1.0]
    assert result.event_free(5)["se"].to_list() == [0.0]


def test_beyond_the_last_day_time_lost_is_refused():
    frame = pl.DataFrame({"time": [3, 5, 9], "cause": [1, 0, 0]})
    with pytest.raises(UndefinedError, match="Day 10"):
        CumulativeIncidence().fit(frame).time_lost(10)


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


@pytest.mark.parametrize("kind", [pl.Boolean, pl.Float32, pl.Decimal(6, 2), pl.UInt8])
def test_a_cause_by_whatever_type_is_one_cause(kind):
    """False was a cause of its own, and so was 0.00 of a decimal: those censored counted as events."""
    numbers = pl.DataFrame({"time": [3, 5, 5, 8], "cause": [1, 0, 1, None], "arm": [0, 1, 1, 0], "x": [1, 2, 3, 4]})
    typed = numbers.with_columns(pl.col("cause").cast(kind))
    for spec in (CumulativeIncidence(), GrayTest(), FineGray(covariates=["x"], interest=1)):
        assert spec.fit(typed).table().equals(spec.fit(numbers).table())


@pytest.mark.parametrize("spec", [CumulativeIncidence(), GrayTest(), FineGray(covariates=["x"], interest=1)])
def test_causes_that_are_no_causes_are_refused(spec):
    """0.5 was cut off to 0, hence censored; infinity and lists ended in an error of polars."""
    frame = pl.DataFrame({"time": [3, 5, 5, 8], "cause": [1.0, 0.5, 2.0, None], "arm": [0, 1, 1, 0], "x": [1, 2, 3, 4]})
    with pytest.raises(ParameterError, match="1 of 4 values that are no whole numbers"):
        spec.fit(frame)
    with pytest.raises(ParameterError, match="1 of 4 values that are no whole numbers"):
        spec.fit(frame.with_columns(cause=pl.Series([1.0, float("inf"), 0.0, 2.0])))
    for strange in (pl.concat_list("x"), pl.date(2024, 1, 1)):
        with pytest.raises(WrongTypeError, match="causes are whole numbers or words"):
            spec.fit(frame.with_columns(cause=strange))


def test_an_event_at_time_0_counts_from_the_start():
    frame = pl.DataFrame({"time": [0, 0, 4, 4], "cause": ["relapse", None, "death", None]})
    ours = CumulativeIncidence().fit(frame).at([0, 4])
    assert ours.filter(cause="relapse")["incidence"].to_list() == [0.25, 0.25]
    assert ours.filter(cause="death")["incidence"].to_list() == [0.0, 0.375]


def test_an_incidence_that_comes_to_one_has_no_error():
    """Its variance is the difference of two sums; what rounding left of it was shown as 5e-9."""
    frame = pl.DataFrame({"time": [2, 2, 0], "cause": ["flare"] * 3, "weight": [3, 3, 3]})
    for variance in ("infinitesimal_jackknife", "aalen"):
        last = CumulativeIncidence(weight="weight", variance=variance).fit(frame).at(2)
        assert last.select("incidence", "se", "lower", "upper").row(0) == (1.0, 0.0, 1.0, 1.0)


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
