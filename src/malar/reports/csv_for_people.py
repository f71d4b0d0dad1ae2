"""CSV files that open safely in a spreadsheet: for reading, never for exact exchange."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import polars as pl

# What a spreadsheet may take for the beginning of a formula, also after blanks and in full width.
_FORMULA: Final = r"^\s*[=+\-@\t\r\n＝＋－＠]|^[\t\r\n]"


def write_csv_for_people(frame: pl.DataFrame) -> str:
    """Write a frame as CSV (RFC 4180, UTF-8 with a byte-order mark) without live formulas.

    Parameters
    ----------
    frame
        Any frame of plain columns. Numbers stay as they are; text that could be a formula, in cells and in
        column names, gets a leading apostrophe.

    Returns
    -------
    str
        The file, beginning with U+FEFF, lines ending in CR LF; null is an empty field.

    Notes
    -----
    The apostrophe changes the text: read a study back from its own folder, not from this.

    Examples
    --------
    >>> import polars as pl
    >>> write_csv_for_people(pl.DataFrame({"subject": ["=1+1"], "day": [-7]}))
    "\\ufeffsubject,day\\r\\n'=1+1,-7\\r\\n"
    """
    import polars as pl

    textual = [pl.String, pl.Categorical, pl.Enum]
    cells = [
        _escaped(pl.col(name).cast(pl.String)).alias(name)
        for name, kind in frame.schema.items()
        if any(kind == text for text in textual)
    ]
    names = pl.Series(frame.columns, dtype=pl.String).to_frame("name").select(_escaped(pl.col("name")))
    safe = frame.with_columns(cells)
    safe.columns = names.to_series().to_list()
    return safe.write_csv(include_bom=True, line_terminator="\r\n")


def _escaped(column: pl.Expr) -> pl.Expr:
    import polars as pl

    return pl.when(column.str.contains(_FORMULA)).then(pl.lit("'") + column).otherwise(column)
