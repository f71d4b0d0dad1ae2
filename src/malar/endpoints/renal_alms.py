"""Renal response of ALMS, induction (mycophenolate)."""

from __future__ import annotations

from typing import Final

from malar.conditions import all_of, any_of, at_least, below
from malar.endpoints.endpoint import Endpoint
from malar.endpoints.renal_terms import (
    SEDIMENT,
    UP_TO_25,
    UPCR,
    creatinine_at_most_percent,
    inactive_sediment,
    normal_creatinine,
    protein_at_most,
    protein_at_most_percent,
    protein_below,
)
from malar.instruments.serum_creatinine import SERUM_CREATININE
from malar.instruments.urine_protein import URINE_PROTEIN
from malar.instruments.urine_sediment import URINE_SEDIMENT
from malar.sources import Source, Status

_CITATION = "Appel GB, et al. J Am Soc Nephrol 2009;20:1103-12"
_NOTE = "Each visit is judged; the trial judged week 24, and a blinded committee adjudicated: this is the rule alone."

RESPONSE: Final = Endpoint(
    key="alms_response",
    title="Response to induction, ALMS",
    source=Source(
        _CITATION,
        "primary endpoint, as quoted, and the published protocol's abstract",
        Status.SECONDARY,
        f"Nephrotic is a UPCR of 3 mg/mg or more at baseline. {UP_TO_25}",
    ),
    criteria={
        "protein": any_of(
            all_of(at_least(f"baseline__{UPCR}", 3, label="UPCR at baseline", unit="mg/mg"), protein_below(3)),
            all_of(below(f"baseline__{UPCR}", 3, label="UPCR at baseline", unit="mg/mg"), protein_at_most_percent(50)),
        ),
        "kidney_function": creatinine_at_most_percent(125),
    },
    note=_NOTE,
    instruments=(SERUM_CREATININE, URINE_PROTEIN),
)
COMPLETE: Final = Endpoint(
    key="alms_complete_remission",
    title="Complete remission, ALMS",
    source=Source(
        _CITATION,
        "secondary endpoint",
        Status.PROVISIONAL,
        f"Normal protein is read, from memory, as a UPCR of at most 0.5 mg/mg. {SEDIMENT}",
    ),
    criteria={
        "kidney_function": normal_creatinine(),
        "protein": protein_at_most(0.5),
        "sediment": inactive_sediment(),
    },
    note=_NOTE,
    instruments=(SERUM_CREATININE, URINE_PROTEIN, URINE_SEDIMENT),
)

DEFINITIONS: Final = (RESPONSE, COMPLETE)
