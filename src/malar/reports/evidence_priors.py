"""Part of the evidence report: what a trial in planning may expect, as priors with their sensitivity."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Final

from malar.evidence.choosing import Choice
from malar.evidence.priors import (
    INFLATION_SDS,
    INFLATIONS,
    Question,
    control_prior,
    effect_prior,
    questions,
    treated_prior,
)
from malar.reports.page import Cell, Column, Section, Table

if TYPE_CHECKING:
    from malar.evidence.library import Evidence
    from malar.synthesis.prior import Prior

SCALES: Final = (0.25, 0.5, 1.0)
VAGUE: Final = 0.2
ACROSS: Final = ("definition", "denominator", "time_months")


def priors_section(evidence: Evidence) -> Section:
    """Priors of a control arm's rate, of a treated rate, and of the effect of cells."""
    intro = (
        "For those who plan a trial. What earlier studies say of the next one is a range, not a number: the rate that "
        "a control arm will reach, and the effect that cells may have. How much the next study is thought to differ "
        "from the earlier ones (the spread) is an assumption; several are shown.",
        "The effect of mesenchymal cells is stated with room on both sides of none. Open series flatter a treatment: "
        "patients are chosen, enter when they are worst, take other drugs besides, and are judged by those who treat "
        "them. By how much nobody knows, so that this inflation is a number of its own here, and the table shows the "
        "answer under several. The one small placebo-controlled trial enters as it is. Its arrangement is our own and "
        "provisional.",
    )
    tables = (_rates(evidence), *(_effects(evidence, one) for one in questions()))
    notes = tuple(_rests_on(evidence, one) for one in questions())
    return Section("priors", "What a trial in planning may expect", intro, tables=tables, notes=notes)


def _rests_on(evidence: Evidence, asked: Question) -> str:
    """The arms that a question rests on, in words."""
    kinds = ("series", "control arms of other studies", "the trial")
    arms: dict[str, list[str]] = {kind: [] for kind in kinds}
    for one, figure in zip(asked.arms, asked.figures(evidence), strict=True):
        kind = kinds[2] if one.randomized else kinds[0] if one.arm == "treated" else kinds[1]
        on = f" on {figure.arm}" if figure.arm else ""
        arms[kind].append(f"{figure.study}{on} {figure.events}/{figure.n}")
    told = "; ".join(f"{kind}: {', '.join(names)}" for kind, names in arms.items() if names)
    return f"{asked.title}. Rests on {told}. {asked.because}"


def _rates(evidence: Evidence) -> Table:
    columns = (
        Column("rate", "Rate in the next study"),
        Column("spread", "Spread between studies", numeric=True),
        Column("mean", "Mean", numeric=True),
        Column("limits", "95 % of the prior", numeric=True),
        Column("elir", "Worth in patients (ELIR)", numeric=True),
        Column("moment", "by mean and SD", numeric=True),
    )
    rows: list[tuple[Cell, ...]] = []
    for words, figures, by_scale in (
        ("Complete renal response of control arms", 3, [_control(evidence, scale) for scale in SCALES]),
        ("Treatment-related death of autologous transplantation", 4, [_treated(evidence, scale) for scale in SCALES]),
    ):
        for scale, prior in zip(SCALES, by_scale, strict=True):
            rows.append(_row(f"{words}, {figures} reports", f"{scale:g}", prior))
        rows.append(_row(f"the same, {100 * VAGUE:.0f} % vague", f"{SCALES[1]:g}", by_scale[1].robust(VAGUE)))
    caption = (
        "Meta-analytic-predictive priors by quadrature. Spread: scale of the half-normal prior on the logit scale. "
        "Worth: how many patients of the trial the prior replaces (expected local-information ratio); the vague part "
        "lets contrary data set it aside. Times and definitions differ, and are accepted by name."
    )
    return Table("prior-rates", "Priors of a rate", caption, columns, tuple(rows), stacked=True)


def _control(evidence: Evidence, scale: float) -> Prior:
    return control_prior(evidence, "complete_renal_response", tau_scale=scale, across=ACROSS).prior


def _treated(evidence: Evidence, scale: float) -> Prior:
    choice = Choice(outcome="treatment_related_death", therapy="hsct")
    return treated_prior(evidence, choice, tau_scale=scale, across=ACROSS).prior


def _row(words: str, spread: str, prior: Prior) -> tuple[Cell, ...]:
    low, high = prior.interval()
    sizes = (prior.effective_sample_size("elir"), prior.effective_sample_size("moment"))
    limits = f"{100 * low:.0f}–{100 * high:.0f} %"
    return (words, spread, f"{100 * prior.mean:.0f} %", limits, *(None if isnan(n) else f"{n:.0f}" for n in sizes))


def _effects(evidence: Evidence, asked: Question) -> Table:
    columns = (
        Column("inflation", "Inflation of open series"),
        Column("sd", "its SD", numeric=True),
        Column("odds_ratio", "Odds ratio, median", numeric=True),
        Column("benefit", "More responses than standard care", numeric=True),
        Column("harm", "Fewer", numeric=True),
        Column("conflict", "Series against trial, z", numeric=True),
    )
    result = effect_prior(evidence, asked.key, inflation=INFLATIONS[0], inflation_sd=INFLATION_SDS[0])
    table = result.sensitivity(inflation=INFLATIONS, inflation_sd=INFLATION_SDS)
    rows = tuple(
        (
            f"{row['inflation']:g}",
            f"{row['inflation_sd']:g}",
            f"{row['odds_ratio']:.2f}",
            f"{100 * row['benefit']:.0f} %",
            f"{100 * row['harm']:.0f} %",
            f"{row['conflict']:+.1f}".replace("-", "−"),
        )
        for row in table.to_dicts()
    )
    caption = (
        "Inflation and its standard deviation in log odds: 0.5 means that the odds of response look 1.6 times, 1 that "
        "they look 2.7 times as high as they are. Skeptical prior around no effect with weight 0.2, half-normal 0.5 "
        "between series. What is left and right of no effect is belief before a trial, not a result."
    )
    key = asked.key.replace("_", "-")
    return Table(f"prior-effect-{key}", f"Prior of the effect: {asked.title}", caption, columns, rows, table, True)
