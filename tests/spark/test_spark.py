"""On a local Spark session every chain gives what one machine gives. Run by `make test-spark`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest

sql = pytest.importorskip("pyspark.sql", reason="Spark is not installed here: make test-spark")

from malar import read_study  # noqa: E402
from malar.course import derive_confirmed  # noqa: E402
from malar.endpoints import DEFINITIONS  # noqa: E402
from malar.errors import MissingColumnsError, ParameterError, UnknownKeyError, WrongTypeError  # noqa: E402
from malar.example import example_path  # noqa: E402
from malar.spark import derive_on_spark  # noqa: E402
from tests.support.inputs import SCORED, applied, every_need, visits, with_unknowns  # noqa: E402

EXAMPLE = read_study(example_path()).visit_frame("sledai_2k").select(pl.exclude("^recorded__.*$", "planned_visit"))


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    os.environ["PYSPARK_PYTHON"] = sys.executable
    session = (
        sql.SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "3")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )
    yield session
    session.stop()


def on_spark(spark: Any, frame: pl.DataFrame, steps: list[Any], **options: Any) -> pl.DataFrame:
    made: Any = pl.from_arrow(derive_on_spark(spark.createDataFrame(frame.to_arrow()), steps, **options).toArrow())
    return made.sort("subject", "day")


def confirmed(frame: pl.DataFrame) -> pl.DataFrame:
    return derive_confirmed(frame, "sledai_2k_at_most_4", min_gap_days=28)


def test_the_bundled_study_is_scored_derived_and_judged_as_on_one_machine(spark: Any) -> None:
    """The golden answer: instruments, definitions against earlier visits, and a derivation over several visits."""
    keys = ["sledai_2k", "clinical_sledai_2k", "sledai_2k_at_most_4", "clinical_quiescence", "sledai_2k_flare"]
    expected = EXAMPLE
    for key in keys:
        made = {made.key: made for made in SCORED}[key]
        expected = applied(made, expected)
    expected = confirmed(expected).sort("subject", "day")
    got = on_spark(spark, EXAMPLE, [*keys, confirmed])
    assert got.columns == expected.columns
    for name in expected.columns:
        assert got[name].to_list() == expected[name].to_list(), name
    counted = expected["sledai_2k_at_most_4__confirmed"].value_counts().height
    assert counted == 3


def test_every_declaration_gives_the_same_on_any_number_of_partitions(spark: Any) -> None:
    given = with_unknowns(visits(every_need(), subjects=25))
    expected = given
    for made in SCORED:
        expected = applied(made, expected)
    expected = expected.sort("subject", "day")
    for partitions in (1, 7):
        got = on_spark(spark, given, list(SCORED), partitions=partitions)
        assert got.columns == expected.columns
        for name in expected.columns:
            assert got[name].to_list() == expected[name].to_list(), name


def test_the_policy_for_unknown_items_reaches_the_workers(spark: Any) -> None:
    got = on_spark(spark, EXAMPLE, ["sledai_2k_at_most_4"], missing="absent")
    assert got["sledai_2k"].null_count() == 0
    assert EXAMPLE.select(pl.any_horizontal(pl.all().is_null().any())).item()


def test_what_cannot_be_is_refused_before_spark_works(spark: Any) -> None:
    frame = spark.createDataFrame([("a", 0)], ["subject", "day"])
    with pytest.raises(MissingColumnsError, match="SLEDAI-2K needs 24 columns"):
        derive_on_spark(frame, ["sledai_2k"])
    with pytest.raises(UnknownKeyError, match="No instrument or definition has the key `sledai`"):
        derive_on_spark(frame, ["sledai"])
    with pytest.raises(ParameterError, match="at least one group"):
        derive_on_spark(frame, list(DEFINITIONS), partitions=0)
    with pytest.raises(MissingColumnsError, match="Spark needs 1 columns"):
        derive_on_spark(frame.drop("day"), [])
    with pytest.raises(WrongTypeError, match="is no frame of Spark"):
        derive_on_spark(EXAMPLE, ["sledai_2k"])
