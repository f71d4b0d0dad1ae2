"""Sheets: the page of an instrument or definition, made from the same declaration that scores and judges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from malar.course.study_columns import STUDY_COLUMNS
from malar.declarations import Declaration
from malar.endpoints import DEFINITIONS
from malar.errors import UnknownKeyError, near
from malar.instruments import INSTRUMENTS
from malar.sources import Source, Status
from malar.timelines.antiphospholipid import ANTIPHOSPHOLIPID_STATUS
from malar.timelines.engraftment import ENGRAFTMENTS
from malar.timelines.event_rules import EVENT_RULES
from malar.timelines.low_periods import LOW_PERIODS
from malar.timelines.outcomes import OUTCOMES
from malar.timelines.product_release import ISCT_2006
from malar.timelines.special_interest import SPECIAL_INTERESTS

STATUSES: Final = {
    Status.VERIFIED: "verified: read in the primary source",
    Status.SECONDARY: "secondary: read in a source that quotes the primary one",
    Status.PROVISIONAL: "provisional: from memory, never exact",
}
"""What each status means, as it is printed."""

KINDS: Final[Mapping[str, Mapping[str, Declaration]]] = {
    "instruments": INSTRUMENTS,
    "definitions": DEFINITIONS,
    "outcomes": OUTCOMES,
    "columns": STUDY_COLUMNS,
    "derivations": {step.key: step for made in DEFINITIONS.values() for step in made.derivations},
    "event_rules": EVENT_RULES,
    "safety": {
        made.key: made
        for made in (
            *SPECIAL_INTERESTS,
            ANTIPHOSPHOLIPID_STATUS,
            *ENGRAFTMENTS.values(),
            *LOW_PERIODS.values(),
            ISCT_2006,
        )
    },
}
"""Kind of declaration → key → declaration."""

DECLARED: Final[Mapping[str, Declaration]] = {key: made for kind in KINDS.values() for key, made in kind.items()}
"""Key → whatever is declared under it."""


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
    if key not in DECLARED:
        raise UnknownKeyError(
            f"No instrument or definition has the key `{key}`.", hint=near(key, DECLARED, "definitions")
        )
    return page_of(DECLARED[key])


def page_of(made: Declaration) -> str:
    """The page of a declaration: status, source, reading, what it says, its variants."""
    own = made.source.status
    weaker = "" if made.status == own else f" Its own source is {own.label}; a part of it is weaker."
    reading = f"**Reading.** {made.source.reading}\n\n" if made.source.reading else ""
    origin = f"Variant of [{DECLARED[made.variant_of].title}]({made.variant_of}.md).\n\n" if made.variant_of else ""
    amended = [other for other in DECLARED.values() if other.variant_of == made.key]
    variants = "\n".join(f"- [{other.title}]({other.key}.md)" for other in amended)
    return (
        f"# {made.title}\n\nKey `{made.key}`. Status **{STATUSES[made.status]}**.{weaker}\n\n"
        f"**Source.** {made.source.cite()}\n\n{reading}{origin}{made.body()}"
        + (f"\n## Variants\n\n{variants}\n" if variants else "")
    )


def meaning(made: Declaration) -> str:
    """Everything that a key means, in one text: what `definitions.lock` holds a hash of.

    How sure it is stands outside: a status or a doubt that is settled changes no score and no verdict.
    """
    return "\n".join([made.key, made.source.cite(), made.source.reading, *made.meaning()])


def sources_of(made: Declaration) -> list[Source]:
    """Its own source, that of what it amends, and those of its parts, in this order."""
    found = [made.source]
    if made.variant_of:
        found += sources_of(DECLARED[made.variant_of])
    for part in made.parts():
        found += sources_of(part)
    return found
