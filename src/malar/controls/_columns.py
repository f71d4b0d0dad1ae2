"""Reading who was treated, and covariates as numbers: every row is used, or the fit is refused with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from malar._frames import demand, enter
from malar.errors import ParameterError, UndefinedError, WrongTypeError

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

LARGEST: Final = 1e100
"""Largest number computed with: squares of it, and their sums, are still finite."""
NULLS: Final = "A subject without it cannot be compared with the others, and no row is dropped silently."
NULLS_HINT: Final = (
    "Impute it or leave these rows out, say how many there are, and add a column that says it was missing."
)


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """Covariates as columns of numbers.

    Parameters
    ----------
    values
        Shape (rows, columns).
    names
        Name of each column: the covariate's own, or ``covariate: level`` for one level of a covariate in words.
    """

    values: NDArray[np.float64]
    names: tuple[str, ...]


def take(frame: Any, names: Sequence[str], what: str) -> pl.DataFrame:
    """Any dataframe in Polars, with at least the named columns and one row."""
    lazy, _ = enter(frame)
    hint = "Name the column when the estimator is made, or derive it before the fit."
    demand(lazy.collect_schema().names(), dict.fromkeys(names), what, hint)
    rows = lazy.collect()
    if rows.height == 0:
        raise UndefinedError(
            f"{what} was given a frame without rows.",
            "Nothing can be estimated from nobody.",
            "Check the filter that made the analysis set.",
        )
    return rows


def never_null(rows: pl.DataFrame, names: Sequence[str], why: str = NULLS, hint: str = NULLS_HINT) -> None:
    """Raise `UndefinedError` where one of the columns has nulls or NaN."""
    for name in names:
        column = rows[name]
        gaps = column.null_count() + (int(column.is_nan().sum() or 0) if column.dtype.is_float() else 0)
        if gaps:
            raise UndefinedError(f"`{name}` is unknown in {gaps} of {rows.height} rows.", why, hint)


def sign(rows: pl.DataFrame, name: str) -> NDArray[np.bool_]:
    """A Boolean or 0/1 column without nulls, shape (rows,)."""
    import polars as pl

    never_null(rows, [name])
    column = rows[name]
    if column.dtype == pl.Boolean:
        return column.to_numpy()
    if not column.dtype.is_numeric():
        raise WrongTypeError(
            f"`{name}` is {column.dtype}, neither Boolean nor 0 and 1.", NULLS, "Compare it with a word."
        )
    wrong = int(((column != 0) & (column != 1)).sum())
    if wrong:
        raise ParameterError(
            f"`{name}` has {wrong} of {rows.height} values other than 0 and 1.",
            "It says which of two things is true of a subject.",
            "Keep two arms, and make the column Boolean.",
        )
    return (column == 1).to_numpy()


def demand_free(rows: pl.DataFrame, names: Sequence[str]) -> None:
    """Raise `ParameterError` where a column that is about to be added is there already."""
    taken = [name for name in names if name in rows.columns]
    if taken:
        raise ParameterError(
            f"The frame has a column {', '.join(f'`{name}`' for name in taken)} of its own.",
            "Its values, such as body weight, would be lost under those of the matching or weighting.",
            "Rename it before the fit.",
        )


def treatment(rows: pl.DataFrame, name: str) -> NDArray[np.bool_]:
    """Who was treated; both arms have subjects."""
    treated = sign(rows, name)
    if treated.all() or not treated.any():
        raise UndefinedError(
            f"`{name}` is the same in all {treated.size} rows.",
            "A comparison needs treated subjects and controls.",
            "Check the filter that made the analysis set.",
        )
    return treated


def numbers(rows: pl.DataFrame, name: str) -> NDArray[np.float64]:
    """A numeric or Boolean column as finite floats without nulls, shape (rows,)."""
    import numpy as np
    import polars as pl

    column = rows[name]
    if not (column.dtype.is_numeric() or column.dtype == pl.Boolean):
        raise WrongTypeError(f"`{name}` is {column.dtype}, not a number.", "It is computed with.", "Convert it first.")
    never_null(rows, [name])
    values = column.cast(pl.Float64).to_numpy()
    if not np.isfinite(values).all():
        raise UndefinedError(f"`{name}` is infinite in {int((~np.isfinite(values)).sum())} rows.", NULLS, NULLS_HINT)
    beyond = int((np.abs(values) > LARGEST).sum())
    if beyond:
        raise UndefinedError(
            f"`{name}` is beyond {LARGEST:g} in {beyond} rows.", "Its square cannot be computed.", "Use another unit."
        )
    return values


def words(rows: pl.DataFrame, name: str) -> pl.Series:
    """A column of text or categories as text, without nulls."""
    import polars as pl

    never_null(rows, [name])
    column = rows[name]
    if not isinstance(column.dtype, (pl.String, pl.Categorical, pl.Enum)):
        raise WrongTypeError(
            f"`{name}` is {column.dtype}, which is no number, Boolean or text.",
            "A covariate is compared as a number or by its categories.",
            "Convert it first, e.g. a date to days.",
        )
    return column.cast(pl.String)


def design(rows: pl.DataFrame, covariates: Sequence[str], *, every_level: bool = False) -> Design:
    """Covariates as numbers: words become one column a level.

    Parameters
    ----------
    every_level
        Keep a column for the first level too (in alphabetic order); a regression leaves it out as the reference.
    """
    import numpy as np
    import polars as pl

    if not covariates:
        raise ParameterError("No covariates are named.", "Nothing would be made alike.", "Pass covariates=[...].")
    columns: list[NDArray[np.float64]] = []
    names: list[str] = []
    for name in dict.fromkeys(covariates):
        column = rows[name]
        if column.dtype.is_numeric() or column.dtype == pl.Boolean:
            columns.append(numbers(rows, name))
            names.append(name)
            continue
        named = words(rows, name)
        levels = sorted(named.unique().to_list())
        for level in levels if every_level and len(levels) > 1 else levels[1:]:
            columns.append((named == level).cast(pl.Float64).to_numpy())
            names.append(f"{name}: {level}")
    if not columns:
        raise UndefinedError(
            f"Of {', '.join(f'`{name}`' for name in covariates)} each is one word in all {rows.height} rows.",
            "What does not vary is alike in both arms.",
            "Check the column, or leave it out.",
        )
    values = np.column_stack(columns)
    return Design(np.asfortranarray(values), tuple(names))


def one_of(name: str, value: object, allowed: tuple[object, ...]) -> None:
    """Raise `ParameterError` where a parameter is none of the allowed values."""
    if value not in allowed:
        shown = ", ".join(map(repr, allowed))
        raise ParameterError(
            f"`{name}` is {value!r}.", "An option misread changes the numbers.", f"Use one of {shown}."
        )


def several(name: str, value: Sequence[str]) -> tuple[str, ...]:
    """Names of columns; raise `ParameterError` where one word was passed, whose letters would be taken for names."""
    if isinstance(value, str):
        raise ParameterError(f"`{name}` is one word.", "It is a list of columns.", f"Pass {name}=[...].")
    return tuple(value)


def confidence(level: float) -> None:
    """Raise `ParameterError` where a confidence level is not between 0 and 1."""
    if not 0.0 < level < 1.0:
        raise ParameterError(f"`level` is {level}.", "It is a probability.", "Use e.g. 0.95.")


def weights(rows: pl.DataFrame, name: str) -> NDArray[np.float64]:
    """A column of weights without nulls, none below 0."""
    values = numbers(rows, name)
    wrong = int((values < 0.0).sum())
    if wrong:
        raise ParameterError(f"`{name}` is negative in {wrong} rows.", "A weight says how many are stood for.")
    return values
