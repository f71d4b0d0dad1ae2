"""Damage present, and damage accrued."""

from __future__ import annotations

from typing import Final

from malar.conditions import Since, at_least, rose_by
from malar.endpoints.endpoint import Endpoint
from malar.instruments.sdi import SDI
from malar.sources import Source, Status

_SOURCE: Final = Source(
    "Gladman D, et al. Arthritis Rheum 1996;39:363-9",
    "",
    Status.SECONDARY,
    "Damage is a score of at least 1; accrual is a rise of at least 1 against baseline.",
)
PRESENT: Final = Endpoint(
    key="damage_present",
    title="Damage present",
    source=_SOURCE,
    criteria={"score": at_least("sdi", 1, label="damage index")},
    instruments=(SDI,),
)
ACCRUED: Final = Endpoint(
    key="damage_increase",
    title="Damage increase",
    source=_SOURCE,
    criteria={"rise": rose_by("sdi", 1, Since.BASELINE, label="damage index")},
    note="An item needs six months to count as damage: a short study can show little of it.",
    instruments=(SDI,),
)

DEFINITIONS: Final = (PRESENT, ACCRUED)
"""All of this file."""
