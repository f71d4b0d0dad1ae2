"""Every key with its title, status and source: what `malar list` and `malar cite` print."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from malar.errors import UnknownKeyError

Entry = dict[str, str]


def _declared(kind: str) -> list[Entry]:
    from malar.sheets import KINDS

    return [_entry(made.key, made.title, made.status.label, made.source.cite()) for made in KINDS[kind].values()]


def _queries() -> list[Entry]:
    from malar.checks import QUERIES

    return [_entry(made.key, made.title, made.severity, "data query of Malar") for made in QUERIES.values()]


def _estimators() -> list[Entry]:
    from malar.estimators import METHODS

    return [_entry(made.key, made.title, made.status.label, made.source.cite()) for made in METHODS]


def _entry(key: str, title: str, status: str, source: str) -> Entry:
    return {"key": key, "title": title, "status": status, "source": source}


LISTS: Final[dict[str, Callable[[], list[Entry]]]] = {
    "instruments": partial(_declared, "instruments"),
    "definitions": partial(_declared, "definitions"),
    "outcomes": partial(_declared, "outcomes"),
    "columns": partial(_declared, "columns"),
    "event_rules": partial(_declared, "event_rules"),
    "safety": partial(_declared, "safety"),
    "queries": _queries,
    "estimators": _estimators,
}


def catalog(what: str) -> list[Entry]:
    """Entries of one kind: `key`, `title`, `status` (for queries: severity), `source`.

    Raises
    ------
    UnknownKeyError
        No such kind.

    Examples
    --------
    >>> [entry["key"] for entry in catalog("instruments")][:2]
    ['sledai_2k', 'clinical_sledai_2k']
    """
    if what not in LISTS:
        raise UnknownKeyError(f"There is no list of `{what}`.", hint=f"Lists: {', '.join(LISTS)}.")
    return LISTS[what]()


def catalog_text(what: str) -> str:
    """The list for people: key, status and title in columns."""
    entries = catalog(what)
    width = max(len(entry["key"]) for entry in entries)
    status = max(len(entry["status"]) for entry in entries)
    return "\n".join(f"{e['key']:<{width}}  {e['status']:<{status}}  {e['title']}" for e in entries)


def references(keys: Sequence[str]) -> list[str]:
    """The references of some keys, each once, in the order of the keys.

    Raises
    ------
    UnknownKeyError
        A key that no list holds.
    """
    from malar.estimators import METHODS
    from malar.sheets import DECLARED, sources_of

    sources = {key: sources_of(made) for key, made in DECLARED.items()}
    for method in METHODS:
        sources[method.key] = [method.source, *method.also]
    unknown = [key for key in keys if key not in sources]
    if unknown:
        raise UnknownKeyError(
            f"No instrument, definition, column or estimator has the key {', '.join(unknown)}.",
            hint="See malar list instruments, definitions, estimators.",
        )
    return list(dict.fromkeys(source.cite() for key in keys for source in sources[key]))
