"""Groups compared within strata: codes of rows and their row numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from malar.errors import UndefinedError
from malar.survival import _columns

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    Rows = NDArray[np.integer[Any]]


def read_groups(columns: pl.DataFrame, by: str) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Code of each row's group, shape (n,), and the labels in the order of the groups' values.

    Raises
    ------
    UndefinedError
        A group is null, or there is only one.
    """
    groups = _columns.split(columns, by)
    if len(groups) < 2:
        raise UndefinedError(
            f"`{by}` has one value.", "A test compares two groups or more.", "Check the filter or the column."
        )
    codes = np.empty(columns.height, dtype=np.int64)
    for code, (_, own) in enumerate(groups):
        codes[own] = code
    return codes, tuple(label for label, _ in groups)


def read_strata(columns: pl.DataFrame, strata: tuple[str, ...]) -> list[Rows] | list[slice]:
    """The rows of each stratum: each combination of the columns' values, never null; all rows without columns."""
    import polars as pl

    if not strata:
        return [slice(None)]
    for name in strata:
        _columns.never_null(columns, name, "A subject without a stratum is compared with nobody.", "Fill it.")
    rows = pl.int_range(pl.len(), dtype=pl.UInt32).alias("__rows")
    grouped = columns.select(*strata, rows).group_by(strata).agg("__rows").sort(strata)
    return [members.to_numpy() for members in grouped["__rows"]]


def strata_names(strata: str | Sequence[str] | None) -> tuple[str, ...]:
    """The columns of strata as a tuple; one name may stand alone."""
    if strata is None:
        return ()
    return (strata,) if isinstance(strata, str) else tuple(strata)
