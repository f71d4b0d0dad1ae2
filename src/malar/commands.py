"""What the commands do: each reads, works, writes and says where the result is."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from malar.progress import stage

if TYPE_CHECKING:
    import polars as pl

    from malar.instruments import Missing
    from malar.schema import Accounting, Study


FINE, FINDINGS, UNUSABLE = 0, 1, 2
"""Exit codes: fine; a finding of severity error, or something asked for was refused; input that cannot be used."""


def read(folder: Path) -> Study:
    """Read a study, showing progress."""
    from malar.schema import read_study

    with stage("Reading the study"):
        return read_study(folder)


def run_demo(out: Path, name: str) -> None:
    """Run the whole road on a bundled study: folder, checks, results and report; a series shows each patient."""
    import shutil

    from malar.example import example_path

    folder = out / "study"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(example_path(name.replace("-", "_")), folder)
    typer.echo(f"Invented study of the demo: {folder}")
    run_check(folder, out, as_json=False)
    subjects = read(folder)["subjects"]["subject"].to_list() if name == "case-series" else []
    run_report(folder, out / "report.html", "unknown", subjects)


def run_import(
    kind: str, source: Path, out: Path, mapping: Path | None, repair: tuple[str, ...], *, as_json: bool
) -> int:
    """Import a source and write the study with the account of its rows."""
    from malar.importers.csv_folder import import_csv
    from malar.importers.geo import import_geo
    from malar.schema.import_account import write_import_account

    with stage("Importing"):
        if kind == "geo":
            study = import_geo(source, mapping=mapping, repair=repair)
        else:
            study = import_csv(source, mapping=mapping, repair=repair)
    study.write(out)
    write_import_account(study.accounting, out)
    _print_accounting(study.accounting, as_json=as_json)
    if not as_json:
        typer.echo(f"Study written to {out}")
    return _exit_code(study.accounting)


def run_check(folder: Path, out: Path | None, *, as_json: bool) -> int:
    """Check a study; write findings and set-aside rows where asked."""
    from malar.checks import check
    from malar.reports.query_list import query_list, query_page

    study = read(folder)
    with stage("Asking the data queries"):
        checked = check(study)
    _print_accounting(checked, as_json=as_json)
    if out is not None:
        _write_csv(checked.findings, out / "findings.csv")
        _write_csv(checked.set_aside, out / "set_aside.csv")
        _write_csv(_marked(study, query_list(study, checked)), out / "queries.csv")
        (out / "queries.html").write_text(query_page(study, checked), encoding="utf-8")
        if not as_json:
            typer.echo(f"Findings, one a row: {out / 'findings.csv'}; rows set aside: {out / 'set_aside.csv'}")
            typer.echo(f"Queries for the sites: {out / 'queries.html'}, {out / 'queries.csv'}")
    return _exit_code(checked)


def run_score(folder: Path, keys: Sequence[str], missing: Missing, out: Path | None) -> int:
    """Score every visit and write the scores; tell which instruments the study lacks the inputs of."""
    from malar.instruments import instrument
    from malar.timelines import item_windows, needed_frame
    from malar.timelines.judgeable import unscorable

    instruments = [instrument(key) for key in keys]
    study = read(folder)
    columns: list[str] = []
    refused: dict[str, Sequence[str]] = {}
    with stage("Scoring"):
        needs = dict.fromkeys(need for made in instruments for need in made.needs())
        frame = needed_frame(study, list(needs), window_days=item_windows(instruments))
        for made in instruments:
            lacking = unscorable(frame, made)
            if lacking:
                refused[f"{made.key} ({made.title})"] = lacking
                continue
            frame = made.score(frame, missing=missing)
            columns += [made.key, *(f"{name}{end}" for name in made.gives() for end in ("__low", "__high", ""))]
    given = [name for name in dict.fromkeys(columns) if name in frame.columns]
    code = _tell_refused(refused, len(instruments), "scored")
    _deliver(study, frame.select("subject", "day", *given), out)
    return code


def chosen_definitions(keys: Sequence[str], *, everything: bool) -> list[str]:
    """The keys given, or those of every definition."""
    from malar.endpoints import DEFINITIONS
    from malar.errors import ParameterError

    if bool(keys) == everything:
        raise ParameterError(
            "Name the definitions, or pass --all, and not both.",
            "A visit is judged by a definition.",
            "See malar list definitions.",
        )
    return list(DEFINITIONS) if everything else list(keys)


def run_judge(folder: Path, keys: Sequence[str], missing: Missing, out: Path | None) -> int:
    """Judge every visit and write the verdicts; tell which definitions the study lacks the inputs of."""
    from malar.endpoints import rule
    from malar.timelines import judge_visits
    from malar.timelines.judgeable import in_words, told_from

    wanted = list(dict.fromkeys(rule(key).key for key in keys))
    study = read(folder)
    with stage("Judging"):
        judged = judge_visits(study, wanted, missing=missing)
    told = told_from(judged, wanted).to_dicts()
    refused = {f"{row['key']} ({row['title']})": row["missing_inputs"] for row in told if not row["judgeable"]}
    code = _tell_refused(refused, len(wanted), "judged")
    for row in told:
        if row["only"]:
            typer.echo(
                f"Caution: {row['key']} is {row['only']} or unknown, never {_OTHER[row['only']]}. "
                f"Unknown at every visit: {in_words(row['missing_inputs'])}",
                err=True,
            )
    _deliver(study, judged.select("subject", "day", *(row["key"] for row in told if row["judgeable"])), out)
    return code


def run_variants(
    folder: Path, keys: Sequence[str], missing: Missing, out: Path | None, denominator: str | None, unknown: str | None
) -> int:
    """Count a definition under every reading at each planned visit: a table, or a page where the file is HTML."""
    from malar.errors import ParameterError
    from malar.reports.readings import compare_readings
    from malar.reports.readings_page import readings_page

    if len(keys) != 1:
        raise ParameterError(
            "Readings of one definition are compared.", "Each has its own.", "Name one definition with --variants."
        )
    study = read(folder)
    with stage("Judging under every reading"):
        readings = compare_readings(
            study, keys[0], denominator=denominator or "", unknown=unknown or "", missing=missing
        )
    told = readings.told.to_dicts()
    refused = {f"{row['key']} ({row['title']})": row["missing_inputs"] for row in told if not row["judgeable"]}
    code = _tell_refused(refused, len(told), "judged")
    if out is not None and out.suffix == ".html":
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(readings_page(readings), encoding="utf-8")
        typer.echo(f"Readings: {out}")
    else:
        _deliver(study, readings.table, out)
    return code


_OTHER = {"true": "false", "false": "true"}


def _tell_refused(refused: Mapping[str, Sequence[str]], n: int, done: str) -> int:
    """Tell what was refused and what it lacks; raise where nothing is left to do."""
    from malar.errors import MissingColumnsError
    from malar.timelines.judgeable import in_words

    if not refused:
        return FINE
    lines = [f"{name}: {in_words(lacking)}" for name, lacking in refused.items()]
    if len(refused) == n:
        raise MissingColumnsError(
            f"Nothing can be {done}: what is needed is unknown at every visit.\n  " + "\n  ".join(lines),
            "What is not recorded is not absent, and is not guessed.",
            "Add the columns or tables named to the study; where they were never recorded, choose another definition.",
        )
    typer.echo(f"Not {done}, {len(refused)} of {n}, for what they need is unknown at every visit:", err=True)
    for line in lines:
        typer.echo(f"  {line}", err=True)
    return FINDINGS


def run_report(folder: Path, out: Path, missing: Missing, patients: Sequence[str] = ()) -> None:
    """Analyze a study and write its report, with the table of results beside it."""
    from malar.checks import check
    from malar.reports.analysis import analyze
    from malar.reports.study_report import study_report

    study = read(folder)
    with stage("Asking the data queries"):
        checked = check(study)
    with stage("Judging visits and estimating"):
        analysis = analyze(study, missing=missing)
    with stage("Drawing the report"):
        page = study_report(analysis, checked, patients=patients)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(page, encoding="utf-8")
    _write_csv(_marked(study, analysis.results), out.with_name("results.csv"))
    typer.echo(f"Results: {out.with_name('results.csv')}")
    typer.echo(f"Report: {out}")


def _print_accounting(accounting: Accounting, *, as_json: bool) -> None:
    from malar.schema.findings import grouped

    if as_json:
        typer.echo(json.dumps(accounting.as_json(), ensure_ascii=False, indent=1))
        return
    rows = accounting.rows.filter(accounting.rows["read"] > 0)
    typer.echo(f"{'table':<14}{'read':>9}{'loaded':>9}{'set aside':>11}")
    for row in rows.iter_rows(named=True):
        typer.echo(f"{row['table']:<14}{row['read']:>9}{row['loaded']:>9}{row['set_aside']:>11}")
    for finding in grouped(accounting.findings):
        typer.echo(f"{finding['severity']:<8}{finding['count']:>5}  {finding['table']}: {finding['rule']}")
        typer.echo(f"               {finding['message']}")


def _exit_code(accounting: Accounting) -> int:
    return FINDINGS if (accounting.findings["severity"] == "error").any() else FINE


def _marked(study: Study, frame: pl.DataFrame) -> pl.DataFrame:
    """Add the mark of invented or simulated data as a column, so that a file travels with it."""
    import polars as pl

    mark = study.settings.mark
    return frame if mark is None else frame.with_columns(data=pl.lit(mark))


def _deliver(study: Study, frame: pl.DataFrame, out: Path | None) -> None:
    from malar.reports.csv_for_people import write_csv_for_people

    marked = _marked(study, frame)
    if out is None:
        typer.echo(write_csv_for_people(marked).removeprefix("\ufeff"), nl=False)
    else:
        _write_csv(marked, out)
        typer.echo(f"{marked.height} rows written to {out}", err=True)


def _write_csv(frame: pl.DataFrame, path: Path) -> None:
    from malar.reports.csv_for_people import write_csv_for_people

    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(write_csv_for_people(frame).encode())
