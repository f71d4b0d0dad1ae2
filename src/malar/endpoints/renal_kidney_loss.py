"""Loss of kidney function: a fall of eGFR by 40 %, doubling of creatinine, kidney failure."""

from __future__ import annotations

from typing import Final

from malar.conditions import Condition, Since, any_of, at_least_percent_of, at_most_percent_of, below, present
from malar.course.sustained_condition import ConfirmedCondition
from malar.endpoints.endpoint import Endpoint
from malar.endpoints.renal_terms import AT_ITS_VISIT, CREATININE
from malar.instruments.egfr import EGFR
from malar.instruments.serum_creatinine import SERUM_CREATININE
from malar.sources import Source, Status

_KDIGO = "KDIGO guideline for chronic kidney disease 2024. Kidney Int 2024;105(4S):S117-S314"
_TRIALS = (
    "Surrogate endpoints of kidney trials, as used by regulators (Levey AS, et al. Am J Kidney Dis 2020;75:84-104)"
)
_MEMORY = "From memory."
_CONFIRMED = (
    "Sustained: also at a later visit at least 28 days on, none between against it; dated at the first. A fall at the "
    "last visit is unknown, for nothing confirms it."
)
_FALL: Final = at_most_percent_of("egfr", 60, Since.BASELINE, label="eGFR")
_DOUBLED: Final = at_least_percent_of(CREATININE, 200, Since.BASELINE, label="creatinine")
_FAILED: Final = below("egfr", 15, label="eGFR", unit="mL/min/1.73 m²")


def _confirmed(key: str, title: str, condition: Condition, measured: str, citation: str) -> ConfirmedCondition:
    source = Source(citation, "definition of the outcome", Status.PROVISIONAL, f"{_MEMORY} {_CONFIRMED}")
    return ConfirmedCondition(key=key, title=title, source=source, condition=condition, measured=measured)


FALL_40: Final = Endpoint(
    key="egfr_fall_40",
    title="Fall of eGFR by at least 40 % of baseline",
    source=Source(_TRIALS, "definition of the outcome", Status.PROVISIONAL, _MEMORY),
    criteria={"fall": _FALL},
    note=AT_ITS_VISIT,
    instruments=(EGFR,),
)
FALL_40_SUSTAINED: Final = Endpoint(
    key="egfr_fall_40_sustained",
    title="Sustained fall of eGFR by at least 40 % of baseline",
    source=Source(_TRIALS, "definition of the outcome", Status.PROVISIONAL, f"{_MEMORY} {_CONFIRMED}"),
    criteria={"fall": present("egfr_40_down_confirmed", label="confirmed fall of eGFR by at least 40 %")},
    variant_of="egfr_fall_40",
    instruments=(EGFR,),
    derivations=(_confirmed("egfr_40_down_confirmed", "Confirmed fall of eGFR by 40 %", _FALL, "egfr", _TRIALS),),
)
DOUBLING: Final = Endpoint(
    key="creatinine_doubling",
    title="Doubling of serum creatinine",
    source=Source(_TRIALS, "definition of the outcome", Status.PROVISIONAL, f"{_MEMORY} Against baseline."),
    criteria={"rise": _DOUBLED},
    note=AT_ITS_VISIT,
    instruments=(SERUM_CREATININE,),
)
DOUBLING_SUSTAINED: Final = Endpoint(
    key="creatinine_doubling_sustained",
    title="Sustained doubling of serum creatinine",
    source=Source(
        _TRIALS, "definition of the outcome", Status.PROVISIONAL, f"{_MEMORY} Against baseline. {_CONFIRMED}"
    ),
    criteria={"rise": present("creatinine_doubling_confirmed", label="confirmed doubling of creatinine")},
    variant_of="creatinine_doubling",
    instruments=(SERUM_CREATININE,),
    derivations=(
        _confirmed("creatinine_doubling_confirmed", "Confirmed doubling of creatinine", _DOUBLED, CREATININE, _TRIALS),
    ),
)
KIDNEY_FAILURE: Final = Endpoint(
    key="kidney_failure",
    title="Kidney failure",
    source=Source(
        _KDIGO,
        "kidney failure, category G5",
        Status.PROVISIONAL,
        f"{_MEMORY} A sustained eGFR below 15, or dialysis or a transplant up to the visit. {_CONFIRMED} Dialysis "
        "counts from its first day, also where it was not for good.",
    ),
    criteria={
        "failure": any_of(
            present("egfr_below_15_confirmed", label="confirmed eGFR below 15 mL/min/1.73 m²"),
            present("kidney_replacement", label="dialysis or kidney transplant up to the visit"),
        )
    },
    note="Seen at visits: dialysis or a transplant after the last visit is not.",
    instruments=(EGFR,),
    derivations=(_confirmed("egfr_below_15_confirmed", "Confirmed eGFR below 15", _FAILED, "egfr", _KDIGO),),
)

DEFINITIONS: Final = (FALL_40, FALL_40_SUSTAINED, DOUBLING, DOUBLING_SUSTAINED, KIDNEY_FAILURE)
