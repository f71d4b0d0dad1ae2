"""The 97 items of BILAG-2004: system, part in grading, and a short label of our own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from malar.schema.bilag_keys import BILAG_2004_ITEMS


@dataclass(frozen=True, slots=True)
class BilagItem:
    """One item of the form.

    Parameters
    ----------
    key
        Its key; the visit-frame column is `bilag_2004__key`.
    system
        Its system.
    role
        ``A``, ``B`` or ``C``: coded 2 to 4, it gives this grade. ``P``, ``T``: pyrexia and the other three
        constitutional items. ``Y``: yes or no. ``due``: whether a measurement is due to lupus.
    label
        What it is, in our words.
    """

    key: str
    system: str
    role: str
    label: str


_ROLES: Final = {
    "constitutional": "PTTT",
    "mucocutaneous": "ABACACABABBCCC",
    "neuropsychiatric": "AAAAAAAAAAABABBBBABB",
    "musculoskeletal": "ABABC",
    "cardiorespiratory": "BAAABAAAAAAA",
    "gastrointestinal": "ABABBABAA",
    "ophthalmic": "AABBABCABACAA",
    "renal": "ddYddddYddYY",
    "hematological": "dddddAYY",
}
"""System → part of each of its items in grading, in the order of the form; `d` stands for `due`."""

_LABELS: Final = {
    "pyrexia": "fever above 37.5 °C, documented",
    "weight_loss": "unintended loss of more than 5 % of weight",
    "lymphadenopathy_splenomegaly": "lymphadenopathy or splenomegaly",
    "panniculitis_bullous_severe": "panniculitis or bullous lupus, severe",
    "panniculitis_bullous_mild": "panniculitis or bullous lupus, mild",
    "major_cutaneous_vasculitis": "major cutaneous vasculitis or thrombosis",
    "digital_infarcts": "digital infarcts or nodular vasculitis",
    "periungual_erythema_chilblains": "periungual erythema or chilblains",
    "pleurisy_pericarditis": "pleurisy or pericarditis",
    "pleural_effusion_dyspnea": "pleural effusion with dyspnea",
    "pulmonary_hemorrhage_vasculitis": "pulmonary hemorrhage or vasculitis",
    "interstitial_pneumonitis": "interstitial alveolitis or pneumonitis",
    "abdominal_serositis_ascites": "abdominal serositis or ascites",
    "enteritis_colitis": "enteritis or colitis",
    "orbital_inflammation": "orbital inflammation, myositis or proptosis",
    "posterior_uveitis_severe": "posterior uveitis or retinal vasculitis, severe",
    "posterior_uveitis_mild": "posterior uveitis or retinal vasculitis, mild",
    "retinal_vaso_occlusion": "retinal or choroidal vaso-occlusion",
    "intracranial_hypertension_headache": "headache of intracranial hypertension",
    "cerebrovascular_disease": "cerebrovascular disease without vasculitis",
    "cerebellar_ataxia": "cerebellar ataxia, isolated",
    "arthritis_moderate": "arthritis moderate, tendonitis or tenosynovitis",
    "arthritis_mild_arthralgia": "arthritis mild, arthralgia or myalgia",
    "cardiac_failure": "myocarditis or endocarditis with cardiac failure",
    "systolic_bp_due": "systolic blood pressure is due to lupus",
    "diastolic_bp_due": "diastolic blood pressure is due to lupus",
    "uacr_due": "urine albumin-creatinine ratio is due to lupus",
    "upcr_due": "urine protein-creatinine ratio is due to lupus",
    "gfr_due": "GFR is due to lupus",
    "wbc_due": "white cell count is due to lupus",
    "active_nephritis_biopsy": "a biopsy shows active nephritis",
    "ttp": "thrombotic thrombocytopenic purpura",
    "hemolysis": "hemolysis: positive Coombs' test with evidence of hemolysis",
    "coombs_isolated": "positive Coombs' test alone",
}
"""Labels that the key does not say by itself."""


def _label(key: str) -> str:
    words = key.replace("_", " ")
    return _LABELS.get(key, f"{words.removesuffix(' due')} is due to lupus" if key.endswith("_due") else words)


ITEMS: Final = tuple(
    BilagItem(key, system, "due" if role == "d" else role, _label(key))
    for system, keys in BILAG_2004_ITEMS.items()
    for key, role in zip(keys, _ROLES[system], strict=True)
)
"""Every item, in the order of the form."""


def keys_of(system: str, role: str = "ABCPTY") -> tuple[str, ...]:
    """Keys of a system's items that have one of some parts in grading.

    Examples
    --------
    >>> keys_of("ophthalmic", "C")
    ('episcleritis', 'cotton_wool_spots')
    """
    return tuple(item.key for item in ITEMS if item.system == system and item.role in role)
