"""The bytes of a text file as UTF-8, with a note wherever the encoding had to be found or assumed."""

from __future__ import annotations

import codecs
from pathlib import Path

import polars as pl

from malar.errors import UnreadableError
from malar.schema.findings import finding_rows

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read_utf8(path: Path, table: str) -> tuple[bytes, list[pl.DataFrame]]:
    """Read a text file as UTF-8 without a byte order mark.

    Parameters
    ----------
    path
        The file.
    table
        Name under which findings are filed.

    Returns
    -------
    tuple
        The content, and findings about its encoding.

    Raises
    ------
    UnreadableError
        The file cannot be opened, or is binary.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UnreadableError(
            f"{path.name} cannot be opened: {error.strerror}.",
            "Its rows would be missing from every result.",
            "Check that it is a file, and that you may read it.",
        ) from error
    findings: list[pl.DataFrame] = []
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            note = f"The file is {encoding.upper()}, as spreadsheets export it."
            findings.append(finding_rows("encoding_found", "info", table, note))
            content = _decode(raw, encoding, table, findings)
            break
    else:
        content = _utf8_or_windows(raw, table, findings)
    if b"\x00" in content:
        raise UnreadableError(
            f"{path.name} holds binary data, not text.",
            "A spreadsheet or archive renamed to .csv looks like this.",
            "Export the sheet as CSV (UTF-8) and try again.",
        )
    return content, findings


def _utf8_or_windows(raw: bytes, table: str, findings: list[pl.DataFrame]) -> bytes:
    raw = raw.removeprefix(codecs.BOM_UTF8)
    if raw.isascii():
        return raw
    try:
        raw.decode()
    except UnicodeDecodeError:
        note = "The file is not UTF-8; Windows-1252 was assumed. Look at names with accents, or save as UTF-8."
        findings.append(finding_rows("encoding_assumed", "warning", table, note))
        return _decode(raw, "cp1252", table, findings)
    return raw


def _decode(raw: bytes, encoding: str, table: str, findings: list[pl.DataFrame]) -> bytes:
    """Decode; where bytes have no meaning, put the replacement character and say how many."""
    try:
        return raw.decode(encoding).encode()
    except UnicodeDecodeError:
        text = raw.decode(encoding, errors="replace")
        note = f"{text.count(chr(0xFFFD))} characters could not be read and stand as \ufffd. Save the file as UTF-8."
        findings.append(finding_rows("encoding_damaged", "warning", table, note))
        return text.encode()
