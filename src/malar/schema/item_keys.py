"""Item keys of the instruments, listed once. Columns of the visit frame are `instrument__item`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from malar.schema.bilag_keys import BILAG_2004_ITEMS, BILAG_2004_SYSTEMS, BILAG_CLASSIC_SYSTEMS

TOTAL: Final = "total"
"""Item key under which a recorded total is kept, beside the items it claims to sum."""

_SLEDAI: Final = (
    "seizure", "psychosis", "organic_brain_syndrome", "visual_disturbance", "cranial_nerve",
    "lupus_headache", "cva", "vasculitis", "arthritis", "myositis", "urinary_casts", "hematuria",
    "proteinuria", "pyuria", "rash", "alopecia", "mucosal_ulcers", "pleurisy", "pericarditis",
    "low_complement", "increased_dsdna", "fever", "thrombocytopenia", "leukopenia",
)  # fmt: skip
"""The 24 items of every SLEDAI; what each means differs from form to form."""

ITEM_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "sledai_2k": _SLEDAI,
    "sledai_original": _SLEDAI,
    "selena_sledai": _SLEDAI,
    "selena_sledai_hybrid": _SLEDAI,
    "mex_sledai": (
        "neurological", "renal", "vasculitis", "hemolysis_thrombocytopenia", "myositis", "arthritis",
        "mucocutaneous", "serositis", "fever_fatigue", "leukopenia_lymphopenia",
    ),
    "mex_sledai_ungrouped": (
        "neurological", "renal", "vasculitis", "hemolysis", "thrombocytopenia", "myositis", "arthritis",
        "mucocutaneous", "serositis", "fever", "fatigue", "leukopenia", "lymphopenia",
    ),
    "sfi": ("mild_clinical", "severe_clinical", "nsaid_or_hcq_added", "new_cytotoxic", "hospitalized"),
    "rsfi": (
        "mucocutaneous", "musculoskeletal", "cardiopulmonary", "hematologic", "constitutional", "renal",
        "neurologic", "gastrointestinal",
    ),
    "bilag_2004": tuple(key for keys in BILAG_2004_ITEMS.values() for key in keys),
    "bilag_2004_grades": BILAG_2004_SYSTEMS,
    "bilag_classic_grades": BILAG_CLASSIC_SYSTEMS,
}  # fmt: skip
"""Instrument key → its item keys."""

GRADED: Final = frozenset({"rsfi", "bilag_2004", "bilag_2004_grades", "bilag_classic_grades"})
"""Instruments whose items are grades: their columns hold the number recorded (0 where it has another cause than
lupus), and nothing is carried from days between visits."""

SPELLINGS: Final[Mapping[str, str]] = {
    "haematuria": "hematuria",
    "leucopenia": "leukopenia",
    "mucosal_ulcer": "mucosal_ulcers",
    "cerebrovascular_accident": "cva",
    "cranial_nerve_disorder": "cranial_nerve",
    "new_rash": "rash",
    "inflammatory_rash": "rash",
    "increased_dna_binding": "increased_dsdna",
    "sledai": TOTAL,
}
"""Other spellings met in files; each use is counted as a conversion."""

ALL_ITEMS: Final = sorted({item for items in ITEM_KEYS.values() for item in items} | {TOTAL})
"""Every item key of every instrument."""
