"""A study: its tables, its settings and the account of how they were read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

import polars as pl

from malar.errors import UnknownKeyError
from malar.schema.assembly import assemble
from malar.schema.delimited import no_ragged
from malar.schema.findings import Accounting, finding_rows, gather, no_findings
from malar.schema.parsed import RawTable
from malar.schema.settings import Settings
from malar.schema.tables import TABLES
from malar.schema.visit_frame import visit_frame
from malar.schema.writing import write_folder

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """An immutable study.

    Parameters
    ----------
    settings
        The content of study.toml.
    tables
        Every table of the data model by name; empty where the study has none. Sorted by key.
    accounting
        Rows read, loaded and set aside, and findings.
    """

    settings: Settings
    tables: Mapping[str, pl.DataFrame]
    accounting: Accounting = field(default_factory=Accounting)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tables", MappingProxyType(dict(self.tables)))

    def __getitem__(self, name: str) -> pl.DataFrame:
        """A table by name.

        Raises
        ------
        UnknownKeyError
            The data model has no such table.
        """
        if name not in self.tables:
            raise UnknownKeyError(f"A study has no table `{name}`.", hint=f"Tables are {', '.join(TABLES)}.")
        return self.tables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.tables)

    def __eq__(self, other: object) -> bool:
        """Same settings and same tables, whatever the account of their reading."""
        if not isinstance(other, Study):
            return NotImplemented
        return self.settings == other.settings and all(self[name].equals(other[name]) for name in TABLES)

    def __hash__(self) -> int:
        return hash((self.settings.title, *(self[name].height for name in TABLES)))

    def __reduce__(self) -> tuple[type[Study], tuple[Settings, dict[str, pl.DataFrame], Accounting]]:
        """For copies and other processes: the tables as a plain dictionary."""
        return Study, (self.settings, dict(self.tables), self.accounting)

    def visit_frame(
        self, *needs: str, window_days: int | Mapping[str, int] = 30, labs_within_days: int = 0
    ) -> pl.DataFrame:
        """One row a subject and day, one column a need; see :func:`malar.schema.visit_frame.visit_frame`."""
        return visit_frame(self.tables, needs, window_days=window_days, labs_within_days=labs_within_days)

    def write(self, folder: str | Path, *, form: Literal["csv", "parquet"] = "csv") -> Path:
        """Write the study so that reading it again gives an equal study.

        Parameters
        ----------
        folder
            Made if it does not exist; tables of an earlier write are replaced.
        form
            ``csv`` or ``parquet``.

        Returns
        -------
        pathlib.Path
            The folder.

        Raises
        ------
        ParameterError
            A form that is none of the two.
        UnreadableError
            The folder cannot be made or written to.
        """
        return write_folder(self.settings, self.tables, Path(folder), form)


def study_from_frames(frames: Mapping[str, pl.DataFrame], settings: Settings, *, today: date | None = None) -> Study:
    """A study from frames in memory, through the same checks as files.

    Parameters
    ----------
    frames
        Frames by table name; columns as in the data model, of any type. A column `line` keeps the row's
        place in its source, and several rows may share a line; without one, rows are numbered from 1.
    settings
        The study's settings.
    today
        Dates after it are in the future; by default the date of the clock.

    Returns
    -------
    Study
        With its accounting.

    Raises
    ------
    UnknownKeyError
        A name that is no table.
    WrongTypeError
        A column of lists, structures, bytes or durations.
    """
    raw: dict[str, RawTable] = {}
    for name, frame in frames.items():
        if name not in TABLES:
            raise UnknownKeyError(f"A study has no table `{name}`.", hint=f"Tables are {', '.join(TABLES)}.")
        line = pl.col("line") if "line" in frame.columns else pl.int_range(1, pl.len() + 1).alias("line")
        numbered = frame.with_columns(line.cast(pl.Int64, strict=False))
        raw[name] = RawTable(numbered, frame.height, no_ragged(), no_findings())
    tables, accounting = assemble(raw, settings, today=today or clock())
    return Study(settings.as_kept(), tables, accounting)


def with_settings_findings(accounting: Accounting, unknown: tuple[str, ...]) -> Accounting:
    """Add a finding for names in study.toml that mean nothing here."""
    if not unknown:
        return accounting
    message = f"study.toml has settings that are not known and were not used: {', '.join(unknown)}."
    note = finding_rows("unknown_setting", "warning", "study.toml", message)
    return Accounting(accounting.rows, accounting.set_aside, gather([accounting.findings, note]))


def clock() -> date:
    """Today."""
    return date.today()  # noqa: DTZ011 - a calendar date in the user's own time zone is meant
