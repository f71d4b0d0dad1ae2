"""What a repeated-measures model refuses, what it leaves out, and what it says where nothing converges."""

from __future__ import annotations

import subprocess
import sys

import polars as pl
import pytest

from malar.errors import MissingColumnsError, ParameterError, UndefinedError, UnknownKeyError, WrongTypeError
from malar.repeated import METHODS, MMRM
from malar.sources import Status
from tests.numbers import assert_close
from tests.repeated.trial import trial

SPEC = MMRM(outcome="change", covariates=("baseline",))


def first_rows(column: str, value: object) -> pl.DataFrame:
    frame = trial(20, 3)
    return frame.with_columns(pl.when(pl.int_range(pl.len()) < 2).then(value).otherwise(column).alias(column))


def test_import_is_light():
    code = (
        "import sys, malar.repeated as r; r.MMRM(outcome='change');"
        "print([m for m in ('numpy', 'polars', 'scipy', 'narwhals') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_listed_with_its_sources():
    assert MMRM.method in METHODS
    assert MMRM.method.status is Status.SECONDARY


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"covariance": "diagonal"}, "unstructured"),
        ({"covariance": ()}, "Name at least one"),
        ({"likelihood": "ml"}, "satterthwaite"),
        ({"covariates_by_visit": ("baseline",)}, "List it in both"),
        ({"level": 95.0}, "0.95"),
        ({"weights": "none"}, "proportional"),
    ],
)
def test_parameters(options, words):
    with pytest.raises(ParameterError, match=words):
        MMRM(outcome="change", **options)


@pytest.mark.parametrize(
    ("frame", "error", "words"),
    [
        (first_rows("baseline", None), UndefinedError, "`baseline` is null in 2 of"),
        (first_rows("arm", None), UndefinedError, "`arm` is null"),
        (first_rows("change", float("nan")), UndefinedError, "NaN"),
        (first_rows("visit", 6), ParameterError, "repeat a `subject` and `visit`"),
        (first_rows("arm", pl.lit("cells")), ParameterError, "more than one `arm`"),
        (trial(20, 3).drop("baseline"), MissingColumnsError, "baseline"),
        (trial(20, 3).with_columns(change=pl.lit("x")), WrongTypeError, "not a number"),
        (trial(20, 3).with_columns(change=pl.lit(None, pl.Float64)), UndefinedError, "null in all 60 rows"),
        (trial(20, 3).with_columns(baseline=pl.lit(None)), UndefinedError, "null"),
    ],
)
def test_frames(frame, error, words):
    with pytest.raises(error, match=words):
        SPEC.fit(frame)


def test_a_gap_beside_a_missing_outcome_does_no_harm():
    frame = trial(20, 3)
    holes = frame.with_columns(pl.when(pl.col("change").is_not_null()).then("baseline").alias("baseline"))
    result = SPEC.fit(holes)
    assert_close(result.contrasts()["estimate"], SPEC.fit(frame).contrasts()["estimate"], "exact")
    assert result.n_missing == frame["change"].null_count()
    assert result.n_rows + result.n_missing == frame.height


def test_text_visits_need_an_order_where_neighbors_matter():
    frame = trial(20, 3).with_columns(pl.format("Month {}", "visit").alias("visit"))
    with pytest.raises(ParameterError, match="By alphabet"):
        MMRM(outcome="change", covariance="autoregressive").fit(frame)
    in_time = ("Month 3", "Month 6", "Month 9")
    stated = MMRM(outcome="change", covariance="autoregressive", visits=in_time).fit(frame)
    numbers = MMRM(outcome="change", covariance="autoregressive").fit(trial(20, 3))
    assert_close(stated.contrasts()["estimate"], numbers.contrasts()["estimate"], "rounding")
    with pytest.raises(ParameterError, match="lists 2 values"):
        MMRM(outcome="change", visits=in_time[:2]).fit(frame)
    with pytest.raises(ParameterError, match="placebo"):
        MMRM(outcome="change", reference="placebo").fit(frame)


def test_the_first_covariance_that_converges_is_used_and_all_attempts_are_told():
    """Two visits that no subject shares: their covariance is not determined."""
    frame = trial(30, 3).filter((pl.col("visit") != 3) | (pl.col("subject") < "S015"))
    frame = frame.filter((pl.col("visit") != 9) | (pl.col("subject") >= "S015"))
    result = MMRM(outcome="change", covariance=("unstructured", "compound_symmetry")).fit(frame)
    told = result.convergence()
    assert told["covariance"].to_list() == ["unstructured", "compound_symmetry"]
    assert told["converged"].to_list() == [False, True]
    assert "do not determine every covariance" in told["reason"][0]
    note = result.table()["note"][0]
    assert "compound_symmetry covariance" in note
    assert "tried before: unstructured" in note


@pytest.mark.parametrize("subjects", [2, 3, 4])
def test_no_convergence_is_no_estimate(subjects):
    frame = trial(subjects, 4, missing=0.0)
    result = MMRM(outcome="change").fit(frame)
    assert not result.converged
    assert result.convergence()["reason"][0]
    for table in (
        result.ls_means(averaged=True),
        result.contrasts(),
        result.coefficients(),
        result.joint_test("visit"),
    ):
        assert table.select("p").to_series().null_count() == table.height
    assert result.covariance is None
    assert result.fit_statistics() == {"loglik": None, "aic": None, "bic": None}
    table = result.table()
    assert table.filter(statistic="estimate")["value"].null_count() > 0
    assert table["note"][0].startswith("no estimate: unstructured: ")


def test_an_outcome_that_follows_its_means_exactly_has_no_fit():
    result = MMRM(outcome="change").fit(trial(20, 3).with_columns(change=pl.col("visit").cast(pl.Float64)))
    assert not result.converged


def test_what_the_design_does_not_determine_is_null():
    """No outcome of one arm at one visit: its mean is unknown, the others stand."""
    frame = trial(30, 3).filter((pl.col("arm") == "cells").not_() | (pl.col("visit") != 9))
    result = MMRM(outcome="change").fit(frame)
    means = result.ls_means()
    gone = (pl.col("arm") == "cells") & (pl.col("visit") == "9")
    assert means.filter(gone)["estimate"].to_list() == [None]
    assert means.filter(gone)["n"].to_list() == [0]
    assert means.filter(~gone)["estimate"].null_count() == 0
    assert result.contrasts().filter(visit="9")["estimate"].to_list() == [None]


def test_single_arm_and_single_visit():
    frame = trial(20, 3)
    alone = MMRM(outcome="change", arm=None).fit(frame)
    assert alone.contrasts().height == 0
    assert alone.ls_means()["arm"].null_count() == 3
    with pytest.raises(UnknownKeyError, match="Terms: intercept, visit"):
        alone.joint_test("arm")
    with pytest.raises(ParameterError, match="Terms"):
        alone.joint_test()
    once = MMRM(outcome="change").fit(frame.filter(visit=3))
    assert once.converged
    assert once.contrasts().height == 1


def test_a_boolean_covariate_is_a_category():
    frame = trial(20, 3).with_columns(pl.col("stratum") == "other")
    names = MMRM(outcome="change", covariates=("stratum",)).fit(frame).coefficients()["name"].to_list()
    assert "stratum[true]" in names


def test_table_of_results():
    table = SPEC.fit(trial(20, 3)).table(labels={"population": "treated"}, unit="SLEDAI-2K points")
    assert set(table["statistic"]) == {"estimate", "se", "df", "lower", "upper", "p", "n"}
    assert set(table["analysis"]) == {"mmrm"}
    assert set(table.filter(statistic="estimate")["time"]) == {3.0, 6.0, 9.0, None}
    assert table.filter(comparator="cells").height == 6 * 4


def test_the_reference_grid_is_stated():
    frame = trial(30, 3)
    used = frame.drop_nulls("change")
    grid = (
        MMRM(outcome="change", covariates=("baseline", "stratum"), weights="proportional").fit(frame).reference_grid()
    )
    assert grid["level"].to_list() == [None, "nephritis", "other"]
    shares = [used["baseline"].mean(), *((used["stratum"] == level).mean() for level in ("nephritis", "other"))]
    assert_close(grid["value"], shares, "rounding")
    equal = MMRM(outcome="change", covariates=("baseline", "stratum")).fit(frame).reference_grid()
    assert_close(equal["value"][1:], [0.5, 0.5], "rounding")
