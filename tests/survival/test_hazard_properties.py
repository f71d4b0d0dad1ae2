"""What must hold of Nelson-Aalen estimates and restricted means, and what is refused."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from malar.errors import ParameterError, UndefinedError
from malar.survival import KaplanMeier, NelsonAalen, RestrictedMean, StateOccupancy
from malar.survival._hazard_kernel import cumulative_hazard
from malar.survival._km_kernel import restricted_mean
from tests.numbers import assert_close

relaxed = settings(deadline=None, max_examples=50)
subjects = st.lists(st.tuples(st.integers(1, 15), st.booleans()), min_size=1, max_size=40)
truncated = st.lists(
    st.tuples(st.integers(0, 8), st.integers(1, 8), st.booleans(), st.sampled_from([0.5, 1.0, 1.7])),
    min_size=2,
    max_size=25,
)


def frame(rows) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"time": pl.Int64, "event": pl.Boolean}, orient="row")


@relaxed
@given(subjects)
def test_hazard_rises_and_bounds_the_survival_from_above(rows):
    hazard = NelsonAalen().fit(frame(rows)).curves[0]
    survival = KaplanMeier().fit(frame(rows)).curves[0]
    assert (np.diff(hazard.hazard, prepend=0.0) >= 0).all()
    assert (np.exp(-hazard.hazard) >= survival.survival - 1e-12).all()
    known = ~np.isnan(hazard.lower)
    assert (hazard.lower[known] <= hazard.hazard[known]).all()
    assert (hazard.lower[known] >= 0).all()


@relaxed
@given(subjects)
def test_without_ties_the_jackknife_is_the_binomial_variance_else_never_more_than_aalens(rows):
    fits = {
        v: NelsonAalen(variance=v).fit(frame(rows)).curves[0].se
        for v in ("aalen", "binomial", "infinitesimal_jackknife")
    }
    assert_close(fits["binomial"], fits["infinitesimal_jackknife"], "derivative")
    assert (fits["binomial"] <= fits["aalen"] + 1e-12).all()


@relaxed
@given(truncated)
def test_jackknives_are_sums_of_squared_derivatives_by_weight(rows):
    entry, stay, event, weight = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    time, event, until = entry + stay, event == 1, 10.0
    jackknife = "infinitesimal_jackknife"

    def hazard(w):
        return cumulative_hazard(time, event, w, entry, jackknife)

    def mean(w):
        return restricted_mean(time, event, w, entry, until, jackknife=True)

    assert_close(hazard(weight)[2], _spread(lambda w: hazard(w)[1], weight), "derivative")
    if entry.min() < until:
        assert_close(mean(weight)[1] ** 0.5, _spread(lambda w: mean(w)[0], weight), "derivative")


def _spread(estimate, weight, step=1e-5):
    def at(row, factor):
        changed = weight.copy()
        changed[row] *= factor
        return estimate(changed)

    slopes = [(at(i, 1 + step) - at(i, 1 - step)) / (2 * step) for i in range(weight.size)]
    return np.sqrt(np.sum(np.square(slopes), axis=0))


@relaxed
@given(subjects, st.integers(1, 15))
def test_mean_is_the_time_spent_event_free(rows, until):
    last = max(time for time, _ in rows)
    day = min(until, last)
    data = frame(rows).with_row_index("subject")
    free = data.select("subject", start=pl.lit(0, pl.Int64), stop="time", state=pl.lit("free"))
    ended = data.filter("event").select("subject", start="time", stop=pl.lit(None, pl.Int64), state=pl.lit("relapsed"))
    stays = StateOccupancy(states=("free", "relapsed")).fit(pl.concat([free, ended])).time_in_state(day)
    ours = RestrictedMean(day).fit(data).means()
    assert_close(ours["days"], stays["days"].head(1), "rounding")
    assert_close(ours["se"], stays["se"].head(1), "derivative")


@relaxed
@given(subjects, st.integers(2, 9))
def test_means_scale_with_time(rows, factor):
    last = max(time for time, _ in rows)
    plain = RestrictedMean(last).fit(frame(rows)).means()
    longer = RestrictedMean(last * factor).fit(frame(rows).with_columns(pl.col("time") * factor)).means()
    assert_close(longer["days"], plain["days"] * factor, "rounding")
    assert_close(longer["se"], plain["se"] * factor, "rounding")


def test_beyond_follow_up_a_mean_is_refused_unless_all_had_the_event():
    with pytest.raises(UndefinedError, match="not until day 20"):
        RestrictedMean(20).fit(frame([(3, True), (9, False)]))
    assert RestrictedMean(20).fit(frame([(3, True), (9, True)])).means()["days"].to_list() == [6.0]


def test_contrasts_name_their_comparator_and_a_mean_without_loss_has_no_ratio_of_loss():
    data = frame([(5, True), (9, False), (9, False), (9, False)]).with_columns(arm=pl.Series(["a", "a", "b", "b"]))
    result = RestrictedMean(9, by="arm", reference="a").fit(data)
    table = result.table(definition="flare")
    assert set(table.filter(pl.col("comparator").is_not_null())["group"]) == {"b"}
    assert result.contrasts().filter(term="ratio of days lost")["estimate"].to_list() == [None]
    assert table.filter(term="difference", statistic="estimate")["value"].to_list() == [2.0]
    assert table.filter(statistic="events")["value"].to_list() == [1.0, 0.0]
    with pytest.raises(ParameterError, match="no group 'c'"):
        RestrictedMean(9, by="arm", reference="c").fit(data)
    with pytest.raises(ParameterError, match="`until` is 0"):
        RestrictedMean(0)


def test_table_of_hazards():
    table = NelsonAalen(by="arm").fit(frame([(5, True), (9, False)]).with_columns(arm=pl.lit("a"))).table(6)
    assert table.filter(statistic="estimate")["value"].to_list() == [0.5]
    assert table.filter(statistic="se")["value"].to_list() == [0.5]
    assert set(table["note"]) == {"Aalen variance; log limits"}
    with pytest.raises(ParameterError, match="`variance`"):
        NelsonAalen(variance="greenwood")
