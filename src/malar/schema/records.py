"""Records of a delimited text, one by one, where quotes, blank lines or ragged lines rule out the fast way."""

from __future__ import annotations

import csv
import io
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

_LONGEST_FIELD = 2**31 - 1


@dataclass(slots=True)
class Records:
    """What was found in a text after its header.

    Parameters
    ----------
    fields
        Records that have as many fields as the header.
    lines
        The line on which each of them starts, from 1.
    ragged
        Line and text of every record that does not fit the header, or whose quotes do not close.
    suspicious
        Lines of records that span several lines of which one would itself be a record: a quotation
        mark that was left open and happened to be closed further down looks like this.
    """

    fields: list[list[str]] = field(default_factory=list[list[str]])
    lines: list[int] = field(default_factory=list[int])
    ragged: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    suspicious: list[int] = field(default_factory=list[int])


def physical_lines(text: str) -> list[str]:
    r"""Lines of a text with their ends; ``\n``, ``\r\n`` and a lone ``\r`` end a line.

    Examples
    --------
    >>> physical_lines("a\r\nb\rc")
    ['a\r\n', 'b\r', 'c']
    """
    return list(io.StringIO(text, newline=""))


def header_fields(lines: list[str], delimiter: str) -> tuple[list[str], int]:
    """The fields of the first record and the number of lines it takes.

    A header whose quotes do not close within a few lines is taken to be the first line alone.
    """
    with _long_fields():
        reader = csv.reader(lines[:20], delimiter=delimiter, strict=True)
        try:
            first = next(reader, list[str]())
        except csv.Error:
            return split_line(lines[0], delimiter), 1
        return first, reader.line_num


def split_line(line: str, delimiter: str) -> list[str]:
    """The fields of one line, whatever its quotes."""
    with _long_fields():
        return next(csv.reader([line.rstrip("\r\n")], delimiter=delimiter), list[str]())


def read_records(lines: list[str], width: int, delimiter: str, above: int) -> Records:
    """Read every record; none is lost, and none is repaired.

    Parameters
    ----------
    lines
        Physical lines below the header.
    width
        Number of fields of the header.
    delimiter
        The field separator.
    above
        Number of physical lines above the first of `lines`.

    Returns
    -------
    Records
        Lines without any character but white space are no records.
    """
    found = Records()
    with _long_fields():
        for start, end, row in _spans(lines, delimiter):
            alone = end - start == 1
            if alone and not lines[start].strip():
                continue
            if row is not None and len(row) == width:
                found.fields.append(row)
                found.lines.append(above + start + 1)
                if not alone and any(_fits(line, width, delimiter) for line in lines[start + 1 : end]):
                    found.suspicious.append(above + start + 1)
            elif alone:
                found.ragged.append((above + start + 1, lines[start].rstrip("\r\n")))
            else:
                _each_alone(found, lines[start:end], width, delimiter, above + start)
    return found


def _spans(lines: list[str], delimiter: str) -> Iterator[tuple[int, int, list[str] | None]]:
    """Records as the quotes delimit them: first line, line after the last, fields (None: malformed)."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    end = 0
    while end < len(lines):
        try:
            row = next(reader, None)
        except csv.Error:
            row = None
        start, end = end, max(reader.line_num, end + 1)
        yield start, end, row


def _each_alone(found: Records, lines: list[str], width: int, delimiter: str, above: int) -> None:
    """Read lines that a quotation mark left open has run together, each by itself."""
    for number, line in enumerate(lines, above + 1):
        if not line.strip():
            continue
        row = _strictly(line, delimiter)
        if row is not None and len(row) == width:
            found.fields.append(row)
            found.lines.append(number)
        else:
            found.ragged.append((number, line.rstrip("\r\n")))


def _fits(line: str, width: int, delimiter: str) -> bool:
    row = _strictly(line, delimiter)
    return row is not None and len(row) == width > 1


def _strictly(line: str, delimiter: str) -> list[str] | None:
    try:
        return next(csv.reader([line.rstrip("\r\n")], delimiter=delimiter, strict=True), None)
    except csv.Error:
        return None


@contextmanager
def _long_fields() -> Generator[None]:
    """Let fields be of any length while reading; the limit belongs to the whole process."""
    before = csv.field_size_limit(_LONGEST_FIELD)
    try:
        yield
    finally:
        csv.field_size_limit(before)
