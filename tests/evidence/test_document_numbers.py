"""Every number of the five founding documents is in the data, or stands beside what contradicts it.

The documents themselves are read where they are at hand; what became of each of their numbers is written down in
`document_numbers.toml`, and checked here against the data without them.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from malar.evidence import read_evidence
from malar.evidence.claim import Said
from malar.evidence.document_numbers import STATES, CheckedNumber, check_numbers, document_numbers
from tests.oracles.reader import ELSEWHERE

DOCUMENTS = Path(os.environ.get("MALAR_ORACLES", ELSEWHERE)).parent / "documents"
WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "eighty": 80, "ninety": 90,
    "hundred": 100, "thousand": 1000, "half": 0.5, "third": 3, "first": 1, "second": 2, "double": 2, "once": 1,
    "twice": 2,
}  # fmt: skip
NUMBER = re.compile(
    rf"((?:\d+(?:[.,]\d+)*|\b(?:{'|'.join(WORDS)})\b)(?: million\b)?)",
    re.IGNORECASE,
)
CHECKED = list(check_numbers(read_evidence()))
FINDINGS = [one for one in CHECKED if one.state not in ("aside", "unsourced")]


def name(one: CheckedNumber) -> str:
    return f"{one.number.document}: {one.number.words[:40]}"


def numbers(text: str) -> list[float]:
    """Every number of a text, digits or words, as a value."""
    found: list[float] = []
    for token in NUMBER.findall(text):
        plain = token.lower().removesuffix(" million")
        value = WORDS[plain] if plain in WORDS else float(plain.replace(",", ""))
        found.append(value * 1_000_000 if token.lower().endswith(" million") else value)
    return found


def answers(one: CheckedNumber) -> set[float]:
    """What the data, or the claim, hold of a statement: its numbers, and its times in months and years."""
    evidence = read_evidence()
    claims = [claim for claim in evidence.claims if claim.claim == one.number.claim]
    says: list[Said] = [*one.number.says, *(said for claim in claims for said in claim.says)]
    values = {float(value) for said in says for value in said.stated.values()}
    figures = [evidence.figure(said.target) for said in says if said.kind == "figure"]
    figures += [evidence.figure(reference) for reference in one.number.found]
    for figure in figures:
        values |= {figure.months or 0.0, (figure.months or 0.0) / 12, *numbers(f"{figure.definition} {figure.note}")}
        values |= {float(value) for value in (figure.value, figure.n) if value is not None}
    for claim in claims:
        values |= set(numbers(claim.claim))
    return values


@pytest.mark.skipif(not DOCUMENTS.exists(), reason="the founding documents are not at hand (MALAR_ORACLES)")
@pytest.mark.parametrize("document", ["S0", "S1", "S2", "S3", "S4"])
def test_no_number_of_a_document_is_left_out_and_none_is_made_up(document: str) -> None:
    text = sorted(DOCUMENTS.glob("*.txt"))[int(document[1])].read_text(encoding="utf-8")
    written = [token for one in document_numbers() if one.document == document for token in one.printed]
    assert NUMBER.findall(text) == written


@pytest.mark.parametrize("one", FINDINGS, ids=name)
def test_a_number_of_a_document_is_in_the_data_or_in_a_claim_with_its_verdict(one: CheckedNumber) -> None:
    printed = {value for token in one.number.printed for value in numbers(token)}
    assert printed <= answers(one)
    assert one.beside


@pytest.mark.parametrize("one", CHECKED, ids=name)
def test_a_number_that_does_not_agree_stands_beside_its_contradiction(one: CheckedNumber) -> None:
    assert one.state in STATES
    if one.number.says:
        assert one.state in ("agrees", "agrees_incompletely", "document_only")
    if one.number.claim and one.state != "agrees":
        (claim,) = [each for each in read_evidence().claims if each.claim == one.number.claim]
        assert claim.because
        assert one.beside[0] == claim.because


def test_what_has_no_source_is_said_so() -> None:
    assert [one.number.printed for one in CHECKED if one.state == "unsourced"] == [("50",), ("80",)]
    assert {one.number.document for one in CHECKED} == {"S0", "S1", "S2", "S3", "S4"}


def test_every_claim_with_a_number_is_met_by_the_numbers() -> None:
    """The 36 claims and the numbers of the documents are walked from both sides."""
    evidence = read_evidence()
    judged = {(one.document, one.claim) for one in document_numbers() if one.claim}
    compared = {(one.document, said.target) for one in document_numbers() for said in one.says}
    for claim in evidence.claims:
        (document, *others) = claim.documents
        if others or not numbers(claim.claim):
            continue
        met = (document, claim.claim) in judged or any((document, said.target) in compared for said in claim.says)
        assert met or {(document, f) for f in claim.found} & compared, claim.claim
