"""Every number of the founding documents, with what the data say of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from malar.errors import UnknownKeyError
from malar.evidence.claim import VERDICTS, Said, read_said
from malar.evidence.claims_check import CheckedClaim, check_claims, compare
from malar.evidence.fields import Fields, read_toml
from malar.evidence.library import Evidence
from malar.evidence.telling import told

STATES: Final[Mapping[str, str]] = {
    **VERDICTS,
    "in_words": "in the data, in words",
    "unsourced": "no source, nothing to compare",
    "aside": "no finding",
}
"""What may become of a number."""

_PATH: Final = Path(__file__).parent / "document_numbers.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentNumber:
    """Numbers of one statement of a document.

    Parameters
    ----------
    document
        Key of the document.
    printed
        The numbers in reading order, digits or words as they stand there.
    words
        What they are.
    says, found
        What the data are asked; references of figures that hold a number in words.
    claim
        The claim that judges it; empty where there is none.
    aside, unsourced
        Why it is no finding, or that nothing can be set beside it.
    """

    document: str
    printed: tuple[str, ...]
    words: str
    says: tuple[Said, ...]
    found: tuple[str, ...]
    claim: str
    aside: str
    unsourced: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedNumber:
    """Numbers of a statement, their state (a key of :data:`STATES`), and what stands beside them."""

    number: DocumentNumber
    state: str
    beside: tuple[str, ...]


@lru_cache(maxsize=1)
def document_numbers() -> tuple[DocumentNumber, ...]:
    """Every number of the founding documents, document by document, in reading order.

    Examples
    --------
    >>> [one.printed for one in document_numbers() if one.document == "S4"][-1]
    ('200', 'Three', 'four', '24')
    """
    fields = read_toml(_PATH)
    numbers = tuple(_number(row) for row in fields.tables("numbers"))
    fields.done()
    return numbers


def _number(row: Fields) -> DocumentNumber:
    made = DocumentNumber(
        document=row.text("document"),
        printed=row.texts("printed"),
        words=row.text("words"),
        says=tuple(read_said(each) for each in row.tables("says")),
        found=row.texts("found"),
        claim=row.text("claim", ""),
        aside=row.text("aside", ""),
        unsourced=row.text("unsourced", ""),
    )
    row.done()
    answers = (bool(made.says or made.found), bool(made.claim), bool(made.aside), bool(made.unsourced))
    if sum(answers) != 1:
        row.refuse("printed", "has not exactly one answer", "Write says or found, or claim, aside or unsourced.")
    return made


def check_numbers(evidence: Evidence) -> Iterator[CheckedNumber]:
    """Set each number of the founding documents beside the data.

    Parameters
    ----------
    evidence
        The data set.

    Yields
    ------
    CheckedNumber
        In order. A number judged by a claim has the claim's verdict.

    Raises
    ------
    UnknownKeyError
        A number names a claim or figure that the data set has not.

    Examples
    --------
    >>> from collections import Counter
    >>> from malar.evidence import read_evidence
    >>> Counter(one.state for one in check_numbers(read_evidence()))["disagrees"]
    8
    """
    claims = {(document, one.claim.claim): one for one in check_claims(evidence) for document in one.claim.documents}
    for number in document_numbers():
        state, beside = _judged(evidence, number, claims)
        yield CheckedNumber(number=number, state=state, beside=beside)


def _judged(
    evidence: Evidence, number: DocumentNumber, claims: Mapping[tuple[str, str], CheckedClaim]
) -> tuple[str, tuple[str, ...]]:
    if number.aside or number.unsourced:
        return ("aside" if number.aside else "unsourced"), (number.aside or number.unsourced,)
    if number.claim:
        claim = claims.get((number.document, number.claim))
        if claim is None:
            raise UnknownKeyError(f"{number.document} makes no claim `{number.claim}`.", hint="See claims.toml.")
        return claim.verdict, claim.figures
    compared = [compare(evidence, said) for said in number.says]
    verdict = max((state for state, _ in compared), key=list(VERDICTS).index, default="in_words")
    return verdict, (*(line for _, line in compared), *(_in_words(evidence, one) for one in number.found))


def _in_words(evidence: Evidence, reference: str) -> str:
    figure = evidence.figure(reference)
    return f"{told(figure)}; {figure.note}" if figure.note else told(figure)
