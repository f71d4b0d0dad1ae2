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
from malar.schema.findings import Accounting, finding_rows, gather, no_findings
from malar.schema.parsed import RawTable
from malar.schema.settings import Settings
from malar.schema.tables import TABLES
from malar.schema.visit_frame import visit_frame

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

    __hash__ = None  # pyright: ignore[reportAssignmentType]

    def visit_frame(self, *needs: str, window_days: int = 30, labs_within_days: int = 0) -> pl.DataFrame:
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
        """
        target = Path(folder)
        target.mkdir(parents=True, exist_ok=True)
        for name in TABLES:
            for ending in ("csv", "parquet"):
                (target / f"{name}.{ending}").unlink(missing_ok=True)
        for name, table in self.tables.items():
            if table.is_empty() and name != "subjects":
                continue
            if form == "csv":
                table.write_csv(target / f"{name}.csv")
            else:
                table.write_parquet(target / f"{name}.parquet")
        (target / "study.toml").write_text(self.settings.to_toml(), encoding="utf-8")
        return target


def study_from_frames(frames: Mapping[str, pl.DataFrame], settings: Settings, *, today: date | None = None) -> Study:
    """A study from frames in memory, through the same checks as files.

    Parameters
    ----------
    frames
        Frames by table name; columns as in the data model, of any type. A column `line` keeps the row's
        place in its source; without one, rows are numbered from 1.
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
    """
    raw: dict[str, RawTable] = {}
    for name, frame in frames.items():
        if name not in TABLES:
            raise UnknownKeyError(f"A study has no table `{name}`.", hint=f"Tables are {', '.join(TABLES)}.")
        numbered = frame if "line" in frame.columns else frame.with_row_index("line", offset=1)
        numbered = numbered.with_columns(pl.col("line").cast(pl.Int64))
        raw[name] = RawTable(numbered, frame.height, no_ragged(), no_findings())
    tables, accounting = assemble(raw, settings, today=today or clock())
    return Study(settings, tables, accounting)


def with_settings_findings(accounting: Accounting, unknown: tuple[str, ...]) -> Accounting:
    """Add a finding for names in study.toml that mean nothing here."""
    if not unknown:
        return accounting
    message = f"study.toml has settings that are not known and were not used: {', '.join(unknown)}."
    note = finding_rows("unknown_setting", "warning", "study.toml", message)
    return Accounting(accounting.rows, accounting.set_aside, gather([accounting.findings, note]))


def no_ragged() -> pl.DataFrame:
    """No line without its right number of fields."""
    return pl.DataFrame(schema={"line": pl.Int64, "content": pl.String})


def clock() -> date:
    """Today."""
    return date.today()  # noqa: DTZ011 - a calendar date in the user's own time zone is meant
