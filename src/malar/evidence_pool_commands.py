"""What `malar evidence pool` does: figures of reports that share no patients put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast, get_args

import typer

from malar.commands import FINE
from malar.evidence_commands import dated, print_json

if TYPE_CHECKING:
    import polars as pl

    from malar.evidence.candidates import Candidates
    from malar.evidence.pooling import Limits, Model, PooledEvidence, Prediction, Scale, Tau2
    from malar.synthesis.pooled_series import PooledSeries

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
    typer.echo(f"Pooled of {len(pooled.candidates.figures)}: {share(middle)} (95 % CI {share(low)} to {share(high)})")
    low, high = value("prediction", "lower"), value("prediction", "upper")
    where = "undefined: fewer than 3 reports" if low is None else f"{share(low)} to {share(high)}"
    typer.echo(f"In a further study of the kind (95 % prediction, {WHICH[spec.prediction]}): {where}")
    parts: list[str] = []
    i2, tau2, p = value("i2", "estimate"), value("tau2", "estimate"), value("heterogeneity", "p")
    if i2 is not None:
        parts.append(f"I² {share(i2)} ({share(value('i2', 'lower'))} to {share(value('i2', 'upper'))})")
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
            limits = f"{share(row['natural_lower'])} to {share(row['natural_upper'])}"
            typer.echo(f"{words} {row['label']}: {share(row['natural'])} (95 % CI {limits}), {k} reports")


def _reader(table: pl.DataFrame) -> Any:
    def value(term: str, statistic: str) -> float | None:
        rows = table.filter((table["term"] == term) & (table["statistic"] == statistic))
        return rows["value"][0] if rows.height else None

    return value


def share(number: float | None) -> str:
    """A share as a whole percentage."""
    return "undefined" if number is None else f"{100 * number:.0f} %"
