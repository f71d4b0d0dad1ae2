"""One definition for all: every kind of frame gets the same answers, in its own kind."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from malar import instrument, read_study
from malar.endpoints import Endpoint
from malar.errors import MissingColumnsError, WrongTypeError
from malar.example import example_path
from tests.support.inputs import SCORED, applied, every_need, visits, with_scores, with_unknowns

FRAME = read_study(example_path()).visit_frame("sledai_2k", "pga").drop("planned_visit")


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


def plain(frame: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """Columns as every kind of frame can hold them: numbers with null, or text as it is."""
    return frame.select(
        pl.col(name) if frame.schema[name] == pl.String else pl.col(name).cast(pl.Float64).fill_nan(None)
        for name in names
    )


RANDOM = with_unknowns(visits(every_need(), subjects=12))
MADE = {made.key: made for made in SCORED}


@cache
def given(key: str) -> pl.DataFrame:
    """What a key reads; for a definition the scores of its instruments, which are tested under their own keys."""
    made = MADE[key]
    used = made.instruments if isinstance(made, Endpoint) else ()
    return with_scores(made, {part.key: expected(part.key) for part in used if MADE.get(part.key) is part}, RANDOM)


@cache
def expected(key: str) -> pl.DataFrame:
    return applied(MADE[key], given(key))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "polars"])
@pytest.mark.parametrize("key", MADE)
def test_scores_and_verdicts_do_not_depend_on_the_kind_of_frame(key: str, kind: str) -> None:
    make, returned = KINDS[kind]
    out = applied(MADE[key], make(given(key)))
    assert isinstance(out, returned)
    got, wanted = back_in_polars(out), expected(key)
    assert [name for name in got.columns if name != "row"] == wanted.columns
    names = [name for name in wanted.columns if name not in given(key).columns]
    assert plain(got, names).equals(plain(wanted, names), null_equal=True)


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
