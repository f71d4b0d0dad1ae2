"""Read a mapping file and check it against the data model."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, cast

from malar.errors import ParameterError, UnreadableError
from malar.importers.mapping import (
    DERIVED_MILESTONES,
    WIDE,
    Feed,
    ImportMapping,
    RowFilter,
    SourceFeed,
    TableFeed,
)
from malar.importers.shipped import shipped_files
from malar.schema.settings import settings_from
from malar.schema.tables import TABLES

_KEYS = ("subject", "day", "date")


def read_mapping(mapping: str | Path) -> ImportMapping:
    """Read a mapping: a TOML file, or the key of one that comes with Malar.

    Parameters
    ----------
    mapping
        Path of the file, or a key of :func:`malar.importers.shipped_mappings`.

    Raises
    ------
    UnreadableError
        There is no such file or key, or it is no TOML.
    ParameterError
        The mapping names something that the data model does not have.
    """
    shipped = shipped_files()
    try:
        text = shipped[str(mapping)] if str(mapping) in shipped else Path(mapping)
        content = tomllib.loads(text.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise UnreadableError(
            f"The mapping {Path(mapping).name} cannot be read: {reason}.",
            hint=f"Pass a TOML file or a shipped mapping: {', '.join(shipped)}.",
        ) from error
    return mapping_from(content)


def mapping_from(content: Mapping[str, Any]) -> ImportMapping:
    """A mapping from parsed TOML.

    Raises
    ------
    ParameterError
        The mapping names something that the data model does not have, or lacks what it needs.
    """
    _only(content, ("title", "missing", "milestones", "study", "sources"), "The mapping")
    settings, unknown = settings_from(dict(_table(content.get("study", {}), "`study`")))
    if unknown:
        raise _refused(f"`study` has settings that are not known: {_shown(unknown)}.")
    sources = tuple(_source(entry) for entry in _tables(content.get("sources", []), "`sources`"))
    milestones = _words(content.get("milestones", []), "`milestones`")
    if strange := set(milestones) - set(DERIVED_MILESTONES):
        raise _refused(f"`milestones` lists {_shown(strange)}; known are {_shown(DERIVED_MILESTONES)}.")
    fed = [name for source in sources for name in source.tables]
    if fed.count("subjects") != 1:
        raise _refused(f"{fed.count('subjects')} files feed the subjects table; exactly one must.")
    if milestones and "visits" not in fed:
        raise _refused("`milestones` are taken from visits, and no file feeds the visits table.")
    if len(sources) > 1 and not all(source.file for source in sources):
        raise _refused("Several `sources` are given, and not each names its `file`.")
    missing = tuple(word.lower() for word in _words(content.get("missing", []), "`missing`"))
    return ImportMapping(str(content.get("title", "")), settings, missing, milestones, sources)


def _source(content: Mapping[str, Any]) -> SourceFeed:
    _only(content, ("file", "keys", "set_aside", *TABLES), "An entry of `sources`")
    keys = {name: _feed(value, f"`keys.{name}`") for name, value in _table(content.get("keys", {}), "`keys`").items()}
    _only(keys, _KEYS, "`keys`")
    filters = tuple(_filter(entry) for entry in _tables(content.get("set_aside", []), "`set_aside`"))
    tables = {name: _table_feed(name, _table(content[name], f"`{name}`"), keys) for name in TABLES if name in content}
    if (
        any(feed.days_since for table in tables.values() for feed in table.feeds())
        and not keys.get("day", Feed()).column
    ):
        raise _refused("`days_since` counts from the row's own day, and `keys` names no column for `day`.")
    for name, table in tables.items():
        if "subject" in TABLES[name].column_names() and "subject" not in table.columns:
            raise _refused(f"`{name}` has no `subject`; name its column in `keys`.")
    file = content.get("file")
    return SourceFeed(None if file is None else _word(file, "`file`"), keys, filters, tables)


def _filter(content: Mapping[str, Any]) -> RowFilter:
    _only(content, ("column", "is", "is_not", "rule", "reason"), "An entry of `set_aside`")
    if ("is" in content) == ("is_not" in content) or not {"column", "rule", "reason"} <= set(content):
        raise _refused("An entry of `set_aside` needs `column`, `rule`, `reason`, and either `is` or `is_not`.")
    words = _words(content.get("is", content.get("is_not")), "`set_aside`")
    names = (_word(content[name], f"`set_aside.{name}`") for name in ("rule", "reason"))
    folded = tuple(word.lower() for word in words)
    return RowFilter(_word(content["column"], "`set_aside.column`"), folded, "is" in content, *names)


def _table_feed(name: str, content: Mapping[str, Any], keys: Mapping[str, Feed]) -> TableFeed:
    known = TABLES[name].column_names()
    _only(content, (*known, "wide"), f"`{name}`")
    named = {column: _feed(value, f"`{name}.{column}`") for column, value in content.items() if column != "wide"}
    wide = _table(content.get("wide", {}), f"`{name}.wide`")
    if wide and name not in WIDE:
        raise _refused(f"`{name}` has no wide form; {_shown(WIDE)} have one.")
    cells = WIDE[name][1] if wide else ()
    inherited = {column: feed for column, feed in keys.items() if column in known and column not in cells}
    entries = {key: _wide_entry(name, key, value, named) for key, value in wide.items()}
    columns = {column: feed for column, feed in (inherited | named).items() if column not in cells}
    if empty := [c for c, feed in columns.items() if feed.column is None and feed.constant is None]:
        raise _refused(f"`{name}` names neither a column nor a constant for {_shown(empty)}.")
    return TableFeed(columns, entries)


def _wide_entry(name: str, key: str, value: object, named: Mapping[str, Feed]) -> dict[str, Feed]:
    """The columns of the rows of one item, analyte or kind; value maps of the table hold for each."""
    cells = WIDE[name][1]
    entry = {"column": value} if isinstance(value, str) else dict(_table(value, f"`{name}.wide.{key}`"))
    main = {part: entry.pop(part) for part in ("column", "values") if part in entry}
    _only(entry, TABLES[name].column_names(), f"`{name}.wide.{key}`")
    feeds = {column: _feed(part, f"`{name}.wide.{key}.{column}`") for column, part in entry.items()}
    if main:
        general = dict(named[cells[0]].values) if cells[0] in named else {}
        feed = _feed(main, f"`{name}.wide.{key}`")
        feeds[cells[0]] = Feed(column=feed.column, values=general | dict(feed.values))
    if not any(cell in feeds for cell in cells):
        raise _refused(f"`{name}.wide.{key}` names no column for its {' or '.join(cells)}.")
    return feeds


def _feed(value: object, place: str) -> Feed:
    if isinstance(value, str):
        return Feed(column=value)
    content = _table(value, place)
    _only(content, ("column", "constant", "values", "first_visit", "days_since"), place)
    if "column" in content and "constant" in content:
        raise _refused(f"{place} names both a column and a constant.")
    column, constant = content.get("column"), content.get("constant")
    values = _table(content.get("values", {}), f"{place} `values`")
    return Feed(
        column=None if column is None else _word(column, place),
        constant=None if constant is None else str(constant),
        values={written: str(meant) for written, meant in values.items()},
        first_visit=content.get("first_visit", False) is True,
        days_since=content.get("days_since", False) is True,
    )


def _table(value: object, place: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _refused(f"{place} should be a table of names and values.")
    return cast("dict[str, Any]", value)


def _tables(value: object, place: str) -> list[Mapping[str, Any]]:
    if not isinstance(value, list):
        raise _refused(f"{place} should be a list of tables, written with double brackets.")
    return [_table(entry, f"An entry of {place}") for entry in cast("list[object]", value)]


def _word(value: object, place: str) -> str:
    if not isinstance(value, str):
        raise _refused(f"{place} should be text.")
    return value


def _words(value: object, place: str) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise _refused(f"{place} should be a list of words.")
    return tuple(_word(entry, place) for entry in cast("list[object]", value))


def _only(content: Collection[str], allowed: Collection[str], place: str) -> None:
    if strange := [name for name in content if name not in allowed]:
        raise _refused(f"{place} names {_shown(strange)}; known are {_shown(allowed)}.")


def _shown(names: Collection[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _refused(fact: str) -> ParameterError:
    return ParameterError(
        fact,
        "A mapping decides where every value goes, so nothing in it is guessed.",
        "The format is described in the README beside the shipped mappings.",
    )
