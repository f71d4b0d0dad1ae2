"""One definition for all: every kind of frame gets the same answers, in its own kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from malar import instrument, read_study, rule
from malar.errors import MissingColumnsError, WrongTypeError
from malar.example import example_path
from tests.support.families import SLEDAI_2K_FORMS

FRAME = read_study(example_path()).visit_frame("sledai_2k", "pga").drop("planned_visit")
KEYS = ("sledai_2k_at_most_4", "clinical_quiescence", "sledai_2k_flare", "sledai_2k_improvement")


def in_pandas(frame: pl.DataFrame) -> pd.DataFrame:
    """NumPy dtypes: Booleans with missing are objects, numbers with missing are floats."""
    made = frame.to_pandas()
    made.index = pd.Index(range(1000, 1000 + len(made)), name="row")
    return made


def in_duckdb(frame: pl.DataFrame) -> Any:
    table = frame.with_row_index("row").to_arrow()
    return duckdb.from_arrow(table)


KINDS: dict[str, tuple[Callable[[pl.DataFrame], Any], type]] = {
    "polars": (lambda frame: frame, pl.DataFrame),
    "polars lazy": (lambda frame: frame.lazy(), pl.LazyFrame),
    "pandas, NumPy": (in_pandas, pd.DataFrame),
    "pandas, Arrow": (lambda frame: frame.to_pandas(use_pyarrow_extension_array=True), pd.DataFrame),
    "pyarrow": (lambda frame: frame.to_arrow(), pa.Table),
    "duckdb": (in_duckdb, duckdb.DuckDBPyRelation),
}


def back_in_polars(out: Any) -> pl.DataFrame:
    if isinstance(out, pl.LazyFrame):
        return out.collect()
    if isinstance(out, duckdb.DuckDBPyRelation):
        return pl.DataFrame(out.to_arrow_table()).sort("row")
    return out if isinstance(out, pl.DataFrame) else pl.DataFrame(out)


@pytest.mark.parametrize("kind", KINDS)
def test_scores_and_verdicts_do_not_depend_on_the_kind_of_frame(kind: str) -> None:
    make, returned = KINDS[kind]
    expected, given = FRAME, make(FRAME)
    for made in SLEDAI_2K_FORMS.values():
        expected, given = made.score(expected), made.score(given)
    for key in KEYS:
        expected, given = rule(key).flag(expected), rule(key).flag(given)
    assert isinstance(given, returned)
    columns = [name for name in expected.columns if name not in FRAME.columns]
    got, wanted = back_in_polars(given).select(columns), expected.select(columns)
    for name in columns:
        as_numbers = [
            column.cast(pl.Float64, strict=False).fill_nan(None).to_list() for column in (got[name], wanted[name])
        ]
        assert as_numbers[0] == as_numbers[1], name


def test_pandas_keeps_its_index_and_its_own_columns() -> None:
    given = in_pandas(FRAME)
    scored = instrument("sledai_2k").score(given)
    assert scored.index.equals(given.index)
    pd.testing.assert_frame_equal(scored[list(given.columns)], given)


def test_duckdb_gets_plain_integers() -> None:
    scored = instrument("sledai_2k").score(in_duckdb(FRAME))
    types = dict(zip(scored.columns, map(str, scored.types), strict=True))
    assert types["sledai_2k"] == types["sledai_2k__low"] == "BIGINT"


@pytest.mark.parametrize("what", [[1, 2], "frame", None, {"a": [1]}])
def test_what_is_no_frame_is_refused_in_words(what: object) -> None:
    with pytest.raises(WrongTypeError, match="is not a dataframe"):
        instrument("sledai_2k").score(what)


def test_missing_columns_are_counted_and_named() -> None:
    with pytest.raises(MissingColumnsError, match="needs 1 columns that the frame lacks: `sledai_2k__rash`") as caught:
        instrument("sledai_2k").score(FRAME.drop("sledai_2k__rash"))
    assert caught.value.why
    assert caught.value.hint
