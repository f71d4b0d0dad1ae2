"""What must hold of every state-occupancy curve."""

from __future__ import annotations

import duckdb
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from malar.survival import KaplanMeier, StateOccupancy
from malar.survival import _spread_kernel as kernel
from tests.numbers import assert_close

relaxed = settings(deadline=None, max_examples=60)
SCHEMA = {"subject": pl.String, "start": pl.Float64, "stop": pl.Float64, "state": pl.String}
STATES = ("active", "le_4", "quiescent", "dead")

# A subject: first day, then stays as (days unobserved before it, days, state), and whether death ends them.
stay = st.tuples(st.sampled_from([0, 0, 0, 2]), st.integers(1, 6), st.sampled_from(STATES[:3]))
subject = st.tuples(st.sampled_from([0, 0, 3]), st.lists(stay, min_size=1, max_size=5), st.booleans())
cohorts = st.lists(subject, min_size=1, max_size=12)


def history(cohort) -> pl.DataFrame:
    rows = []
    for number, (day, stays, dies) in enumerate(cohort):
        start = 0 if number == 0 else day
        for gap, days, state in stays:
            begin = start + (gap if start > day else 0)
            start = begin + days
            rows.append((f"s{number}", begin, start, state))
        if dies:
            rows.append((f"s{number}", start, None, "dead"))
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def random_history(n: int) -> pl.DataFrame:
    """States left after exponential times, some entries late, some gaps, some deaths."""
    rng = np.random.default_rng(n)
    rows = []
    for number in range(n):
        day = 0.0 if number == 0 else max(0.0, rng.normal(0.0, 20.0))
        state, ends = rng.integers(3), rng.uniform(100.0, 400.0)
        while day < ends:
            leaves = day + rng.exponential(90.0)
            rows.append((f"s{number}", day, min(leaves, ends), STATES[state]))
            if leaves < ends and rng.random() < 0.1:
                rows.append((f"s{number}", leaves, None, "dead"))
                break
            day = leaves + (rng.exponential(10.0) if rng.random() < 0.1 else 0.0)
            state = (state + rng.integers(1, 3)) % 3
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def fit(frame):
    return StateOccupancy(states=STATES).fit(frame)


def same(left, right):
    """Equal curves; knots may differ where nothing changes."""
    times = np.union1d(left.time, right.time)
    a, b = (result.at(times).drop("state").to_numpy() for result in (left, right))
    assert_close(a, b, "rounding")


@relaxed
@given(cohorts)
def test_probabilities_sum_to_one_and_days_to_the_span(cohort):
    result = fit(history(cohort))
    assert_close(result.probability.sum(axis=1), np.ones(result.time.size), "rounding")
    assert ((result.probability >= 0) & (result.probability <= 1)).all()
    spans = result.time_in_state(result.last_day)
    assert_close(spans["days"].sum(), result.last_day, "rounding")
    assert (spans["se"] >= 0).all()
    known = ~np.isnan(result.lower)
    assert (result.lower[known] <= result.probability[known] + 1e-12).all()
    assert (result.upper[known] >= result.probability[known] - 1e-12).all()


@relaxed
@given(st.lists(st.tuples(st.integers(1, 15), st.booleans()), min_size=1, max_size=30))
def test_active_to_dead_is_kaplan_meier(rows):
    alive = [(f"{i}", 0, time, "active") for i, (time, _) in enumerate(rows)]
    dead = [(f"{i}", time, None, "dead") for i, (time, event) in enumerate(rows) if event]
    ours = StateOccupancy(states=("active", "dead")).fit(pl.DataFrame(alive + dead, schema=SCHEMA, orient="row"))
    km = KaplanMeier(variance="infinitesimal_jackknife").fit(pl.DataFrame(rows, schema=["time", "event"], orient="row"))
    times = sorted({time for time, _ in rows})
    survival, occupancy = km.at(times), ours.at(times)
    for state, expected in (("active", survival["survival"]), ("dead", 1 - survival["survival"])):
        assert_close(occupancy.filter(state=state)["probability"], expected, "rounding")
        assert_close(occupancy.filter(state=state)["se"], survival["se"], "rounding")


@relaxed
@given(cohorts, st.randoms(use_true_random=False))
def test_names_of_subjects_and_order_of_rows_do_not_matter(cohort, random):
    frame = history(cohort)
    names = frame["subject"].unique(maintain_order=True).to_list()
    mixed = frame.with_columns(
        pl.col("subject").replace_strict(names, random.sample(range(100, 100 + len(names)), len(names)))
    ).sample(fraction=1, shuffle=True, seed=random.randrange(1000))
    same(fit(frame), fit(mixed))


@relaxed
@given(cohorts)
def test_splitting_a_stay_does_not_matter(cohort):
    frame = history(cohort)
    middle = (pl.col("start") + pl.col("stop").fill_null(pl.col("start") + 2)) / 2
    halves = pl.concat([frame.with_columns(stop=middle), frame.with_columns(start=middle)])
    same(fit(frame), fit(halves))


@relaxed
@given(cohorts)
def test_unknown_is_a_gap(cohort):
    frame = history(cohort)
    gaps = (
        frame.sort("subject", "start")
        .with_columns(upto=pl.col("start").shift(-1).over("subject"))
        .filter(pl.col("upto") > pl.col("stop"))
        .select("subject", start="stop", stop="upto", state=pl.lit(None, dtype=pl.String))
    )
    result = fit(pl.concat([frame, gaps]))
    assert result.stays.n_unknown_rows == gaps.height
    same(fit(frame), result)


@relaxed
@given(st.lists(st.lists(st.sampled_from(STATES[:3]), min_size=6, max_size=6), min_size=1, max_size=20))
def test_complete_histories_give_plain_proportions_and_means(paths):
    """Everybody followed for 6 days of which each has a state: a table of counts says it all."""
    rows = [(f"{i}", day, day + 1, state) for i, path in enumerate(paths) for day, state in enumerate(path)]
    result = fit(pl.DataFrame(rows, schema=SCHEMA, orient="row"))
    n = len(paths)
    for state in STATES[:3]:
        there = np.array([[s == state for s in path] for path in paths], dtype=float)
        share = there.mean(axis=0)
        ours = result.at(range(6)).filter(state=state)
        assert_close(ours["probability"], share, "rounding")
        assert_close(ours["se"] ** 2, share * (1 - share) / n, "rounding")
        days = there.sum(axis=1)
        spans = result.time_in_state(6).filter(state=state)
        assert_close(spans["days"], [days.mean()], "rounding")
        assert_close(spans["se"] ** 2, [days.var() / n], "rounding")


@relaxed
@given(cohorts, st.sampled_from([1e-9, 1.5, 5.0]))
def test_stretches_and_single_steps_give_the_same(cohort, steep):
    """With next to no inverse taken for one, every step goes from subject to subject."""
    frame = history(cohort)
    whole = fit(frame)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernel, "STEEP", steep)
        same(whole, fit(frame))


@pytest.mark.parametrize("n", [40, 400])
def test_long_stretches_are_as_exact_as_single_steps(n):
    rows = random_history(n)
    whole = fit(rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernel, "STEEP", 1e-9)
        same(whole, fit(rows))


@pytest.mark.parametrize("library", ["lazy", "pandas", "pandas_arrow", "pyarrow", "duckdb"])
def test_frame_library_does_not_matter(library):
    rows = [
        ("a", 0, 5, "active"),
        ("a", 5, None, "dead"),
        ("b", 0, 9, "active"),
        ("b", 9, 12, "le_4"),
        ("c", 1, 7, None),
    ]
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    other = {
        "lazy": frame.lazy,
        "pandas": frame.to_pandas,
        "pandas_arrow": lambda: frame.to_pandas(use_pyarrow_extension_array=True),
        "pyarrow": frame.to_arrow,
        "duckdb": lambda: duckdb.from_arrow(frame.to_arrow()),
    }[library]()
    assert StateOccupancy().fit(other).table().equals(StateOccupancy().fit(frame).table())
