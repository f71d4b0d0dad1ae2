"""Renal response of AURORA 1 (voclosporin), and what AURORA 2 follows."""

from __future__ import annotations

from typing import Final

from malar.conditions import any_of, at_least
from malar.endpoints.endpoint import Endpoint
from malar.endpoints.renal_terms import egfr_at_least_percent, no_treatment_failure, protein_at_most
from malar.instruments.egfr import EGFR
from malar.instruments.urine_protein import URINE_PROTEIN
from malar.sources import Source, Status

_CITATION = "Rovin BH, et al. Lancet 2021;397:2070-80; NCT03021499"
_READING = (
    "In the trial a patient fails on kidney function only where both tests of eGFR fail, each confirmed, and an "
    "adverse event goes with it. Here both tests are asked at the visit itself: neither the confirmation nor the "
    "adverse event is derived, so that a failure by eGFR alone may be none in the trial, while a response is one there "
    "too. UPCR in the trial is that of two first-morning voids in a row; here the recorded one. Rescue, and more than "
    "10 mg of prednisone for 3 days in a row or 7 in all in weeks 44 to 52, come from the study."
)
_NOTE = "Each visit is judged; the trial judged week 52, and a blinded committee adjudicated: this is the rule alone."

CRR: Final = Endpoint(
    key="aurora_crr",
    title="Complete renal response, AURORA 1",
    source=Source(_CITATION, "primary endpoint", Status.VERIFIED, _READING),
    criteria={
        "protein": protein_at_most(0.5),
        "kidney_function": any_of(at_least("egfr", 60, label="eGFR", unit="mL/min/1.73 m²"), egfr_at_least_percent(80)),
        "treatment": no_treatment_failure("treatment_failure_aurora"),
    },
    note=_NOTE,
    instruments=(EGFR, URINE_PROTEIN),
)
CRR_07: Final = CRR.amend(
    "aurora_crr_0_7",
    title="Renal response, AURORA 1, UPCR of at most 0.7",
    source=Source(
        _CITATION, "primary endpoint with another limit of UPCR", Status.PROVISIONAL, f"The limit of 0.7. {_READING}"
    ),
    changes={"protein": protein_at_most(0.7)},
)
ADEQUATE: Final = Endpoint(
    key="aurora_2_adequate_response",
    title="Adequate response, AURORA 2",
    source=Source(
        "AURORA 2, abstract",
        "definition of an adequate response",
        Status.VERIFIED,
        "'Sustained' is not put into numbers: the visit is judged, and a confirmed verdict stands for a sustained one.",
    ),
    criteria={"protein": protein_at_most(0.7)},
    note="Judges one visit; confirm the verdict for a sustained response.",
    instruments=(URINE_PROTEIN,),
)

DEFINITIONS: Final = (CRR, CRR_07, ADEQUATE)
