"""A proposed renal remission: urine protein below 0.3 g a day."""

from __future__ import annotations

from typing import Final

from malar.conditions import all_of, any_of, at_least, below
from malar.endpoints.endpoint import Endpoint
from malar.endpoints.renal_terms import AT_ITS_VISIT, PROTEIN, egfr_at_least_percent, protein_below
from malar.instruments.egfr import EGFR
from malar.instruments.urine_protein import URINE_PROTEIN
from malar.sources import Source, Status

REMISSION: Final = Endpoint(
    key="renal_remission_0_3_g",
    title="Proposed renal remission, protein below 0.3 g a day",
    source=Source(
        "Arthritis Res Ther 2015, s13075-015-0621-6",
        "Table 4",
        Status.VERIFIED,
        "'Stable if above 60, or up by 50 % if below': stable is read as at least 90 % of baseline, and exactly 60 as "
        "above. The two numbers are of eGFR at baseline.",
    ),
    criteria={
        "protein": protein_below(0.3, PROTEIN),
        "kidney_function": any_of(
            all_of(
                at_least("baseline__egfr", 60, label="eGFR at baseline", unit="mL/min/1.73 m²"),
                egfr_at_least_percent(90),
            ),
            all_of(
                below("baseline__egfr", 60, label="eGFR at baseline", unit="mL/min/1.73 m²"),
                egfr_at_least_percent(150),
            ),
        ),
    },
    note=AT_ITS_VISIT,
    instruments=(EGFR, URINE_PROTEIN),
)

DEFINITIONS: Final = (REMISSION,)
