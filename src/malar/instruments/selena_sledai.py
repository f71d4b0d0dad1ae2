"""SELENA-SLEDAI: classic, hybrid with the proteinuria rule of SLEDAI-2K, and clinical."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from malar.conditions import Condition, Since, above, all_of, any_of, at_least, at_most, rose_by_more_than
from malar.instruments.item import Item
from malar.instruments.sledai_2k import SLEDAI_2K
from malar.sources import Source, Status

MIN_JOINTS: Final = 3
"""More than two joints with pain and signs of inflammation."""

_ONGOING = "ongoing counts"
_PAST = "past damage that does not reverse"


def _changed(key: str, **facts: Any) -> Item:
    """An item of SLEDAI-2K with some facts of its own."""
    return replace(SLEDAI_2K.item(key), **facts)


def _new_or_risen(column: str, label: str, unit: str) -> Condition:
    """Above 0.5 now, and either not so before or higher by more than 0.5."""
    before = at_most(f"previous__{column}", 0.5, label=f"{label} at the previous assessed visit", unit=unit)
    return all_of(
        above(column, 0.5, label=label, unit=unit),
        any_of(before, rose_by_more_than(column, 0.5, Since.PREVIOUS, label=label)),
    )


NEW_PROTEINURIA: Final = any_of(
    _new_or_risen("lab__urine_protein_24h", "urine protein", "g in 24 h"),
    _new_or_risen("lab__upcr", "protein-creatinine ratio", "mg/mg"),
)
"""Proteinuria of the classic SELENA-SLEDAI and the original SLEDAI: stable proteinuria is none."""

ABOVE_TWO_JOINTS: Final = at_least("inflamed_joints", MIN_JOINTS, label="number of inflamed joints")

_CHANGES: Final = (
    _changed("seizure", unless=f"metabolic, infectious or drug cause; {_PAST}"),
    _changed("psychosis", unless=f"uremia, drugs; {_PAST}"),
    _changed("organic_brain_syndrome", unless=f"metabolic, infectious or drug cause; {_PAST}"),
    _changed("visual_disturbance", meaning="retinal change of lupus, optic neuritis, scleritis or episcleritis"),
    _changed("cranial_nerve", meaning="new sensory or motor neuropathy of a cranial nerve, vertigo of lupus included"),
    _changed("cva", unless=f"hypertensive cause, arteriosclerosis; {_PAST}"),
    _changed(
        "arthritis",
        meaning="pain and signs of inflammation in more than two joints",
        measured=ABOVE_TWO_JOINTS,
        doubt="",
    ),
    _changed("rash", meaning=f"inflammatory rash; {_ONGOING}"),
    _changed("alopecia", meaning=f"abnormal patchy or diffuse loss of hair; {_ONGOING}"),
    _changed("mucosal_ulcers", meaning=f"oral or nasal ulcers; {_ONGOING}"),
    _changed("pleurisy", meaning="classic severe pleuritic pain, or rub, or effusion, or new pleural thickening"),
    _changed("pericarditis", meaning="classic severe pericardial pain, or rub, or effusion, or proof by ECG"),
    _changed(
        "proteinuria",
        meaning="protein in urine, of new onset or recently risen by more than 0.5 g in 24 h",
        measured=NEW_PROTEINURIA,
    ),
    _changed(
        "increased_dsdna", meaning="anti-dsDNA above the range of the laboratory, or above 25 % in the Farr assay"
    ),
)

_CITATION = (
    "Petri M, et al. N Engl J Med 2005;353:2550-8; Buyon JP, et al. Ann Intern Med 2005;142:953-62 (SELENA trials)"
)
_READING = (
    "The forms of the trials were not read; what differs from SLEDAI-2K is from memory. Weights are those of "
    "SLEDAI-2K. 'Recently risen' is judged against the previous assessed visit. Pain alone is enough for pleurisy and "
    "pericarditis."
)
_PARAMETERS = {
    "arthritis_min_joints": f"{MIN_JOINTS} joints (more than two); 2 in SLEDAI-2K",
    "missing": SLEDAI_2K.parameters["missing"],
    "attribution": SLEDAI_2K.parameters["attribution"],
}

SELENA_SLEDAI: Final = SLEDAI_2K.amend(
    "selena_sledai",
    title="SELENA-SLEDAI",
    source=Source(_CITATION, "item table", Status.PROVISIONAL, _READING),
    changes=_CHANGES,
    form="selena_sledai",
    window_days=10,
    parameters=_PARAMETERS,
)

HYBRID: Final = SELENA_SLEDAI.amend(
    "selena_sledai_hybrid",
    title="SELENA-SLEDAI, hybrid",
    source=Source(
        f"{_CITATION}; named in the analysis plan of XmAb5871-04, v1.0, 2018",
        "item table",
        Status.PROVISIONAL,
        f"{_READING} Hybrid: proteinuria by the rule of SLEDAI-2K, so that what persists counts. It is a form of its "
        "own, for the classic item cannot tell stable proteinuria from none.",
    ),
    changes=(SLEDAI_2K.item("proteinuria"),),
    form="selena_sledai_hybrid",
)

CLINICAL: Final = SELENA_SLEDAI.amend(
    "clinical_selena_sledai",
    title="Clinical SELENA-SLEDAI",
    source=Source(
        _CITATION,
        "item table",
        Status.PROVISIONAL,
        f"{_READING} Clinical: exactly low complement and increased anti-dsDNA are left out.",
    ),
    without=("low_complement", "increased_dsdna"),
)

INSTRUMENTS: Final = (SELENA_SLEDAI, HYBRID, CLINICAL)
