"""A row of weight 0 is outside the analysis set: results are those of the frame without it."""

from __future__ import annotations

from typing import Final

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from malar.errors import UndefinedError
from malar.survival import CumulativeIncidence, KaplanMeier, NelsonAalen, RestrictedMean

COUNTED: Final = pl.DataFrame(
    {"time": [19.0, 20.0, 24.0], "entry": [16.5, 15.0, 17.0], "event": [1, 1, 0], "weight": [0.5, 1.0, 0.25]}
)
OUTSIDE: Final = pl.DataFrame(
    {"time": [10.0, 30.0, 20.0], "entry": [0.0, 2.0, 1.0], "event": [1, 1, 0], "weight": [0.0, 0.0, 0.0]}
)
BOTH: Final = pl.concat([OUTSIDE, COUNTED])
ESTIMATORS: Final = (
    KaplanMeier(entry="entry", weight="weight"),
    KaplanMeier(entry="entry", weight="weight", variance="greenwood"),
    NelsonAalen(entry="entry", weight="weight"),
    CumulativeIncidence(entry="entry", weight="weight", cause="event"),
    RestrictedMean(until=23, entry="entry", weight="weight"),
)


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda spec: type(spec).__name__)
def test_rows_of_weight_zero_change_nothing(estimator: KaplanMeier) -> None:
    assert_frame_equal(estimator.fit(BOTH).table(), estimator.fit(COUNTED).table(), check_exact=True)


def test_an_event_of_weight_zero_leaves_the_standard_error_defined() -> None:
    """R survival 3.5-3: `survfit(Surv(entry, time, event) ~ 1, weights, id = 1:3, robust = TRUE)` of the counted."""
    found = KaplanMeier(entry="entry", weight="weight").fit(BOTH).at([19.0, 20.0])
    assert found["survival"].to_list() == pytest.approx([0.714285714286, 0.142857142857], rel=1e-10)
    assert found["se"].to_list() == pytest.approx([0.264520028506, 0.152720709664], rel=1e-10)


def test_a_median_midway_ends_at_a_day_of_someone_counted() -> None:
    frame = pl.DataFrame({"time": [1, 1, 2], "event": [1, 0, 1], "weight": [0.25, 0.25, 0.0]})
    assert KaplanMeier(weight="weight").fit(frame).quantile(0.5)["estimate"].to_list() == [1.0]


def test_a_group_of_weight_zero_alone_is_refused() -> None:
    frame = BOTH.with_columns(arm=pl.when(pl.col("weight") > 0).then(pl.lit("a")).otherwise(pl.lit("b")))
    with pytest.raises(UndefinedError, match="0 in every row of a group"):
        KaplanMeier(entry="entry", weight="weight", by="arm").fit(frame)
