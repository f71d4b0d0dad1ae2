"""Item keys of BILAG: the 97 items of the BILAG-2004 form by system, and the systems of both indices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

BILAG_2004_ITEMS: Final[Mapping[str, tuple[str, ...]]] = {
    "constitutional": ("pyrexia", "weight_loss", "lymphadenopathy_splenomegaly", "anorexia"),
    "mucocutaneous": (
        "skin_eruption_severe", "skin_eruption_mild", "angioedema_severe", "angioedema_mild",
        "mucosal_ulceration_severe", "mucosal_ulceration_mild", "panniculitis_bullous_severe",
        "panniculitis_bullous_mild", "major_cutaneous_vasculitis", "digital_infarcts", "alopecia_severe",
        "alopecia_mild", "periungual_erythema_chilblains", "splinter_hemorrhages",
    ),
    "neuropsychiatric": (
        "aseptic_meningitis", "cerebral_vasculitis", "demyelinating_syndrome", "myelopathy",
        "acute_confusional_state", "psychosis", "demyelinating_polyradiculoneuropathy", "mononeuropathy",
        "cranial_neuropathy", "plexopathy", "polyneuropathy", "seizure_disorder", "status_epilepticus",
        "cerebrovascular_disease", "cognitive_dysfunction", "movement_disorder", "autonomic_disorder",
        "cerebellar_ataxia", "lupus_headache_severe", "intracranial_hypertension_headache",
    ),
    "musculoskeletal": (
        "myositis_severe", "myositis_mild", "arthritis_severe", "arthritis_moderate", "arthritis_mild_arthralgia",
    ),
    "cardiorespiratory": (
        "myocarditis_mild", "cardiac_failure", "arrhythmia", "valvular_dysfunction", "pleurisy_pericarditis",
        "cardiac_tamponade", "pleural_effusion_dyspnea", "pulmonary_hemorrhage_vasculitis",
        "interstitial_pneumonitis", "shrinking_lung", "aortitis", "coronary_vasculitis",
    ),
    "gastrointestinal": (
        "peritonitis", "abdominal_serositis_ascites", "enteritis_colitis", "malabsorption",
        "protein_losing_enteropathy", "pseudo_obstruction", "hepatitis", "cholecystitis", "pancreatitis",
    ),
    "ophthalmic": (
        "orbital_inflammation", "keratitis_severe", "keratitis_mild", "anterior_uveitis",
        "posterior_uveitis_severe", "posterior_uveitis_mild", "episcleritis", "scleritis_severe",
        "scleritis_mild", "retinal_vaso_occlusion", "cotton_wool_spots", "optic_neuritis",
        "anterior_ischemic_optic_neuropathy",
    ),
    "renal": (
        "systolic_bp_due", "diastolic_bp_due", "accelerated_hypertension", "dipstick_protein_due", "uacr_due",
        "upcr_due", "urine_protein_24h_due", "nephrotic_syndrome", "creatinine_due", "gfr_due",
        "active_sediment", "active_nephritis_biopsy",
    ),
    "hematological": (
        "hemoglobin_due", "wbc_due", "neutrophils_due", "lymphocytes_due", "platelets_due", "ttp", "hemolysis",
        "coombs_isolated",
    ),
}  # fmt: skip
"""System → keys of its items, both in the order of the form. An item `…_due` is the box beside a measurement that
says whether it is due to lupus: 0 takes the value out of scoring. The values themselves are laboratory results and
columns of the visits table."""

BILAG_2004_SYSTEMS: Final = tuple(BILAG_2004_ITEMS)
"""The nine systems of BILAG-2004."""

BILAG_CLASSIC_SYSTEMS: Final = (
    "general", "mucocutaneous", "neurological", "musculoskeletal", "cardiorespiratory", "vasculitis", "renal",
    "hematological",
)  # fmt: skip
"""The eight systems of classic BILAG."""
