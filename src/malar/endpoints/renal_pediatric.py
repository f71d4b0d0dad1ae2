"""Renal response and flare of the consensus on lupus nephritis in children."""

from __future__ import annotations

from typing import Final

from malar.conditions import Since, all_of, any_of, at_least, at_most, below, below_percent_of, rose_by
from malar.endpoints.endpoint import Endpoint
from malar.endpoints.renal_terms import AT_ITS_VISIT, protein_at_most
from malar.instruments.egfr import EGFR
from malar.instruments.urine_protein import URINE_PROTEIN
from malar.instruments.urine_sediment import URINE_SEDIMENT
from malar.sources import Source, Status

_CITATION = "Consensus on lupus nephritis in children, PMC11258879"
_LOWEST_NORMAL = 95
_HEMATURIA = "hematuria_category"

CRR: Final = Endpoint(
    key="pediatric_ln_crr",
    title="Complete renal response, pediatric consensus",
    source=Source(
        _CITATION,
        "Table 2",
        Status.VERIFIED,
        "UPCR of at most 0.2, eGFR of at least 95. Hematuria of 0 is read as the lowest category, up to 5 red cells "
        "per high-power field. Partial response, a relevant improvement of two of the three, has no numbers and is "
        "left out.",
    ),
    criteria={
        "protein": protein_at_most(0.2),
        "kidney_function": at_least("egfr", _LOWEST_NORMAL, label="eGFR", unit="mL/min/1.73 m²"),
        "hematuria": at_most(_HEMATURIA, 0, label="category of hematuria"),
    },
    note=AT_ITS_VISIT,
    instruments=(EGFR, URINE_PROTEIN, URINE_SEDIMENT),
)
FLARE: Final = Endpoint(
    key="pediatric_ln_nephritic_flare",
    title="Nephritic flare, pediatric consensus",
    source=Source(
        _CITATION,
        "Table 2",
        Status.VERIFIED,
        "Compared with the visit before. Gross hematuria is not recorded, so that a flare by it alone is missed. The "
        "flares by protein, after a complete or a partial response, are left out: the partial response has no numbers.",
    ),
    criteria={
        "kidney_function": any_of(
            all_of(
                at_least("previous__egfr", _LOWEST_NORMAL, label="eGFR at the visit before", unit="mL/min/1.73 m²"),
                below("egfr", _LOWEST_NORMAL, label="eGFR", unit="mL/min/1.73 m²"),
            ),
            all_of(
                below("previous__egfr", _LOWEST_NORMAL, label="eGFR at the visit before", unit="mL/min/1.73 m²"),
                below_percent_of("egfr", 90, Since.PREVIOUS, label="eGFR"),
            ),
        ),
        "hematuria": rose_by(_HEMATURIA, 2, Since.PREVIOUS, label="category of hematuria"),
    },
    note=(
        "Judges one visit. The source asks for more than two time points more than a week apart, which is not derived: "
        "the visit after is compared with the flare itself."
    ),
    instruments=(EGFR, URINE_SEDIMENT),
)

DEFINITIONS: Final = (CRR, FLARE)
