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
    "sle_das": (
        "mucocutaneous_vasculitis", "localized_rash", "generalized_rash", "alopecia", "mucosal_ulcers",
        "low_complement", "increased_dsdna", "neuropsychiatric", "systemic_vasculitis", "cardiac_pulmonary",
        "myositis", "serositis", "hemolytic_anemia",
    ),
    "clasi": (
        "scalp_erythema", "scalp_scale", "scalp_dyspigmentation", "scalp_scarring", "ears_erythema", "ears_scale",
        "ears_dyspigmentation", "ears_scarring", "nose_erythema", "nose_scale", "nose_dyspigmentation",
        "nose_scarring", "face_erythema", "face_scale", "face_dyspigmentation", "face_scarring",
        "neck_front_erythema", "neck_front_scale", "neck_front_dyspigmentation", "neck_front_scarring",
        "neck_back_erythema", "neck_back_scale", "neck_back_dyspigmentation", "neck_back_scarring", "chest_erythema",
        "chest_scale", "chest_dyspigmentation", "chest_scarring", "abdomen_erythema", "abdomen_scale",
        "abdomen_dyspigmentation", "abdomen_scarring", "back_erythema", "back_scale", "back_dyspigmentation",
        "back_scarring", "arms_erythema", "arms_scale", "arms_dyspigmentation", "arms_scarring", "hands_erythema",
        "hands_scale", "hands_dyspigmentation", "hands_scarring", "legs_erythema", "legs_scale",
        "legs_dyspigmentation", "legs_scarring", "feet_erythema", "feet_scale", "feet_dyspigmentation",
        "feet_scarring", "mucosal_lesion", "recent_hair_loss", "alopecia", "lasting_dyspigmentation",
        "mucosal_scarring", "scalp_scarring_extent",
    ),
    "sdi": (
        "cataract", "retinal_change", "cognitive_impairment", "seizures", "stroke", "neuropathy",
        "transverse_myelitis", "low_gfr", "heavy_proteinuria", "end_stage_kidney", "pulmonary_hypertension",
        "pulmonary_fibrosis", "shrinking_lung", "pleural_fibrosis", "pulmonary_infarction", "angina",
        "myocardial_infarction", "cardiomyopathy", "valvular_disease", "chronic_pericarditis", "claudication",
        "minor_tissue_loss", "major_tissue_loss", "venous_thrombosis", "organ_infarction", "mesenteric_insufficiency",
        "chronic_peritonitis", "upper_gi_stricture", "pancreatic_insufficiency", "muscle_atrophy",
        "deforming_arthritis", "osteoporotic_fracture", "avascular_necrosis", "osteomyelitis", "ruptured_tendons",
        "scarring_alopecia", "skin_scarring", "skin_ulcer", "gonadal_failure", "diabetes", "malignancy",
    ),
    "facit_fatigue": (
        "answer_1", "answer_2", "answer_3", "answer_4", "answer_5", "answer_6", "answer_7", "answer_8", "answer_9",
        "answer_10", "answer_11", "answer_12", "answer_13",
    ),
    "eular_acr_2019": (
        "ana_1_80", "fever", "leukopenia", "thrombocytopenia", "hemolysis", "delirium", "psychosis", "seizure",
        "alopecia", "oral_ulcers", "subacute_or_discoid", "acute_cutaneous", "effusion", "acute_pericarditis",
        "joints", "proteinuria", "class_ii_or_v", "class_iii_or_iv", "antiphospholipid", "low_c3_or_c4",
        "low_c3_and_c4", "dsdna_or_sm",
    ),
    "slicc_2012": (
        "acute_cutaneous", "chronic_cutaneous", "ulcers", "alopecia", "joints", "serositis", "renal", "neurologic",
        "hemolytic_anemia", "leukopenia", "thrombocytopenia", "ana", "anti_dsdna", "anti_sm", "antiphospholipid",
        "low_complement", "coombs", "biopsy_nephritis",
    ),
    "nih_indices": (
        "endocapillary_hypercellularity", "neutrophils_karyorrhexis", "fibrinoid_necrosis", "hyaline_deposits",
        "cellular_crescents", "interstitial_inflammation", "glomerulosclerosis", "fibrous_crescents",
        "tubular_atrophy", "interstitial_fibrosis",
    ),
    "crs": ("fever", "hypotension", "hypoxia"),
    "icans": (
        "ice_orientation", "ice_naming", "ice_commands", "ice_writing", "ice_attention", "consciousness", "seizure",
        "motor", "edema",
    ),
    "licats": ("local_reaction", "glucocorticoid", "hospitalization", "intensive_care"),
    "acute_gvhd": ("skin", "liver", "upper_gut", "lower_gut"),
    "chronic_gvhd": ("skin", "mouth", "eyes", "gut", "liver", "lungs", "joints", "genital"),
    "bilag_2004": tuple(key for keys in BILAG_2004_ITEMS.values() for key in keys),
    "bilag_2004_grades": BILAG_2004_SYSTEMS,
    "bilag_classic_grades": BILAG_CLASSIC_SYSTEMS,
}  # fmt: skip
"""Instrument key → its item keys."""

GRADED: Final = frozenset(
    {
        "bilag_2004",
        "bilag_2004_grades",
        "bilag_classic_grades",
        "clasi",
        "sdi",
        "facit_fatigue",
        "nih_indices",
        "crs",
        "icans",
        "acute_gvhd",
        "chronic_gvhd",
        "rsfi",
    }
)
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
