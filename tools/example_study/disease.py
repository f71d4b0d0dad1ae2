"""The invented course of a patient: activity over time, signs that follow it, laboratory values that agree."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MONTH = 30.4375

# Sign: share of patients who can ever have it, and how low activity must fall before it is gone (from, to).
SIGNS = {
    "seizure": (0.03, 0.5, 0.8), "psychosis": (0.02, 0.5, 0.8), "organic_brain_syndrome": (0.02, 0.5, 0.8),
    "visual_disturbance": (0.02, 0.4, 0.8), "cranial_nerve": (0.02, 0.5, 0.8), "lupus_headache": (0.05, 0.5, 0.8),
    "cva": (0.01, 0.6, 0.8), "vasculitis": (0.12, 0.4, 0.75), "arthritis": (0.55, 0.3, 0.75),
    "myositis": (0.06, 0.4, 0.8), "urinary_casts": (0.15, 0.4, 0.8), "hematuria": (0.40, 0.25, 0.7),
    "proteinuria": (0.62, 0.15, 0.55), "pyuria": (0.22, 0.35, 0.75), "rash": (0.55, 0.25, 0.7),
    "alopecia": (0.35, 0.3, 0.7), "mucosal_ulcers": (0.28, 0.35, 0.8), "pleurisy": (0.1, 0.5, 0.85),
    "pericarditis": (0.06, 0.5, 0.85), "low_complement": (0.8, 0.05, 0.5), "increased_dsdna": (0.78, 0.03, 0.45),
    "fever": (0.12, 0.5, 0.85), "thrombocytopenia": (0.15, 0.3, 0.7), "leukopenia": (0.25, 0.2, 0.7),
}  # fmt: skip

WEIGHTS = dict(
    zip(SIGNS, [8] * 8 + [4] * 6 + [2] * 7 + [1] * 3, strict=True),
)


@dataclass
class Patient:
    """One invented patient."""

    subject: str
    signs: dict[str, float]
    """Sign that the patient can have → activity above which it shows."""
    start: float
    floor: float
    speed: float
    relapse_day: int | None
    weight: float
    nephritis: str

    def activity(self, day: int, noise: float) -> float:
        """Activity on a day, 0 to 1."""
        fallen = np.exp(-max(day, 0) / (self.speed * MONTH))
        level = self.floor + (self.start - self.floor) * fallen
        if self.relapse_day is not None and day >= self.relapse_day:
            since = (day - self.relapse_day) / MONTH
            level = max(level, 0.85 * np.exp(-since / 14))
        return float(np.clip(level + noise, 0, 1))


def make_patient(rng: np.random.Generator, number: int) -> Patient:
    """Draw a patient: which signs, how well the activity falls, whether and when it comes back."""
    nephritis = rng.random() < 0.66
    signs: dict[str, float] = {}
    for sign, (share, low, high) in SIGNS.items():
        renal = sign in ("urinary_casts", "hematuria", "proteinuria", "pyuria")
        chance = min(1.0, share * 1.5) if renal and nephritis else (0.02 if renal else share)
        if rng.random() < chance:
            signs[sign] = float(rng.uniform(low, high))
    if nephritis:
        signs.setdefault("proteinuria", float(rng.uniform(0.15, 0.5)))
    kind = rng.choice(3, p=[0.45, 0.33, 0.22])
    floor = float([rng.uniform(0.0, 0.1), rng.uniform(0.2, 0.4), rng.uniform(0.6, 0.85)][kind])
    relapse = int(rng.uniform(5, 18) * MONTH) if kind < 2 and rng.random() < 0.6 else None
    return Patient(
        subject=f"X-{number:02d}",
        signs=signs,
        start=float(rng.uniform(0.7, 0.96)),
        floor=floor,
        speed=float(rng.uniform(1.5, 4.5)),
        relapse_day=relapse,
        weight=float(np.clip(rng.normal(58, 9), 42, 88).round(1)),
        nephritis=str(rng.choice(["iii", "iv", "iv", "v", "iv_v"])) if nephritis else "none",
    )


def signs_on(patient: Patient, activity: float) -> set[str]:
    """Signs present at an activity."""
    return {sign for sign, threshold in patient.signs.items() if activity > threshold}


def labs_on(rng: np.random.Generator, present: set[str], activity: float) -> dict[str, tuple[float, str]]:
    """Laboratory values that agree with the signs: analyte → value and unit."""

    def pick(sign: str, low: tuple[float, float], other: tuple[float, float]) -> float:
        return float(rng.uniform(*(low if sign in present else other)))

    low_c3 = "low_complement" in present
    wbc = round(pick("leukopenia", (1.7, 2.9), (3.4, 9.0)), 1)
    dsdna = rng.lognormal(5.4, 0.5) + 105 if "increased_dsdna" in present else rng.uniform(8, 90)
    protein = 0.55 + rng.lognormal(0.0, 0.6) * activity if "proteinuria" in present else rng.uniform(0.05, 0.42)
    return {
        "wbc": (wbc, "10^9/L"),
        "lymphocytes": (round(wbc * float(rng.uniform(0.12, 0.3)), 2), "10^9/L"),
        "neutrophils": (round(wbc * float(rng.uniform(0.55, 0.66)), 2), "10^9/L"),
        "platelets": (round(pick("thrombocytopenia", (32, 97), (130, 380))), "10^9/L"),
        "hemoglobin": (round(float(np.clip(rng.normal(128 - 20 * activity, 9), 78, 158))), "g/L"),
        "creatinine": (round(float(np.clip(rng.normal(64 + 12 * activity, 11), 38, 160))), "umol/L"),
        "albumin": (round(float(np.clip(rng.normal(42 - 8 * activity, 3), 21, 49))), "g/L"),
        "c3": (round(float(rng.uniform(0.42, 0.87) if low_c3 else rng.uniform(0.93, 1.45)), 2), "g/L"),
        "c4": (round(float(rng.uniform(0.03, 0.09) if low_c3 else rng.uniform(0.11, 0.32)), 2), "g/L"),
        "anti_dsdna": (round(float(dsdna)), "IU/mL"),
        "upcr": (round(float(protein), 2), "mg/mg"),
        "urine_rbc": (round(pick("hematuria", (7, 60), (0, 4))), "/hpf"),
        "urine_wbc": (round(pick("pyuria", (7, 40), (0, 4))), "/hpf"),
    }


LIMITS = {
    "wbc": (3.5, 9.5), "lymphocytes": (1.1, 3.2), "neutrophils": (1.8, 6.3), "platelets": (125, 350),
    "hemoglobin": (115, 150), "creatinine": (41, 81), "albumin": (40, 55), "c3": (0.9, 1.8), "c4": (0.1, 0.4),
    "anti_dsdna": (None, 100), "upcr": (None, 0.2), "urine_rbc": (None, 3), "urine_wbc": (None, 5),
}  # fmt: skip
"""The invented laboratory's limits of normal."""
