"""What every BILAG gives: a grade, its rank and bounds by system, the numeric total, and how many A, B and C."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from malar.errors import WrongTypeError

if TYPE_CHECKING:
    import polars as pl

LETTERS: Final = ("E", "D", "C", "B", "A")
"""Grades by rank: E is 0, A is 4."""

RANKS: Final[Mapping[str, int]] = {letter: rank for rank, letter in enumerate(LETTERS)}
"""Grade → rank."""

Points = tuple[int, int, int]
"""What an A, a B and a C count in the numeric total; D and E count 0."""


def as_rank(column: str, schema: pl.Schema) -> pl.Expr:
    """A column of grades as ranks: letters A to E, or numbers with E 0, D 1, C 2, B 3, A 4; unknown where neither.

    Raises
    ------
    WrongTypeError
        The column holds dates or lists.
    """
    import polars as pl

    kind = schema[column]
    if kind == pl.String:
        letter = pl.col(column).str.strip_chars().str.to_uppercase()
        return letter.replace_strict(RANKS, default=None, return_dtype=pl.Int64)
    if not (kind.is_numeric() or isinstance(kind, (pl.Boolean, pl.Null))):
        raise WrongTypeError(
            f"`{column}` holds {kind}, which is no grade.",
            "A grade is a letter from A to E or its rank from 4 to 0.",
            "Turn it into letters or ranks first.",
        )
    rank = pl.col(column).cast(pl.Float64).fill_nan(None)
    return pl.when(rank.is_in([0.0, 1.0, 2.0, 3.0, 4.0])).then(rank).cast(pl.Int64)


def gives(key: str, systems: tuple[str, ...]) -> tuple[str, ...]:
    """Columns that a BILAG adds, without bounds; the total first."""
    counts = (f"{key}__n_a", f"{key}__n_b", f"{key}__n_c", f"{key}__n_missing", f"{key}__assessed")
    return (key, *counts, *(f"{key}__{s}" for s in systems), *(f"{key}__{s}__rank" for s in systems))


def with_sides(names: Sequence[str]) -> tuple[str, ...]:
    """Columns that are added, with the bounds of those that have some."""
    bounded = ("__rank", "__n_a", "__n_b", "__n_c")
    sides = (
        (f"{name}__low", f"{name}__high") if i == 0 or name.endswith(bounded) else () for i, name in enumerate(names)
    )
    return tuple(column for name, pair in zip(names, sides, strict=True) for column in (name, *pair))


def add_grades(frame: pl.LazyFrame, key: str, systems: tuple[str, ...], points: Points) -> pl.LazyFrame:
    """Add grades and totals to a frame that holds the bounds of every system's rank.

    Parameters
    ----------
    frame
        Frame with `key__system__rank__low` and `…__high`.
    key, systems, points
        Key and systems of the index, and what grades count.
    """
    import polars as pl

    bounds = {s: (pl.col(f"{key}__{s}__rank__low"), pl.col(f"{key}__{s}__rank__high")) for s in systems}
    ranks = {s: pl.when(low == high).then(low) for s, (low, high) in bounds.items()}
    letters = {s: rank.replace_strict(range(5), LETTERS, return_dtype=pl.String) for s, rank in ranks.items()}
    totals: list[pl.Expr] = []
    for side, pick in (("low", 0), ("high", 1)):
        of_grade = (_count(pair[pick] == rank for pair in bounds.values()) * n for rank, n in _by_rank(points))
        totals.append(pl.sum_horizontal(of_grade).alias(f"{key}__{side}"))
    for name, rank in (("n_a", 4), ("n_b", 3), ("n_c", 2)):
        certain = _count((low == rank) & (high == rank) for low, high in bounds.values())
        possible = _count((low <= rank) & (high >= rank) for low, high in bounds.values())
        totals += [certain.alias(f"{key}__{name}__low"), possible.alias(f"{key}__{name}__high")]
    unsettled = _count((high > low) & (high > RANKS["D"]) for low, high in bounds.values())
    graded = frame.with_columns(
        *(rank.alias(f"{key}__{s}__rank") for s, rank in ranks.items()),
        *(letter.alias(f"{key}__{s}") for s, letter in letters.items()),
        *totals,
        unsettled.alias(f"{key}__n_missing"),
    )
    counted = (key, *(f"{key}__{name}" for name in ("n_a", "n_b", "n_c")))
    return graded.with_columns(
        pl.when(pl.col(f"{name}__low") == pl.col(f"{name}__high")).then(f"{name}__low").alias(name) for name in counted
    )


def _by_rank(points: Points) -> tuple[tuple[int, int], ...]:
    return tuple(zip((4, 3, 2), points, strict=True))


def _count(flags: object) -> pl.Expr:
    import polars as pl

    return pl.sum_horizontal(flags).cast(pl.Int64)  # pyright: ignore
