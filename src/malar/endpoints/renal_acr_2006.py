"""Renal response of the ACR, 2006."""

from __future__ import annotations

from typing import Final

from malar.conditions import absent, all_of, any_of, at_least, present
from malar.endpoints.endpoint import Endpoint
from malar.endpoints.renal_terms import (
    AT_ITS_VISIT,
    SEDIMENT,
    UPCR,
    egfr_above_percent,
    egfr_at_least_percent,
    inactive_sediment,
    normal_creatinine,
    protein_at_most,
    protein_below,
)
from malar.instruments.egfr import EGFR
from malar.instruments.serum_creatinine import SERUM_CREATININE
from malar.instruments.urine_protein import URINE_PROTEIN
from malar.instruments.urine_sediment import URINE_SEDIMENT
from malar.sources import Source, Status

_CITATION = "Renal Disease Subcommittee of the ACR. Arthritis Rheum 2006;54:421-32"
_LOCATOR = "as tabulated in the AJKD Core Curriculum 2020"
_ABNORMAL = all_of(
    absent("baseline__creatinine_normal", label="normal creatinine at baseline"), egfr_at_least_percent(125)
)
_PARTS = (EGFR, SERUM_CREATININE, URINE_PROTEIN, URINE_SEDIMENT)

CRR: Final = Endpoint(
    key="acr_2006_crr",
    title="Complete renal response, ACR 2006",
    source=Source(
        _CITATION,
        _LOCATOR,
        Status.SECONDARY,
        "'eGFR up by 25 % if abnormal at the flare': abnormal is read as a creatinine above the laboratory's limit at "
        f"baseline. {SEDIMENT}",
    ),
    criteria={
        "protein": protein_below(0.2),
        "kidney_function": any_of(normal_creatinine(), _ABNORMAL),
        "sediment": inactive_sediment(),
    },
    note=AT_ITS_VISIT,
    instruments=_PARTS,
)
PRR: Final = Endpoint(
    key="acr_2006_prr",
    title="Partial renal response, ACR 2006",
    source=Source(
        _CITATION,
        _LOCATOR,
        Status.SECONDARY,
        "UPCR of 0.2 to 2 mg/mg, both included: below 0.2 it is no partial response. 'eGFR at baseline' is read as a "
        "fall of less than 25 %, for a fall of 25 % or more is the scheme's worsening; where creatinine was above the "
        f"laboratory's limit at baseline, eGFR must have risen by 25 %. {SEDIMENT}",
    ),
    criteria={
        "protein_at_least": at_least(UPCR, 0.2, label="UPCR", unit="mg/mg"),
        "protein_at_most": protein_at_most(2),
        "kidney_function": any_of(
            all_of(
                present("baseline__creatinine_normal", label="normal creatinine at baseline"), egfr_above_percent(75)
            ),
            _ABNORMAL,
        ),
        "sediment": inactive_sediment(),
    },
    note=AT_ITS_VISIT,
    instruments=_PARTS,
)

DEFINITIONS: Final = (CRR, PRR)
