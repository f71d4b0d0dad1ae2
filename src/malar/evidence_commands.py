"""What `malar evidence` does: list, show, check, claims, pool and report."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from malar.commands import FINDINGS, FINE

if TYPE_CHECKING:
    from malar.evidence.candidates import Candidates
    from malar.evidence.choosing import Choice
    from malar.evidence.library import Evidence
    from malar.evidence.pooling import PooledEvidence
    from malar.evidence.study import Study


def run_list(choice: dict[str, str], add: Sequence[Path], *, as_json: bool) -> int:
    """List reports, with the figures of an outcome where one is asked for; then the trials awaited."""
    from malar.evidence import read_evidence
    from malar.evidence.choosing import Choice
    from malar.evidence.telling import told

    evidence, wanted = read_evidence(add), Choice(**choice)
    studies = wanted.studies(evidence)
    if as_json:
        _print_json([_listed(study, wanted) for study in studies])
        return FINE
    for study in studies:
        typer.echo(_line(study))
        if wanted.outcome:
            for figure in wanted.figures(study):
                typer.echo(f"    {told(figure).partition(': ')[2]}")
    typer.echo(f"{len(studies)} of {len(evidence.studies)} reports. {_dated(evidence)}")
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


def _dated(evidence: Evidence) -> str:
    awaited = ", ".join(evidence.awaited)
    return f"Data set of {evidence.as_of}; awaited: {awaited}. Look again before you quote it."


def run_show(key: str, add: Sequence[Path], *, as_json: bool) -> int:
    """Print everything that is known of a report."""
    from malar.evidence import read_evidence
    from malar.evidence.choosing import Choice
    from malar.evidence.showing import study_text

    evidence = read_evidence(add)
    study = evidence.study(key)
    if as_json:
        figures = [figure_json(figure) for figure in study.figures]
        _print_json({**_listed(study, Choice()), "figures": figures, "notes": list(study.notes)})
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
        _print_json({"as_of": evidence.as_of, "awaited": list(evidence.awaited), "findings": rows})
    else:
        for one in findings:
            typer.echo(f"{one.severity:<11}{one.study:<18}{one.message}")
        figures = sum(len(study.figures) for study in evidence.studies.values())
        wrong = sum(one.severity == "error" for one in findings)
        typer.echo(
            f"{len(evidence.studies)} reports, {figures} figures: {len(findings) - wrong} contradictions stand in the "
            f"papers, {wrong} are new. {_dated(evidence)}"
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
        _print_json([one.as_json() for one in checked])
        return FINE
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
    typer.echo(_dated(evidence))
    return FINE


def run_pool(
    choice: dict[str, str],
    months: float | None,
    override: Sequence[str],
    across: Sequence[str],
    add: Sequence[Path],
    model: str,
    *,
    survival: bool,
    as_json: bool,
) -> int:
    """Pool an outcome over reports that share no patients; say what was left out and by which rule."""
    from malar.errors import ParameterError
    from malar.evidence import read_evidence
    from malar.evidence.candidates import candidates
    from malar.evidence.choosing import Choice
    from malar.evidence.pooling import pool

    if model not in ("inverse_variance", "likelihood"):
        raise ParameterError(f"There is no model `{model}`.", hint="Use inverse_variance or likelihood.")
    evidence = read_evidence(add)
    found = candidates(evidence, Choice(**choice), months=months, override=override, survival=survival)
    _tell_candidates(found, to_error=as_json)
    pooled = pool(found, model=model, across=across)
    if as_json:
        _print_json(pooled.table().to_dicts())
    else:
        _tell_pooled(pooled)
        typer.echo(_dated(evidence))
    return FINE


def _tell_candidates(found: Candidates, *, to_error: bool) -> None:
    from malar.evidence.telling import told

    for figure in found.figures:
        typer.echo(f"pooled    {told(figure)}", err=to_error)
    for line in found.overridden:
        typer.echo(f"override  {line}", err=to_error)
    for one in found.left_out:
        typer.echo(f"left out  {one.study}: {one.because}", err=to_error)
    for caution in found.cautions:
        typer.echo(f"caution   {caution}", err=to_error)


def _tell_pooled(pooled: PooledEvidence) -> None:
    table = pooled.table()

    def value(term: str, statistic: str) -> float | None:
        rows = table.filter((table["term"] == term) & (table["statistic"] == statistic))
        return rows["value"][0] if rows.height else None

    def share(number: float | None) -> str:
        return "undefined" if number is None else f"{100 * number:.0f} %"

    middle, low, high = (value("pooled", name) for name in ("estimate", "lower", "upper"))
    typer.echo(f"Pooled of {len(pooled.candidates.figures)}: {share(middle)} (95 % CI {share(low)} to {share(high)})")
    low, high = value("prediction", "lower"), value("prediction", "upper")
    where = "undefined: fewer than 3 reports" if low is None else f"{share(low)} to {share(high)}"
    typer.echo(f"In a further study of the kind (95 % prediction): {where}")
    i2 = value("i2", "estimate")
    if i2 is not None:
        typer.echo(f"Heterogeneity: I² {share(i2)}, τ² {value('tau2', 'estimate') or 0.0:.2f}")


def run_evidence_report(out: Path, add: Sequence[Path]) -> int:
    """Write the evidence report: one HTML file."""
    from malar.evidence import read_evidence
    from malar.progress import stage
    from malar.reports.evidence_report import evidence_report

    with stage("Drawing the evidence report"):
        page = evidence_report(read_evidence(add))
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(page, encoding="utf-8")
    typer.echo(f"Evidence report: {out}")
    return FINE


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=1))
