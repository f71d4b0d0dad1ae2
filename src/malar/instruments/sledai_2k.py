"""SLEDAI-2K and clinical SLEDAI-2K."""

from __future__ import annotations

from typing import Final

from malar.conditions import above, above_upper_limit, any_of, at_least, below, below_lower_limit
from malar.instruments.item import Item
from malar.instruments.weighted_items import WeightedItems
from malar.sources import Source, Status

ARTHRITIS_MIN_JOINTS: Final = 2
"""Joints with pain and signs of inflammation; 3 in SELENA-SLEDAI and the original SLEDAI."""

_OTHER = "metabolic, infectious or drug cause"

ITEMS: Final = (
    Item("seizure", 8, "CNS", "seizure of recent onset", _OTHER),
    Item("psychosis", 8, "CNS", "severely disturbed perception of reality, unable to function", "uremia, drugs"),
    Item(
        "organic_brain_syndrome", 8, "CNS",
        "fast-onset fluctuating loss of orientation, memory or intellect with clouded attention and two of: "
        "disturbed perception, incoherent speech, disturbed sleep, more or less psychomotor activity", _OTHER,
    ),
    Item(
        "visual_disturbance", 8, "CNS", "retinal change of lupus, or optic neuritis",
        "hypertension, infection, drugs",
    ),
    Item("cranial_nerve", 8, "CNS", "new sensory or motor neuropathy of a cranial nerve"),
    Item("lupus_headache", 8, "CNS", "severe persistent headache that narcotic analgesia does not relieve"),
    Item("cva", 8, "CNS", "new stroke", "arteriosclerosis"),
    Item(
        "vasculitis", 8, "vascular",
        "ulcer, gangrene, tender finger nodules, periungual infarct, splinter hemorrhage, or proof by biopsy "
        "or angiogram",
    ),
    Item(
        "arthritis", 4, "musculoskeletal", "pain and signs of inflammation in joints",
        measured=at_least("inflamed_joints", ARTHRITIS_MIN_JOINTS, label="number of inflamed joints"),
        doubt="copies labeled SLEDAI-2K disagree, two or more against more than two joints, and the table of 2002 was "
        "not read; two is from memory of it. What a joint count proposes is provisional; an item recorded by a "
        "physician is scored as recorded.",
    ),
    Item(
        "myositis", 4, "musculoskeletal",
        "proximal ache or weakness with raised CK or aldolase, EMG change or biopsy",
    ),
    Item(
        "urinary_casts", 4, "renal", "heme-granular or red-cell casts",
        measured=above("lab__urine_casts", 0, label="heme-granular or red-cell casts", unit="per low-power field"),
    ),
    Item(
        "hematuria", 4, "renal", "red cells in urine", "stone, infection or other cause",
        above("lab__urine_rbc", 5, label="red cells", unit="per high-power field"),
    ),
    Item(
        "proteinuria", 4, "renal", "protein in urine, new or persistent", "fixed proteinuria of damage",
        any_of(
            above("lab__urine_protein_24h", 0.5, label="urine protein", unit="g in 24 h"),
            above("lab__upcr", 0.5, label="protein-creatinine ratio", unit="mg/mg"),
        ),
    ),
    Item(
        "pyuria", 4, "renal", "white cells in urine", "infection",
        above("lab__urine_wbc", 5, label="white cells", unit="per high-power field"),
    ),
    Item("rash", 2, "mucocutaneous", "inflammatory rash", "scars"),
    Item("alopecia", 2, "mucocutaneous", "abnormal patchy or diffuse loss of hair", "scarring alopecia"),
    Item("mucosal_ulcers", 2, "mucocutaneous", "oral or nasal ulcers"),
    Item("pleurisy", 2, "serosal", "pleuritic pain with rub, effusion or pleural thickening"),
    Item("pericarditis", 2, "serosal", "pericardial pain with rub, effusion, or proof by ECG or echocardiogram"),
    Item(
        "low_complement", 2, "immunologic", "CH50, C3 or C4 low", "",
        any_of(
            below_lower_limit("lab__c3", label="C3"), below_lower_limit("lab__c4", label="C4"),
            below_lower_limit("lab__ch50", label="CH50"),
        ),
    ),
    Item(
        "increased_dsdna", 2, "immunologic", "anti-dsDNA raised", "",
        above_upper_limit("lab__anti_dsdna", label="anti-dsDNA"),
    ),
    Item(
        "fever", 1, "constitutional", "fever", "infection",
        above("temperature_c", 38, label="temperature", unit="°C"),
    ),
    Item(
        "thrombocytopenia", 1, "hematologic", "few platelets", "drugs",
        below("lab__platelets", 100, label="platelets", unit="× 10⁹/L"),
    ),
    Item(
        "leukopenia", 1, "hematologic", "few white cells", "drugs",
        below("lab__wbc", 3.0, label="white cells", unit="× 10⁹/L"),
    ),
)  # fmt: skip

SLEDAI_2K: Final = WeightedItems(
    key="sledai_2k",
    title="SLEDAI-2K",
    source=Source(
        "Gladman DD, Ibañez D, Urowitz MB. J Rheumatol 2002;29:288-91; 30-day window: Touma Z, et al. Lupus "
        "2010;19:49-51, doi 10.1177/0961203309346505",
        "item table",
        Status.SECONDARY,
        "Published copies of the item table disagree on arthritis: two or more inflamed joints is the default "
        "(more than two in SELENA-SLEDAI and the original). The paper prints cells as '< 3,000 × 10⁹/L' and "
        "'< 100,000 × 10⁹/L'; 3.0 and 100 × 10⁹/L are meant. A protein-creatinine ratio above 0.5 mg/mg stands "
        "for 0.5 g in 24 h. The instrument has no rule for missing items. Weights and laboratory thresholds "
        "were read in copies of the table, not in the paper itself.",
    ),
    form="sledai_2k",
    items=ITEMS,
    window_days=30,
    allowed_windows=(10, 28, 30),
    parameters={
        "arthritis_min_joints": f"{ARTHRITIS_MIN_JOINTS} joints; 3 in SELENA-SLEDAI and the original SLEDAI",
        "missing": "unknown (default), absent or carry; the score is null where an unknown item could change it",
        "attribution": "an item recorded as not due to lupus is not scored; attribution not recorded is taken as yes",
    },
)

CLINICAL_SLEDAI_2K: Final = SLEDAI_2K.amend(
    "clinical_sledai_2k",
    title="Clinical SLEDAI-2K",
    source=Source(
        "van Vollenhoven RF, et al. Lupus Sci Med 2021;8:e000538, doi 10.1136/lupus-2021-000538",
        "Table 2",
        Status.SECONDARY,
        "'Irrespective of serology' is read as leaving out exactly low complement and increased anti-dsDNA; "
        "leukopenia, thrombocytopenia and all urine items stay.",
    ),
    without=("low_complement", "increased_dsdna"),
)

INSTRUMENTS: Final = (SLEDAI_2K, CLINICAL_SLEDAI_2K)
