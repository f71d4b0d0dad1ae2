"""What `malar evidence` does: list, show, check, claims, pool and report."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from malar.commands import FINDINGS, FINE

if TYPE_CHECKING:
    from malar.evidence.choosing import Choice
    from malar.evidence.library import Evidence
    from malar.evidence.study import Study


def run_list(choice: dict[str, str], add: Sequence[Path], *, as_json: bool) -> int:
    """List reports, with the figures of an outcome where one is asked for; then the trials awaited."""
    from malar.evidence import read_evidence
    from malar.evidence.choosing import Choice
    from malar.evidence.telling import told

    evidence, wanted = read_evidence(add), Choice(**choice)
    studies = wanted.studies(evidence)
    if as_json:
        print_json([_listed(study, wanted) for study in studies])
        return FINE
    for study in studies:
        typer.echo(_line(study))
        if wanted.outcome:
            for figure in wanted.figures(study):
                typer.echo(f"    {told(figure).partition(': ')[2]}")
    typer.echo(f"{len(studies)} of {len(evidence.studies)} reports. {dated(evidence)}")
    return FINE


def _line(study: Study) -> str:
    from malar.evidence.study import DESIGNS, DISEASES

    n = "?" if study.n is None else str(study.n)
    year = str(study.year or "")
    place = f"  shares patients: {study.overlap_group}" if study.overlap_group else ""
    mark = "  AWAITED" if study.use == "awaited" else ""
    return (
        f"{study.key:<18}{year:<6}{n:>5}  {study.therapy_words}; {DESIGNS[study.design]}; {DISEASES[study.disease]}; "
        f"{study.verification.label}{place}{mark}"
    )


def _listed(study: Study, choice: Choice) -> dict[str, Any]:
    return {
        "key": study.key,
        "title": study.title,
        "year": study.year,
        "n": study.n,
        "therapy": study.therapy,
        "design": study.design,
        "disease": study.disease,
        "verification": study.verification.value,
        "overlap_group": study.overlap_group or None,
        "use": study.use,
        "source": study.cite(),
        "figures": [figure_json(figure) for figure in choice.figures(study)] if choice.outcome else [],
    }


def figure_json(figure: Any) -> dict[str, Any]:
    """A figure as programs read it: fields that are known."""
    values: dict[str, Any] = {name: getattr(figure, name) for name in figure.__slots__}
    known = {name: value for name, value in values.items() if value not in (None, "", ())}
    return {name: float(value) if name == "percent" else value for name, value in known.items()}


def dated(evidence: Evidence) -> str:
    """The date of the data set, and what is awaited."""
    from malar.evidence.caveats import awaited_words

    return f"Data set of {evidence.as_of}; awaited: {awaited_words(evidence)}. Look again before you quote it."


def run_show(key: str, add: Sequence[Path], *, as_json: bool) -> int:
    """Print everything that is known of a report."""
    from malar.evidence import read_evidence
    from malar.evidence.choosing import Choice
    from malar.evidence.showing import study_text

    evidence = read_evidence(add)
    study = evidence.study(key)
    if as_json:
        figures = [figure_json(figure) for figure in study.figures]
        print_json({**_listed(study, Choice()), "figures": figures, "notes": list(study.notes)})
    else:
        typer.echo(study_text(evidence, study))
    return FINE


def run_evidence_check(add: Sequence[Path], *, as_json: bool) -> int:
    """Check the arithmetic of every figure; exit code 1 where one does not add up and is not known to."""
    from malar.evidence import read_evidence
    from malar.evidence.checks import check_evidence

    evidence = read_evidence(add)
    findings = check_evidence(evidence)
    if as_json:
        rows = [{name: getattr(one, name) for name in one.__slots__} for one in findings]
        print_json({"as_of": evidence.as_of, "awaited": list(evidence.awaited), "findings": rows})
    else:
        for one in findings:
            typer.echo(f"{one.severity:<11}{one.study:<18}{one.message}")
        figures = sum(len(study.figures) for study in evidence.studies.values())
        wrong = sum(one.severity == "error" for one in findings)
        typer.echo(
            f"{len(evidence.studies)} reports, {figures} figures: {len(findings) - wrong} contradictions stand in the "
            f"papers, {wrong} are new. {dated(evidence)}"
        )
        typer.echo(evidence.reading)
    return FINDINGS if any(one.severity == "error" for one in findings) else FINE


def run_claims(document: str, page: Path | None, add: Sequence[Path], *, as_json: bool) -> int:
    """Set each claim beside the sources; a page of the user's own by the same rules."""
    from malar.evidence import read_evidence
    from malar.evidence.claim import VERDICTS, read_claims
    from malar.evidence.claims_check import check_claims, demand_documents

    evidence = read_evidence(add)
    if document:
        demand_documents(evidence, document)
    claims = None if page is None else read_claims(page)
    checked = [one for one in check_claims(evidence, claims) if not document or document in one.claim.documents]
    if as_json:
        print_json([one.as_json() for one in checked])
        return FINE
    read_first(evidence)
    for one in checked:
        typer.echo(f"{one.claim.document}: {one.claim.claim}")
        typer.echo(f"  {one.verdict}: {VERDICTS[one.verdict]}")
        for line in one.figures:
            typer.echo(f"    {line}")
        for source in one.sources:
            typer.echo(f"    source: {source}")
    for each in evidence.documents:
        if page is None:
            typer.echo(f"{each.key}: {each.title} ({each.kind}; {each.publisher})")
    typer.echo(dated(evidence))
    return FINE


def read_first(evidence: Evidence) -> None:
    """Print the cautions that come before any figure."""
    from malar.evidence.caveats import caveats

    typer.echo("Read this first")
    for caution in caveats(evidence):
        typer.echo(f"- {caution}")
    typer.echo("")


def run_evidence_report(out: Path, add: Sequence[Path], system: str) -> int:
    """Write the evidence report: one HTML file."""
    from malar.evidence import read_evidence
    from malar.progress import stage
    from malar.reports.evidence_report import evidence_report

    with stage("Drawing the evidence report"):
        page = evidence_report(read_evidence(add), system=system)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(page, encoding="utf-8")
    typer.echo(f"Evidence report: {out}")
    return FINE


def print_json(value: Any) -> None:
    """Print a value for programs."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=1))
