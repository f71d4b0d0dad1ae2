"""Renal flare of ALMS, maintenance: proteinuric and nephritic."""

from __future__ import annotations

from typing import Final

from malar.conditions import (
    Condition,
    Since,
    above,
    all_of,
    any_of,
    at_least_percent_of,
    present,
    rose_by_more_than,
)
from malar.endpoints.endpoint import Endpoint
from malar.endpoints.renal_terms import CREATININE, UPCR
from malar.instruments.serum_creatinine import SERUM_CREATININE
from malar.instruments.urine_protein import URINE_PROTEIN
from malar.instruments.urine_sediment import URINE_SEDIMENT
from malar.sources import Source, Status

_CITATION = "Dooley MA, et al. N Engl J Med 2011;365:1886-95"
_NOTE = "The trial adjudicated flares: this is the rule alone."


def _doubled() -> Condition:
    """A UPCR of at least twice its lowest; of 0, only what is above 0."""
    return all_of(
        at_least_percent_of(UPCR, 200, Since.LOWEST, label="UPCR"),
        rose_by_more_than(UPCR, 0, Since.LOWEST, label="UPCR"),
    )


PROTEINURIC: Final = Endpoint(
    key="alms_proteinuric_flare",
    title="Proteinuric flare, ALMS",
    source=Source(
        _CITATION,
        "as quoted in comparisons",
        Status.SECONDARY,
        "Doubling of UPCR: against the lowest since baseline; the quotation names no visit and no least amount.",
    ),
    criteria={"protein": _doubled()},
    note=_NOTE,
    instruments=(URINE_PROTEIN,),
)
NEPHRITIC: Final = Endpoint(
    key="alms_nephritic_flare",
    title="Nephritic flare, ALMS",
    source=Source(
        _CITATION,
        "as quoted in comparisons",
        Status.SECONDARY,
        "Creatinine at least 25 % above its lowest since baseline. Doubling of protein: of UPCR against its lowest. "
        "New or more hematuria: more than 5 red cells per high-power field, and more than the least since baseline. "
        "Casts: of red or of white cells.",
    ),
    criteria={
        "creatinine": at_least_percent_of(CREATININE, 125, Since.LOWEST, label="creatinine"),
        "urine": any_of(
            _doubled(),
            all_of(
                above("lab__urine_rbc", 5, label="urine red cells", unit="per high-power field"),
                rose_by_more_than("lab__urine_rbc", 0, Since.LOWEST, label="urine red cells"),
            ),
            present("urine_cell_casts", label="cast of red or white cells"),
        ),
    },
    note=_NOTE,
    instruments=(SERUM_CREATININE, URINE_PROTEIN, URINE_SEDIMENT),
)

DEFINITIONS: Final = (PROTEINURIC, NEPHRITIC)
