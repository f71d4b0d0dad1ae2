"""The slope of eGFR: what a patient loses or gains a year."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from malar._frames import demand, demand_values, enter
from malar.errors import ParameterError

if TYPE_CHECKING:
    import polars as pl

DAYS_A_YEAR: Final = 365.25


def derive_egfr_slope(
    frame: Any, *, column: str = "egfr", from_day: int = 0, min_visits: int = 3, min_span_days: int = 180
) -> Any:
    """Add each patient's slope of eGFR.

    Parameters
    ----------
    frame
        Visit frame with `subject`, `day` and the column; any kind of dataframe.
    column
        eGFR in mL/min/1.73 m².
    from_day
        First study day that counts; of a drug that lowers eGFR at once, a later one gives the chronic slope.
    min_visits
        Visits with a known value at least, 2 or more.
    min_span_days
        Days at least from the first of them to the last.

    Returns
    -------
    frame
        The same kind and order, with `column_slope` (mL/min/1.73 m² a year, the same at every visit of a
        patient; null where visits or days are too few) and `column_slope__n_visits` (visits that count).

    Raises
    ------
    MissingColumnsError
        A column is not there.
    ParameterError
        Fewer than two visits, or a span below one day.

    Notes
    -----
    Ordinary least squares over a patient's own visits, each visit with the same weight, a year of 365.25 days.
    A number of the whole record: visits after a given one count in it, so that it is no part of a verdict at
    that visit. Patients with few visits have slopes of low precision; a mixed model shrinks them, this does not.
    """
    if min_visits < 2 or min_span_days < 1:
        raise ParameterError(
            "A slope needs at least two visits and a span of at least one day.",
            "One visit has no slope.",
            "Pass min_visits=3, min_span_days=180.",
        )
    inside, back = enter(frame)
    schema = inside.collect_schema()
    demand(schema.names(), ("subject", "day", column), "The slope of eGFR")
    demand_values(schema, (column,), "The slope of eGFR")
    return back(_add_slope(inside, column, from_day, min_visits, min_span_days))


def _add_slope(frame: pl.LazyFrame, column: str, from_day: int, visits: int, span: int) -> pl.LazyFrame:
    import polars as pl

    value = pl.col(column).cast(pl.Float64).fill_nan(None)
    counts = value.is_not_null() & (pl.col("day") >= from_day)
    day, known = pl.when(counts).then(pl.col("day")), pl.when(counts).then(value)
    years = (day - day.mean().over("subject")) / DAYS_A_YEAR
    rise = (years * (known - known.mean().over("subject"))).sum().over("subject")
    number = counts.sum().over("subject")
    enough = (number >= visits) & ((day.max() - day.min()).over("subject") >= span)
    return frame.with_columns(
        pl.when(enough).then(rise / (years**2).sum().over("subject")).alias(f"{column}_slope"),
        number.cast(pl.Int64).alias(f"{column}_slope__n_visits"),
    )
