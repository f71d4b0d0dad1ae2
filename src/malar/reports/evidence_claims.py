"""Tables of the evidence report that hold the founding documents to the sources: each claim, and each number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from malar.evidence.claim import VERDICTS
from malar.evidence.claims_check import check_claims
from malar.evidence.document_numbers import STATES, check_numbers
from malar.reports.page import Column, Lines, Link, Table

if TYPE_CHECKING:
    from malar.evidence.library import Evidence


def claims_table(evidence: Evidence) -> Table:
    """Each claim of each founding document beside what the sources say."""
    columns = (
        Column("claim", "Claim"),
        Column("document", "Document"),
        Column("verdict", "Verdict"),
        Column("figures", "What the sources say"),
        Column("sources", "Sources"),
    )
    rows = tuple(
        (
            one.claim.claim,
            one.claim.document,
            VERDICTS[one.verdict],
            _folded(one.figures),
            Lines(tuple(_link(evidence, key) for key in one.claim.studies) or ("none named",)),
        )
        for one in check_claims(evidence)
    )
    caption = (
        "Where two documents disagree both are shown. The same rules check a page of your own: "
        "malar evidence claims --page FILE."
    )
    return Table("claims-table", "Claims and sources", caption, columns, rows, stacked=True)


def numbers_table(evidence: Evidence) -> Table:
    """Every number of the founding documents: in the data, or beside what contradicts it."""
    columns = (
        Column("document", "Document"),
        Column("printed", "Numbers"),
        Column("words", "What they are"),
        Column("state", "State"),
        Column("beside", "Beside them"),
    )
    rows = tuple(
        (
            one.number.document,
            ", ".join(one.number.printed),
            one.number.words,
            STATES[one.state],
            _folded(one.beside),
        )
        for one in check_numbers(evidence)
        if one.state != "aside"
    )
    caption = (
        "In reading order, digits and words alike; dates, page numbers and the like are left out here and kept in the "
        "data. Each is in the data, or stands beside what contradicts it, or has no source."
    )
    return Table("numbers-table", "Every number of the five documents", caption, columns, rows, stacked=True)


def _folded(lines: tuple[str, ...]) -> Lines:
    """The first line, which says why in words, and the figures behind a fold; two lines stand open."""
    if not lines:
        return Lines(("nothing found",))
    return (
        Lines(lines) if len(lines) < 3 else Lines(lines[:1], lines[1:], fold=f"{len(lines) - 1} figures and cautions")
    )


def _link(evidence: Evidence, key: str) -> Link | str:
    study = evidence.studies.get(key)
    if study is not None:
        return Link(key, study.link) if study.link else key
    reference = next((one for one in (*evidence.comparators, *evidence.epidemiology) if one.key == key), None)
    return Link(key, f"https://doi.org/{reference.doi}") if reference and reference.doi else key
