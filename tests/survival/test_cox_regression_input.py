"""What Cox and Fine-Gray regression refuse, and their rows in the table of results."""

from __future__ import annotations

import warnings

import duckdb
import numpy as np
import polars as pl
import pytest

from malar.errors import MissingColumnsError, ParameterError, UndefinedError, WrongTypeError
from malar.results import COLUMNS
from malar.survival import CoxRegression, FineGray

FRAME = pl.DataFrame(
    {
        "time": [5, 8, 8, 12, 3, 9, 14, 20],
        "event": [1, 0, 1, None, 1, 0, 1, 1],
        "cause": [1, 0, 2, None, 1, 0, 2, 1],
        "entry": [0.0, 2.0, 0.0, 1.5, 0.0, 4.0, 2.0, 0.0],
        "w": [1.0, 0.5, 2.0, 1.0, 1.0, 1.0, 0.7, 1.0],
        "arm": list("abababab"),
        "age": [31, 24, 45, 38, 29, 52, 33, 40],
        "cells": [True, False, False, True, True, False, True, False],
    }
)
COX = CoxRegression(covariates=["age", "cells"])
FINE_GRAY = FineGray(covariates=["age", "cells"], interest=1)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"covariates": ["age", "arm"]}, WrongTypeError, "column of 0 and 1"),
        ({"covariates": ["age", "sledai"]}, MissingColumnsError, "sledai"),
        ({"covariates": ["age", "same"]}, UndefinedError, "`same` is not determined.*age"),
        ({"covariates": ["one"]}, UndefinedError, "does not vary"),
        ({"covariates": ["hole"]}, UndefinedError, "null in 1 of 8"),
        ({"covariates": ["wild"]}, UndefinedError, "NaN or infinite"),
        ({"event": "never"}, UndefinedError, "No row has the event"),
        ({"event": "cause"}, ParameterError, "other than 0 and 1"),
        ({"entry": "time"}, ParameterError, "at or after"),
        ({"strata": "holes"}, UndefinedError, "null"),
        ({"cluster": "holes"}, UndefinedError, "null"),
        ({"weight": "zero"}, UndefinedError, "0 in every row"),
        ({"weight": "negative"}, ParameterError, "negative"),
        ({"strata": "row"}, UndefinedError, "does not vary"),
    ],
)
def test_cox_regression_refuses(change, error, words):
    frame = FRAME.with_columns(
        same=pl.col("age") * 2 - 3,
        one=pl.lit(1),
        hole=pl.when(pl.col("age") != 31).then(1.0),
        wild=pl.lit(float("nan")),
        never=pl.lit(0),
        holes=pl.when(pl.col("arm") == "a").then(pl.lit("a")),
        zero=pl.lit(0),
        negative=pl.lit(-1),
        row=pl.int_range(pl.len()),
    )
    options = {"covariates": ["age"]} | change
    with pytest.raises(error, match=words):
        CoxRegression(**options).fit(frame)


@pytest.mark.parametrize(
    "options",
    [
        {"covariates": []},
        {"covariates": ["age", "age"]},
        {"covariates": "age", "ties": "exact"},
        {"covariates": "age", "variance": "naive"},
        {"covariates": "age", "level": 95},
        {"covariates": "age", "cluster": "arm", "variance": "model"},
    ],
)
def test_wrong_parameters_are_refused_when_the_estimator_is_made(options):
    with pytest.raises(ParameterError):
        CoxRegression(**options)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"interest": 3}, UndefinedError, "No row has the event of `cause = 3`"),
        ({"covariates": ["arm"]}, WrongTypeError, "column of 0 and 1"),
        ({"time": "arm"}, WrongTypeError, "not a number"),
    ],
)
def test_fine_gray_refuses(change, error, words):
    with pytest.raises(error, match=words):
        FineGray(**({"covariates": ["age"], "interest": 1} | change)).fit(FRAME)


def test_predictions_refuse_strangers_and_stop_with_the_follow_up():
    result = CoxRegression(covariates=["age"], strata="arm").fit(FRAME)
    with pytest.raises(UndefinedError, match="never saw in 1 of 1"):
        result.predict(pl.DataFrame({"age": [30], "arm": ["c"]}), 5)
    with pytest.raises(MissingColumnsError):
        result.predict(pl.DataFrame({"age": [30]}), 5)
    with pytest.raises(ParameterError):
        result.predict(pl.DataFrame({"age": [30], "arm": ["a"]}), -1)
    with pytest.raises(ParameterError):
        result.proportionality("square")
    ours = result.predict(pl.DataFrame({"age": [30], "arm": ["a"]}), [0, 14, 14.5])
    assert ours["survival"].is_null().to_list() == [False, False, True]
    assert ours.row(0, named=True)["survival"] == ours.row(0, named=True)["upper"] == 1
    beyond = FINE_GRAY.fit(FRAME).predict(FRAME.head(1), [0, 20, 21])
    assert beyond["incidence"].is_null().to_list() == [False, False, True]


@pytest.mark.parametrize("spec", [COX, FINE_GRAY], ids=["cox", "fine_gray"])
def test_table_of_results(spec):
    table = spec.fit(FRAME).table(definition="relapse", population="treated", denominator="treated", note="by age")
    assert table.columns == list(COLUMNS)
    assert set(table["definition"]) == {"relapse"}
    main = table.filter(analysis=spec.method.key)
    assert main.filter(statistic="n")["value"].to_list() == [8.0]
    assert main.filter(statistic="events")["value"].to_list() == [5.0 if spec is COX else 3.0]
    assert main["note"].str.starts_with("by age").all()
    ratios = main.filter(pl.col("unit").str.ends_with("hazard ratio") & ~pl.col("unit").str.starts_with("log"))
    assert ratios["statistic"].to_list() == ["estimate", "lower", "upper"] * 2
    assert (ratios["value"] > 0).all()
    assert main.filter(statistic="lower")["level"].to_list() == [0.95] * 4
    assert table.filter(analysis="proportionality")["term"].n_unique() == (3 if spec is COX else 0)


def test_causes_may_be_words_and_booleans():
    words = FRAME.with_columns(pl.col("cause").replace_strict({1: "relapse", 2: "death", 0: ""}, default=None))
    named = FineGray(covariates=["age", "cells"], interest="relapse").fit(words)
    assert named.table()["value"].to_list() == FINE_GRAY.fit(FRAME).table()["value"].to_list()
    floats = FINE_GRAY.fit(FRAME.with_columns(pl.col("cause").cast(pl.Float64)))
    assert floats.n_competing == named.n_competing == 2
    only = FineGray(covariates=["age"], interest=1, cause="event").fit(FRAME.with_columns(pl.col("event") == 1))
    assert only.n_events == 5


def by_library(library: str, polars: pl.DataFrame) -> object:
    return {
        "lazy": polars.lazy,
        "pandas": polars.to_pandas,
        "pyarrow": polars.to_arrow,
        "duckdb": lambda: duckdb.from_arrow(polars.to_arrow()),
    }[library]()


@pytest.mark.parametrize("library", ["lazy", "pandas", "pyarrow", "duckdb"])
def test_frame_library_does_not_matter(library):
    spec = CoxRegression(covariates=["age", "cells"], entry="entry", weight="w", cluster="arm")
    assert spec.fit(by_library(library, FRAME)).table().equals(spec.fit(FRAME).table())
    assert FINE_GRAY.fit(by_library(library, FRAME)).table().equals(FINE_GRAY.fit(FRAME).table())


def test_coefficients_that_run_away_fast_are_named():
    """One subject or two a stratum: steps grow until the information is lost; coxph stops at -660, -328, 64."""
    frame = pl.DataFrame(
        {
            "time": [12, 2, 8, 11, 1, 15, 3, 3, 7, 15, 11, 3],
            "event": [1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0],
            "x1": [0, 1, 1, 1, 1, 0, 0, 1, 0, 1, 1, 0],
            "x2": [1.437, -0.633, -0.808, -0.366, -0.115, -1.401, -0.035, -1.667, 1.392, -0.081, -0.642, -0.908],
            "x3": [0, 0, 1, 1, 3, 2, 1, 3, 0, 1, 0, 1],
            "stratum": [4, 0, 1, 4, 0, 3, 2, 4, 4, 1, 1, 4],
        }
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = CoxRegression(covariates=["x1", "x2", "x3"], strata="stratum").fit(frame)
    assert result.convergence.unbounded == ("x1", "x2", "x3")
    assert result.coefficient.tolist() == [-np.inf, -np.inf, np.inf]
    assert result.coefficients()["se"].null_count() == 3
