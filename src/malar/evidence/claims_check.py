"""Claims set beside the sources: the verdict of the rules, and of a reader."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from malar.errors import UnknownKeyError
from malar.evidence.candidates import CONTROL_ARMS
from malar.evidence.claim import VERDICTS, Claim, Said
from malar.evidence.library import Evidence
from malar.evidence.published_figure import PublishedFigure
from malar.evidence.telling import told, told_dose
from malar.evidence.verification import Verification


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedClaim:
    """A claim with its verdict, the figures beside it, and where they come from."""

    claim: Claim
    verdict: str
    by_rule: str
    figures: tuple[str, ...]
    sources: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """As programs read it."""
        return {
            "document": self.claim.document,
            "claim": self.claim.claim,
            "verdict": self.verdict,
            "figures": list(self.figures),
            "sources": list(self.sources),
        }


def check_claims(evidence: Evidence, claims: Iterable[Claim] | None = None) -> list[CheckedClaim]:
    """Set claims beside the sources.

    Parameters
    ----------
    evidence
        The data set.
    claims
        By default those of the founding documents; else from :func:`malar.evidence.claim.read_claims`.

    Returns
    -------
    list of CheckedClaim
        In order. The verdict is the less kind of the rules' and the reader's.

    Raises
    ------
    UnknownKeyError
        A claim names a study or figure that the data set has not.

    Notes
    -----
    The rules: a percentage agrees where the source's, or that of its counts, is the same to the digit stated; counts
    and other numbers agree where they are equal. A percentage stated without its denominator, where the source has
    one, agrees incompletely; so does an arm of a trial without its control arm. Figures known only from a document or
    from memory cannot confirm a claim.

    Examples
    --------
    >>> from malar.evidence import read_evidence
    >>> checked = check_claims(read_evidence())
    >>> len(checked), sum(one.verdict == "disagrees" for one in checked)
    (36, 10)
    """
    return [_checked(evidence, claim) for claim in (evidence.claims if claims is None else claims)]


def _checked(evidence: Evidence, claim: Claim) -> CheckedClaim:
    compared = [compare(evidence, said) for said in claim.says]
    left_out = _controls_left_out(evidence, claim)
    by_rule = _worst(verdict for verdict, _ in compared) if compared else "not_checkable"
    if left_out and by_rule == "agrees":
        by_rule = "agrees_incompletely"
    order = list(VERDICTS)
    verdict = claim.verdict or by_rule
    if compared and by_rule == "disagrees" and order.index(verdict) < order.index("outdated"):
        verdict = by_rule
    if compared and by_rule == "agrees_incompletely" and verdict == "agrees":
        verdict = by_rule
    lines = [line for _, line in compared]
    figures = [
        *lines,
        *(f"left out: {told(one)}" for one in left_out),
        *(told(evidence.figure(reference)) for reference in claim.found),
    ]
    cautions = _cautions(evidence, claim)
    because = (claim.because,) if claim.because else ()
    sources = tuple(evidence.cite(key) for key in dict.fromkeys((*claim.studies, *_studies_named(claim))))
    return CheckedClaim(
        claim=claim, verdict=verdict, by_rule=by_rule, figures=(*because, *figures, *cautions), sources=sources
    )


def _controls_left_out(evidence: Evidence, claim: Claim) -> list[PublishedFigure]:
    """Control arms of the same trial and outcome that a claim passes over."""
    named = [evidence.figure(said.target) for said in claim.says if said.kind == "figure"]
    treated = [one for one in named if one.arm and one.arm not in CONTROL_ARMS and one.study in evidence.studies]
    found = [
        other
        for one in treated
        for other in evidence.study(one.study).outcomes
        if (other.name, other.months) == (one.name, one.months) and other.arm in CONTROL_ARMS and other not in named
    ]
    return list(dict.fromkeys(found))


def _worst(verdicts: Iterable[str]) -> str:
    return max(verdicts, key=list(VERDICTS).index)


def compare(evidence: Evidence, said: Said) -> tuple[str, str]:
    """Verdict of one statement, and the line that tells it."""
    if said.kind == "count":
        key, _, size = said.target.partition("#")
        value = evidence.study(key).sizes.get(size)
        verdict = "not_found" if value is None else "agrees" if said.stated.get("n") == value else "disagrees"
        return verdict, f"{key}: {'unknown' if value is None else value} {size}"
    if said.kind == "dose":
        return _compare_dose(evidence, said)
    if said.kind == "ratio":
        return _compare_ratio(evidence, said)
    figure = evidence.figure(said.target)
    if any(not _same(figure, name, value) for name, value in said.stated.items()):
        return "disagrees", told(figure)
    if figure.verification in (Verification.DOCUMENT, Verification.MEMORY):
        return "document_only", told(figure)
    incomplete = figure.n is not None and "n" not in said.stated and {"percent", "events"} & set(said.stated)
    return "agrees_incompletely" if incomplete else "agrees", told(figure)


def _same(figure: PublishedFigure, name: str, stated: Decimal) -> bool:
    """Whether a number stated is the source's, to the digits stated; a share also that of its counts."""
    place = int(stated.as_tuple().exponent)
    half = Decimal(1).scaleb(place) / 2
    candidates: list[Decimal] = []
    found = getattr(figure, name)
    if name == "value" and found is None:
        found = figure.mean
    if found is not None:
        candidates.append(Decimal(str(found)))
    if name != "percent":
        return any(candidate == stated for candidate in candidates)
    if figure.events is not None and figure.n:
        candidates.append(100 * Decimal(figure.events) / Decimal(figure.n))
    return any(abs(candidate - stated) <= half for candidate in candidates)


def _compare_dose(evidence: Evidence, said: Said) -> tuple[str, str]:
    dose = evidence.study(said.target).dose
    if dose is None or dose.value is None:
        return "not_found", f"{said.target}: dose not told"
    same = float(said.stated.get("value", Decimal(0))) == dose.value and said.unit in ("", dose.unit)
    return "agrees" if same else "disagrees", f"{said.target}: dose {told_dose(dose)}"


def _compare_ratio(evidence: Evidence, said: Said) -> tuple[str, str]:
    above, below = evidence.figure(said.target), evidence.figure(said.to)
    if above.value is None or not below.value:
        return "not_found", f"{said.target} and {said.to}: no ratio"
    ratio = above.value / below.value
    verdict = "agrees" if abs(ratio - float(said.stated["ratio"])) <= said.within else "disagrees"
    return verdict, f"{above.study}: {above.value:g} to {below.value:g} is a ratio of {ratio:.1f}"


def _cautions(evidence: Evidence, claim: Claim) -> Iterator[str]:
    """What must be said beside any figure of these studies."""
    keys = dict.fromkeys((*claim.studies, *_studies_named(claim)))
    studies = [evidence.studies[key] for key in keys if key in evidence.studies]
    for words, apply in (
        ("No control group", [one for one in studies if not one.controlled and one.design != "review"]),
        ("All autoimmune diseases, not lupus alone", [one for one in studies if one.disease == "autoimmune"]),
        ("From memory", [one for one in studies if one.verification is Verification.MEMORY]),
    ):
        if apply:
            yield f"{words}: {', '.join(one.key for one in apply)}."


def _studies_named(claim: Claim) -> Iterator[str]:
    for said in claim.says:
        if said.kind in ("figure", "ratio"):
            yield said.target.partition("/")[0]
        else:
            yield said.target.partition("#")[0]


def demand_documents(evidence: Evidence, document: str) -> None:
    """Refuse a document that makes no claim.

    Raises
    ------
    UnknownKeyError
        No founding document has the key.
    """
    keys = [one.key for one in evidence.documents]
    if document not in keys:
        raise UnknownKeyError(f"No document has the key `{document}`.", hint=f"Use one of {', '.join(keys)}.")
