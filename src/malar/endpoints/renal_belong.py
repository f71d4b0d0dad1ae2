"""Renal response of BELONG (ocrelizumab)."""

from __future__ import annotations

from typing import Final

from malar.endpoints.endpoint import Endpoint
from malar.endpoints.renal_terms import UP_TO_25, creatinine_at_most_percent, protein_below
from malar.instruments.serum_creatinine import SERUM_CREATININE
from malar.instruments.urine_protein import URINE_PROTEIN
from malar.sources import Source, Status

CRR: Final = Endpoint(
    key="belong_crr",
    title="Complete renal response, BELONG",
    source=Source(
        "Mysler EF, et al. Arthritis Rheum 2013;65:2368-79", "as quoted in comparisons", Status.SECONDARY, UP_TO_25
    ),
    criteria={"kidney_function": creatinine_at_most_percent(125), "protein": protein_below(0.5)},
    note="Each visit is judged; the trial judged week 48.",
    instruments=(SERUM_CREATININE, URINE_PROTEIN),
)

DEFINITIONS: Final = (CRR,)
