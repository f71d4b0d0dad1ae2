"""Sheets: the page of an instrument or definition, made from the same declaration that scores and judges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from malar.conditions import Condition
from malar.endpoints import DEFINITIONS, Endpoint
from malar.errors import UnknownKeyError
from malar.instruments import INSTRUMENTS, WeightedItems
from malar.sources import Source, Status

STATUSES: Final = {
    Status.VERIFIED: "verified: read in the primary source",
    Status.SECONDARY: "secondary: read in a source that quotes the primary one",
    Status.PROVISIONAL: "provisional: from memory, never exact",
}
"""What each status means, as it is printed."""

UNKNOWN: Final = (
    "Unknown is a value. A verdict that the unknown items cannot change is given; one that they can is unknown. A "
    "criterion that fails decides even when another is unknown."
)


def sheet(key: str) -> str:
    """The page of an instrument or definition, in Markdown.

    Parameters
    ----------
    key
        Key of an instrument or definition.

    Raises
    ------
    UnknownKeyError
        Neither has the key.

    Examples
    --------
    >>> print(sheet("sledai_2k_at_most_4").splitlines()[0])
    # SLEDAI-2K ≤ 4
    """
    if key in INSTRUMENTS:
        return instrument_sheet(INSTRUMENTS[key])
    if key in DEFINITIONS:
        return definition_sheet(DEFINITIONS[key])
    raise UnknownKeyError(
        f"No instrument or definition has the key `{key}`.",
        hint=f"Known: {', '.join([*INSTRUMENTS, *DEFINITIONS])}.",
    )


def instrument_sheet(made: WeightedItems) -> str:
    """The page of an instrument: its items with weights and meanings, window, parameters, source."""
    rows = "\n".join(
        f"| `{item.key}` | {item.weight} | {item.system} | {item.meaning} | {item.unless or '–'} "
        f"| {item.measured.sentence() if item.measured else '–'}{' (provisional: see below)' if item.doubt else ''} |"
        for item in made.items
    )
    doubts = "\n".join(f"- **{item.key}**: {item.doubt}" for item in made.items if item.doubt)
    variants = _variants(made.key, INSTRUMENTS.values())
    choices = "\n".join(f"- **{name}**: {text}." for name, text in made.parameters.items())
    windows = ", ".join(str(days) for days in made.allowed_windows)
    return (
        f"# {made.title}\n\n{_identity(made.key, made.status, made.source)}{_origin(made.variant_of, INSTRUMENTS)}"
        f"Sum of the weights of the items present, 0 to {made.maximum}. An item counts if present at the visit or "
        f"within {made.window_days} days before (published windows: {windows}); an item recorded on a day between "
        "visits counts at the next visit in the window.\n\n"
        "| item | weight | system | scored when | not when | agrees with the laboratory where |\n"
        f"|---|---|---|---|---|---|\n{rows}\n\n"
        + (f"## Not settled\n\n{doubts}\n\n" if doubts else "")
        + f"## Parameters\n\n{choices}\n\n"
        "## Unknown items\n\nThe score is unknown where an item is; its bounds are the scores with every unknown item "
        "absent and with every one present. Where an item rests on several measurements, it is proposed as absent only "
        f"where all are normal.\n{variants}"
    )


def definition_sheet(made: Endpoint) -> str:
    """The page of a definition: its criteria in words, what it rests on, its variants, source."""
    criteria = "\n".join(f"- **{name}**: {part.sentence()}" for name, part in made.criteria.items())
    rests_on = ", ".join(f"[{used.title}]({used.key}.md)" for used in made.instruments)
    return (
        f"# {made.title}\n\n{_identity(made.key, made.status, made.source)}{_origin(made.variant_of, DEFINITIONS)}"
        f"True where all of these hold:\n\n{criteria}\n\n"
        + (f"> {made.note}\n\n" if made.note else "")
        + f"Rests on {rests_on}.\n\n## Unknown items\n\n{UNKNOWN}\n"
        + _variants(made.key, DEFINITIONS.values())
    )


def _origin(key: str, known: Mapping[str, WeightedItems] | Mapping[str, Endpoint]) -> str:
    return f"Variant of [{known[key].title}]({key}.md).\n\n" if key else ""


def _variants(key: str, known: Iterable[WeightedItems | Endpoint]) -> str:
    listed = "\n".join(f"- [{other.title}]({other.key}.md)" for other in known if other.variant_of == key)
    return f"\n## Variants\n\n{listed}\n" if listed else ""


def _identity(key: str, status: Status, source: Source) -> str:
    own = "" if status == source.status else f" Its own source is {source.status.label}; a part of it is weaker."
    reading = f"**Reading.** {source.reading}\n\n" if source.reading else ""
    return f"Key `{key}`. Status **{STATUSES[status]}**.{own}\n\n**Source.** {source.cite()}\n\n{reading}"


def meaning(made: WeightedItems | Endpoint) -> str:
    """Everything that a key means, in one text: what `definitions.lock` holds a hash of.

    How sure it is stands outside: a status or a doubt that is settled changes no score and no verdict.
    """
    parts = [made.key, made.source.cite(), made.source.reading]
    if isinstance(made, WeightedItems):
        parts += [made.form, str(made.window_days), str(made.allowed_windows), str(sorted(made.parameters.items()))]
        for item in made.items:
            measured = _condition(item.measured) if item.measured else ""
            parts.append(f"{item.key} {item.weight} {item.system} {item.meaning} {item.unless} {measured}")
    else:
        parts += [f"{name}: {_condition(part)}" for name, part in made.criteria.items()]
        parts += [made.note, made.variant_of, *(used.key for used in made.instruments)]
    return "\n".join(parts)


def _condition(part: Condition) -> str:
    return f"{part.sentence()} [{', '.join(part.needs())}]"
