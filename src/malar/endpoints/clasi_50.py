"""CLASI-50: half the activity of cutaneous lupus gone."""

from __future__ import annotations

from typing import Final

from malar.conditions import Since, at_least, at_most_percent_of
from malar.endpoints.endpoint import Endpoint
from malar.instruments.clasi import CLASI_ACTIVITY
from malar.sources import Source, Status

CLASI_50: Final = Endpoint(
    key="clasi_50",
    title="CLASI-50",
    source=Source(
        "Morand EF, et al. N Engl J Med 2020;382:211-21, doi 10.1056/NEJMoa1912196 (TULIP)",
        "key secondary endpoint",
        Status.SECONDARY,
        "At least 50 % less CLASI activity than at baseline, judged in patients with at least 10 points at baseline.",
    ),
    criteria={"fall": at_most_percent_of("clasi_activity", 50, Since.BASELINE, label="CLASI activity")},
    among=at_least("baseline__clasi_activity", 10, label="CLASI activity at baseline"),
    instruments=(CLASI_ACTIVITY,),
)
CLASI_50_FROM_8: Final = CLASI_50.amend(
    "clasi_50_from_8",
    title="CLASI-50 from 8 points at baseline",
    source=Source(
        "Albrecht J, et al. J Invest Dermatol 2005;125:889-94", "", Status.PROVISIONAL, "From memory: baseline of 8."
    ),
    among=at_least("baseline__clasi_activity", 8, label="CLASI activity at baseline"),
)

DEFINITIONS: Final = (CLASI_50, CLASI_50_FROM_8)
"""All of this file."""
