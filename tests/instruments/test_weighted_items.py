"""Scoring again, variants, and proposals that cannot be misread."""

from __future__ import annotations

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from malar.conditions import at_least
from malar.errors import ParameterError, WrongTypeError
from malar.instruments import instrument
from malar.instruments.sledai_2k import SLEDAI_2K
from tests.support.families import SLEDAI_2K_FORMS

FRAME = pl.DataFrame({name: [False, False] for name in SLEDAI_2K.names()}).with_columns(
    sledai_2k__rash=pl.Series([True, None])
)


@pytest.mark.parametrize("make", [pl.DataFrame, pl.DataFrame.lazy, pl.DataFrame.to_pandas, pl.DataFrame.to_arrow])
def test_scoring_again_with_another_policy_replaces_the_score(make: object) -> None:
    first = SLEDAI_2K.score(make(FRAME))  # pyright: ignore
    again = SLEDAI_2K.score(first, missing="absent")
    if isinstance(again, pl.LazyFrame):
        again = again.collect()
    scores = again["sledai_2k"]
    assert (scores.to_pylist() if isinstance(scores, pa.ChunkedArray) else list(scores)) == [2, 0]


def test_pandas_columns_that_did_not_change_keep_their_dtype() -> None:
    given = FRAME.to_pandas().assign(
        note=pd.Series(["x", "y"], dtype="category"), group=pd.Series([1, 2], dtype="int8")
    )
    scored = SLEDAI_2K.score(given)
    pd.testing.assert_frame_equal(scored[list(given.columns)], given)


@pytest.mark.parametrize(
    "changes", [{"without": ("low_complment",)}, {"measured": {"arthritus": at_least("inflamed_joints", 3)}}], ids=str
)
def test_an_item_that_is_misspelled_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ParameterError, match="an item is not there"):
        SLEDAI_2K.amend("other", title="Other", source=SLEDAI_2K.source, **changes)  # pyright: ignore


def test_a_variant_has_a_key_of_its_own() -> None:
    with pytest.raises(ParameterError, match="the key is the same"):
        SLEDAI_2K.amend("sledai_2k", title="Other", source=SLEDAI_2K.source)
    assert instrument("clinical_sledai_2k").variant_of == "sledai_2k"


def test_what_is_not_settled_is_said_beside_the_item() -> None:
    assert [item.key for made in SLEDAI_2K_FORMS.values() for item in made.items if item.doubt] == ["arthritis"] * 2
    settled = SLEDAI_2K.amend(
        "settled", title="x", source=SLEDAI_2K.source, measured={"arthritis": at_least("inflamed_joints", 3)}
    )
    assert not any(item.doubt for item in settled.items)


def test_text_for_a_measurement_is_refused() -> None:
    with pytest.raises(WrongTypeError, match="`lab__platelets` holds String"):
        SLEDAI_2K.propose(pl.DataFrame({"lab__platelets": ["99"]}))


def test_a_column_of_nothing_but_null_is_unknown() -> None:
    frame = FRAME.with_columns(sledai_2k__rash=None, lab__platelets=None)
    assert SLEDAI_2K.score(frame)["sledai_2k"].to_list() == [None, None]
    assert SLEDAI_2K.propose(frame)["proposed__sledai_2k__thrombocytopenia"].to_list() == [None, None]
