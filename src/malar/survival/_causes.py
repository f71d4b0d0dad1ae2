"""Reading a column of causes: codes 1, 2, … in a fixed order, 0 for censored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from malar.errors import ParameterError, WrongTypeError
from malar.survival import _columns

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

EVENT_FREE: Final = "event_free"
"""Name of the state before any cause; no cause may have it."""


def read_causes(
    columns: pl.DataFrame, name: str, wanted: Sequence[str] | None
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Codes of the rows, shape (n,), and the causes they stand for.

    Parameters
    ----------
    columns, name
        The column holds whole numbers, Booleans or words; null, NaN, 0, false and an empty word mean censored.
    wanted
        All causes in order; None = those seen, in their order.

    Raises
    ------
    WrongTypeError, ParameterError
        As in `readable`; a cause that ``wanted`` lacks or repeats, or that is called ``event_free``.
    """
    import numpy as np
    import polars as pl

    column = readable(columns[name])
    seen = [(value, rows) for value, rows in _columns.rows_by_value(column) if value is not None]
    words = pl.Series([value for value, _ in seen], dtype=column.dtype).cast(pl.String)
    having = {word: rows for word, (_, rows) in zip(words, seen, strict=True) if word not in ("", "0")}
    found = tuple(having)
    causes = found if wanted is None else tuple(wanted)
    strange = [word for word in found if word not in causes or word == EVENT_FREE]
    if strange or len(set(causes)) < len(causes):
        raise ParameterError(
            f"`{name}` has {len(strange)} causes that cannot be told apart from the others.",
            "Each cause has a curve of its own, beside that of the event-free.",
            f"Name each cause once in `causes`, and none `{EVENT_FREE}`.",
        )
    codes = np.zeros(column.len(), dtype=np.int64)
    for word, rows in having.items():
        codes[rows] = causes.index(word) + 1
    return codes, causes


def readable(column: pl.Series) -> pl.Series:
    """A column of causes as whole numbers or words: NaN null, false 0, true 1.

    Raises
    ------
    WrongTypeError
        The column holds dates, lists or the like.
    ParameterError
        A number is not whole.
    """
    import polars as pl

    kind = column.dtype
    if kind.is_integer() or isinstance(kind, (pl.String, pl.Categorical, pl.Enum, pl.Null)):
        return column
    if not (kind.is_numeric() or isinstance(kind, pl.Boolean)):
        raise WrongTypeError(
            f"`{column.name}` is {kind}, and causes are whole numbers or words.",
            "Each value would be a cause of its own.",
            "Make a column of one word a cause, null where censored.",
        )
    values = column.cast(pl.Float64).fill_nan(None)
    broken = int((values.is_infinite() | (values != values.round())).sum())
    if broken:
        raise ParameterError(
            f"`{column.name}` has {broken} of {column.len()} values that are no whole numbers.",
            "Causes are told apart by whole numbers or words; cut off, they would be other causes.",
            "Make a column of one word a cause, null where censored.",
        )
    return values.cast(pl.Int64)
