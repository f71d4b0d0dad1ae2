"""The effect after matching refuses data that leave nothing to tell its error from."""

from __future__ import annotations

from typing import Literal

import polars as pl
import pytest

from malar.controls import MatchedEffect
from malar.errors import UndefinedError

TWO_PAIRS = pl.DataFrame(
    {
        "treated": [True, False, True, False],
        "matched_set": [1, 1, 2, 2],
        "weight": 1.0,
        "fall": [6.0, 2.0, 8.0, 5.0],
        "response": [True, False, False, True],
        "sledai_2k": [10.0, 12.0, 9.0, 14.0],
        "upcr": [1.0, 3.0, 0.5, 0.2],
    }
)


@pytest.mark.parametrize(("outcome", "kind"), [("fall", "linear"), ("response", "logistic")])
def test_as_many_coefficients_as_rows_are_refused(outcome: str, kind: Literal["linear", "logistic"]) -> None:
    spec = MatchedEffect(outcome=outcome, kind=kind, covariates=("sledai_2k", "upcr"))
    with pytest.raises(UndefinedError, match="There are 4 rows for 4 coefficients"):
        spec.fit(TWO_PAIRS)


def test_one_row_left_over_is_enough() -> None:
    effect = MatchedEffect(outcome="fall", kind="linear", covariates=("sledai_2k",)).fit(TWO_PAIRS)
    assert effect.se > 0
