"""The kinds of column a table is made of, each with its one-line meaning, unit and ranges.

An *essential* column is what its row is about: where its value cannot be used, the row is set aside.
In any other column the value alone is emptied, and the row stays; both are reported.
"""

from __future__ import annotations

import datetime
from typing import Any, Final

import dataframely as dy
import polars as pl

from malar.schema.code_lists import CODE_LISTS

Range = tuple[float | None, float | None]


def _metadata(kind: str, **facts: Any) -> dict[str, Any]:
    return {"kind": kind, **facts}


def text(meaning: str, *, key: bool = False, required: bool = False) -> dy.String:
    """Free text, trimmed, never empty."""
    essential = key or required
    return dy.String(
        primary_key=key,
        nullable=not essential,
        description=meaning,
        metadata=_metadata("text", essential=essential),
    )


def code(meaning: str, codes: str, *, key: bool = False, required: bool = False) -> dy.String:
    """A word of the code list named `codes`."""
    allowed = list(CODE_LISTS[codes])
    return words(meaning, codes, allowed, key=key, required=required)


def words(meaning: str, codes: str, allowed: list[str], *, key: bool = False, required: bool = False) -> dy.String:
    """A word of a list that is kept elsewhere: analytes, instruments."""
    essential = key or required

    def in_code_list(column: pl.Expr) -> pl.Expr:
        return column.is_in(allowed)

    return dy.String(
        primary_key=key,
        nullable=not essential,
        check={"not_in_code_list": in_code_list},
        description=meaning,
        metadata=_metadata("code", codes=codes, allowed=allowed, essential=essential),
    )


def number(
    meaning: str,
    unit: str = "",
    *,
    allowed: Range = (None, None),
    plausible: Range = (None, None),
    essential: bool = False,
) -> dy.Float64:
    """A finite number with its unit; outside `allowed` it cannot be, outside `plausible` it is asked about."""
    low, high = allowed
    return dy.Float64(
        nullable=True,
        min=low,
        max=high,
        description=meaning,
        metadata=_metadata("number", unit=unit, plausible=plausible, essential=essential),
    )


def whole(
    meaning: str,
    unit: str = "",
    *,
    allowed: tuple[int | None, int | None] = (None, None),
    plausible: Range = (None, None),
    key: bool = False,
    default: int | None = None,
) -> dy.Int64:
    """A whole number: a day, a count, a year."""
    low, high = allowed
    return dy.Int64(
        primary_key=key,
        nullable=not key,
        min=low,
        max=high,
        description=meaning,
        metadata=_metadata("whole", unit=unit, plausible=plausible, essential=key, default=default),
    )


def day(meaning: str = "study day; 0 is the day that study.toml names", *, key: bool = True) -> dy.Int64:
    """A study day; negative before day 0."""
    return whole(meaning, "days", allowed=(-36_525, 36_525), plausible=(-3_653, 9_131), key=key)


EARLIEST_DATE: Final = datetime.date(1901, 1, 1)


def date(meaning: str = "calendar date of the record, where known") -> dy.Date:
    """A calendar date; spreadsheets write 1899 or 1900 where a date is empty."""
    return dy.Date(nullable=True, min=EARLIEST_DATE, description=meaning, metadata=_metadata("date", essential=False))


def yes_no(meaning: str) -> dy.Bool:
    """True, false or unknown."""
    return dy.Bool(nullable=True, description=meaning, metadata=_metadata("yes_no", essential=False))


def subject() -> dy.String:
    """The key of a subject."""
    return text("the study's own identifier of the subject", key=True)


def count_key(meaning: str = "1, 2, … where a day holds several") -> dy.Int64:
    """The last part of a key; 1 where it is not given."""
    return whole(meaning, allowed=(0, None), key=True, default=1)
