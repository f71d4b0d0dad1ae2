"""A mapping: which file and columns feed which table, read from TOML and checked before any record is read.

The format is described in ``mappings/README.md``; both importers use this one mechanism.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from malar.schema import Settings

WIDE: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "items": ("item", ("value",)),
    "labs": ("analyte", ("value",)),
    "milestones": ("kind", ("date", "day")),
    "events": ("kind", ("date", "day")),
}
"""Tables that a file may hold in wide form: the column named by each entry, and what its cells hold."""

PER_SUBJECT: Final = ("milestones", "events")
"""Tables whose wide form may stand in a file with one row a subject."""

DERIVED_MILESTONES: Final = ("first_record", "last_contact")
"""Milestones that can be taken from the visits: the day of the first one and of the last."""


@dataclass(frozen=True, slots=True)
class Feed:
    """Where the values of one column of a table come from.

    Parameters
    ----------
    column
        Column of the file.
    constant
        The same value for every row.
    values
        What the file writes → what the table holds; other values pass unchanged.
    first_visit
        For a subject, the value of the first visit; otherwise all rows should agree.
    days_since
        The column counts days since the event: its study day is the row's day minus that number.
    """

    column: str | None = None
    constant: str | None = None
    values: Mapping[str, str] = field(default_factory=dict[str, str])
    first_visit: bool = False
    days_since: bool = False


@dataclass(frozen=True, slots=True)
class TableFeed:
    """How a file feeds one table.

    Parameters
    ----------
    columns
        Column of the table → where it comes from.
    wide
        Key (an item, an analyte, a kind) → the columns of its rows; empty: one row of the file, one of the table.
    """

    columns: Mapping[str, Feed]
    wide: Mapping[str, Mapping[str, Feed]] = field(default_factory=dict[str, Mapping[str, Feed]])

    def feeds(self) -> list[Feed]:
        """Every feed of the table."""
        return [*self.columns.values(), *(feed for entry in self.wide.values() for feed in entry.values())]


@dataclass(frozen=True, slots=True)
class RowFilter:
    """Rows of the file that are not loaded.

    Parameters
    ----------
    column
        Column of the file that decides.
    words
        Words, compared without regard to case.
    listed
        Whether rows with one of the words are set aside, or all others.
    rule, reason
        Key of the rule in the account, and a sentence for people.
    """

    column: str
    words: tuple[str, ...]
    listed: bool
    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class SourceFeed:
    """How one file is read.

    Parameters
    ----------
    file
        Name in the folder; may be absent where the source is a single file.
    keys
        Columns of the file that hold `subject`, `day` and `date`.
    filters
        Rows set aside, the first filter that applies.
    tables
        Table → how it is fed.
    """

    file: str | None
    keys: Mapping[str, Feed]
    filters: tuple[RowFilter, ...]
    tables: Mapping[str, TableFeed]

    def columns(self) -> list[str]:
        """Columns of the file that the mapping names, in its order."""
        feeds = [*self.keys.values(), *(feed for table in self.tables.values() for feed in table.feeds())]
        named = [*(feed.column for feed in feeds), *(rule.column for rule in self.filters)]
        return list(dict.fromkeys(name for name in named if name is not None))

    @property
    def record_tables(self) -> tuple[str, ...]:
        """Tables with a row of their own for a row of the file; where there are any, subjects repeat."""
        return tuple(
            name
            for name, table in self.tables.items()
            if name != "subjects" and not (name in PER_SUBJECT and table.wide)
        )

    @property
    def deciding_tables(self) -> tuple[str, ...]:
        """Tables of which a row of the file must have reached at least one to count as loaded."""
        if self.record_tables:
            return self.record_tables
        return ("subjects",) if "subjects" in self.tables else tuple(self.tables)


@dataclass(frozen=True, slots=True)
class ImportMapping:
    """Which files and columns feed which tables.

    Parameters
    ----------
    title
        What the mapping is for.
    settings
        Content of the study's study.toml.
    missing
        Words of the source for *missing*, in any column it maps.
    milestones
        Milestones to take from the visits, of :data:`DERIVED_MILESTONES`.
    sources
        One entry a file.
    """

    title: str
    settings: Settings
    missing: tuple[str, ...]
    milestones: tuple[str, ...]
    sources: tuple[SourceFeed, ...]
