"""Titres that a spreadsheet has read as a time of day.

Typed as ``1:160``, a titre is 1 hour and 160 minutes to a spreadsheet, which keeps (60 + 160) / 1440 of a
day: 0.152777778, shown as 3:40. A titre of five digits (``1:10240``) escapes, as minutes have four at most.
"""

from __future__ import annotations

from typing import Final

import polars as pl

SERIES: Final = tuple(5.0 * 2**k for k in range(11))
"""Reciprocals of the dilutions in use that a spreadsheet can misread: 5, 10, 20, …, 5120."""

LEAST_DECIMALS: Final = 5
"""Fractions printed with fewer decimals could be measured values."""

_MINUTES_A_DAY: Final = 1440
_FRACTION: Final = r"^\d+[.,](\d+)$"
_CLOCK: Final = r"^(\d{1,3}):([0-5]\d)(:00)?$"


def titre_behind(text: pl.Expr) -> pl.Expr:
    """The reciprocal of the titre that a spreadsheet has turned into a time; null where it is none.

    Parameters
    ----------
    text
        Results as written.

    Returns
    -------
    polars.Expr
        160 for `0.152777778` and for `3:40:00`. Only a dilution of :data:`SERIES` counts, and a fraction
        only where it agrees with it to the last decimal printed. None of these fractions ends by itself.

    Examples
    --------
    >>> pl.select(titre_behind(pl.Series(["0.152777778", "0.152777779", "3:40:00", "1:160"]))).to_series().to_list()
    [160.0, None, 160.0, None]
    """
    return pl.coalesce(_from_fraction(text), _from_clock(text))


def _from_fraction(text: pl.Expr) -> pl.Expr:
    decimals = text.str.extract(_FRACTION, 1).str.len_chars()
    day = pl.when(decimals >= LEAST_DECIMALS).then(
        text.str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)
    )
    titre = _in_series((day * _MINUTES_A_DAY).round() - 60)
    half_a_digit = 0.5000001 * pl.lit(10.0).pow(-decimals.cast(pl.Int64))
    return pl.when((day - (titre + 60) / _MINUTES_A_DAY).abs() <= half_a_digit).then(titre)


def _from_clock(text: pl.Expr) -> pl.Expr:
    hours, minutes = (text.str.extract(_CLOCK, part).cast(pl.Float64) for part in (1, 2))
    as_typed = (hours == 1) & text.str.extract(_CLOCK, 3).is_null()
    return pl.when(~as_typed).then(_in_series(hours * 60 + minutes - 60))


def _in_series(reciprocal: pl.Expr) -> pl.Expr:
    return pl.when(reciprocal.is_in(SERIES)).then(reciprocal)
