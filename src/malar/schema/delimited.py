"""Read a delimited text file as it stands: every field a string, every line accounted for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from malar.schema.decoding import read_utf8
from malar.schema.findings import finding_rows, gather
from malar.schema.records import header_fields, physical_lines, read_records, split_line

DELIMITERS: Final = (",", ";", "\t", "|")
REPEAT: Final = "\x00"
"""Stands in a frame's column name between a header's name and what tells a repeated name apart."""

_NAMES: Final = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_RAGGED: Final = pl.Schema({"line": pl.Int64, "content": pl.String})


@dataclass(frozen=True, slots=True)
class Delimited:
    """A file as read.

    Parameters
    ----------
    frame
        One row a line that has as many fields as the header; all strings, and `line` (from 1). A column
        name that the header repeats, or that is `line`, is followed by :data:`REPEAT` and a number.
    ragged
        Columns `line` and `content`: lines with another number of fields.
    header
        Column names in file order, trimmed; a repeated name stands twice.
    delimiter
        The field separator found.
    findings
        What was taken for granted: encoding, separator.
    """

    frame: pl.DataFrame
    ragged: pl.DataFrame
    header: tuple[str, ...]
    delimiter: str
    findings: pl.DataFrame


def read_delimited(path: Path, known: Collection[str], table: str) -> Delimited:
    """Read a delimited file without losing a line.

    Parameters
    ----------
    path
        The file.
    known
        Column names expected; the separator that yields most of them is taken.
    table
        Name under which findings are filed.

    Returns
    -------
    Delimited
        Strings, ragged lines apart, findings. Lines that hold nothing but white space are no rows;
        lines that hold separators only are none either, and are counted in a finding.

    Raises
    ------
    UnreadableError
        The file cannot be opened, or is binary.
    """
    content, findings = read_utf8(path, table)
    if not content.decode().strip():
        findings.append(finding_rows("empty_file", "warning", table, "The file is empty. Delete it or fill it."))
        return Delimited(pl.DataFrame(schema={"line": pl.Int64}), no_ragged(), (), ",", gather(findings))
    first = content.lstrip()[:100_000].decode(errors="replace").splitlines()[0]
    delimiter = _delimiter(first, known)
    if delimiter != ",":
        message = f"Fields are separated by {_NAMES[delimiter]}."
        findings.append(finding_rows("separator_found", "info", table, message))
    read = _read_fast(content, delimiter) or _read_each_record(content.decode(), delimiter, table, findings)
    frame, ragged, header = read
    return Delimited(_drop_blank(frame, table, findings), ragged, header, delimiter, gather(findings))


def no_ragged() -> pl.DataFrame:
    """No line without its right number of fields."""
    return pl.DataFrame(schema=_RAGGED)


def _delimiter(first: str, known: Collection[str]) -> str:
    expected = {name.lower() for name in known}

    def hits(delimiter: str) -> tuple[int, int]:
        names = [name.strip().lower() for name in split_line(first, delimiter)]
        return len(expected.intersection(names)), len(names)

    return max(DELIMITERS, key=hits)


_Read = tuple[pl.DataFrame, pl.DataFrame, tuple[str, ...]]


def _read_fast(content: bytes, delimiter: str) -> _Read | None:
    """Polars' reader, only where every line is one record with the header's number of fields.

    Quotes are allowed around whole fields that hold neither separator, line break nor quote.
    """
    body = content.replace(b"\r\n", b"\n") if b"\r" in content else content
    body = body.rstrip(b"\n") + b"\n"
    if b"\r" in body or body.startswith(b"\n") or b"\n\n" in body:
        return None
    top, _, rows = body.partition(b"\n")
    fields, taken = header_fields([top.decode()], delimiter)
    header = tuple(name.strip() for name in fields)
    lines = rows.count(b"\n")
    separators = rows.count(delimiter.encode())
    if taken != 1 or len(header) == 1 or separators != (len(header) - 1) * lines:
        return None
    schema = dict.fromkeys(_unique(header), pl.String)
    try:
        frame = pl.read_csv(rows, separator=delimiter, has_header=False, schema=schema, quote_char=None)
    except pl.exceptions.NoDataError:
        frame = pl.DataFrame(schema=schema)
    except pl.exceptions.PolarsError:
        return None
    bare = _without_quotes(frame) if b'"' in rows else frame
    if bare is None or bare.height != lines:
        return None
    number = pl.int_range(2, pl.len() + 2, dtype=pl.Int64).alias("line")
    return bare.with_columns(number), no_ragged(), header


def _without_quotes(frame: pl.DataFrame) -> pl.DataFrame | None:
    """Fields without the quotes around them; None where a quote stands anywhere else."""
    columns: list[pl.Series] = []
    for column in frame.iter_columns():
        quoted = column.str.contains('"', literal=True)
        whole = column.str.starts_with('"') & column.str.ends_with('"') & (column.str.count_matches('"') == 2)
        if (quoted & ~whole).any():
            return None
        bare = column.str.strip_chars('"') if quoted.any() else column
        columns.append(bare)
    return pl.DataFrame(columns)


def _read_each_record(text: str, delimiter: str, table: str, findings: list[pl.DataFrame]) -> _Read:
    physical = physical_lines(text)
    top = next(i for i, line in enumerate(physical) if line.strip())
    fields, taken = header_fields(physical[top:], delimiter)
    below = top + taken
    read = read_records(physical[below:], len(fields), delimiter, below)
    if read.suspicious:
        rows = pl.DataFrame({"line": read.suspicious})
        message = "A quoted field runs over lines that look like rows of their own. Look for a quote left open."
        findings.append(finding_rows("rows_inside_quotes", "warning", table, message, rows=rows))
    header = tuple(name.strip() for name in fields)
    columns = {name: [row[i] for row in read.fields] for i, name in enumerate(_unique(header))}
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    ragged = pl.DataFrame(read.ragged, schema=_RAGGED, orient="row")
    return frame.with_columns(line=pl.Series(read.lines, dtype=pl.Int64)), ragged, header


def _drop_blank(frame: pl.DataFrame, table: str, findings: list[pl.DataFrame]) -> pl.DataFrame:
    """Leave out lines that hold separators only, as spreadsheets append them, and say how many."""
    plain = pl.first().is_between(pl.lit("!"), pl.lit("~"))
    if frame.select(plain.fill_null(value=False).all()).item():
        return frame
    filled = pl.lit(value=False)
    for name in (column for column in frame.columns if column != "line"):
        filled = filled | (pl.col(name).str.strip_chars() != "").fill_null(value=False)
        if frame.select(filled.all()).item():
            return frame
    kept = frame.filter(filled)
    message = f"{frame.height - kept.height} lines hold separators only and were not counted as rows."
    findings.append(finding_rows("blank_lines", "info", table, message))
    return kept


def _unique(header: tuple[str, ...]) -> list[str]:
    """Header names with repeats told apart, so that a frame can hold them beside `line`."""
    seen: dict[str, int] = {"line": 1}
    names: list[str] = []
    for name in header:
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name}{REPEAT}{seen[name]}")
    return names
