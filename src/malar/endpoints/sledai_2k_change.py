"""Flare and improvement by the change of SLEDAI-2K."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from malar.conditions import Since, fell_by, rose_by
from malar.endpoints.endpoint import Endpoint
from malar.instruments.sledai_2k import SLEDAI_2K
from malar.sources import Source, Status

POINTS: Final = 4
"""More than 3 points; for whole numbers, at least 4."""

_SOURCE = Source(
    "Ann Rheum Dis, table of activity indices (publisher's table number 278401)",
    "row SLEDAI-2K",
    Status.SECONDARY,
    "A flare is a rise of more than 3 points, an improvement a fall of more than 3; for whole numbers, at least 4. "
    "The table prints the sign of the improvement backwards and names no reference visit.",
)


def _reading(text: str) -> Source:
    return replace(_SOURCE, reading=f"{_SOURCE.reading} {text}")


FLARE: Final = Endpoint(
    key="sledai_2k_flare",
    title="SLEDAI-2K flare",
    source=_reading("Here a flare is judged against the previous assessed visit."),
    criteria={"rise": rose_by("sledai_2k", POINTS, Since.PREVIOUS, label="SLEDAI-2K")},
    note="A rise in score, not a physician's judgment of a flare; treatment is not considered.",
    instruments=(SLEDAI_2K,),
)
FLARE_SINCE_BASELINE: Final = FLARE.amend(
    "sledai_2k_flare_since_baseline",
    title="SLEDAI-2K flare against baseline",
    source=_reading("Here a flare is judged against baseline."),
    changes={"rise": rose_by("sledai_2k", POINTS, Since.BASELINE, label="SLEDAI-2K")},
)
FLARE_SINCE_LOWEST: Final = FLARE.amend(
    "sledai_2k_flare_since_lowest",
    title="SLEDAI-2K flare against the lowest score",
    source=_reading("Here a flare is judged against the lowest score since baseline, so that slow rises count."),
    changes={"rise": rose_by("sledai_2k", POINTS, Since.LOWEST, label="SLEDAI-2K")},
)
IMPROVEMENT: Final = Endpoint(
    key="sledai_2k_improvement",
    title="SLEDAI-2K improvement",
    source=_reading("Here improvement is judged against baseline."),
    criteria={"fall": fell_by("sledai_2k", POINTS, Since.BASELINE, label="SLEDAI-2K")},
    note="A fall in score alone: neither SRI-4 nor a response, for worsening elsewhere and treatment are not judged.",
    instruments=(SLEDAI_2K,),
)
IMPROVEMENT_SINCE_PREVIOUS: Final = IMPROVEMENT.amend(
    "sledai_2k_improvement_since_previous",
    title="SLEDAI-2K improvement against the previous visit",
    source=_reading("Here improvement is judged against the previous assessed visit."),
    changes={"fall": fell_by("sledai_2k", POINTS, Since.PREVIOUS, label="SLEDAI-2K")},
)

DEFINITIONS: Final = (FLARE, FLARE_SINCE_BASELINE, FLARE_SINCE_LOWEST, IMPROVEMENT, IMPROVEMENT_SINCE_PREVIOUS)
