"""Laboratory analytes: key, unit in which Malar keeps them, usual specimen, plausible range."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Analyte:
    """One analyte.

    Parameters
    ----------
    key
        Name used in `labs.analyte` and in visit-frame columns (`lab__c3`).
    label
        Name for people.
    unit
        Unit of every stored value and limit.
    specimen
        Specimen taken for granted where a row names none.
    plausible
        Values outside are asked about, never changed.
    """

    key: str
    label: str
    unit: str
    specimen: str
    plausible: tuple[float, float]


_LIST: Final = (
    Analyte("c3", "Complement C3", "g/L", "serum", (0.05, 3.0)),
    Analyte("c4", "Complement C4", "g/L", "serum", (0.005, 1.0)),
    Analyte("ch50", "Complement CH50", "U/mL", "serum", (0, 200)),
    Analyte("anti_dsdna", "Anti-dsDNA antibodies", "IU/mL", "serum", (0, 20_000)),
    Analyte("wbc", "White blood cells", "10^9/L", "blood", (0.1, 60)),
    Analyte("neutrophils", "Neutrophils", "10^9/L", "blood", (0, 50)),
    Analyte("neutrophils_percent", "Neutrophils, share of white cells", "%", "blood", (0, 100)),
    Analyte("lymphocytes", "Lymphocytes", "10^9/L", "blood", (0, 15)),
    Analyte("lymphocytes_percent", "Lymphocytes, share of white cells", "%", "blood", (0, 100)),
    Analyte("monocytes", "Monocytes", "10^9/L", "blood", (0, 5)),
    Analyte("monocytes_percent", "Monocytes, share of white cells", "%", "blood", (0, 60)),
    Analyte("cd3", "CD3+ T cells", "10^9/L", "blood", (0, 10)),
    Analyte("cd4", "CD3+CD4+ T cells", "10^9/L", "blood", (0, 6)),
    Analyte("cd8", "CD3+CD8+ T cells", "10^9/L", "blood", (0, 6)),
    Analyte("cd19", "CD19+ B cells", "10^9/L", "blood", (0, 3)),
    Analyte("nk_cells", "CD3-CD16/56+ natural killer cells", "10^9/L", "blood", (0, 3)),
    Analyte("platelets", "Platelets", "10^9/L", "blood", (2, 1000)),
    Analyte("hemoglobin", "Hemoglobin", "g/L", "blood", (40, 200)),
    Analyte("reticulocytes_percent", "Reticulocytes, corrected share of red cells", "%", "blood", (0, 40)),
    Analyte("hematocrit", "Hematocrit", "%", "blood", (12, 60)),
    Analyte("creatinine", "Creatinine", "umol/L", "serum", (15, 1000)),
    Analyte("albumin", "Albumin", "g/L", "serum", (8, 60)),
    Analyte("igg", "Immunoglobulin G", "g/L", "serum", (0.3, 60)),
    Analyte("anti_hla_class_i", "Anti-HLA class I, panel reactive", "%", "serum", (0, 100)),
    Analyte("anti_hla_class_ii", "Anti-HLA class II, panel reactive", "%", "serum", (0, 100)),
    Analyte("donor_specific_antibody", "Donor-specific anti-HLA antibody, fluorescence", "MFI", "serum", (0, 40_000)),
    Analyte("lupus_anticoagulant", "Lupus anticoagulant, normalized ratio", "ratio", "blood", (0.3, 6)),
    Analyte("anticardiolipin_igg", "Anticardiolipin IgG", "U/mL", "serum", (0, 1000)),
    Analyte("anticardiolipin_igm", "Anticardiolipin IgM", "U/mL", "serum", (0, 1000)),
    Analyte("anti_beta2gp1_igg", "Anti-β2-glycoprotein I IgG", "U/mL", "serum", (0, 1000)),
    Analyte("anti_beta2gp1_igm", "Anti-β2-glycoprotein I IgM", "U/mL", "serum", (0, 1000)),
    Analyte("ast", "Aspartate aminotransferase", "U/L", "serum", (3, 2000)),
    Analyte("alt", "Alanine aminotransferase", "U/L", "serum", (2, 2000)),
    Analyte("ldh", "Lactate dehydrogenase", "U/L", "serum", (50, 3000)),
    Analyte("ck", "Creatine kinase", "U/L", "serum", (5, 20_000)),
    Analyte("aldolase", "Aldolase", "U/L", "serum", (0.5, 100)),
    Analyte("esr", "Erythrocyte sedimentation rate", "mm/h", "blood", (0, 150)),
    Analyte("crp", "C-reactive protein", "mg/L", "serum", (0, 500)),
    Analyte("urine_protein_24h", "Urine protein in 24 hours", "g/d", "urine", (0, 30)),
    Analyte("upcr", "Urine protein-creatinine ratio", "mg/mg", "urine", (0, 30)),
    Analyte("uacr", "Urine albumin-creatinine ratio", "mg/mmol", "urine", (0, 3000)),
    Analyte("urine_dipstick_protein", "Urine protein on a dipstick, in pluses", "+", "urine", (0, 4)),
    Analyte("gfr", "Glomerular filtration rate as reported", "mL/min/1.73 m2", "blood", (2, 200)),
    Analyte("urine_rbc", "Urine red cells", "/hpf", "urine", (0, 500)),
    Analyte("urine_wbc", "Urine white cells", "/hpf", "urine", (0, 500)),
    Analyte("urine_casts", "Urine casts, heme-granular or of red cells", "/lpf", "urine", (0, 100)),
    Analyte("urine_acanthocytes", "Urine acanthocytes", "/hpf", "urine", (0, 100)),
    Analyte("urine_rbc_casts", "Urine red-cell casts", "/lpf", "urine", (0, 100)),
    Analyte("urine_wbc_casts", "Urine white-cell casts", "/lpf", "urine", (0, 100)),
)

ANALYTES: Final = {analyte.key: analyte for analyte in _LIST}
"""Analyte key → analyte."""

PARTS: Final = (("neutrophils", "wbc"), ("lymphocytes", "wbc"), ("monocytes", "wbc"))
"""Pairs (part, whole) in one unit: a part above its whole is impossible."""
