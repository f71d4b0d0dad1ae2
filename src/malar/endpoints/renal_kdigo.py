"""Renal response of KDIGO, 2012 and 2024."""

from __future__ import annotations

from typing import Final

from malar.conditions import Since, any_of, below
from malar.endpoints.endpoint import Endpoint
from malar.endpoints.renal_terms import (
    AT_ITS_VISIT,
    AT_LEAST,
    UP_TO_25,
    UPCR,
    UPCR_MG_MMOL,
    creatinine_at_most_percent,
    egfr_at_least_percent,
    protein_at_most,
    protein_at_most_percent,
    protein_below,
    protein_below_percent,
)
from malar.instruments.egfr import EGFR
from malar.instruments.serum_creatinine import SERUM_CREATININE
from malar.instruments.urine_protein import URINE_PROTEIN
from malar.sources import Source, Status

_2012 = "KDIGO glomerulonephritis guideline. Kidney Int Suppl 2012;2:139-274"
_2012_TABLE = "chapter 12, as tabulated in the AJKD Core Curriculum 2020"
_2024 = "KDIGO 2024 guideline for lupus nephritis. Kidney Int 2024;105(1S):S1-S69"
_RETURNED = (
    "'Creatinine back to its earlier baseline' is read as an eGFR of at least 100 % of that before the flare, at "
    "baseline where that is not known; creatinine from before the flare is not recorded in a study."
)

CRR_2012: Final = Endpoint(
    key="kdigo_2012_crr",
    title="Complete renal response, KDIGO 2012",
    source=Source(_2012, _2012_TABLE, Status.SECONDARY, f"{_RETURNED} UPCR is tested in g/g, at most 0.5."),
    criteria={"protein": protein_at_most(0.5), "kidney_function": egfr_at_least_percent(100, Since.PREFLARE)},
    note=AT_ITS_VISIT,
    instruments=(EGFR, URINE_PROTEIN),
)
CRR_2012_MG_MMOL: Final = CRR_2012.amend(
    "kdigo_2012_crr_50_mg_mmol",
    title="Complete renal response, KDIGO 2012, below 50 mg/mmol",
    source=Source(
        _2012,
        _2012_TABLE,
        Status.PROVISIONAL,
        f"{_RETURNED} The limit as guidelines print it in mg/mmol, below 50: 0.5 g/g is 56.6 mg/mmol. The operator is "
        "from memory.",
    ),
    changes={"protein": protein_below(50, UPCR_MG_MMOL)},
)
PRR_2012: Final = Endpoint(
    key="kdigo_2012_prr",
    title="Partial renal response, KDIGO 2012",
    source=Source(
        _2012,
        _2012_TABLE,
        Status.SECONDARY,
        "Nephrotic is a UPCR of 3 mg/mg or more at baseline. 'Stable within 25 % or better but not normal': that "
        f"creatinine is not normal is not asked for, or a normal one would be no response at all. {UP_TO_25} "
        f"{AT_LEAST}",
    ),
    criteria={
        "half": protein_below_percent(50),
        "not_nephrotic": any_of(
            below(f"baseline__{UPCR}", 3, label="UPCR at baseline", unit="mg/mg"), protein_below(3)
        ),
        "kidney_function": creatinine_at_most_percent(125),
    },
    note=AT_ITS_VISIT,
    instruments=(SERUM_CREATININE, URINE_PROTEIN),
)

_WEAK = "Read in a summary of weak quality, and from memory. Stable is printed as within 10 to 15 % of baseline: here "
_WITHIN = f"{AT_ITS_VISIT} The guideline expects it within 6 to 12 months."
CRR_2024: Final = Endpoint(
    key="kdigo_2024_crr",
    title="Complete renal response, KDIGO 2024",
    source=Source(_2024, "definitions of response", Status.PROVISIONAL, f"{_WEAK}at least 85 %."),
    criteria={"protein": protein_below(0.5), "kidney_function": egfr_at_least_percent(85)},
    note=_WITHIN,
    instruments=(EGFR, URINE_PROTEIN),
)
CRR_2024_STRICT: Final = CRR_2024.amend(
    "kdigo_2024_crr_90",
    title="Complete renal response, KDIGO 2024, eGFR of at least 90 %",
    source=Source(_2024, "definitions of response", Status.PROVISIONAL, f"{_WEAK}at least 90 %."),
    changes={"kidney_function": egfr_at_least_percent(90)},
)
PRR_2024: Final = Endpoint(
    key="kdigo_2024_prr",
    title="Partial renal response, KDIGO 2024",
    source=Source(_2024, "definitions of response", Status.PROVISIONAL, f"{_WEAK}at least 85 %. {AT_LEAST}"),
    criteria={
        "half": protein_at_most_percent(50),
        "protein": protein_below(3),
        "kidney_function": egfr_at_least_percent(85),
    },
    note=_WITHIN,
    instruments=(EGFR, URINE_PROTEIN),
)
PRR_2024_STRICT: Final = PRR_2024.amend(
    "kdigo_2024_prr_90",
    title="Partial renal response, KDIGO 2024, eGFR of at least 90 %",
    source=Source(_2024, "definitions of response", Status.PROVISIONAL, f"{_WEAK}at least 90 %. {AT_LEAST}"),
    changes={"kidney_function": egfr_at_least_percent(90)},
)

DEFINITIONS: Final = (CRR_2012, CRR_2012_MG_MMOL, PRR_2012, CRR_2024, CRR_2024_STRICT, PRR_2024, PRR_2024_STRICT)
