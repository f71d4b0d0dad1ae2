"""The frame library inside: the same derivations in native Polars and through narwhals on Polars."""

from __future__ import annotations

from collections.abc import Iterator

import narwhals as nw
import numpy as np
import polars as pl

from benchmarks.scoring import SLEDAI_2K, visits
from benchmarks.timing import Ratio, compare
from malar.endpoints import rule


def run() -> Iterator[Ratio]:
    """The comparisons, one after another."""
    frame = visits(unknown=0.02).with_columns(
        subject=pl.Series(np.repeat(np.arange(100_000), 10)).cast(pl.String),
        day=pl.Series(np.tile(np.arange(10) * 30, 100_000)),
    )

    def native() -> object:
        return rule("sledai_2k_flare").flag(frame).height

    def through_narwhals() -> object:
        return _flare_in_narwhals(frame).height

    yield compare(
        "score, previous visit and flare: native Polars against narwhals on Polars", native, through_narwhals, runs=5
    )
    table = frame.to_arrow()

    def from_arrow() -> object:
        return rule("sledai_2k_flare").flag(table)

    yield compare(
        "the same for a pyarrow table: conversion in and out, against native Polars", from_arrow, native, runs=5
    )


def _flare_in_narwhals(frame: pl.DataFrame) -> pl.DataFrame:
    """Score with bounds, the bounds at the previous visit, and the flare, in narwhals expressions."""
    lazy = nw.from_native(frame.lazy())
    low = nw.sum_horizontal(
        *(
            nw.col(f"{SLEDAI_2K.form}__{item.key}").fill_null(False).cast(nw.Int64) * item.weight
            for item in SLEDAI_2K.items
        )
    )
    gap = nw.sum_horizontal(
        *(nw.col(f"{SLEDAI_2K.form}__{item.key}").is_null().cast(nw.Int64) * item.weight for item in SLEDAI_2K.items)
    )
    scored = lazy.with_columns(low=low, gap=gap).with_columns(high=nw.col("low") + nw.col("gap"))
    before = scored.with_columns(
        low_before=nw.col("low").shift(1).over("subject", order_by="day"),
        high_before=nw.col("high").shift(1).over("subject", order_by="day"),
    )
    flare = nw.when(nw.col("low") - nw.col("high_before") >= 4).then(nw.lit(True)).otherwise(
        nw.when(nw.col("high") - nw.col("low_before") < 4).then(nw.lit(False))
    )  # fmt: skip
    return before.with_columns(flare=flare).to_native().collect()
