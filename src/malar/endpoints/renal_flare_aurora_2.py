"""Renal flare of AURORA 2 (voclosporin, long term)."""

from __future__ import annotations

from typing import Final

from malar.conditions import above, all_of, any_of, at_least, at_most, below
from malar.endpoints.endpoint import Endpoint
from malar.endpoints.renal_terms import UPCR
from malar.instruments.urine_protein import URINE_PROTEIN
from malar.sources import Source, Status

_LOWEST = f"lowest__{UPCR}"
_SAID = "lowest UPCR since baseline"

FLARE: Final = Endpoint(
    key="aurora_2_flare",
    title="Renal flare, AURORA 2",
    source=Source(
        "AURORA 2, abstract",
        "definition of a flare",
        Status.VERIFIED,
        "Judged only after an adequate response, read as a lowest UPCR since baseline of at most 0.7 mg/mg. The UPCR "
        "after response is read as that lowest one.",
    ),
    criteria={
        "flare": any_of(
            all_of(below(_LOWEST, 0.2, label=_SAID, unit="mg/mg"), above(UPCR, 1, label="UPCR", unit="mg/mg")),
            all_of(
                at_least(_LOWEST, 0.2, label=_SAID, unit="mg/mg"),
                at_most(_LOWEST, 1, label=_SAID, unit="mg/mg"),
                above(UPCR, 2, label="UPCR", unit="mg/mg"),
            ),
        )
    },
    among=at_most(_LOWEST, 0.7, label=_SAID, unit="mg/mg"),
    note="A blinded committee adjudicated flares: this is the rule alone.",
    instruments=(URINE_PROTEIN,),
)

DEFINITIONS: Final = (FLARE,)
