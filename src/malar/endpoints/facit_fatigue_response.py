"""Response by FACIT-Fatigue."""

from __future__ import annotations

from typing import Final

from malar.conditions import Since, rose_by
from malar.endpoints.endpoint import Endpoint
from malar.instruments.facit_fatigue import FACIT_FATIGUE
from malar.sources import Source, Status

RESPONSE: Final = Endpoint(
    key="facit_fatigue_response",
    title="FACIT-Fatigue response",
    source=Source(
        "Yellen SB, et al. J Pain Symptom Manage 1997;13:63-74",
        "",
        Status.PROVISIONAL,
        "From memory: the smallest difference that matters is 3 to 4 points; in lupus about 4, which is the default.",
    ),
    criteria={"rise": rose_by("facit_fatigue", 4, Since.BASELINE, label="FACIT-Fatigue")},
    note="Reported by the patient; without blinding it says little about the treatment.",
    instruments=(FACIT_FATIGUE,),
)
RESPONSE_3: Final = RESPONSE.amend(
    "facit_fatigue_response_3",
    title="FACIT-Fatigue response, 3 points",
    source=RESPONSE.source,
    changes={"rise": rose_by("facit_fatigue", 3, Since.BASELINE, label="FACIT-Fatigue")},
)

DEFINITIONS: Final = (RESPONSE, RESPONSE_3)
"""All of this file."""
