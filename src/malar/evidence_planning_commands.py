"""What `malar evidence compare`, `rate-prior` and `effect-prior` do: what the published figures bear for a design."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from malar.commands import FINE
from malar.evidence_commands import dated, print_json, read_first
from malar.evidence_pool_commands import share

if TYPE_CHECKING:
    from malar.evidence.beside import Beside
    from malar.synthesis.effect_prior_result import EffectPriorResult
    from malar.synthesis.prior import Prior


def run_compare(
    choice: dict[str, str],
    months: float | None,
    controls: str,
    override: Sequence[str],
    across: Sequence[str],
    add: Sequence[Path],
    *,
    as_json: bool,
) -> int:
    """Set treated series beside control arms of other studies; naive, and said first."""
    from malar.evidence import read_evidence
    from malar.evidence.beside import beside
    from malar.evidence.choosing import Choice

    evidence = read_evidence(add)
    found = beside(evidence, Choice(**choice), controls=controls, months=months, override=override, across=across)
    if as_json:
        print_json(found.table().to_dicts())
        return FINE
    _tell_beside(found)
    typer.echo(dated(evidence))
    return FINE


def _tell_beside(found: Beside) -> None:
    from malar.evidence.beside import unlike_words
    from malar.evidence.telling import told
    from malar.synthesis.naive_comparison import NAIVE

    typer.echo(f"Read this first: this is {NAIVE}. It cannot show that the treatment works, or that it does not.")
    unlike = unlike_words(found.treated.figures, found.controls)
    if unlike:
        typer.echo(f"The sides differ: {unlike}.")
    for word, figures in (("treated", found.treated.figures), ("control", found.controls)):
        for figure in figures:
            typer.echo(f"{word:<10}{told(figure)}")
    for one in (*found.treated.left_out, *found.controls_left_out):
        typer.echo(f"left out  {one.study}: {one.because}")
    result = found.result
    for word, side, k in (
        ("Treated", result.treated, result.k_treated),
        ("Controls", result.control, result.k_control),
    ):
        how = "pooled by likelihood" if k > 1 else "one study"
        typer.echo(f"{word}: {share(side.estimate)} (95 % CI {share(side.lower)} to {share(side.upper)}), {k}: {how}")
    points = [f"{100 * x:+.0f}".replace("-", "−") for x in (_ends(result.difference))]
    typer.echo(f"Naive difference: {points[0]} points (95 % CI {points[1]} to {points[2]}), chance alone")


def _ends(interval: Any) -> tuple[float, float, float]:
    return interval.estimate, interval.lower, interval.upper


def run_rate_prior(
    choice: dict[str, str],
    tau_scale: float,
    robust: float,
    months: float | None,
    keep: Sequence[str],
    across: Sequence[str],
    add: Sequence[Path],
    *,
    as_json: bool,
) -> int:
    """Predict the rate of a control arm, or with a therapy of treated patients, in the next study."""
    from malar.evidence import read_evidence
    from malar.evidence.choosing import Choice
    from malar.evidence.priors import control_prior, treated_prior
    from malar.evidence.telling import told

    evidence = read_evidence(add)
    if choice["therapy"]:
        found = treated_prior(
            evidence, Choice(**choice), tau_scale=tau_scale, months=months, override=keep, across=across
        )
    else:
        found = control_prior(evidence, choice["outcome"], tau_scale=tau_scale, keep=keep, across=across)
    prior = found.prior.robust(robust) if robust else found.prior
    if as_json:
        print_json(prior.table(definition=choice["outcome"]).to_dicts())
        return FINE
    for figure in found.figures:
        typer.echo(f"from      {told(figure)}")
    for one in found.candidates.left_out if found.candidates else ():
        typer.echo(f"left out  {one.study}: {one.because}")
    _tell_prior("Meta-analytic-predictive prior", found.prior)
    if robust:
        _tell_prior(f"Robust mixture, {share(robust)} vague", prior)
    typer.echo(f"Spread between studies: half-normal of scale {tau_scale:g} on the logit scale. {dated(evidence)}")
    return FINE


def _tell_prior(words: str, prior: Prior) -> None:
    low, high = prior.interval()
    typer.echo(
        f"{words}: mean {share(prior.mean)}, 95 % {share(low)} to {share(high)}; worth "
        f"{_worth(prior)}, "
        f"{prior.effective_sample_size('moment'):.0f} by moments"
    )


def _worth(prior: Prior) -> str:
    size = prior.effective_sample_size("elir")
    return "a number of patients that its ends alone decide (ELIR)" if isnan(size) else f"{size:.0f} patients (ELIR)"


def run_effect_prior(
    key: str,
    inflation: float,
    inflation_sd: float,
    tau_scale: float,
    skeptical_weight: float,
    add: Sequence[Path],
    *,
    as_json: bool,
) -> int:
    """State what is believed of the effect of cells, with how the answer moves with the inflation assumed."""
    from malar.evidence import read_evidence
    from malar.evidence.priors import effect_prior, question
    from malar.evidence.telling import told

    evidence = read_evidence(add)
    asked = question(key)
    result = effect_prior(
        evidence, key, inflation=inflation, inflation_sd=inflation_sd, tau_scale=tau_scale,
        skeptical_weight=skeptical_weight,
    )  # fmt: skip
    if as_json:
        print_json(result.table(definition=key).to_dicts())
        return FINE
    read_first(evidence)
    typer.echo(f"{asked.title}. {asked.because}")
    for one, figure in zip(asked.arms, asked.figures(evidence), strict=True):
        kind = "trial" if one.randomized else "series" if one.arm == "treated" else "control"
        typer.echo(f"{kind:<10}{told(figure)}")
    _tell_effect(result)
    typer.echo(dated(evidence))
    return FINE


def _tell_effect(result: EffectPriorResult) -> None:
    from malar.evidence.priors import INFLATION_SDS, INFLATIONS

    harm, benefit = result.mass
    middle, low, high = result.odds_ratio
    for words, (mean, sd) in (("series, less the inflation", result.series), ("trial", result.trials)):
        typer.echo(f"By the {words}: log odds ratio {mean:+.2f} (sd {sd:.2f})")
    typer.echo(
        f"Prior: odds ratio {middle:.2f} (95 % {low:.2f} to {high:.2f}); {share(benefit)} that cells give more "
        f"responses than standard care, {share(harm)} that they give fewer"
    )
    typer.echo(
        "How it moves with the inflation of open series (log odds, its sd): odds ratio, chance of more responses"
    )
    table = result.sensitivity(inflation=INFLATIONS, inflation_sd=INFLATION_SDS)
    for row in table.to_dicts():
        typer.echo(
            f"  {row['inflation']:g} ({row['inflation_sd']:g}): {row['odds_ratio']:.2f}, {share(row['benefit'])}"
        )
    typer.echo("No randomized trial is replaced by this: it says what a trial should expect. Provisional.")
