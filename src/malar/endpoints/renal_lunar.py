"""Renal response of LUNAR (rituximab)."""

from __future__ import annotations

from typing import Final

from malar.conditions import Since, above, all_of, any_of, at_most, at_most_percent_of
from malar.endpoints.endpoint import Endpoint
from malar.endpoints.renal_terms import (
    AT_LEAST,
    SEDIMENT,
    UPCR,
    creatinine_at_most_percent,
    inactive_sediment,
    no_casts,
    normal_creatinine,
    protein_at_most,
    protein_at_most_percent,
    protein_below,
)
from malar.instruments.serum_creatinine import SERUM_CREATININE
from malar.instruments.urine_protein import URINE_PROTEIN
from malar.instruments.urine_sediment import URINE_SEDIMENT
from malar.sources import Source, Status

_CITATION = "Rovin BH, et al. Arthritis Rheum 2012;64:1215-26"
_PARTS = (SERUM_CREATININE, URINE_PROTEIN, URINE_SEDIMENT)
_NOTE = "Each visit is judged; the trial judged week 52."

CRR: Final = Endpoint(
    key="lunar_crr",
    title="Complete renal response, LUNAR",
    source=Source(_CITATION, "as tabulated in a review (Hindawi 5312960)", Status.SECONDARY, SEDIMENT),
    criteria={
        "kidney_function": any_of(normal_creatinine(), creatinine_at_most_percent(115)),
        "sediment": inactive_sediment(),
        "protein": protein_below(0.5),
    },
    note=_NOTE,
    instruments=_PARTS,
)
PRR: Final = Endpoint(
    key="lunar_prr",
    title="Partial renal response, LUNAR",
    source=Source(
        _CITATION,
        "definitions of response",
        Status.PROVISIONAL,
        "From memory. Below 1 mg/mg where UPCR was at most 3 at baseline, at most 3 where it was above. Red cells at "
        f"most 150 % of baseline. {AT_LEAST}",
    ),
    criteria={
        "kidney_function": creatinine_at_most_percent(115),
        "red_cells": at_most_percent_of("lab__urine_rbc", 150, Since.BASELINE, label="urine red cells"),
        "casts": no_casts(),
        "half": protein_at_most_percent(50),
        "protein": any_of(
            all_of(at_most(f"baseline__{UPCR}", 3, label="UPCR at baseline", unit="mg/mg"), protein_below(1)),
            all_of(above(f"baseline__{UPCR}", 3, label="UPCR at baseline", unit="mg/mg"), protein_at_most(3)),
        ),
    },
    note=_NOTE,
    instruments=_PARTS,
)

DEFINITIONS: Final = (CRR, PRR)
