"""Rows of the forest plots: what is pooled, what stands apart, and which refusal keeps it there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from malar.errors import MalarError
from malar.evidence.candidates import CONTROL_ARMS, Candidates, candidates
from malar.evidence.choosing import Choice
from malar.evidence.contrast import arm_contrasts
from malar.evidence.pooling import PooledEvidence, pool
from malar.evidence.study import THERAPIES
from malar.evidence.telling import capital, in_words
from malar.reports._words import listed
from malar.reports.figures.forest import DIFFERENCE, draw_forest

if TYPE_CHECKING:
    from malar.evidence.library import Evidence
    from malar.evidence.published_figure import PublishedFigure
    from malar.reports.figure import Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Forest:
    """One subgroup of a forest plot: what is looked for, and which differences are accepted by name."""

    outcome: str
    therapy: str
    months: float | None = None
    across: tuple[str, ...] = ()
    survival: bool = False
    title: str = ""

    @property
    def heading(self) -> str:
        """The subgroup in words."""
        when = f", month {self.months:g}" if self.months is not None else ""
        return self.title or f"{capital(in_words(self.outcome))}{when}: {THERAPIES[self.therapy]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestPlot:
    """A forest plot of several subgroups."""

    key: str
    title: str
    caption: str
    groups: tuple[Forest, ...] = field(default=())


PLOTS: Final = (
    ForestPlot(
        key="forest-death",
        title="Treatment-related death",
        caption="Deaths laid to the treatment, of all treated.",
        groups=(Forest(outcome="treatment_related_death", therapy="hsct"),
                Forest(outcome="treatment_related_death", therapy="engineered_cells"),
                Forest(outcome="treatment_related_death", therapy="msc")),
    ),
    ForestPlot(
        key="forest-response",
        title="Response after mesenchymal cells",
        caption="Each definition of response is its own subgroup: they are not the same response.",
        groups=(Forest(outcome="renal_remission", therapy="msc"),
                Forest(outcome="sri_4", therapy="msc"),
                Forest(outcome="complete_renal_response", therapy="msc"),
                Forest(outcome="complete_renal_remission", therapy="msc"),
                Forest(outcome="complete_remission", therapy="msc", months=12),
                Forest(outcome="major_clinical_response", therapy="msc", months=12),
                Forest(outcome="any_remission", therapy="msc", months=60)),
    ),
    ForestPlot(
        key="forest-transplantation",
        title="Remission and survival after autologous transplantation",
        caption="Remission at six months (SLEDAI below 3 in one report; the other's definition was not read). Survival "
        "is pooled on the log(-log) scale across five, seven and ten years, a difference accepted by name.",
        groups=(Forest(outcome="remission", therapy="hsct", months=6, across=("definition",)),
                Forest(outcome="overall_survival", therapy="hsct", survival=True, across=("time_months",)),
                Forest(outcome="disease_free_survival", therapy="hsct", survival=True, months=60)),
    ),
)  # fmt: skip


def draw_forests(evidence: Evidence) -> tuple[Figure, ...]:
    """The forest plots of pooled shares."""
    return tuple(_draw(evidence, plot) for plot in PLOTS)


def draw_contrast(evidence: Evidence, key: str, treated: str, control: str) -> Figure:
    """The two arms of one trial: the difference of each outcome that both count."""
    import polars as pl

    rows = [
        forest_row(
            BETTER if "remission" in one.name else WORSE,
            capital(in_words(one.name)),
            "study",
            f"{one.treated.events}/{one.treated.n} against {one.control.events}/{one.control.n}",
            (one.difference, one.lower, one.upper),
            None,
        )
        for one in sorted(
            arm_contrasts(evidence.study(key), treated, control), key=lambda one: "remission" not in one.name
        )
    ]
    return draw_forest(
        pl.DataFrame(rows, schema=SCHEMA),
        axis=DIFFERENCE,
        key="forest-contrast",
        title="The one placebo-controlled trial",
        caption=(
            f"{key}: share on cells less share on placebo, with Newcombe's 95 % limits. Limits this wide exclude "
            "neither benefit nor harm; of so many endpoints one may stand out by chance."
        ),
    )


WHICH: Final = "t with k−2"
FEWEST_TO_LEAVE_OUT: Final = 2
BETTER: Final = "Good to have: to the right is better for those given cells"
WORSE: Final = "Bad to have: to the left is better for those given cells"

SCHEMA: Final = {
    "group": str, "label": str, "kind": str, "numbers": str,
    "estimate": float, "lower": float, "upper": float, "weight": float,
}  # fmt: skip


def _draw(evidence: Evidence, plot: ForestPlot) -> Figure:
    import polars as pl

    rows = [row for group in plot.groups for row in _group(evidence, group)]
    caption = (
        f"{plot.caption} Squares: reports that share no patients as far as is known, as large as their weight; hollow: "
        "reports shown and not pooled. Limits are exact for counts, and on the log(-log) scale for estimates with a "
        "standard error. Diamond: pooled value, random effects on the logit scale, Hartung-Knapp limits; bar: where a "
        "further study would lie. Nothing here is compared with controls."
    )
    return draw_forest(pl.DataFrame(rows, schema=SCHEMA), key=plot.key, title=plot.title, caption=caption)


def _group(evidence: Evidence, group: Forest) -> Iterator[dict[str, Any]]:
    choice = Choice(outcome=group.outcome, therapy=group.therapy)
    try:
        found = candidates(evidence, choice, months=group.months, survival=group.survival)
    except MalarError as refusal:
        yield _line(group, f"Not pooled: {refusal.fact}")
        return
    pooled, refused = _pooled(found, group)
    weights = {} if pooled is None else pooled.weights
    for figure in found.figures:
        yield study_row(group.heading, figure, "study", weights.get(figure.study), timed=group.months is None)
    yield from _apart(evidence, group, choice, found)
    if pooled is None:
        yield _line(group, f"Not pooled: {refused}")
    else:
        yield from _summary(group, pooled, len(found.figures))


def _pooled(found: Candidates, group: Forest) -> tuple[PooledEvidence | None, str]:
    if len(found.figures) < 2:
        alone = found.figures and not found.left_out
        kept = (
            "only one report tells of it." if alone else "one report is left" if found.figures else "no report is left"
        )
        return None, kept if alone else f"{kept} that may be pooled."
    from malar.synthesis import differences

    unlike = [
        reason.split("`")[1].removesuffix("_months") for reason in differences(found.frame(), across=group.across)
    ]
    if unlike:
        return None, f"the reports differ in {listed(unlike)}."
    try:
        return pool(found, across=group.across), ""
    except MalarError as refusal:
        return None, refusal.fact


def _apart(evidence: Evidence, group: Forest, choice: Choice, found: Candidates) -> Iterator[dict[str, Any]]:
    """Reports that were left out, where they have a number to show."""
    for one in found.left_out:
        for figure in choice.figures(evidence.study(one.study)):
            timed = group.months is None or (figure.months is not None and abs(figure.months - group.months) < 0.5)
            if timed and figure.share is not None and figure.arm not in CONTROL_ARMS:
                yield study_row(group.heading, figure, "apart", None, timed=group.months is None)


def study_row(heading: str, figure: PublishedFigure, kind: str, weight: float | None, *, timed: bool) -> dict[str, Any]:
    """A report's row of a forest plot; `timed` adds its time to the label."""
    limits = figure.limits()
    places = 0 if figure.percent is None else max(0, -int(figure.percent.as_tuple().exponent))
    share = f"{100 * (figure.share or 0):.{places}f} %"
    numbers = f"{figure.events}/{figure.n} = {share}" if figure.events is not None else share
    arm = f", {figure.arm}" if figure.arm else ""
    when = f", {figure.at}" if figure.at and timed else ""
    memory = ", from memory" if not figure.verification.poolable else ""
    low, high = limits or (None, None)
    label = f"{figure.study}{arm}{when}{memory}"
    return forest_row(heading, label, kind, numbers, (figure.share, low, high), weight)


def _summary(group: Forest, pooled: PooledEvidence, k: int) -> Iterator[dict[str, Any]]:
    table = pooled.table()

    def value(term: str, statistic: str) -> float | None:
        found = table.filter((table["term"] == term) & (table["statistic"] == statistic))
        return found["value"][0] if found.height else None

    middle, low, high = (value("pooled", name) for name in ("estimate", "lower", "upper"))
    numbers = f"{100 * (middle or 0):.0f} % ({100 * (low or 0):.0f}–{100 * (high or 0):.0f})"
    yield forest_row(group.heading, f"Pooled, {k} reports", "pooled", numbers, (middle, low, high), None)
    low, high = value("prediction", "lower"), value("prediction", "upper")
    if low is None or high is None:
        yield _line(group, "A further study (prediction): undefined with fewer than three reports")
    else:
        numbers = f"{100 * low:.0f} to {100 * high:.0f} %"
        yield forest_row(
            group.heading, f"A further study (prediction, {WHICH})", "prediction", numbers, (None, low, high), None
        )
    i2, p = value("i2", "estimate") or 0.0, value("heterogeneity", "p")
    tau2, chisq = value("tau2", "estimate") or 0.0, value("heterogeneity", "chisq") or 0.0
    told = f"Heterogeneity: I² {100 * i2:.0f} %, τ² {tau2:.2f}, Q {chisq:.1f} on {k - 1}, p {p or 0:.2f}"
    yield _line(group, told)
    yield from (_line(group, words) for words in _otherwise(group, pooled, k))


def _otherwise(group: Forest, pooled: PooledEvidence, k: int) -> Iterator[str]:
    """The same by the likelihood of the counts, and without each report in turn."""
    if not group.survival:
        try:
            other = pool(pooled.candidates, model="likelihood", across=group.across).result.natural
            limits = f"{100 * other.lower:.0f}–{100 * other.upper:.0f}"
            yield f"By the likelihood of the counts: {100 * other.estimate:.0f} % ({limits})"
        except MalarError as refusal:
            yield f"By the likelihood of the counts: {refusal.fact}"
    if k > FEWEST_TO_LEAVE_OUT:
        found = pooled.without_each.summary()["natural"].drop_nulls().to_list()
        yield f"Without each report in turn: {100 * min(found):.0f} to {100 * max(found):.0f} %"


def _line(group: Forest, words: str) -> dict[str, Any]:
    return forest_row(group.heading, words, "line", "", (None, None, None), None)


def forest_row(
    group: str,
    label: str,
    kind: str,
    numbers: str,
    spread: tuple[float | None, float | None, float | None],
    weight: float | None,
) -> dict[str, Any]:
    """A row of a forest plot, as :func:`malar.reports.figures.forest.draw_forest` reads it."""
    middle, low, high = spread
    return {
        "group": group, "label": label, "kind": kind, "numbers": numbers,
        "estimate": middle, "lower": low, "upper": high, "weight": weight,
    }  # fmt: skip
