"""Renal remission of the Nanjing series: candidates by a convention of Chinese nephritis trials."""

from __future__ import annotations

from typing import Final

from malar.conditions import (
    Since,
    above,
    above_upper_limit,
    all_of,
    any_of,
    at_least,
    at_most,
    at_most_percent_of,
    below,
    none_of,
    none_present,
)
from malar.endpoints.endpoint import Endpoint
from malar.instruments.sledai_2k import SLEDAI_2K
from malar.sources import Source, Status

SEDIMENT: Final = ("sledai_2k__urinary_casts", "sledai_2k__hematuria")

_PROTEIN, _CREATININE, _ALBUMIN = "lab__urine_protein_24h", "lab__creatinine", "lab__albumin"
_NAME: Final = "urine protein"
_NORMAL: Final = none_of(above_upper_limit(_CREATININE, label="creatinine"))
_COMPLETE: Final = {
    "protein": at_most(_PROTEIN, 0.4, label=_NAME, unit="g in 24 h"),
    "sediment": none_present(SEDIMENT),
    "albumin": at_least(_ALBUMIN, 35, label="albumin", unit="g/L"),
    "creatinine": _NORMAL,
}
_PARTIAL: Final = {
    "fall": at_most_percent_of(_PROTEIN, 50, Since.BASELINE, label=_NAME),
    "protein": below(_PROTEIN, 3.5, label=_NAME, unit="g in 24 h"),
    "albumin": at_least(_ALBUMIN, 30, label="albumin", unit="g/L"),
    "creatinine": any_of(_NORMAL, at_most_percent_of(_CREATININE, 125, Since.BASELINE, label="creatinine")),
}
_AFFECTED: Final = above(f"baseline__{_PROTEIN}", 0.5, label=f"{_NAME} at baseline", unit="g in 24 h")
_NOTE: Final = (
    "A candidate: that the series used this convention is not shown. Its paper prints 49 of 81 in remission at some "
    "point within 12 months; by visit the same patients are 41, 45 and 44 percent."
)


def _source(reading: str) -> Source:
    return Source(
        "Gu F, et al. Clin Rheumatol 2014;33:1611, doi 10.1007/s10067-014-2754-4; convention as in Liu Z, et al. Ann "
        "Intern Med 2015;162:18",
        "renal remission",
        Status.PROVISIONAL,
        "The definition of the series was not read. The convention is from memory, and its link to the series is not "
        f"shown. Inactive sediment is read as neither casts nor hematuria in SLEDAI-2K. {reading}",
    )


COMPLETE: Final = Endpoint(
    key="nanjing_renal_complete_remission_candidate",
    title="Complete renal remission, Nanjing series (candidate)",
    source=_source("Judged where urine protein was above 0.5 g in 24 h at baseline."),
    criteria=_COMPLETE,
    among=_AFFECTED,
    note=_NOTE,
    instruments=(SLEDAI_2K,),
)
PARTIAL: Final = Endpoint(
    key="nanjing_renal_partial_remission_candidate",
    title="Partial renal remission, Nanjing series (candidate)",
    source=_source("Excludes complete remission."),
    criteria={**_PARTIAL, "not_complete": none_of(all_of(*_COMPLETE.values()))},
    among=_AFFECTED,
    note=_NOTE,
    instruments=(SLEDAI_2K,),
)
EITHER: Final = Endpoint(
    key="nanjing_renal_remission_candidate",
    title="Complete or partial renal remission, Nanjing series (candidate)",
    source=_source("Either of the two candidates."),
    criteria={"either": any_of(all_of(*_COMPLETE.values()), all_of(*_PARTIAL.values()))},
    among=_AFFECTED,
    note=_NOTE,
    instruments=(SLEDAI_2K,),
)

DEFINITIONS: Final = (COMPLETE, PARTIAL, EITHER)
