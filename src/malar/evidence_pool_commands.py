"""What `malar evidence pool`, `compare`, `rate-prior` and `effect-prior` do: figures put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast, get_args

import typer

from malar.commands import FINE
from malar.evidence_commands import dated, print_json, read_first

if TYPE_CHECKING:
    import polars as pl

    from malar.evidence.beside import Beside
    from malar.evidence.candidates import Candidates
    from malar.evidence.pooling import Limits, Model, PooledEvidence, Prediction, Scale, Tau2
    from malar.synthesis.effect_prior_result import EffectPriorResult
    from malar.synthesis.pooled_series import PooledSeries
    from malar.synthesis.prior import Prior

WHICH: Final = {"k-2": "t with k−2", "k-1": "t with k−1", "normal": "normal"}


def run_pool(
    choice: dict[str, str],
    months: float | None,
    override: Sequence[str],
    across: Sequence[str],
    add: Sequence[Path],
    options: Mapping[str, str],
    *,
    survival: bool,
    each: bool,
    as_json: bool,
) -> int:
    """Pool an outcome over reports that share no patients; say what was left out and by which rule."""
    from malar.evidence import read_evidence
    from malar.evidence.candidates import candidates
    from malar.evidence.choosing import Choice
    from malar.evidence.pooling import pool

    demand_options(options)
    evidence = read_evidence(add)
    found = candidates(evidence, Choice(**choice), months=months, override=override, survival=survival)
    _tell_candidates(found, to_error=as_json)
    pooled = pool(
        found,
        across=across,
        model=cast("Model", options["model"]),
        scale=cast("Scale", options["scale"]),
        tau2=cast("Tau2", options["tau2"]),
        limits=cast("Limits", options["limits"]),
        prediction=cast("Prediction", options["prediction"]),
    )
    if as_json:
        print_json(pooled.table().to_dicts())
        return FINE
    _tell_pooled(pooled)
    if each:
        _tell_series("Without", pooled.without_each)
        _tell_series("Up to", pooled.as_published(evidence))
    typer.echo(dated(evidence))
    return FINE


def demand_options(options: Mapping[str, str]) -> None:
    """Refuse an option misspelled, before anything is read."""
    from malar.errors import ParameterError
    from malar.evidence import pooling

    allowed = {
        "model": pooling.Model, "scale": pooling.Scale, "tau2": pooling.Tau2, "limits": pooling.Limits,
        "prediction": pooling.Prediction,
    }  # fmt: skip
    for name, kinds in allowed.items():
        if options[name] not in get_args(kinds):
            raise ParameterError(
                f"There is no {name} `{options[name]}`.",
                "An option misread changes the numbers.",
                f"Use one of {', '.join(get_args(kinds))}.",
            )


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
    value = _reader(pooled.table())
    spec = pooled.result.spec
    middle, low, high = (value("pooled", name) for name in ("estimate", "lower", "upper"))
    typer.echo(
        f"Pooled of {len(pooled.candidates.figures)}: {_share(middle)} (95 % CI {_share(low)} to {_share(high)})"
    )
    low, high = value("prediction", "lower"), value("prediction", "upper")
    where = "undefined: fewer than 3 reports" if low is None else f"{_share(low)} to {_share(high)}"
    typer.echo(f"In a further study of the kind (95 % prediction, {WHICH[spec.prediction]}): {where}")
    parts: list[str] = []
    i2, tau2, p = value("i2", "estimate"), value("tau2", "estimate"), value("heterogeneity", "p")
    if i2 is not None:
        parts.append(f"I² {_share(i2)} ({_share(value('i2', 'lower'))} to {_share(value('i2', 'upper'))})")
    if tau2 is not None:
        parts.append(f"τ² {tau2:.2f}")
    if p is not None:
        parts.append(f"p {p:.2f}")
    typer.echo(f"Heterogeneity: {', '.join(parts)}")
    typer.echo(f"How: {pooled.table()['note'][0].partition('left out: ')[0].rstrip('; ')}")


def _tell_series(words: str, series: PooledSeries) -> None:
    for row in series.summary().to_dicts():
        k = row["k"]
        if k is None:
            typer.echo(f"{words} {row['label']}: undefined, {row['reason']}")
        else:
            limits = f"{_share(row['natural_lower'])} to {_share(row['natural_upper'])}"
            typer.echo(f"{words} {row['label']}: {_share(row['natural'])} (95 % CI {limits}), {k} reports")


def _reader(table: pl.DataFrame) -> Any:
    def value(term: str, statistic: str) -> float | None:
        rows = table.filter((table["term"] == term) & (table["statistic"] == statistic))
        return rows["value"][0] if rows.height else None

    return value


def _share(number: float | None) -> str:
    return "undefined" if number is None else f"{100 * number:.0f} %"


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
        typer.echo(
            f"{word}: {_share(side.estimate)} (95 % CI {_share(side.lower)} to {_share(side.upper)}), {k}: {how}"
        )
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
        _tell_prior(f"Robust mixture, {_share(robust)} vague", prior)
    typer.echo(f"Spread between studies: half-normal of scale {tau_scale:g} on the logit scale. {dated(evidence)}")
    return FINE


def _tell_prior(words: str, prior: Prior) -> None:
    low, high = prior.interval()
    typer.echo(
        f"{words}: mean {_share(prior.mean)}, 95 % {_share(low)} to {_share(high)}; worth "
        f"{prior.effective_sample_size('elir'):.0f} patients (ELIR), "
        f"{prior.effective_sample_size('moment'):.0f} by moments"
    )


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
        f"Prior: odds ratio {middle:.2f} (95 % {low:.2f} to {high:.2f}); {_share(benefit)} that cells give more "
        f"responses than standard care, {_share(harm)} that they give fewer"
    )
    typer.echo(
        "How it moves with the inflation of open series (log odds, its sd): odds ratio, chance of more responses"
    )
    table = result.sensitivity(inflation=INFLATIONS, inflation_sd=INFLATION_SDS)
    for row in table.to_dicts():
        typer.echo(
            f"  {row['inflation']:g} ({row['inflation_sd']:g}): {row['odds_ratio']:.2f}, {_share(row['benefit'])}"
        )
    typer.echo("No randomized trial is replaced by this: it says what a trial should expect. Provisional.")
