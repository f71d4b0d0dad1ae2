"""Renal response of the abatacept trials: that of 2014, and ALLURE."""

from __future__ import annotations

from typing import Final

from malar.conditions import any_of, at_least, below
from malar.endpoints.endpoint import Endpoint
from malar.endpoints.renal_terms import (
    AT_ITS_VISIT,
    SEDIMENT,
    egfr_at_least_percent,
    inactive_sediment,
    no_casts,
    protein_below,
)
from malar.instruments.egfr import EGFR
from malar.instruments.urine_protein import URINE_PROTEIN
from malar.instruments.urine_sediment import URINE_SEDIMENT
from malar.sources import Source, Status

_PARTS = (EGFR, URINE_PROTEIN, URINE_SEDIMENT)

CRR_2014: Final = Endpoint(
    key="abatacept_2014_crr",
    title="Complete renal response, abatacept 2014",
    source=Source(
        "Furie R, et al. Arthritis Rheumatol 2014;66:379-89", "as quoted in comparisons", Status.SECONDARY, SEDIMENT
    ),
    criteria={
        "kidney_function": egfr_at_least_percent(90),
        "protein": protein_below(0.25),
        "sediment": inactive_sediment(),
    },
    note=AT_ITS_VISIT,
    instruments=_PARTS,
)
ALLURE: Final = Endpoint(
    key="allure_crr",
    title="Complete renal response, ALLURE",
    source=Source(
        "ALLURE trial of abatacept in lupus nephritis",
        "table of the definition",
        Status.VERIFIED,
        "A normal eGFR is read as 90 mL/min/1.73 m² or more; the source gives no number. 'Below 11 mg for 28 days' is "
        "judged over the 28 days that end with the visit.",
    ),
    criteria={
        "kidney_function": any_of(at_least("egfr", 90, label="eGFR", unit="mL/min/1.73 m²"), egfr_at_least_percent(85)),
        "protein": protein_below(0.5),
        "casts": no_casts(),
        "glucocorticoid": below(
            "prednisone_highest_28_days", 11, label="highest prednisone dose in 28 days", unit="mg a day"
        ),
    },
    note=AT_ITS_VISIT,
    instruments=_PARTS,
)

DEFINITIONS: Final = (CRR_2014, ALLURE)
