"""Part of the evidence report: the same patients counted over different people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from malar.evidence.denominators import among_followed, same_events
from malar.evidence.telling import SAYS
from malar.reports.page import Cell, Column, Section, Table

if TYPE_CHECKING:
    from malar.evidence.library import Evidence
    from malar.evidence.published_figure import PublishedFigure


def denominators_section(evidence: Evidence) -> Section:
    """One outcome over several denominators, and crude shares beside estimates at a time."""
    intro = (
        "A percentage means nothing until one knows: of whom. The same 28 patients in remission are 34 % of the 81 who "
        "were treated and 41 % of the 68 who were alive. Nothing about the treatment changed between the two.",
        "A crude share of the living is not survival at a time. The 94 % of the series of 87 counts everybody, "
        "followed for 27 months on average and some for a few months only; in the later report 84 % were alive at "
        "five years. Whoever entered late has not yet had time to die.",
    )
    return Section("denominators", "The same patients, counted differently", intro, tables=(_table(evidence),))


def _table(evidence: Evidence) -> Table:
    columns = (
        Column("what", "What"),
        Column("printed", "Printed"),
        Column("of", "Of whom"),
        Column("counts", "Counts", numeric=True),
        Column("limits", "Exact 95 % limits", numeric=True),
        Column("whole", "Of all treated", numeric=True),
    )
    rows: list[tuple[Cell, ...]] = []
    for events, name, words in (
        (28, "any_remission", "Any remission"),
        (22, "complete_remission", "Complete remission"),
    ):
        whole = f"{100 * events / (evidence.study('wang-2018').n or 0):.0f} %"
        same = same_events(evidence, events, "wang-2018", name)
        rows.extend(_row(f"{words} at five years, wang-2018", figure, whole) for figure in same)
    last = among_followed(evidence.study("wang-2013"), "complete_remission")[-1]
    bounds = f"{100 * last.least:.0f} to {100 * last.greatest:.0f} %"
    rows.append(
        _row("Complete remission at four years, wang-2013", evidence.figure("wang-2013/complete_remission@48"), bounds)
    )
    rows.append(_row("Alive at last contact, wang-2013 (crude)", evidence.figure("wang-2013/overall_survival"), None))
    rows.append(_row("Alive at five years, wang-2018", evidence.figure("wang-2018/overall_survival@60"), None))
    rows.append(
        _row("Alive at five years, alchi-2013 (Kaplan-Meier)", evidence.figure("alchi-2013/overall_survival@60"), None)
    )
    caption = (
        "Of all treated: where those not counted are known to lack the outcome the share itself, else its bounds, if "
        "none or all of them had it."
    )
    return Table(
        "denominators-table", "One outcome over several denominators", caption, columns, tuple(rows), stacked=True
    )


def _row(words: str, figure: PublishedFigure, whole: str | None) -> tuple[Cell, ...]:
    limits = figure.exact_limits()
    counts = f"{figure.events}/{figure.n}" if figure.events is not None else "no counts"
    between = f"{100 * limits[0]:.0f}–{100 * limits[1]:.0f} %" if limits else f"SE {figure.se:g} %"
    who = SAYS.get(figure.denominator or "", "estimate, those lost leave at their time")
    return (words, f"{figure.percent} %", who, counts, between, whole or "the same")
