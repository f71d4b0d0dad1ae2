"""Renal response of REGENCY (obinutuzumab)."""

from __future__ import annotations

from typing import Final

from malar.endpoints.endpoint import Endpoint
from malar.endpoints.renal_terms import egfr_at_least_percent, no_treatment_failure, protein_below
from malar.instruments.egfr import EGFR
from malar.instruments.urine_protein import URINE_PROTEIN
from malar.sources import Source, Status

CRR: Final = Endpoint(
    key="regency_crr",
    title="Complete renal response, REGENCY",
    source=Source(
        "REGENCY trial of obinutuzumab in lupus nephritis",
        "primary endpoint",
        Status.PROVISIONAL,
        "From memory. Intercurrent events are taken from the study as treatment failure.",
    ),
    criteria={
        "protein": protein_below(0.5),
        "kidney_function": egfr_at_least_percent(85),
        "treatment": no_treatment_failure(),
    },
    note="Each visit is judged; the trial judged week 76.",
    instruments=(EGFR, URINE_PROTEIN),
)

DEFINITIONS: Final = (CRR,)
