"""Renal flare of MAINTAIN (azathioprine against mycophenolate)."""

from __future__ import annotations

from typing import Final

from malar.conditions import (
    Since,
    above,
    all_of,
    any_of,
    at_least,
    at_least_percent_of,
    below,
    below_percent_of,
    rose_by_more_than,
)
from malar.endpoints.endpoint import Endpoint
from malar.endpoints.renal_terms import CREATININE, PROTEIN
from malar.instruments.serum_creatinine import SERUM_CREATININE
from malar.instruments.urine_protein import URINE_PROTEIN
from malar.sources import Source, Status

FLARE: Final = Endpoint(
    key="maintain_flare",
    title="Renal flare, MAINTAIN",
    source=Source(
        "Houssiau FA, et al. Ann Rheum Dis 2010;69:2083-9",
        "as quoted in comparisons; the nephrotic syndrome from memory",
        Status.PROVISIONAL,
        "New or recurrent nephrotic syndrome is read, from memory, as protein of at least 3.5 g in 24 h with albumin "
        "below 30 g/L that was not so at the visit before. Creatinine is compared with its lowest since baseline; that "
        "the rise is due to lupus is not judged. Protein three times what it was, with red cells above 5 per "
        "high-power field and C3 down by more than 33 %, against the visit before; that this lies within 3 months is "
        "not judged.",
    ),
    criteria={
        "flare": any_of(
            all_of(
                at_least(PROTEIN, 3.5, label="urine protein", unit="g in 24 h"),
                below("lab__albumin", 30, label="albumin", unit="g/L"),
                any_of(
                    below(f"previous__{PROTEIN}", 3.5, label="urine protein at the visit before", unit="g in 24 h"),
                    at_least("previous__lab__albumin", 30, label="albumin at the visit before", unit="g/L"),
                ),
            ),
            at_least_percent_of(CREATININE, 133, Since.LOWEST, label="creatinine"),
            all_of(
                at_least_percent_of(PROTEIN, 300, Since.PREVIOUS, label="urine protein"),
                rose_by_more_than(PROTEIN, 0, Since.PREVIOUS, label="urine protein"),
                above("lab__urine_rbc", 5, label="urine red cells", unit="per high-power field"),
                below_percent_of("lab__c3", 67, Since.PREVIOUS, label="C3"),
            ),
        )
    },
    note="The trial's physicians judged flares: this is the rule alone.",
    instruments=(SERUM_CREATININE, URINE_PROTEIN),
)

DEFINITIONS: Final = (FLARE,)
