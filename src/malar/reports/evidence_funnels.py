"""Funnel plots of the evidence report: drawn where ten reports of one outcome are left."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from malar.errors import MalarError
from malar.evidence.candidates import candidates
from malar.evidence.choosing import Choice
from malar.evidence.pooling import PooledEvidence, pool
from malar.reports._words import counted
from malar.reports.evidence_forests import PLOTS, Forest
from malar.reports.figures.funnel import FEWEST, draw_funnel
from malar.synthesis.pooled_result import PooledResult

if TYPE_CHECKING:
    from malar.evidence.library import Evidence
    from malar.reports.figure import Figure


def draw_funnels(evidence: Evidence) -> Iterator[Figure]:
    """A funnel for each pooled outcome of ten reports or more."""
    for group, pooled in _pooled(evidence):
        if len(pooled.candidates.figures) >= FEWEST and isinstance(pooled.result, PooledResult):
            key = f"funnel-{group.outcome.replace('_', '-')}-{group.therapy.replace('_', '-')}"
            rows = pooled.result.studies().select("study", "effect", "se")
            scale = pooled.result.measure.scale
            yield draw_funnel(
                rows, middle=pooled.result.estimate, scale=scale, key=key, title=f"Funnel: {group.heading}"
            )


def funnel_words(evidence: Evidence) -> str:
    """Whether small reports could be set against large ones at all."""
    most = max((len(one.candidates.figures) for _, one in _pooled(evidence)), default=0)
    if most >= FEWEST:
        return "Whether small reports show more than large ones is drawn as a funnel where ten reports are left."
    return (
        f"Whether small reports show more than large ones cannot be looked at: at most {counted(most, 'report')} of "
        f"one outcome may be pooled, and below {FEWEST} a funnel shows neither asymmetry nor its absence."
    )


def _pooled(evidence: Evidence) -> Iterator[tuple[Forest, PooledEvidence]]:
    for plot in PLOTS:
        for group in plot.groups:
            try:
                choice = Choice(outcome=group.outcome, therapy=group.therapy)
                found = candidates(evidence, choice, months=group.months, survival=group.survival)
                yield group, pool(found, across=group.across)
            except MalarError:
                continue
