"""The commands of published evidence: `malar evidence --help`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from malar import evidence_commands as commands
from malar import evidence_planning_commands as planning
from malar import evidence_pool_commands as pooling

app = typer.Typer(
    name="evidence",
    help="Published studies as data: what is reported, how it was read, and what it can bear. No advice on treatment.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Add = Annotated[list[Path] | None, typer.Option("--add", metavar="FILE", help="A study of your own; may be repeated.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Therapy = Annotated[
    str,
    typer.Option(
        help="msc, hsct, engineered_cells, chemotherapy; or one product: UC-MSC, allogeneic-BM-MSC, AD-MSC, "
        "autologous-HSCT, CAR-T, …"
    ),
]
Design = Annotated[
    str, typer.Option(help="randomized, controlled, single_arm, retrospective, registry, case_series, …")
]
Disease = Annotated[str, typer.Option(help="sle, lupus_nephritis or autoimmune.")]
Verification = Annotated[str, typer.Option(help="full_text, abstract, registry, secondary, document or memory.")]


Outcome = Annotated[str, typer.Argument(help="A topic or the name of an outcome.")]
Months = Annotated[float | None, typer.Option(help="Planned time of the outcome.")]
Override = Annotated[
    list[str] | None, typer.Option(metavar="STUDY", help="Keep this report against the rule of overlap.")
]
Across = Annotated[
    list[str] | None, typer.Option(metavar="DIFFERENCE", help="Accept: definition, denominator, time_months, outcome.")
]
TauScale = Annotated[
    float, typer.Option(help="Spread between studies on the logit scale: 1 is large, 0.5 substantial.")
]


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
    outcome: Outcome,
    therapy: Therapy = "",
    months: Months = None,
    design: Design = "",
    disease: Disease = "",
    verification: Verification = "",
    override: Override = None,
    across: Across = None,
    survival: Annotated[bool, typer.Option("--survival", help="Estimates with standard errors, no counts.")] = False,
    model: Annotated[str, typer.Option(help="inverse_variance or likelihood.")] = "inverse_variance",
    scale: Annotated[str, typer.Option(help="Of counts by inverse variance: logit or freeman_tukey.")] = "logit",
    tau2: Annotated[str, typer.Option(help="REML, DL, PM, ML or common.")] = "REML",
    limits: Annotated[str, typer.Option(help="hartung_knapp, hartung_knapp_floored or normal.")] = "hartung_knapp",
    prediction: Annotated[str, typer.Option(help="t with k-2 or k-1, or normal.")] = "k-2",
    each: Annotated[bool, typer.Option("--each", help="Also without each report, and as they came out.")] = False,
    add: Add = None,
    as_json: AsJson = False,
) -> None:
    """Pool an outcome over reports that share no patients; what is left out is told with its rule."""
    choice = {
        "therapy": therapy, "design": design, "disease": disease, "outcome": outcome, "verification": verification,
    }  # fmt: skip
    options = {"model": model, "scale": scale, "tau2": tau2, "limits": limits, "prediction": prediction}
    code = pooling.run_pool(
        choice, months, override or [], across or [], add or [], options, survival=survival, each=each, as_json=as_json
    )
    raise typer.Exit(code)


@app.command()
def compare(
    outcome: Outcome,
    therapy: Therapy = "",
    months: Months = None,
    controls: Annotated[str, typer.Option(help="Outcome of the control arms; by default the same.")] = "",
    design: Design = "",
    disease: Disease = "",
    override: Override = None,
    across: Across = None,
    add: Add = None,
    as_json: AsJson = False,
) -> None:
    """Set treated series beside control arms of other studies: naive and unadjusted."""
    choice = {"therapy": therapy, "design": design, "disease": disease, "outcome": outcome}
    code = planning.run_compare(choice, months, controls, override or [], across or [], add or [], as_json=as_json)
    raise typer.Exit(code)


@app.command("rate-prior")
def rate_prior(
    outcome: Outcome,
    tau_scale: TauScale,
    therapy: Annotated[str, typer.Option(help="Of treated patients; left out, of control arms.")] = "",
    robust: Annotated[float, typer.Option(help="Weight of a vague part, 0 for none.")] = 0.2,
    months: Months = None,
    keep: Annotated[
        list[str] | None, typer.Option(metavar="KEY", help="Only these control arms; or an override of overlap.")
    ] = None,
    across: Across = None,
    add: Add = None,
    as_json: AsJson = False,
) -> None:
    """Predict a rate in the next study, for a design: meta-analytic-predictive prior and its robust mixture."""
    choice = {"outcome": outcome, "therapy": therapy}
    code = planning.run_rate_prior(
        choice, tau_scale, robust, months, keep or [], across or [], add or [], as_json=as_json
    )
    raise typer.Exit(code)


@app.command("effect-prior")
def effect_prior(
    question: Annotated[str, typer.Argument(help="response or complete_response.")],
    inflation: Annotated[float, typer.Option(help="Log odds by which open series flatter the treatment.")],
    inflation_sd: Annotated[float, typer.Option(help="Standard deviation of that.")] = 0.5,
    tau_scale: TauScale = 0.5,
    skeptical_weight: Annotated[float, typer.Option(help="Share of the skeptical prior, from 0.02.")] = 0.2,
    add: Add = None,
    as_json: AsJson = False,
) -> None:
    """Prior of the effect of mesenchymal cells: open series, deflated, beside the small randomized trial."""
    code = planning.run_effect_prior(
        question, inflation, inflation_sd, tau_scale, skeptical_weight, add or [], as_json=as_json
    )
    raise typer.Exit(code)


@app.command()
def report(
    out: Annotated[Path, typer.Option(dir_okay=False, help="File to write.")] = Path("evidence.html"),
    system: Annotated[
        str, typer.Option(help="Only one system of the founding documents: pilot, series, multicenter, registry, …")
    ] = "",
    add: Add = None,
) -> None:
    """Write the evidence report: one HTML file that stands alone."""
    raise typer.Exit(commands.run_evidence_report(out, add or [], system))
