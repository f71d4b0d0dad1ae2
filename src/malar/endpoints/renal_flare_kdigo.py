"""Renal flare of KDIGO 2012: mild, moderate, severe."""

from __future__ import annotations

from typing import Final

from malar.conditions import (
    Condition,
    Since,
    above,
    absent,
    all_of,
    any_of,
    at_least,
    at_least_percent_of,
    at_most,
    below,
    present,
    rose_by,
    rose_by_at_most,
    rose_by_less_than,
    rose_by_more_than,
)
from malar.endpoints.endpoint import Endpoint
from malar.endpoints.renal_terms import CREATININE, UPCR_MG_G
from malar.instruments.serum_creatinine import SERUM_CREATININE
from malar.instruments.urine_protein import URINE_PROTEIN
from malar.instruments.urine_sediment import URINE_SEDIMENT
from malar.sources import Source, Status

_CITATION = "KDIGO glomerulonephritis guideline. Kidney Int Suppl 2012;2:139-274 (PMC4089588)"
_CASTS = "urine_cell_casts"
_NOTE = "A change of laboratory results, not a physician's judgment of a flare; other causes are not considered."


def _was(column: str, since: Since) -> str:
    return f"{since.value}__{column}"


def _creatinine(since: Since, *, severe: bool) -> Condition:
    """A rise of creatinine by the size of what it was: below 2.0 mg/dL, or not."""
    then = _was(CREATININE, since)
    low = below(then, 2, label=f"creatinine at {since.phrase}", unit="mg/dL")
    high = at_least(then, 2, label=f"creatinine at {since.phrase}", unit="mg/dL")

    def rise(least: float, most: float) -> Condition:
        if severe:
            return rose_by_more_than(CREATININE, most, since, label="creatinine")
        return all_of(
            rose_by(CREATININE, least, since, label="creatinine"),
            rose_by_at_most(CREATININE, most, since, label="creatinine"),
        )

    return any_of(all_of(low, rise(0.2, 1.0)), all_of(high, rise(0.4, 1.5)))


def _protein_moderate(since: Since) -> Condition:
    """A rise of UPCR by the size of what it was: below 500, 500 to 1000, above 1000 mg/g."""
    then, said = _was(UPCR_MG_G, since), f"UPCR at {since.phrase}"
    return any_of(
        all_of(below(then, 500, label=said, unit="mg/g"), at_least(UPCR_MG_G, 1000, label="UPCR", unit="mg/g")),
        all_of(
            at_least(then, 500, label=said, unit="mg/g"),
            at_most(then, 1000, label=said, unit="mg/g"),
            at_least(UPCR_MG_G, 2000, label="UPCR", unit="mg/g"),
            rose_by_less_than(UPCR_MG_G, 5000, since, label="UPCR in mg/g"),
        ),
        all_of(
            above(then, 1000, label=said, unit="mg/g"),
            at_least_percent_of(UPCR_MG_G, 200, since, label="UPCR"),
            below(UPCR_MG_G, 5000, label="UPCR", unit="mg/g"),
        ),
    )


def _mild(since: Since) -> Condition:
    """New hematuria with acanthocytes, or casts that came back."""
    return any_of(
        all_of(
            below(_was("lab__urine_rbc", since), 5, label=f"urine red cells at {since.phrase}", unit="per field"),
            above("lab__urine_rbc", 15, label="urine red cells", unit="per high-power field"),
            at_least("lab__urine_acanthocytes", 2, label="acanthocytes", unit="per high-power field"),
        ),
        all_of(
            absent(_was(_CASTS, since), label=f"cast of red or white cells at {since.phrase}"),
            present(_CASTS, label="cast of red or white cells"),
        ),
    )


def _moderate(since: Since) -> Condition:
    return any_of(_creatinine(since, severe=False), _protein_moderate(since))


def _severe(since: Since) -> Condition:
    return any_of(_creatinine(since, severe=True), rose_by_more_than(UPCR_MG_G, 5000, since, label="UPCR in mg/g"))


_READING: Final = (
    "A severity is judged by its own criteria: a mild flare may be a severe one too. What the source leaves open stays "
    "open: a UPCR above 1000 that doubles to 5000 or more without a rise above 5000 is neither moderate nor severe by "
    "protein. Casts of white cells count; that there is no infection is not judged. Creatinine is tested in mg/dL, "
    "UPCR in mg/g. "
)


def _source(text: str) -> Source:
    return Source(_CITATION, "Table 29", Status.VERIFIED, _READING + text)


MILD: Final = Endpoint(
    key="kdigo_2012_flare_mild",
    title="Mild renal flare, KDIGO 2012",
    source=_source("Compared with the visit before; the source names no visit."),
    criteria={"flare": _mild(Since.PREVIOUS)},
    note=_NOTE,
    instruments=(URINE_SEDIMENT,),
)
MODERATE: Final = Endpoint(
    key="kdigo_2012_flare_moderate",
    title="Moderate renal flare, KDIGO 2012",
    source=_source("Compared with the visit before; the source names no visit."),
    criteria={"flare": _moderate(Since.PREVIOUS)},
    note=_NOTE,
    instruments=(SERUM_CREATININE, URINE_PROTEIN),
)
SEVERE: Final = Endpoint(
    key="kdigo_2012_flare_severe",
    title="Severe renal flare, KDIGO 2012",
    source=_source("Compared with the visit before; the source names no visit."),
    criteria={"flare": _severe(Since.PREVIOUS)},
    note=_NOTE,
    instruments=(SERUM_CREATININE, URINE_PROTEIN),
)
ANY: Final = Endpoint(
    key="kdigo_2012_flare",
    title="Renal flare of any severity, KDIGO 2012",
    source=_source("Compared with the visit before; the source names no visit."),
    criteria={"flare": any_of(_mild(Since.PREVIOUS), _moderate(Since.PREVIOUS), _severe(Since.PREVIOUS))},
    note=_NOTE,
    instruments=(SERUM_CREATININE, URINE_PROTEIN, URINE_SEDIMENT),
)
_LOWEST: Final = "Compared with the lowest value since baseline, so that slow rises count."
MODERATE_SINCE_LOWEST: Final = MODERATE.amend(
    "kdigo_2012_flare_moderate_since_lowest",
    title="Moderate renal flare against the lowest value, KDIGO 2012",
    source=_source(_LOWEST),
    changes={"flare": _moderate(Since.LOWEST)},
)
SEVERE_SINCE_LOWEST: Final = SEVERE.amend(
    "kdigo_2012_flare_severe_since_lowest",
    title="Severe renal flare against the lowest value, KDIGO 2012",
    source=_source(_LOWEST),
    changes={"flare": _severe(Since.LOWEST)},
)

DEFINITIONS: Final = (MILD, MODERATE, SEVERE, ANY, MODERATE_SINCE_LOWEST, SEVERE_SINCE_LOWEST)
