"""Worsening by the physician's global assessment."""

from __future__ import annotations

from typing import Final

from malar.conditions import Since, rose_by
from malar.endpoints.endpoint import Endpoint
from malar.sources import Source, Status

POINTS: Final = 0.3
"""A tenth of the scale of 0 to 3."""

WORSENING: Final = Endpoint(
    key="pga_worsening",
    title="Worsening by physician's global assessment",
    source=Source(
        "Furie RA, et al. Arthritis Rheum 2009;61:1143-51 (SLE responder index)",
        "no worsening: a rise below 0.3",
        Status.SECONDARY,
        "A rise of at least 0.3 of 3 against baseline, rounded before it is compared: 1.2 to 1.5 is worse. 0.3 of 3 "
        "is 10 of 100 mm. A rise alone, no judgment of a flare.",
    ),
    criteria={"rise": rose_by("pga", POINTS, Since.BASELINE, label="PGA")},
)

DEFINITIONS: Final = (WORSENING,)
