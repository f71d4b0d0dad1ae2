"""Renal response of ACCESS (abatacept with low-dose cyclophosphamide)."""

from __future__ import annotations

from typing import Final

from malar.conditions import any_of, at_most
from malar.endpoints.endpoint import Endpoint
from malar.endpoints.renal_terms import (
    AT_LEAST,
    CREATININE,
    creatinine_at_most_percent,
    protein_at_most_percent,
    protein_below,
)
from malar.instruments.serum_creatinine import SERUM_CREATININE
from malar.instruments.urine_protein import URINE_PROTEIN
from malar.sources import Source, Status

_CITATION = "ACCESS Trial Group. Arthritis Rheumatol 2014;66:3096-104"
_FUNCTION = any_of(at_most(CREATININE, 1.2, label="creatinine", unit="mg/dL"), creatinine_at_most_percent(125))
_NOTE = "Each visit is judged; the trial judged week 24."
_PARTS = (SERUM_CREATININE, URINE_PROTEIN)

CRR: Final = Endpoint(
    key="access_crr",
    title="Complete renal response, ACCESS",
    source=Source(
        _CITATION,
        "primary outcome, as quoted",
        Status.SECONDARY,
        "Adherence to the taper of prednisone (10 mg a day by week 12) is read as at most 10 mg a day at the visit "
        "that is judged; the steps before it are not.",
    ),
    criteria={
        "protein": protein_below(0.5),
        "kidney_function": _FUNCTION,
        "glucocorticoid": at_most("prednisone_mg_day", 10, label="prednisone", unit="mg a day"),
    },
    note=_NOTE,
    instruments=_PARTS,
)
PRR: Final = Endpoint(
    key="access_prr",
    title="Partial renal response, ACCESS",
    source=Source(_CITATION, "outcomes", Status.PROVISIONAL, f"From memory. {AT_LEAST}"),
    criteria={"half": protein_at_most_percent(50), "kidney_function": _FUNCTION},
    note=_NOTE,
    instruments=_PARTS,
)

DEFINITIONS: Final = (CRR, PRR)
