"""Renal response of the Dutch working party."""

from __future__ import annotations

from typing import Final

from malar.endpoints.endpoint import Endpoint
from malar.endpoints.renal_terms import (
    AT_ITS_VISIT,
    AT_LEAST,
    PROTEIN,
    UP_TO_25,
    creatinine_at_most_percent,
    protein_below,
    protein_below_percent,
)
from malar.instruments.serum_creatinine import SERUM_CREATININE
from malar.instruments.urine_protein import URINE_PROTEIN
from malar.sources import Source, Status

_CITATION = "Dutch recommendations for lupus nephritis"
_LOCATOR = "as quoted in comparisons of definitions"
_PARTS = (SERUM_CREATININE, URINE_PROTEIN)

CRR: Final = Endpoint(
    key="dutch_crr",
    title="Complete renal response, Dutch recommendations",
    source=Source(_CITATION, _LOCATOR, Status.SECONDARY, UP_TO_25),
    criteria={"protein": protein_below(0.5, PROTEIN), "kidney_function": creatinine_at_most_percent(125)},
    note=AT_ITS_VISIT,
    instruments=_PARTS,
)
PRR: Final = Endpoint(
    key="dutch_prr",
    title="Partial renal response, Dutch recommendations",
    source=Source(_CITATION, _LOCATOR, Status.SECONDARY, f"{UP_TO_25} {AT_LEAST}"),
    criteria={
        "half": protein_below_percent(50, PROTEIN),
        "protein": protein_below(3, PROTEIN),
        "kidney_function": creatinine_at_most_percent(125),
    },
    note=f"{AT_ITS_VISIT} Expected at 6 to 12 months.",
    instruments=_PARTS,
)

DEFINITIONS: Final = (CRR, PRR)
