"""The frames that figures take: needed columns, one type each, and what to draw where nothing is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from malar._frames import demand
from malar.reports import _sheet
from malar.reports._palette import Paint

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from malar.reports.figure import Figure

TEXT: Final = "text"
NUMBER: Final = "number"
COUNT: Final = "count"


def tidy(frame: pl.DataFrame, what: str, columns: Mapping[str, str]) -> pl.DataFrame:
    """Keep the columns a figure needs, each as text, number or count; NaN and infinity become null.

    Parameters
    ----------
    frame
        A Polars frame with at least these columns.
    what
        The figure, for the message.
    columns
        Name to kind: :data:`TEXT`, :data:`NUMBER` or :data:`COUNT`.

    Raises
    ------
    MissingColumnsError
        A column is not there.
    """
    import polars as pl

    demand(frame.columns, columns, what, "Pass a frame with these columns, null where unknown.")
    number = pl.Float64
    made: list[pl.Expr] = []
    for name, kind in columns.items():
        column = pl.col(name)
        if kind == TEXT:
            made.append(column.cast(pl.String))
        else:
            value = column.cast(number)
            finite = pl.when(value.is_finite()).then(value)
            made.append((finite.cast(pl.Int64) if kind == COUNT else finite).alias(name))
    return frame.select(made)


def extent(values: pl.Series) -> tuple[float, float]:
    """Smallest and largest known value of a column; (0, 0) where none is known."""
    known: list[float] = values.drop_nulls().to_list()
    return (min(known), max(known)) if known else (0.0, 0.0)


def no_data(key: str, title: str, reason: str, *, data: pl.DataFrame, mark: str | None) -> Figure:
    """Draw the figure that stands where there is nothing to draw, and says so.

    Parameters
    ----------
    reason
        What is missing: ``"No patient has a score."``
    """

    def paint(sheet: _sheet.Sheet) -> None:
        sheet.box(0.05, 0.45, sheet.width - 0.1, 1.1, Paint.UNKNOWN, edgecolor=Paint.GRID, linewidth=1)
        middle = sheet.width / 2
        sheet.text(middle, 0.95, "No data", size=11, weight="bold", color=Paint.MUTED, ha="center")
        sheet.text(middle, 1.2, reason, size=8.5, color=Paint.MUTED, ha="center")

    alt = f"No data. {reason}"
    return _sheet.draw(paint, _sheet.WIDTH, 1.65, key=key, title=title, caption=reason, alt=alt, data=data, mark=mark)
