"""SLEDAI-2K for a million visits, against the plainest sum of the 24 columns and against pandas."""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator

import numpy as np
import pandas as pd
import polars as pl

from benchmarks.timing import Ratio, compare
from malar.instruments import instrument

VISITS = 1_000_000
SLEDAI_2K = instrument("sledai_2k")


def visits(*, unknown: float) -> pl.DataFrame:
    """Boolean items of a million visits; each is unknown with the probability given."""
    rng = np.random.default_rng(2026)
    columns: dict[str, pl.Series] = {}
    for name in SLEDAI_2K.names():
        present = pl.Series(rng.random(VISITS) < 0.1)
        hidden = pl.Series(rng.random(VISITS) < unknown)
        columns[name] = pl.select(pl.when(~hidden).then(present)).to_series()
    return pl.DataFrame(columns)


def score_in_pandas(frame: pd.DataFrame) -> pd.DataFrame:
    """The same score, bounds and count as one would write them in pandas."""
    weights = pd.Series({f"{SLEDAI_2K.form}__{item.key}": item.weight for item in SLEDAI_2K.items})
    unknown = frame.isna()
    low = frame.fillna(value=False).astype("int64").mul(weights, axis=1).sum(axis=1)
    high = low + unknown.astype("int64").mul(weights, axis=1).sum(axis=1)
    missing = unknown.sum(axis=1)
    out = frame.copy()
    out["sledai_2k"] = low.where(missing == 0)
    out["low"], out["high"], out["n_missing"] = low, high, missing
    return out


def run() -> Iterator[Ratio]:
    """The comparisons, one after another."""
    for label, unknown in (("all items known", 0.0), ("2 % of items unknown", 0.02)):
        frame = visits(unknown=unknown)
        names = SLEDAI_2K.names()

        def plain(frame: pl.DataFrame = frame, names: tuple[str, ...] = names) -> pl.DataFrame:
            return frame.with_columns(pl.sum_horizontal(names, ignore_nulls=False).alias("sum"))

        def score_only(frame: pl.DataFrame = frame) -> pl.DataFrame:
            return SLEDAI_2K.score(frame, bounds=False)

        def with_bounds(frame: pl.DataFrame = frame) -> pl.DataFrame:
            return SLEDAI_2K.score(frame)

        yield compare(f"score, {label}, against a plain sum", score_only, plain, limit=1.5)
        yield compare(f"score with bounds, {label}, against a plain sum", with_bounds, plain, limit=4)
    nullable = frame.to_pandas(use_pyarrow_extension_array=False).astype("boolean")

    def in_pandas() -> pd.DataFrame:
        return score_in_pandas(nullable)

    yield compare("score with bounds, against the same in pandas", with_bounds, in_pandas, runs=3, limit=1)

    def through_the_door() -> object:
        return SLEDAI_2K.score(nullable)

    yield compare("score of a pandas frame, through the door and back", through_the_door, in_pandas, runs=3)


def peak_memory() -> str:
    """Peak memory of this process."""
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return f"{kilobytes / (1024 if sys.platform != 'darwin' else 1024**2):,.0f} MiB peak memory of the whole run"
