"""From columns to a design matrix: an intercept, the arm, and covariates as numbers or categories."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from malar.errors import UndefinedError, WrongTypeError

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def covariates(rows: pl.DataFrame, names: Sequence[str]) -> tuple[Floats, tuple[str, ...]]:
    """Covariates as columns of numbers, shape (n, p), and their names.

    A text column becomes an indicator of each value but the first in alphabetical order.

    Raises
    ------
    WrongTypeError
        A column holds dates, lists or anything else that is no number, Boolean or text.
    UndefinedError
        A number is infinite or not a number.
    """
    import polars as pl

    columns: list[Floats] = []
    terms: list[str] = []
    for name in names:
        column = rows[name]
        if column.dtype.is_numeric() or isinstance(column.dtype, pl.Boolean):
            values = column.cast(pl.Float64).to_numpy()
            if not np.isfinite(values).all():
                raise UndefinedError(
                    f"`{name}` is NaN or infinite in {int((~np.isfinite(values)).sum())} rows.",
                    "A model has no coefficient for it.",
                    "Fill it, or leave these subjects out and say so.",
                )
            columns.append(values)
            terms.append(name)
        elif isinstance(column.dtype, (pl.String, pl.Categorical, pl.Enum)):
            words = column.cast(pl.String)
            for value in words.unique().sort().to_list()[1:]:
                columns.append((words == value).to_numpy().astype(np.float64))
                terms.append(f"{name}={value}")
        else:
            raise WrongTypeError(
                f"`{name}` is {column.dtype}, which is no number, Boolean or text.",
                "A covariate enters the model as numbers or categories.",
                "Convert it first, e.g. a date to days.",
            )
    matrix = np.column_stack(columns) if columns else np.empty((rows.height, 0))
    return matrix, tuple(terms)


def demand_rank(x: Floats, terms: Sequence[str]) -> None:
    """Refuse a design whose columns determine one another."""
    scale = np.sqrt(np.mean(x**2, axis=0))
    rank = int(np.linalg.matrix_rank(x / np.where(scale > 0, scale, 1.0)))
    if rank < x.shape[1]:
        raise UndefinedError(
            f"Of {x.shape[1]} columns of the model ({', '.join(terms)}), {rank} are independent in {len(x)} rows.",
            "Their coefficients are not determined.",
            "Leave out covariates that are constant or follow from others, or have more subjects.",
        )
