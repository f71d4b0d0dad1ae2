"""Import CSV files of the user's own shape: a spreadsheet with one row a visit, or a folder of several."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from malar.errors import MissingColumnsError, UnreadableError
from malar.importers.building import build_study, check_repairs
from malar.importers.mapping import ImportMapping
from malar.importers.mapping_file import read_mapping
from malar.importers.source_files import choose_shipped, data_files, plain_name, read_sources
from malar.schema import Accounting, Study, finding_rows, gather, read_study
from malar.schema.settings import FILE_NAME


def import_csv(
    source: str | Path, *, mapping: str | Path | None = None, repair: Sequence[str] = (), today: date | None = None
) -> Study:
    """Import one CSV file or a folder of them.

    Parameters
    ----------
    source
        A file, or a folder; separators, encodings and line ends are recognized.
    mapping
        A TOML file or the key of a shipped mapping. Without one, a folder with study.toml and a subjects table
        is read as the study it is, any other source by the shipped mapping whose columns are all there.
    repair
        ``titre_read_as_time`` restores titres that a spreadsheet has turned into times; by default nothing.
    today
        Dates after it are in the future and set aside; by default the date of the clock.

    Returns
    -------
    Study
        With a mapping, its accounting begins with the table `source` (`source/NAME` for each of several).

    Raises
    ------
    UnreadableError
        A file is not there, is binary or empty, or the mapping is no TOML.
    MissingColumnsError
        Columns that the mapping reads are not there, or no shipped mapping fits.
    ParameterError
        The mapping or a repair names something that does not exist.
    """
    path = Path(source)
    check_repairs(repair)
    if mapping is None and _is_study(path):
        return read_study(path, today=today)
    chosen = _shipped(path) if mapping is None else read_mapping(mapping)
    study = build_study(read_sources(path, chosen, plain_name), chosen, repair=repair, today=today)
    return _with_strangers(study, path, chosen)


def _is_study(path: Path) -> bool:
    has_subjects = any((path / f"subjects.{ending}").is_file() for ending in ("csv", "parquet"))
    return has_subjects and (path / FILE_NAME).is_file()


def _shipped(path: Path) -> ImportMapping:
    try:
        return choose_shipped(path, plain_name)
    except MissingColumnsError as error:
        if not path.is_dir():
            raise
        lacking = [name for name in (FILE_NAME, "subjects.csv") if not (path / name).is_file()]
        raise UnreadableError(
            f"{path.name} is no study folder (it lacks {' and '.join(lacking)}). {error.fact}", error.why, error.hint
        ) from error


def _with_strangers(study: Study, path: Path, mapping: ImportMapping) -> Study:
    """Name the files of the folder that the mapping does not read."""
    read = {entry.file for entry in mapping.sources}
    names = (
        [file.name for file in data_files(path) if file.name not in read] if path.is_dir() and None not in read else []
    )
    if not names:
        return study
    message = f"{len(names)} files are not in the mapping and were not read: {', '.join(names)}."
    note = finding_rows("unknown_file", "warning", "folder", message)
    account = study.accounting
    return Study(
        study.settings, study.tables, Accounting(account.rows, account.set_aside, gather([account.findings, note]))
    )
