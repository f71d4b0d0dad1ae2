"""A claim of a document, and what it says of published figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

from malar.evidence.fields import Fields, read_toml

VERDICTS: Final[Mapping[str, str]] = {
    "agrees": "agrees with the source",
    "agrees_incompletely": "figures agree, but what they count is left out",
    "document_only": "told by the document alone; no source that was read tells it",
    "outdated": "right once, no longer",
    "misleading": "true of the words, not of what they suggest",
    "unsupported": "no source supports it",
    "not_found": "source not found",
    "not_checkable": "states no figure that can be compared",
    "disagrees": "disagrees with the source",
    "documents_disagree": "the documents disagree with one another",
}
"""Verdicts, the kindest first, each with its meaning."""

STATED: Final = ("percent", "events", "n", "se", "least", "greatest", "mean", "median", "value")
"""What a document may state of a figure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a document states of one figure: of a figure by reference, a study's size, its dose, or a ratio of two."""

    kind: str
    target: str
    to: str
    within: float
    stated: Mapping[str, Decimal]
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One claim.

    Parameters
    ----------
    documents
        Who makes it; several where they are set beside one another.
    claim
        What is claimed, in a line.
    studies
        Keys of the sources.
    says
        What can be compared by rule.
    found
        References of figures shown beside it.
    verdict
        A reader's verdict, a key of :data:`VERDICTS`; empty where only the rules decide.
    because
        Why, in words.
    """

    documents: tuple[str, ...]
    claim: str
    studies: tuple[str, ...]
    says: tuple[Said, ...]
    found: tuple[str, ...]
    verdict: str
    because: str

    @property
    def document(self) -> str:
        """The document, or those set beside one another: ``S1 v S2``."""
        return " v ".join(self.documents)


def read_claims(path: Path) -> tuple[Claim, ...]:
    """Read a file of claims: the founding documents', or of a page of your own.

    Raises
    ------
    ParameterError
        A field is missing, unknown, or outside what it allows; the message names file and field.
    """
    fields = read_toml(path)
    page = fields.text("document", "")
    claims = tuple(_claim(row, page) for row in fields.tables("claims"))
    fields.done()
    if not claims:
        fields.refuse("claims", "is empty", "Write one [[claims]] table a claim; see the page published-evidence.")
    return claims


def _claim(row: Fields, page: str) -> Claim:
    documents = row.texts("documents") or ((page,) if page else ())
    if not documents:
        row.refuse("documents", "is missing", 'Name the document here, or once at the head: document = "…".')
    made = Claim(
        documents=documents,
        claim=row.text("claim"),
        studies=row.texts("studies"),
        says=tuple(read_said(each) for each in row.tables("says")),
        found=row.texts("found"),
        verdict=row.choice("verdict", list(VERDICTS), ""),
        because=row.text("because", ""),
    )
    row.done()
    return made


def read_said(row: Fields) -> Said:
    """Read what a document states of one figure."""
    kinds = [kind for kind in ("figure", "count", "dose", "ratio") if kind in row]
    if len(kinds) != 1:
        row.refuse("figure", "is not said once", "Name one of figure, count, dose or ratio.")
    (kind,) = kinds
    stated = {name: value for name in STATED if (value := row.printed(name)) is not None}
    if kind == "ratio":
        stated = {"ratio": row.printed("ratio") or Decimal(0)}
        target = row.text("of")
    elif kind == "count":
        target = f"{row.text('study')}#{row.text('count')}"
    else:
        target = row.text(kind)
    said = Said(
        kind=kind,
        target=target,
        to=row.text("to", ""),
        within=row.number("within") or 0.0,
        stated=stated,
        unit=row.text("unit", ""),
    )
    row.done()
    if not stated:
        row.refuse(kind, "is named without a number", f"State one of {', '.join(STATED)}.")
    return said
