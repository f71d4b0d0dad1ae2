"""The commands of published evidence: `malar evidence --help`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from malar import evidence_commands as commands

app = typer.Typer(
    name="evidence",
    help="Published studies as data: what is reported, how it was read, and what it can bear. No advice on treatment.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Add = Annotated[list[Path] | None, typer.Option("--add", metavar="FILE", help="A study of your own; may be repeated.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Therapy = Annotated[str, typer.Option(help="msc, hsct, engineered_cells or chemotherapy.")]
Design = Annotated[
    str, typer.Option(help="randomized, controlled, single_arm, retrospective, registry, case_series, …")
]
Disease = Annotated[str, typer.Option(help="sle, lupus_nephritis or autoimmune.")]
Verification = Annotated[str, typer.Option(help="full_text, abstract, registry, secondary, document or memory.")]


@app.command("list")
def list_(
    therapy: Therapy = "",
    design: Design = "",
    disease: Disease = "",
    outcome: Annotated[str, typer.Option(help="A topic or the name of an outcome.")] = "",
    verification: Verification = "",
    add: Add = None,
    as_json: AsJson = False,
) -> None:
    """List reports, and with --outcome their figures."""
    choice = {
        "therapy": therapy, "design": design, "disease": disease, "outcome": outcome, "verification": verification,
    }  # fmt: skip
    raise typer.Exit(commands.run_list(choice, add or [], as_json=as_json))


@app.command()
def show(
    key: Annotated[str, typer.Argument(help="Key of a report, as malar evidence list prints it.")],
    add: Add = None,
    as_json: AsJson = False,
) -> None:
    """Show a report: its figures, each with its denominator, exact limits and how it was read."""
    raise typer.Exit(commands.run_show(key, add or [], as_json=as_json))


@app.command()
def check(add: Add = None, as_json: AsJson = False) -> None:
    """Check that published figures add up, and list where papers contradict themselves."""
    raise typer.Exit(commands.run_evidence_check(add or [], as_json=as_json))


@app.command()
def claims(
    document: Annotated[str, typer.Option(help="Only claims of this founding document: S0 to S4.")] = "",
    page: Annotated[Path | None, typer.Option(metavar="FILE", help="Claims of a page of your own, as TOML.")] = None,
    add: Add = None,
    as_json: AsJson = False,
) -> None:
    """Set claims beside what the sources say: verdict, figures, links."""
    raise typer.Exit(commands.run_claims(document, page, add or [], as_json=as_json))


@app.command()
def pool(
    outcome: Annotated[str, typer.Argument(help="A topic or the name of an outcome.")],
    therapy: Therapy = "",
    months: Annotated[float | None, typer.Option(help="Planned time of the outcome.")] = None,
    design: Design = "",
    disease: Disease = "",
    verification: Verification = "",
    override: Annotated[
        list[str] | None, typer.Option(metavar="STUDY", help="Keep this report against the rule of overlap.")
    ] = None,
    across: Annotated[
        list[str] | None, typer.Option(metavar="DIFFERENCE", help="Accept: definition, denominator, time_months, …")
    ] = None,
    survival: Annotated[bool, typer.Option("--survival", help="Estimates with standard errors, no counts.")] = False,
    model: Annotated[str, typer.Option(help="inverse_variance or likelihood.")] = "inverse_variance",
    add: Add = None,
    as_json: AsJson = False,
) -> None:
    """Pool an outcome over reports that share no patients; what is left out is told with its rule."""
    choice = {
        "therapy": therapy, "design": design, "disease": disease, "outcome": outcome, "verification": verification,
    }  # fmt: skip
    code = commands.run_pool(
        choice, months, override or [], across or [], add or [], model, survival=survival, as_json=as_json
    )
    raise typer.Exit(code)


@app.command()
def report(
    out: Annotated[Path, typer.Option(help="File to write.")] = Path("evidence.html"),
    add: Add = None,
) -> None:
    """Write the evidence report: one HTML file that stands alone."""
    raise typer.Exit(commands.run_evidence_report(out, add or []))
