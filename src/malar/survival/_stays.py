"""State histories as sorted, merged stays: who was seen in which state from when to when, and what came next."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from malar.errors import ParameterError, UndefinedError, WrongTypeError
from malar.survival import _columns

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

START = "A stay without its first day cannot be placed in time, and no row is dropped silently."


@dataclass(frozen=True, slots=True, eq=False)
class Stays:
    """Stays of all subjects, sorted by subject and start; arrays of shape (stays,)."""

    subject: Ints
    """Number of the subject, 0 to n_subjects - 1."""
    start: Floats
    stop: Floats
    """Infinite for a state that is never left."""
    state: Ints
    """Index into ``states``."""
    following: Ints
    """Index of the state entered at ``stop``; -1 where the subject is lost, or stays for good."""
    states: tuple[str, ...]
    n_subjects: int
    n_unknown_rows: int
    """Rows read whose state is null: counted as not observed."""


def after(stays: Stays, day: float) -> Stays:
    """What is seen after a day: stays that end later, cut to begin on it.

    Subjects without any are left out, as are those who by the day had come to a state for good.
    """
    settled = np.isinf(stays.stop) & (stays.start <= day)
    return only(replace(stays, start=np.maximum(stays.start, day)), (stays.stop > day) & ~settled)


def only(stays: Stays, kept: NDArray[np.bool_]) -> Stays:
    """Some of the stays, with the subjects they are of."""
    numbers, subject = np.unique(stays.subject[kept], return_inverse=True)
    return replace(
        stays,
        subject=subject.astype(np.int64),
        start=stays.start[kept],
        stop=stays.stop[kept],
        state=stays.state[kept],
        following=stays.following[kept],
        n_subjects=numbers.size,
    )


def read_stays(columns: pl.DataFrame, names: tuple[str, str, str, str], states: tuple[str, ...] | None) -> Stays:
    """Check a state history and bring it into sorted arrays.

    Parameters
    ----------
    columns
        One row a subject and stay.
    names
        Columns of subject, start, stop and state.
    states
        All states in the order wanted; None = those seen, sorted by name.

    Raises
    ------
    UndefinedError
        Null subject or start, NaN, no row with a known state.
    ParameterError
        Empty or overlapping stays, a state that ``states`` lacks, an open stay in a state that others leave.
    WrongTypeError
        ``start`` or ``stop`` is no number.
    """
    import polars as pl

    subject, start, stop, state = names
    _columns.never_null(columns, subject, "A stay of nobody adds to no history.", "Fill in the subject.")
    _columns.numbers(columns, start, START, "Fill it, or set the row aside.")
    _stops(columns, stop)
    rows = columns.select(
        pl.col(subject).alias("subject"),
        pl.col(start).cast(pl.Float64).alias("start"),
        pl.col(stop).cast(pl.Float64).fill_null(float("inf")).alias("stop"),
        pl.col(state).cast(pl.String).alias("state"),
    ).sort("subject", "start", "stop")
    _refuse_impossible(rows, start, stop)
    known = rows.filter(pl.col("state").is_not_null())
    ordered = _order(known, states, state)
    merged = _merge(known.with_columns(pl.col("subject").rle_id()))
    stays = _arrays(merged, ordered, rows.height - known.height)
    _refuse_open(stays, stop)
    return stays


def _stops(columns: pl.DataFrame, stop: str) -> None:
    import polars as pl

    column = columns[stop]
    if not (column.dtype.is_numeric() or isinstance(column.dtype, pl.Null)):
        raise WrongTypeError(
            f"`{stop}` is {column.dtype}, not a number.",
            "Days are counted from the start of the analysis.",
            "Convert dates to days first; null means: stays there for good.",
        )
    wild = int((~column.cast(pl.Float64).is_finite()).sum())
    if wild:
        raise UndefinedError(
            f"`{stop}` is NaN or infinite in {wild} of {columns.height} rows.",
            "Neither is a day.",
            "Use null for an absorbing state that is never left.",
        )


def _refuse_impossible(rows: pl.DataFrame, start: str, stop: str) -> None:
    import polars as pl

    more = pl.col("subject").eq(pl.col("subject").shift(-1)).fill_null(value=False)  # rows are sorted
    backwards = pl.col("start") > pl.col("stop")
    none = pl.col("start").eq(pl.col("stop")) & more
    over = more & (pl.col("start").shift(-1) < pl.col("stop"))
    empty, overlaps = rows.select(empty=(backwards | none).sum(), overlaps=over.sum()).row(0)
    if empty:
        raise ParameterError(
            f"`{start}` is at or after `{stop}` in {empty} of {rows.height} rows.",
            "A stay of no length puts nobody at risk; only a subject's last stay may have none.",
            "Drop stays of no length, or give the state that was left that day.",
        )
    if overlaps:
        raise ParameterError(
            f"{overlaps} of {rows.height} stays overlap the subject's next one.",
            "A subject is in one state at a time.",
            f"End each stay where the next starts; a null `{stop}` must be a subject's last row.",
        )


def _order(known: pl.DataFrame, states: tuple[str, ...] | None, name: str) -> tuple[str, ...]:
    if known.height == 0:
        raise UndefinedError(
            f"`{name}` is null in every row.", "Nobody was observed in any state.", "Check how states are derived."
        )
    seen = tuple(known["state"].unique().sort().to_list())
    strange = [value for value in seen if states is not None and value not in states]
    if strange:
        raise ParameterError(
            f"`{name}` has {len(strange)} states that `states` lacks: {', '.join(map(repr, strange[:6]))}.",
            "Their time would belong to no state.",
            "Add them to `states`, or set the state to null where it counts as unknown.",
        )
    return states or seen


def _merge(known: pl.DataFrame) -> pl.DataFrame:
    """Adjoining rows of one subject in one state become one stay."""
    import polars as pl

    same = pl.col("subject").eq(pl.col("subject").shift(1)) & pl.col("state").eq(pl.col("state").shift(1))
    joined = same & pl.col("start").eq(pl.col("stop").shift(1))
    run = (~joined.fill_null(value=False)).cum_sum().alias("run")
    return (
        known.with_columns(run)
        .group_by("run", maintain_order=True)
        .agg(pl.col("subject", "start", "state").first(), pl.col("stop").last())
    )


def _arrays(merged: pl.DataFrame, states: tuple[str, ...], n_unknown_rows: int) -> Stays:
    import polars as pl

    codes = pl.Series(range(len(states)), dtype=pl.Int64)
    state = merged["state"].replace_strict(pl.Series(states), codes).to_numpy()
    subject = merged["subject"].cast(pl.Int64).to_numpy()
    start, stop = merged["start"].to_numpy(), merged["stop"].to_numpy()
    joined = np.append((subject[1:] == subject[:-1]) & (start[1:] == stop[:-1]), False)
    following = np.where(joined, np.append(state[1:], -1), -1)
    return Stays(subject, start, stop, state, following, states, int(subject[-1]) + 1, n_unknown_rows)


def _refuse_open(stays: Stays, stop: str) -> None:
    left = np.unique(stays.state[stays.following >= 0])
    open_ended = np.isinf(stays.stop) & np.isin(stays.state, left)
    if open_ended.any():
        names = ", ".join(repr(name) for code, name in enumerate(stays.states) if code in stays.state[open_ended])
        raise ParameterError(
            f"`{stop}` is null in {int(open_ended.sum())} stays in {names}, which other subjects leave.",
            "Null means the state is never left, so these subjects would count as observed there for ever.",
            "Give the day of last contact as the stop of an ongoing stay.",
        )
