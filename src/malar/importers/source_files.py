"""Find the files of a source, read them, and bring their headers to the names that a mapping uses."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from malar.errors import MissingColumnsError, UnreadableError
from malar.importers.mapping import ImportMapping
from malar.importers.mapping_file import read_mapping
from malar.importers.shipped import shipped_files
from malar.schema import gather
from malar.schema.delimited import REPEAT, read_delimited

ENDINGS: Final = (".csv", ".tsv", ".txt")
_MOST_NAMES: Final = 12


@dataclass(frozen=True, slots=True)
class SourceText:
    """One file as read.

    Parameters
    ----------
    table
        Name of the file in the account: `source`, or `source/labs.csv` where there are several.
    frame
        Strings, one row a line that fits the header, and `line`.
    ragged
        Columns `line`, `content`: lines that do not.
    decimal_comma
        The separator shows that a comma in a number is a decimal comma.
    findings
        What reading noticed.
    """

    table: str
    frame: pl.DataFrame
    ragged: pl.DataFrame
    decimal_comma: bool
    findings: pl.DataFrame

    @property
    def header(self) -> list[str]:
        """Column names."""
        return [name for name in self.frame.columns if name != "line"]


Renaming = Callable[[str], str]


def plain_name(name: str) -> str:
    """A header as it stands."""
    return name


def sdrf_name(name: str) -> str:
    """A header of an ArrayExpress sample table without its wrapping.

    Examples
    --------
    >>> sdrf_name("Characteristics [age]"), sdrf_name("Characteristics[age]"), sdrf_name("age")
    ('age', 'age', 'age')
    """
    wrapped = re.fullmatch(r"(?i)characteristics\s*\[(.+)\]", name.strip())
    return wrapped[1].strip() if wrapped else name


def find_files(source: Path, mapping: ImportMapping) -> list[Path]:
    """The files of a source, in the order of the mapping's entries.

    Raises
    ------
    UnreadableError
        A file is not there, or it is not clear which one is meant.
    """
    if source.is_file():
        if len(mapping.sources) == 1:
            return [source]
        raise UnreadableError(
            f"{source.name} is one file; the mapping reads {len(mapping.sources)}.", hint="Pass the folder."
        )
    if not source.is_dir():
        raise UnreadableError(f"{source.name} does not exist.", hint="Pass a file, or the folder that holds the files.")
    there = data_files(source)
    named = [entry.file for entry in mapping.sources if entry.file]
    if absent := [name for name in named if not (source / name).is_file()]:
        raise UnreadableError(
            f"The folder lacks {len(absent)} files that the mapping reads: {', '.join(absent)}.",
            "Their records would silently be missing.",
            "Add them, or take their entries out of the mapping.",
        )
    if named:
        return [source / name for name in named]
    if len(there) != 1:
        raise UnreadableError(
            f"The folder holds {len(there)} files ({', '.join(ENDINGS)}); the mapping reads one and does not name it.",
            hint="Pass the file itself.",
        )
    return there


def data_files(folder: Path) -> list[Path]:
    """Files of a folder that look like tables of text."""
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in ENDINGS and path.is_file())


def read_source(path: Path, table: str, known: Sequence[str], renaming: Renaming) -> SourceText:
    """Read one file; header names that differ from `known` in case alone are taken as those.

    A name that the header repeats is `name.1` the second time, and a column called `line` is `line.1`.

    Raises
    ------
    UnreadableError
        The file cannot be opened, or is binary.
    """
    read = read_delimited(path, known, table)
    folded = {name.lower(): name for name in known}
    renamed = {"line": "line"}
    for name in read.frame.columns:
        if name == "line":
            continue
        base, _, repeat = name.partition(REPEAT)
        plain = f"{renaming(base)}.{int(repeat) - 1}" if repeat else renaming(base)
        spelled = plain if plain in known else folded.get(plain.lower(), plain)
        free = spelled not in renamed.values() and (spelled == name or spelled not in read.frame.columns)
        renamed[name] = spelled if free else name
    return SourceText(table, read.frame.rename(renamed), read.ragged, read.delimiter in ";\t", gather([read.findings]))


def read_sources(source: Path, mapping: ImportMapping, renaming: Renaming) -> list[SourceText]:
    """Read the files of a source and demand the columns that the mapping names.

    Raises
    ------
    UnreadableError
        A file is not there or binary, or all files are empty.
    MissingColumnsError
        Columns that the mapping names are not in a file.
    """
    paths = find_files(source, mapping)
    several = len(paths) > 1
    texts = [
        read_source(path, f"source/{path.name}" if several else "source", entry.columns(), renaming)
        for path, entry in zip(paths, mapping.sources, strict=True)
    ]
    if not any(text.header for text in texts):
        raise UnreadableError(f"{source.name} is empty.", "There is not even a header.", "Export the sheet again.")
    for path, text, entry in zip(paths, texts, mapping.sources, strict=True):
        missing = [name for name in entry.columns() if name not in text.header]
        if text.header and missing:
            raise MissingColumnsError(
                f"{path.name} lacks {len(missing)} columns that the mapping reads: {names_shown(missing)}. "
                f"It has {found_shown(text.header)}.",
                "A column that is absent is not the same as one that is unknown.",
                "Correct the names in the mapping or the header, or take the columns out of the mapping.",
            )
    return texts


def choose_shipped(source: Path, renaming: Renaming) -> ImportMapping:
    """The shipped mapping whose columns all stand in the source.

    Raises
    ------
    MissingColumnsError
        None fits; the message lists each with the columns expected, and those found.
    UnreadableError
        The source is not there, or it is not clear which file is meant.
    """
    misfits: list[str] = []
    header: list[str] = []
    for key in shipped_files():
        mapping = read_mapping(key)
        try:
            path = find_files(source, mapping)[0]
        except UnreadableError as error:
            if not source.is_dir():
                raise
            misfits.append(f"{key}: {error.fact}")
            continue
        expected = mapping.sources[0].columns()
        header = read_source(path, "source", expected, renaming).header
        missing = [name for name in expected if name not in header]
        if not missing:
            return mapping
        misfits.append(f"{key} expects {len(expected)} columns and misses {len(missing)}: {names_shown(missing)}")
    found = f" The file has {found_shown(header)}." if header else ""
    raise MissingColumnsError(
        f"No shipped mapping fits {source.name}. {'; '.join(misfits)}.{found}",
        "Without a mapping it is not known which column holds what.",
        "Write a mapping for it (see the README beside the shipped mappings), or name the columns as one expects.",
    )


def names_shown(names: Sequence[str]) -> str:
    """Column names for a message, the first dozen."""
    return ", ".join(f"`{name}`" for name in names[:_MOST_NAMES]) + (" …" if len(names) > _MOST_NAMES else "")


def found_shown(header: Sequence[str]) -> str:
    """The header for a message, unless the first line looks like a record: that could name a patient."""
    if any(re.fullmatch(r"[\d.,:/+-]*", name) for name in header):
        return f"{len(header)} columns; not all have names, so the first line may be a record and not a header"
    return f"{len(header)} columns: {names_shown(header)}"
