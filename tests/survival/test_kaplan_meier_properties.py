"""What must hold of every Kaplan-Meier curve."""

from __future__ import annotations

import duckdb
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from malar.survival import KaplanMeier
from malar.survival._km_kernel import product_limit
from tests.numbers import assert_close

relaxed = settings(deadline=None, max_examples=60)
subjects = st.lists(st.tuples(st.integers(0, 15), st.booleans()), min_size=1, max_size=40)
truncated = st.lists(
    st.tuples(st.integers(0, 8), st.integers(1, 8), st.booleans(), st.sampled_from([0.5, 1.0, 1.7])),
    min_size=2,
    max_size=25,
)


def frame(rows: list[tuple[int, bool]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"time": pl.Int64, "event": pl.Boolean}, orient="row")


@relaxed
@given(subjects, st.sampled_from(["log-log", "log", "plain"]))
def test_bounds_and_accounting(rows, interval):
    result = KaplanMeier(interval=interval).fit(frame(rows))
    curve = result.curves[0]
    assert ((curve.survival >= 0) & (curve.survival <= 1)).all()
    assert (np.diff(curve.survival) <= 0).all()
    assert curve.events.sum() + curve.censored.sum() == curve.n == len(rows)
    known = ~np.isnan(curve.lower)
    assert (curve.lower[known] <= curve.survival[known]).all()
    assert (curve.survival[known] <= curve.upper[known]).all()
    assert (curve.lower[known] >= 0).all()
    assert (curve.upper[known] <= 1).all()


@relaxed
@given(subjects, st.randoms(use_true_random=False))
def test_row_order_does_not_matter(rows, random):
    mixed = random.sample(rows, len(rows))
    assert KaplanMeier().fit(frame(rows)).curve().equals(KaplanMeier().fit(frame(mixed)).curve())


@relaxed
@given(st.lists(st.integers(1, 15), min_size=1, max_size=40), st.integers(0, 20))
def test_uncensored_is_the_empirical_proportion(times, t):
    ours = KaplanMeier(interval="plain").fit(frame([(time, True) for time in times])).at(t)
    share = sum(time > t for time in times) / len(times)
    assert_close(ours["survival"], [share], "rounding")
    assert_close(ours["se"], [np.sqrt(share * (1 - share) / len(times)) if share else None], "rounding")


@relaxed
@given(subjects)
def test_jackknife_without_weights_or_entry_is_greenwood(rows):
    curves = [KaplanMeier(variance=v).fit(frame(rows)).curves[0] for v in ("greenwood", "infinitesimal_jackknife")]
    alive = curves[0].survival > 0
    assert_close(curves[0].se[alive], curves[1].se[alive], "rounding")
    assert (curves[1].se[~alive] == 0).all()


@relaxed
@given(truncated)
def test_jackknife_is_the_sum_of_squared_derivatives_by_weight(rows):
    entry, stay, event, weight = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    time, event = entry + stay, event == 1
    se = product_limit(time, event, weight, entry, jackknife=True).se

    def survival(row: int, factor: float) -> np.ndarray:
        changed = weight.copy()
        changed[row] *= factor
        return product_limit(time, event, changed, entry, jackknife=True).survival

    step = 1e-5
    slopes = [(survival(i, 1 + step) - survival(i, 1 - step)) / (2 * step) for i in range(len(rows))]
    assert_close(se, np.sqrt(np.sum(np.square(slopes), axis=0)), "derivative")


@relaxed
@given(subjects, st.integers(2, 4))
def test_whole_weights_stand_for_subjects(rows, times_over):
    weighted = KaplanMeier(weight="w").fit(frame(rows).with_columns(w=pl.lit(times_over)))
    repeated = KaplanMeier().fit(frame(rows * times_over))
    assert_close(weighted.curve().drop("group").to_numpy(), repeated.curve().drop("group").to_numpy(), "rounding")


@relaxed
@given(subjects, st.floats(0.05, 0.95))
def test_quantile_is_where_the_curve_crosses(rows, p):
    result = KaplanMeier().fit(frame(rows))
    time = result.quantile(p)["estimate"][0]
    if time is None:
        assert result.curves[0].survival[-1] > 1 - p
    else:
        assert result.at(time)["survival"][0] <= 1 - p + 1e-9


def by_library(library: str, polars: pl.DataFrame) -> object:
    return {
        "polars": lambda: polars,
        "lazy": polars.lazy,
        "pandas": polars.to_pandas,
        "pandas_arrow": lambda: polars.to_pandas(use_pyarrow_extension_array=True),
        "pyarrow": polars.to_arrow,
        "duckdb": lambda: duckdb.from_arrow(polars.to_arrow()),
    }[library]()


@pytest.mark.parametrize("library", ["lazy", "pandas", "pandas_arrow", "pyarrow", "duckdb"])
def test_frame_library_does_not_matter(library):
    rows = pl.DataFrame(
        {
            "time": [5, 8, 8, 12, 3, 9],
            "event": [1, 0, 1, None, 1, 0],
            "entry": [0.0, 2.0, 0.0, 1.5, 0.0, 4.0],
            "w": [1.0, 0.5, 2.0, 1.0, 1.0, 1.0],
            "arm": list("ababab"),
        }
    )
    spec = KaplanMeier(entry="entry", weight="w", by="arm")
    assert spec.fit(by_library(library, rows)).table().equals(spec.fit(rows).table())
