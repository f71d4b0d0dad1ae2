"""Reading a regression's columns: covariates as numbers, strata and clusters as codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from malar.errors import ParameterError, UndefinedError, WrongTypeError
from malar.survival import _columns

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

WHY: Final = "A subject without it has no place in the model, and no row is dropped silently."
WHAT_TO_DO: Final = "Impute it, or set those rows aside and say how many."


def names(covariates: str | Sequence[str]) -> tuple[str, ...]:
    """The covariates as a tuple.

    Raises
    ------
    ParameterError
        None, or one named twice.
    """
    listed = (covariates,) if isinstance(covariates, str) else tuple(covariates)
    if not listed or len(set(listed)) < len(listed):
        raise ParameterError(
            f"`covariates` names {len(listed)} columns, {len(set(listed))} of them different.",
            "A regression needs at least one covariate, each once.",
            "Without covariates use `KaplanMeier` or `CumulativeIncidence`.",
        )
    return listed


def matrix(columns: pl.DataFrame, covariates: Sequence[str]) -> Floats:
    """Covariates as finite floats, shape (p, rows); Booleans become 0 and 1.

    Raises
    ------
    WrongTypeError
        A column is text or another kind that is no number.
    UndefinedError
        A value is null, NaN or infinite.
    """
    import numpy as np
    import polars as pl

    found: list[Floats] = []
    for name in covariates:
        column = columns[name]
        if not (column.dtype.is_numeric() or isinstance(column.dtype, pl.Boolean)):
            raise WrongTypeError(
                f"The covariate `{name}` is {column.dtype}, not a number.",
                "Which category is compared with which would be chosen silently.",
                f"Make a column of 0 and 1 for each category but the reference, e.g. `pl.col({name!r}) == 'a'`.",
            )
        plain = columns.with_columns(column.cast(pl.Float64))
        found.append(_columns.numbers(plain, name, WHY, WHAT_TO_DO))
    return np.stack(found)


def codes(columns: pl.DataFrame, name: str, what: str) -> tuple[Ints, tuple[str, ...]]:
    """Codes 0, 1, … of a column's values in their order, and the values as text.

    Raises
    ------
    UndefinedError
        A value is null.
    """
    import numpy as np

    _columns.never_null(columns, name, f"A row without it belongs to no {what}.", "Fill it, e.g. with 'unknown'.")
    column = columns[name]
    labels = tuple(str(value) for value in column.unique().sort().to_list())
    return column.rank("dense").to_numpy().astype(np.int64) - 1, labels


def refuse_undetermined(model_names: Sequence[str], place: int | None) -> None:
    """Raise `UndefinedError` where a coefficient cannot be determined, whatever its value."""
    if place is not None:
        before = model_names[:place]
        also = f", or {', '.join(before)} together determine it" if before else ""
        raise UndefinedError(
            f"The coefficient of `{model_names[place]}` is not determined: it does not vary among those at risk{also}.",
            "Infinitely many coefficients fit equally well.",
            "Leave the covariate out.",
        )


def refuse_eventless(events: int, name: str) -> None:
    """Raise `UndefinedError` where nobody had the event."""
    if events == 0:
        raise UndefinedError(
            f"No row has the event of `{name}`.",
            "Without events no risk can be compared.",
            "Check how the event is coded.",
        )
