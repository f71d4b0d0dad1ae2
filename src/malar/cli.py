"""The commands: `malar --help`. Heavy libraries are imported inside them."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from malar import commands, evidence_cli
from malar.errors import MalarError

app = typer.Typer(
    name="malar",
    help="From lupus visit records to an honest verdict. Research software, no medical device, no treatment advice.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)
app.add_typer(evidence_cli.app, name="evidence")


class Kind(StrEnum):
    """Kinds of source that can be imported."""

    CSV = "csv"
    GEO = "geo"


class BundledStudy(StrEnum):
    """Which bundled study the demo runs on."""

    MSC_REFRACTORY = "msc-refractory"
    CASE_SERIES = "case-series"


class Listing(StrEnum):
    """What can be listed."""

    INSTRUMENTS = "instruments"
    DEFINITIONS = "definitions"
    OUTCOMES = "outcomes"
    COLUMNS = "columns"
    EVENT_RULES = "event_rules"
    SAFETY = "safety"
    QUERIES = "queries"
    ESTIMATORS = "estimators"


class Missing(StrEnum):
    """What an unknown item counts as."""

    UNKNOWN = "unknown"
    ABSENT = "absent"
    CARRY = "carry"


StudyFolder = Annotated[Path, typer.Argument(metavar="STUDY", help="Study folder: tables and study.toml.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
MissingPolicy = Annotated[Missing, typer.Option(help="What an unknown item counts as.")]
OutFile = Annotated[
    Path | None, typer.Option("--out", dir_okay=False, help="File to write; without it, to the screen.")
]


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="Folder to write to.")] = Path("malar-demo"),
    study: Annotated[BundledStudy, typer.Option(help="Which bundled study.")] = BundledStudy.MSC_REFRACTORY,
) -> None:
    """Run the whole road on a bundled invented study; ends by naming the report."""
    commands.run_demo(out, study.value)


@app.command("import")
def import_(
    kind: Annotated[Kind, typer.Argument(help="Kind of source.")],
    source: Annotated[Path, typer.Argument(help="File or folder to read.")],
    out: Annotated[Path, typer.Option(help="Study folder to write.")],
    mapping: Annotated[Path | None, typer.Option(help="Mapping file; without it, the shipped one that fits.")] = None,
    repair: Annotated[list[str] | None, typer.Option(help="Rule whose damage is repaired, with a log.")] = None,
    as_json: AsJson = False,
) -> None:
    """Read records of another shape into a study folder; account for every row."""
    raise typer.Exit(commands.run_import(kind.value, source, out, mapping, tuple(repair or ()), as_json=as_json))


@app.command()
def check(
    study: StudyFolder,
    out: Annotated[Path | None, typer.Option(help="Folder for findings, rows set aside and queries.")] = None,
    as_json: AsJson = False,
) -> None:
    """Account for rows, and ask the data queries."""
    raise typer.Exit(commands.run_check(study, out, as_json=as_json))


@app.command()
def score(
    study: StudyFolder,
    instruments: Annotated[list[str], typer.Argument(metavar="INSTRUMENT...", help="Keys; see malar list.")],
    missing: MissingPolicy = Missing.UNKNOWN,
    out: OutFile = None,
) -> None:
    """Score every visit: CSV with subject, day, and per instrument the score, its bounds and unknown items.

    An instrument whose inputs are unknown at every visit is refused by name: exit code 1, or 2 where none is left.
    """
    raise typer.Exit(commands.run_score(study, instruments, missing.value, out))


@app.command()
def judge(
    study: StudyFolder,
    definitions: Annotated[
        list[str] | None, typer.Argument(metavar="DEFINITION...", help="Keys; see malar list.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Judge by every definition.")] = False,
    variants: Annotated[
        bool, typer.Option("--variants", help="Set the readings of one definition side by side: .csv or .html.")
    ] = False,
    denominator: Annotated[str | None, typer.Option(help="With --variants: who counts below the line.")] = None,
    unknown: Annotated[str | None, typer.Option(help="With --variants: what an unknown verdict counts as.")] = None,
    missing: MissingPolicy = Missing.UNKNOWN,
    out: OutFile = None,
) -> None:
    """Judge every visit: CSV with subject, day and true, false or empty (unknown) per definition.

    A definition whose inputs are unknown at every visit is refused by name: exit code 1, or 2 where none is left.
    With --variants, of how many it is true at each planned visit under every reading, the definition named first.
    """
    keys = commands.chosen_definitions(definitions or [], everything=everything)
    if variants:
        raise typer.Exit(commands.run_variants(study, keys, missing.value, out, denominator, unknown))
    raise typer.Exit(commands.run_judge(study, keys, missing.value, out))


@app.command()
def report(
    study: StudyFolder,
    out: Annotated[Path, typer.Option(dir_okay=False, help="File to write.")] = Path("report.html"),
    missing: MissingPolicy = Missing.UNKNOWN,
    patient: Annotated[list[str] | None, typer.Option(help="Patient whose single course is shown.")] = None,
) -> None:
    """Write the report: one HTML file, and results.csv beside it."""
    commands.run_report(study, out, missing.value, tuple(patient or ()))


@app.command()
def sheet(key: Annotated[str, typer.Argument(help="Key of an instrument or definition.")]) -> None:
    """Print the page of a definition: what it says, its source, its reading, its status."""
    from malar.sheets import sheet as page

    typer.echo(page(key))


@app.command("list")
def list_(
    what: Annotated[Listing, typer.Argument(help="What to list.")] = Listing.DEFINITIONS,
    as_json: AsJson = False,
) -> None:
    """List keys with title, status and source."""
    from malar.catalog import catalog, catalog_text

    if as_json:
        import json

        typer.echo(json.dumps(catalog(what.value), ensure_ascii=False, indent=1))
    else:
        typer.echo(catalog_text(what.value))


@app.command()
def cite(keys: Annotated[list[str], typer.Argument(metavar="KEY...", help="Keys of what you used.")]) -> None:
    """Print the references of definitions and methods."""
    from malar.catalog import references

    typer.echo("\n".join(references(keys)))


def main() -> None:
    """Run a command; a problem with the input is told in words and ends with exit code 2."""
    try:
        app()
    except MalarError as error:
        typer.echo(f"Error: {error.fact}", err=True)
        for line in (error.why, f"What to do: {error.hint}" if error.hint else ""):
            if line:
                typer.echo(f"  {line}", err=True)
        sys.exit(commands.UNUSABLE)
    except BrokenPipeError:
        sys.exit(commands.FINE)


if __name__ == "__main__":
    main()
