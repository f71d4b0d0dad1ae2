"""Part of the evidence report: treated series beside control arms of other studies, which is naive and says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from malar.errors import MalarError
from malar.evidence.beside import beside, control_arms, unlike_words
from malar.evidence.choosing import Choice
from malar.evidence.study import THERAPIES
from malar.evidence.telling import capital, in_words
from malar.reports._words import plain
from malar.reports.evidence_forests import SCHEMA, forest_row, study_row
from malar.reports.figures.forest import draw_forest
from malar.reports.page import Section

if TYPE_CHECKING:
    from malar.evidence.library import Evidence
    from malar.evidence.published_figure import PublishedFigure
    from malar.reports.figure import Figure

ACROSS: Final = ("outcome", "definition", "denominator", "time_months")
"""Differences accepted by name: no control arm shares the series' definition, denominator and time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Treated series of one outcome, and the control arms set beside them."""

    outcome: str
    therapy: str
    months: float | None = None
    controls: str = ""

    @property
    def heading(self) -> str:
        """What is set beside what, in words."""
        when = f", month {self.months:g}" if self.months is not None else ""
        told = f"{capital(in_words(self.outcome))}{when}, {THERAPIES[self.therapy]}"
        return f"{told}, beside {in_words(self.controls)}" if self.controls else told


PAIRS: Final = (
    Pair(outcome="renal_remission", therapy="msc", months=12, controls="upcr_fell_by_half"),
    Pair(outcome="complete_remission", therapy="msc", months=12, controls="complete_renal_response"),
    Pair(outcome="complete_renal_response", therapy="msc"),
    Pair(outcome="sri_4", therapy="msc"),
    Pair(outcome="renal_flare", therapy="msc", months=12),
)


def beside_section(evidence: Evidence) -> Section:
    """Treated series and control arms side by side."""
    intro = (
        "Here patients given cells stand beside control arms of other studies. This is naive and unadjusted: other "
        "patients, places and years, other definitions and times, chosen and judged by other people. It cannot show "
        "that cells work, or that they do not. It shows what has to be beaten: with usual treatment alone many "
        "patients get better too.",
        "For survival: five-year survival after mesenchymal cells was 84 % of 81 (wang-2018), after autologous "
        "transplantation 81 ± 8 % of 28 (alchi-2013); of Chinese patients with lupus at large 94 to 96 %. Patients "
        "who are given cells are the sickest, so this too compares unlike people.",
    )
    return Section("beside", "Beside control arms of other studies, naively", intro, (draw_beside(evidence),))


def draw_beside(evidence: Evidence) -> Figure:
    """The forest plot of treated series and control arms, with the naive difference of each pair in words."""
    import polars as pl

    rows = [row for pair in PAIRS for row in _rows(evidence, pair)]
    caption = (
        "Squares: series of treated patients; hollow: control arms of other studies, which had usual care or placebo. "
        "Limits of shares are exact. Naive differences have limits by squaring and adding, which know of chance alone; "
        "selection and unlike definitions are outside of them, and larger. Control arms that print no counts are shown "
        "without limits and are in no difference."
    )
    return draw_forest(
        pl.DataFrame(rows, schema=SCHEMA),
        key="forest-beside",
        title="Treated series beside control arms: a naive comparison",
        caption=caption,
    )


def _rows(evidence: Evidence, pair: Pair) -> Iterator[dict[str, Any]]:
    choice = Choice(outcome=pair.outcome, therapy=pair.therapy)
    try:
        found = beside(evidence, choice, controls=pair.controls, months=pair.months, across=ACROSS)
    except MalarError as refusal:
        yield forest_row(pair.heading, f"Not compared: {refusal.fact}", "line", "", (None, None, None), None)
        return
    for figure in found.treated.figures:
        yield _shown(pair, figure, "study", f"{figure.study}, {figure.at or 'time not told'}")
    arms = control_arms(evidence, pair.controls or pair.outcome)
    for figure in arms:
        reference = next(one for one in evidence.comparators if one.key == figure.study)
        yield _shown(pair, figure, "apart", f"{figure.study}, {figure.at or 'time not told'}: {_arm(reference.arm)}")
    difference = found.result.difference
    points = [_points(x) for x in (difference.estimate, difference.lower, difference.upper)]
    told = f"Naive difference {points[0]} points (95 % CI {points[1]} to {points[2]}), unadjusted"
    yield forest_row(pair.heading, told, "line", "", (None, None, None), None)
    unlike = unlike_words(found.treated.figures, found.controls)
    if unlike:
        yield forest_row(pair.heading, f"Unlike: {unlike}", "line", "", (None, None, None), None)


def _shown(pair: Pair, figure: PublishedFigure, kind: str, label: str) -> dict[str, Any]:
    row = study_row(pair.heading, figure, kind, None, timed=False)
    return {**row, "label": label}


def _arm(words: str) -> str:
    """What a control arm was given, in its two first parts."""
    return plain(" + ".join(words.split(" + ")[:2]), 26)


def _points(share: float) -> str:
    return f"{100 * share:+.0f}".replace("-", "−")
