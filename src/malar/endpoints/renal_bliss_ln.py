"""Renal response of BLISS-LN (belimumab): primary efficacy and complete."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from malar.conditions import Condition, Since, absent, any_of, at_least
from malar.endpoints.endpoint import Endpoint
from malar.endpoints.renal_terms import (
    SEDIMENT,
    egfr_at_least_percent,
    inactive_sediment,
    no_treatment_failure,
    protein_at_most,
    protein_below,
)
from malar.instruments.egfr import EGFR
from malar.instruments.urine_protein import URINE_PROTEIN
from malar.instruments.urine_sediment import URINE_SEDIMENT
from malar.sources import Source, Status

_CITATION = "Furie R, et al. N Engl J Med 2020;383:1117-28"
_NOTE = (
    "Each visit is judged; the trial judged week 104, and week 52 beside. That response must hold at two consecutive "
    "visits is from memory: confirm the verdict for it. Where eGFR before the flare is not known, baseline stands for "
    "it, and `preflare__egfr__is_baseline` says so."
)
_STEROID = (
    "Treatment failure is taken from the study. A glucocorticoid above 10 mg a day from week 24 on is failure too, "
    "which a secondary source says."
)


def _function(limit: float, percent: float) -> Condition:
    """An eGFR of at least a limit, or of at least so many percent of that before the flare."""
    enough = at_least("egfr", limit, label="eGFR", unit="mL/min/1.73 m²")
    return any_of(enough, egfr_at_least_percent(percent, Since.PREFLARE))


_TREATMENT: Final = {
    "treatment": no_treatment_failure(),
    "glucocorticoid": absent(
        "glucocorticoid_above_10_from_week_24", label="glucocorticoid above 10 mg a day from week 24 on"
    ),
}

PERR: Final = Endpoint(
    key="bliss_ln_perr",
    title="Primary efficacy renal response, BLISS-LN",
    source=Source(
        _CITATION,
        "primary endpoint; the drug's label",
        Status.VERIFIED,
        f"'Not more than 20 % below' includes exactly 20 %. {_STEROID}",
    ),
    criteria={"protein": protein_at_most(0.7), "kidney_function": _function(60, 80), **_TREATMENT},
    note=_NOTE,
    instruments=(EGFR, URINE_PROTEIN),
)
CRR: Final = Endpoint(
    key="bliss_ln_crr",
    title="Complete renal response, BLISS-LN",
    source=Source(
        _CITATION,
        "secondary endpoint; the drug's label",
        Status.VERIFIED,
        f"UPCR below 0.5: exactly 0.5 fails here and passes in AURORA. 'Not more than 10 % below' includes exactly "
        f"10 %. {_STEROID}",
    ),
    criteria={"protein": protein_below(0.5), "kidney_function": _function(90, 90), **_TREATMENT},
    note=_NOTE,
    instruments=(EGFR, URINE_PROTEIN),
)
_WITH_SEDIMENT = CRR.amend(
    "bliss_ln_crr_inactive_sediment",
    title="Complete renal response, BLISS-LN, with inactive sediment",
    source=Source(
        _CITATION,
        "complete response of the earlier protocol",
        Status.VERIFIED,
        f"The earlier protocol printed fewer than 5 cells; here at most 5 count as inactive, as elsewhere. {SEDIMENT} "
        f"{_STEROID}",
    ),
    changes={"sediment": inactive_sediment()},
)
CRR_SEDIMENT: Final = replace(_WITH_SEDIMENT, instruments=(*CRR.instruments, URINE_SEDIMENT))

DEFINITIONS: Final = (PERR, CRR, CRR_SEDIMENT)
