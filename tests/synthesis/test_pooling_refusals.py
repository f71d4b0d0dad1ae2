"""What is not pooled: studies that differ, share patients or cannot be, and specifications without meaning."""

from __future__ import annotations

import polars as pl
import pytest

from malar.errors import MalarError, MissingColumnsError, ParameterError, UndefinedError, UnknownKeyError
from malar.synthesis import (
    MixedPooling,
    Pooling,
    SmallStudyCheck,
    demand_alike,
    differences,
)
from malar.synthesis.measures import measure_of

SERIES = pl.DataFrame({"study": ["a", "b", "c", "d"], "events": [24, 9, 11, 2], "n": [40, 12, 30, 20]})


@pytest.mark.parametrize("name", ["definition", "denominator", "unknown", "time_months", "horizon", "outcome", "unit"])
def test_studies_that_measured_different_things_are_refused_unless_named(name):
    mixed = SERIES.with_columns(pl.Series(name, ["one", "one", "other", None]))
    with pytest.raises(ParameterError, match="not alike"):
        Pooling(measure="proportion_logit").fit(mixed)
    with pytest.raises(ParameterError, match=name):
        MixedPooling(outcome="proportion").fit(mixed)
    pooled = Pooling(measure="proportion_logit", across=(name,)).fit(mixed)
    assert pooled.table()["note"].str.contains(f"pooled across different {name}").all()
    assert differences(SERIES.with_columns(pl.lit("one").alias(name))) == ()


def test_studies_that_may_share_patients_are_refused():
    mixed = SERIES.with_columns(overlap_group=pl.Series(["nanjing", None, "nanjing", None]))
    with pytest.raises(ParameterError, match="may hold patients of another"):
        demand_alike(mixed)
    assert differences(mixed.filter(pl.col("study") != "c")) == ()


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"events": pl.Series([50, 9, 11, 2])}, ParameterError),
        ({"events": pl.Series([-1, 9, 11, 2])}, ParameterError),
        ({"n": pl.Series([40, 0, 30, 20])}, ParameterError),
        ({"events": pl.Series([None, 9, 11, 2])}, UndefinedError),
        ({"study": pl.Series(["a", "a", "b", "c"])}, ParameterError),
        ({"events": pl.Series(["24", "9", "11", "2"])}, MalarError),
    ],
)
def test_impossible_studies_are_refused(change, error):
    with pytest.raises(error):
        Pooling(measure="proportion_logit").fit(SERIES.with_columns(**change))


def test_what_a_specification_refuses():
    with pytest.raises(ParameterError):
        Pooling(measure="proportions")
    with pytest.raises(UnknownKeyError):
        measure_of("proportions")
    with pytest.raises(ParameterError):
        Pooling(measure="estimate", tau2="common", limits="hartung_knapp")
    with pytest.raises(ParameterError):
        MixedPooling(outcome="proportion", nodes=7)
    with pytest.raises(MissingColumnsError):
        Pooling(measure="odds_ratio").fit(SERIES)
    with pytest.raises(UndefinedError):
        Pooling(measure="proportion_logit").fit(SERIES.head(1))
    with pytest.raises(ParameterError):
        Pooling(measure="survival_logit").fit(pl.DataFrame({"survival": [1.0, 0.5], "se": [0.1, 0.1]}))


def test_egger_is_not_run_on_few_studies():
    with pytest.raises(UndefinedError, match="too few"):
        SmallStudyCheck(pooling=Pooling(measure="proportion_logit")).fit(SERIES)
