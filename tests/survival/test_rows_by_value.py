"""The rows of each value of a column: in the order of values and of rows, whatever the type and the number."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from malar.survival._columns import FEW, rows_by_value


def found(column: pl.Series) -> list[tuple[object, list[int]]]:
    return [(value, rows.tolist()) for value, rows in rows_by_value(column)]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["b", "a", "b", ""], [("", [3]), ("a", [1]), ("b", [0, 2])]),
        ([3, 1, 3, 2], [(1, [1]), (2, [3]), (3, [0, 2])]),
        ([2, None, 1, None], [(None, [1, 3]), (1, [2]), (2, [0])]),
        ([True, False, True], [(False, [1]), (True, [0, 2])]),
        ([1.5, 0.5, 1.5], [(0.5, [1]), (1.5, [0, 2])]),
        ([dt.date(2021, 2, 1), dt.date(2020, 1, 1)], [(dt.date(2020, 1, 1), [1]), (dt.date(2021, 2, 1), [0])]),
        ([], []),
    ],
)
def test_few_values(values, expected):
    assert found(pl.Series(values)) == expected


@pytest.mark.parametrize("kinds", [FEW, FEW + 1, 3 * FEW])
def test_more_values_are_found_as_few_are(kinds):
    values = [f"center {number % kinds:02}" for number in reversed(range(5 * kinds))]
    rows = found(pl.Series(values))
    assert [value for value, _ in rows] == sorted(set(values))
    assert all([values[row] for row in own] == [value] * 5 for value, own in rows)
    assert all(own == sorted(own) for _, own in rows)


def test_many_values_with_an_unknown_among_them():
    rows = found(pl.Series([None, *range(2 * FEW), None]))
    assert rows[0] == (None, [0, 2 * FEW + 1])
    assert [value for value, _ in rows[1:]] == list(range(2 * FEW))


def test_an_enumeration_keeps_its_own_order():
    column = pl.Series(["control", "cells", "control"], dtype=pl.Enum(["control", "cells"]))
    assert found(column) == [("control", [0, 2]), ("cells", [1])]


def test_what_is_no_number_comes_last():
    (first, rows), (last, others) = found(pl.Series([float("nan"), 1.0, float("nan")]))
    assert (first, rows, others) == (1.0, [1], [0, 2])
    assert last != last
