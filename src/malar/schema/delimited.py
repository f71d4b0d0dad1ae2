"""Read a delimited text file as it stands: every field a string, every line accounted for."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from malar.errors import UnreadableError
from malar.schema.findings import finding_rows, gather

DELIMITERS = (",", ";", "\t", "|")
csv.field_size_limit(2**31 - 1)


@dataclass(frozen=True, slots=True)
class Delimited:
    """A file as read.

    Parameters
    ----------
    frame
        One row a line that has as many fields as the header; all strings, and `line` (from 1).
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
        Strings, ragged lines apart, findings.

    Raises
    ------
    UnreadableError
        The file cannot be opened, or is binary.
    """
    content, findings = _decode(path, table)
    physical = list(io.StringIO(content, newline=""))
    top = next((i for i, line in enumerate(physical) if line.strip()), 0)
    first = physical[top].rstrip("\r\n") if content.strip() else ""
    delimiter = _delimiter(first, known)
    if delimiter != "," and first:
        findings.append(finding_rows("separator_found", "info", table, f"Fields are separated by {delimiter!r}."))
    if not first:
        frame = pl.DataFrame(schema={"line": pl.Int64})
        findings.append(finding_rows("empty_file", "warning", table, "The file is empty. Delete it or fill it."))
        return Delimited(frame, _ragged([]), (), delimiter, gather(findings))
    header = tuple(name.strip() for name in next(csv.reader([first], delimiter=delimiter)))
    plain = len(set(header)) == len(header) and '"' not in content and "\r" not in content.replace("\r\n", "\n")
    fast = _read_fast(content, header, delimiter) if plain else None
    frame, ragged = fast if fast is not None else _read_each_line(physical[top:], header, delimiter, top)
    return Delimited(frame, ragged, header, delimiter, gather(findings))


def _decode(path: Path, table: str) -> tuple[str, list[pl.DataFrame]]:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UnreadableError(f"{path.name} cannot be opened: {error.strerror}.", hint="Check the path.") from error
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        note = finding_rows("encoding_found", "info", table, "The file is UTF-16, as spreadsheets export it.")
        return raw.decode("utf-16", errors="replace"), [note]
    if b"\x00" in raw:
        raise UnreadableError(
            f"{path.name} holds binary data, not text.",
            "A spreadsheet or archive renamed to .csv looks like this.",
            "Export the sheet as CSV (UTF-8) and try again.",
        )
    try:
        return raw.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        note = finding_rows(
            "encoding_assumed", "warning", table,
            "The file is not UTF-8; Windows-1252 was assumed. Look at names with accents, or save as UTF-8.",
        )  # fmt: skip
        return raw.decode("cp1252", errors="replace"), [note]


def _delimiter(first: str, known: Collection[str]) -> str:
    expected = {name.lower() for name in known}

    def hits(delimiter: str) -> tuple[int, int]:
        names = [name.strip().lower() for name in next(csv.reader([first], delimiter=delimiter), [])]
        return len(expected.intersection(names)), len(names)

    return max(DELIMITERS, key=hits) if first else ","


def _read_fast(content: str, header: tuple[str, ...], delimiter: str) -> tuple[pl.DataFrame, pl.DataFrame] | None:
    """Polars' reader, only where every line has the same number of fields and none is blank."""
    body = content.replace("\r\n", "\n")
    body = body if body.endswith("\n") else body + "\n"
    lines = body.count("\n")
    if "\n\n" in body or body.count(delimiter) != (len(header) - 1) * lines or len(header) == 1:
        return None
    try:
        frame = pl.read_csv(body.encode(), separator=delimiter, infer_schema=False, quote_char=None)
    except pl.exceptions.PolarsError:
        return None
    if frame.height != lines - 1:
        return None
    frame.columns = list(header)
    return frame.with_row_index("line", offset=2).with_columns(pl.col("line").cast(pl.Int64)), _ragged([])


def _read_each_line(
    physical: list[str], header: tuple[str, ...], delimiter: str, offset: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    fields: list[list[str]] = []
    lines: list[int] = []
    ragged: list[tuple[int, str]] = []
    for line, row in _records(physical, len(header), delimiter):
        if not any(field.strip() for field in row):
            continue
        if len(row) == len(header):
            fields.append(row)
            lines.append(line + offset)
        else:
            ragged.append((line + offset, delimiter.join(row)))
    names = _unique(header)
    columns = {name: [row[i] for row in fields] for i, name in enumerate(names)}
    frame = pl.DataFrame(columns, schema=dict.fromkeys(names, pl.String))
    return frame.with_columns(line=pl.Series(lines, dtype=pl.Int64)), _ragged(ragged)


def _records(physical: list[str], width: int, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Records after the header with the line each starts on.

    A quotation mark that is never closed would swallow the lines after it: where a record over several
    lines does not fit the header, each of its lines is read by itself.
    """
    reader = csv.reader(physical, delimiter=delimiter, strict=True)
    before = 0
    while before < len(physical):
        try:
            row: list[str] | None = next(reader, None)
        except csv.Error:
            row = None
        start, before = before, max(reader.line_num, before + 1)
        alone = before - start == 1
        if start == 0 and (alone or row is not None):
            continue
        if row is not None and (alone or len(row) == width):
            yield start + 1, row
        else:
            for number, line in enumerate(physical[start:before], start + 1):
                if number > 1:
                    yield number, next(csv.reader([line.rstrip("\r\n")], delimiter=delimiter), [])


def _unique(header: tuple[str, ...]) -> list[str]:
    """Header names with repeats told apart, so that a frame can hold them."""
    seen: dict[str, int] = {}
    names: list[str] = []
    for name in header:
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return names


def _ragged(rows: list[tuple[int, str]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"line": pl.Int64, "content": pl.String}, orient="row")
