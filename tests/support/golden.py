"""The form in which the bundled study's results are kept: nine significant digits, so that machines agree."""

from __future__ import annotations

import polars as pl

from malar.results import NUMBERS


def golden_csv(results: pl.DataFrame) -> str:
    """The table of results as text."""

    def digits(value: float) -> str:
        return f"{value:.9g}"

    text = [pl.col(name).map_elements(digits, return_dtype=pl.String) for name in NUMBERS]
    return results.with_columns(text).write_csv()
