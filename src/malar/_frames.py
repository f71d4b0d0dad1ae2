"""The door for any dataframe: Polars inside, the caller's own kind of frame back out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from malar.errors import MissingColumnsError, WrongTypeError

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl


def enter(frame: Any) -> tuple[pl.LazyFrame, Callable[[pl.LazyFrame], Any]]:
    """Take any dataframe in; return it as a lazy Polars frame, and the way back.

    Parameters
    ----------
    frame
        Polars (eager or lazy), pandas (NumPy or Arrow dtypes), pyarrow Table or DuckDB relation.

    Returns
    -------
    tuple
        The frame in Polars, and a function that turns a lazy Polars frame with the same rows in the
        same order into the caller's kind (for pandas with the caller's index).

    Raises
    ------
    WrongTypeError
        The object is no dataframe that narwhals knows, or one whose columns mix types or share a name.
    """
    import polars as pl

    if isinstance(frame, pl.LazyFrame):
        return frame, lambda out: out
    if isinstance(frame, pl.DataFrame):
        return frame.lazy(), lambda out: out.collect()
    return _enter_foreign(frame)


def _enter_foreign(frame: Any) -> tuple[pl.LazyFrame, Callable[[pl.LazyFrame], Any]]:
    import narwhals as nw

    try:
        native: Any = nw.from_native(frame)
    except TypeError as error:
        raise WrongTypeError(
            f"A {type(frame).__name__} is not a dataframe.",
            "Scores and rules work on one row per subject and day.",
            "Pass a Polars, pandas, pyarrow or DuckDB frame.",
        ) from error
    except ValueError as error:
        raise WrongTypeError(*_unclear_columns(frame)) from error
    implementation = native.implementation
    if not (implementation.is_pandas() or implementation.is_pyarrow() or implementation.is_duckdb()):
        raise WrongTypeError(
            f"{implementation} frames have no way back from Polars here.",
            "The caller's own kind of frame is returned, or nothing is.",
            "Convert to Polars, pandas, pyarrow or DuckDB first; on Spark, see malar.spark.derive_on_spark.",
        )
    try:
        eager = native.collect("pyarrow") if isinstance(native, nw.LazyFrame) else native
        inside: pl.DataFrame = eager.to_polars()
    except (TypeError, ValueError) as error:
        raise WrongTypeError(*_unclear_columns(frame)) from error
    if implementation.is_pandas():
        return inside.lazy(), lambda out: _to_pandas(out.collect(), inside, frame)
    if implementation.is_pyarrow():
        return inside.lazy(), _to_arrow
    return inside.lazy(), _to_duckdb


def _unclear_columns(frame: Any) -> tuple[str, str, str]:
    """Fact, reason and remedy."""
    return (
        f"The {type(frame).__name__} has a column of mixed types, or two columns of one name.",
        "Each column is taken as one kind of value.",
        "Give every column a name and a type of its own, and try again.",
    )


def _to_pandas(out: pl.DataFrame, inside: pl.DataFrame, frame: Any) -> Any:
    """Add the new columns to the caller's frame, in its index and with its family of dtypes.

    Beside NumPy dtypes, new Booleans and whole numbers are of pandas' nullable dtypes, whether or not a value
    is unknown: an unknown is then neither false nor a change of the column's type.
    """
    import polars as pl

    arrow = any(type(dtype).__name__ == "ArrowDtype" for dtype in frame.dtypes)
    made: Any = out.to_pandas(use_pyarrow_extension_array=arrow)
    made.index = frame.index
    own = {str(name): name for name in frame.columns}
    for name, kind in out.schema.items():
        if name in own and out[name].equals(inside[name], null_equal=True):
            made[name] = frame[own[name]]
        elif not arrow and (kind.is_integer() or kind == pl.Boolean):
            made[name] = made[name].astype("Int64" if kind.is_integer() else "boolean")
    return made.rename(columns=own)


def _to_arrow(out: pl.LazyFrame) -> Any:
    collected: Any = out.collect()
    return collected.to_arrow()


def _to_duckdb(out: pl.LazyFrame) -> Any:
    import duckdb

    return duckdb.from_arrow(_to_arrow(out))


def demand_values(schema: pl.Schema, names: Iterable[str], what: str) -> None:
    """Raise where a column holds neither Booleans nor numbers.

    Parameters
    ----------
    schema
        Columns of a frame and their types; names that it lacks are passed over.
    names
        Columns to look at.
    what
        What reads them, for the message.

    Raises
    ------
    WrongTypeError
        At least one holds text, dates or lists; the message names the first.
    """
    import polars as pl

    for name in names:
        kind = schema.get(name, pl.Boolean())
        if not (kind.is_numeric() or isinstance(kind, (pl.Boolean, pl.Null))):
            raise WrongTypeError(
                f"`{name}` holds {kind}, which is neither Boolean nor a number.",
                f"{what} compares values and asks whether signs are present.",
                "Turn it into true, false and null, or into a number, first.",
            )


def demand_words(schema: pl.Schema, names: Iterable[str], what: str) -> None:
    """Raise where a column holds lists, structs or spans of time, whose values have no name.

    Parameters
    ----------
    schema
        Columns of a frame and their types; names that it lacks are passed over.
    names
        Columns to look at.
    what
        What they are, for the message.

    Raises
    ------
    WrongTypeError
        At least one does; the message names the first.
    """
    import polars as pl

    for name in names:
        kind = schema.get(name, pl.String())
        if kind.is_nested() or isinstance(kind, (pl.Duration, pl.Object, pl.Binary)):
            raise WrongTypeError(
                f"`{name}` holds {kind}, whose values have no name of their own.",
                f"{what} is told by a word, a number or a date.",
                "Turn it into words or numbers first.",
            )


def as_sign(column: str) -> pl.Expr:
    """A column of Booleans or numbers as a sign: present where above 0, unknown where null or not a number."""
    import polars as pl

    return pl.col(column).cast(pl.Float64).fill_nan(None) > 0


def demand(present: Iterable[str], needed: Iterable[str], what: str, hint: str = "") -> None:
    """Raise where a frame lacks columns.

    Parameters
    ----------
    present, needed
        Column names there, and column names wanted.
    what
        What wants them, for the message: ``"SLEDAI-2K"``.
    hint
        What to do; by default, to build the visit frame.

    Raises
    ------
    MissingColumnsError
        At least one needed column is not there; the message names them all.
    """
    have = set(present)
    missing = [name for name in needed if name not in have]
    if missing:
        shown = ", ".join(f"`{name}`" for name in missing[:6]) + (" …" if len(missing) > 6 else "")
        raise MissingColumnsError(
            f"{what} needs {len(missing)} columns that the frame lacks: {shown}.",
            "A column that is absent is not the same as one that is unknown.",
            hint or "Build the frame with `study.visit_frame(...)`, or add the column, null where unknown.",
        )
