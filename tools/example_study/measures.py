"""What is measured: laboratory values around each patient's own levels, joints, temperature, and the items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from example_study.disease import Course, Days, Plan, Values, organ_activity, wander
from example_study.grades import SYSTEMS, record_grades

WEIGHTS = {
    "seizure": 8, "psychosis": 8, "organic_brain_syndrome": 8, "visual_disturbance": 8, "cranial_nerve": 8,
    "lupus_headache": 8, "cva": 8, "vasculitis": 8, "arthritis": 4, "myositis": 4, "urinary_casts": 4,
    "hematuria": 4, "proteinuria": 4, "pyuria": 4, "rash": 2, "alopecia": 2, "mucosal_ulcers": 2, "pleurisy": 2,
    "pericarditis": 2, "low_complement": 2, "increased_dsdna": 2, "fever": 1, "thrombocytopenia": 1, "leukopenia": 1,
}  # fmt: skip

SIGNS = {
    "seizure": ("brain", 0.02), "psychosis": ("brain", 0.02), "organic_brain_syndrome": ("brain", 0.02),
    "visual_disturbance": ("brain", 0.02), "cranial_nerve": ("brain", 0.02), "lupus_headache": ("brain", 0.04),
    "vasculitis": ("skin", 0.11), "myositis": ("joints", 0.05), "urinary_casts": ("kidney", 0.2),
    "rash": ("skin", 0.48), "alopecia": ("skin", 0.36), "mucosal_ulcers": ("skin", 0.26),
    "pleurisy": ("serosa", 0.09), "pericarditis": ("serosa", 0.07),
}  # fmt: skip
"""Signs that a physician sees → organ, and share of patients who can have them (casts: of those with nephritis)."""

DIGITS = {
    "wbc": 1, "lymphocytes": 2, "neutrophils": 2, "platelets": 0, "hemoglobin": 0, "creatinine": 0, "albumin": 0,
    "c3": 2, "c4": 2, "anti_dsdna": 0, "upcr": 2, "urine_rbc": 0, "urine_wbc": 0,
}  # fmt: skip
UNITS = {
    "wbc": "10^9/L", "lymphocytes": "10^9/L", "neutrophils": "10^9/L", "platelets": "10^9/L", "hemoglobin": "g/L",
    "creatinine": "umol/L", "albumin": "g/L", "c3": "g/L", "c4": "g/L", "anti_dsdna": "IU/mL", "upcr": "mg/mg",
    "urine_rbc": "/hpf", "urine_wbc": "/hpf",
}  # fmt: skip
LIMITS = {
    "wbc": (3.5, 9.5), "lymphocytes": (1.1, 3.2), "neutrophils": (1.8, 6.3), "platelets": (125, 350),
    "hemoglobin": (115, 150), "creatinine": (41, 81), "albumin": (40, 55), "c3": (0.9, 1.8), "c4": (0.1, 0.4),
    "anti_dsdna": (None, 100), "upcr": (None, 0.2), "urine_rbc": (None, 3), "urine_wbc": (None, 5),
}  # fmt: skip
"""The invented laboratories' limits of normal; one center has limits of its own for complement."""
SOUTHERN_LIMITS = {"c3": (0.8, 1.6), "c4": (0.12, 0.36)}


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything measured in one patient, a value a day in each array."""

    labs: dict[str, Values]
    items: dict[str, Values]
    inflamed: Values
    tender: Values
    temperature: Values
    pga: Values
    grades: dict[str, Values]
    ever: set[str]
    limits: Mapping[str, tuple[float | None, float | None]]

    @property
    def score(self) -> Values:
        """SLEDAI-2K on each day."""
        return sum((WEIGHTS[item] * present for item, present in self.items.items()), np.zeros(len(self.pga)))


def measure(rng: np.random.Generator, plan: Plan, course: Course, days: Days) -> Measured:
    """Measure a patient on days; drawn again until the baseline activity is that of the trial's patients."""
    limits = LIMITS | (SOUTHERN_LIMITS if plan.number % 3 == 1 else {})
    while True:
        organs = organ_activity(rng, course, days)
        labs = _blood(rng, organs, days) | _chemistry(rng, plan, organs, days)
        labs = {analyte: np.round(labs[analyte], DIGITS[analyte]) for analyte in UNITS}
        has_arthritis, has_fever = rng.random() < 0.52, rng.random() < 0.09
        swelling = (rng.gamma(6, 1.0) * organs["joints"] if has_arthritis else 0.0) + wander(rng, days, 0.45, 60)
        inflamed = np.clip(np.round(swelling), 0, 28).astype(int)
        inflamed = inflamed if has_arthritis else np.minimum(inflamed, 1)
        fever = np.clip((organs["serosa"] - 0.75) * 4, 0, 1) * 2.2 if has_fever else np.zeros(len(days))
        temperature = np.round(36.6 + fever + rng.normal(0, 0.2, len(days)), 1)
        items = _items(rng, plan, organs, days) | _items_of_measures(labs, limits, inflamed, temperature)
        items = {item: items[item] for item in WEIGHTS}
        activity = course.activity(days)
        score = sum((WEIGHTS[item] * items[item] for item in items), np.zeros(len(days)))
        pga = np.clip(0.05 + 0.065 * score + 0.75 * activity + wander(rng, days, 0.14, 90), 0, 3)
        fits = 8 <= score[1] <= 22 and plan.nephritis == bool(items["proteinuria"][1])
        if fits and _relapse_shows(course, days, score):
            tender = inflamed + rng.poisson(0.6 + 1.2 * activity)
            ever = {system for system, (_, signs) in SYSTEMS.items() if any(items[sign][:2].any() for sign in signs)}
            ever |= {system for system in SYSTEMS if rng.random() < 0.12}
            grades = record_grades(organs, items, ever)
            return Measured(labs, items, inflamed, tender, temperature, np.round(pga, 1), grades, ever, limits)


def _relapse_shows(course: Course, days: Days, score: Values) -> bool:
    """SLEDAI-2K rises by 4 or more from the visit before a relapse to the one that finds it."""
    if course.relapse is None:
        return True
    later = np.flatnonzero(days >= course.relapse.reported - 21)
    return not len(later) or bool(score[later[0]] - score[later[0] - 1] >= 4)


def _blood(rng: np.random.Generator, organs: dict[str, Values], days: Days) -> dict[str, Values]:
    blood = organs["blood"]
    falls = rng.uniform(0.75, 1.15) if rng.random() < 0.2 else rng.uniform(0, 0.25)
    wbc = np.round(rng.lognormal(np.log(6.2), 0.2) * np.exp(-falls * blood + wander(rng, days, 0.13, 100)), 1)
    share = 1 / (1 + np.exp(1.0 + 0.5 * blood + rng.normal(0, 0.3) + wander(rng, days, 0.2, 100)))
    drop = rng.uniform(0.95, 1.5) if rng.random() < 0.17 else rng.uniform(-0.05, 0.2)
    platelets = np.clip(rng.normal(245, 40), 170, 340) * np.exp(-drop * blood + wander(rng, days, 0.1, 120))
    hemoglobin = rng.normal(129, 7) - rng.uniform(6, 24) * blood + wander(rng, days, 4.5, 120)
    return {
        "wbc": wbc,
        "lymphocytes": wbc * share,
        "neutrophils": wbc * (1 - share) * np.clip(rng.normal(0.86, 0.02, len(days)), 0.75, 0.92),
        "platelets": platelets,
        "hemoglobin": np.clip(hemoglobin, 72, 160),
    }


def _chemistry(rng: np.random.Generator, plan: Plan, organs: dict[str, Values], days: Days) -> dict[str, Values]:
    kidney, serology = organs["kidney"], organs["serology"]

    def grows(level: float, gain: float, activity: Values, spread: float) -> Values:
        return rng.lognormal(np.log(level), 0.3) * np.exp(gain * activity + wander(rng, days, spread, 110))

    low = rng.random() < 0.82
    consumed = rng.uniform(0.4, 0.85) if low else rng.uniform(0, 0.1)
    c3 = np.clip(rng.normal(1.17, 0.09), 1.0, 1.45) * np.exp(-consumed * serology + wander(rng, days, 0.06, 110))
    c4 = np.clip(rng.normal(0.24, 0.04), 0.17, 0.35) * np.exp(-1.5 * consumed * serology + wander(rng, days, 0.1, 110))
    upcr = grows(0.11, rng.normal(3.1, 0.45) if plan.nephritis else rng.normal(0.3, 0.2), kidney, 0.22)
    bleeds = plan.nephritis and rng.random() < 0.6
    leaks = plan.nephritis and rng.random() < 0.32
    albumin = rng.normal(43.5, 1.6) - 6 * np.log1p(upcr) - 2 * kidney + wander(rng, days, 1.2, 90)
    filtration, burden = rng.normal(60, 8), rng.gamma(2, 8) if plan.nephritis else 2.0
    return {
        "creatinine": filtration + burden * kidney + wander(rng, days, 4, 90),
        "albumin": np.clip(albumin, 16, 50),
        "c3": c3,
        "c4": c4,
        "anti_dsdna": grows(34, rng.normal(2.2, 0.45) if rng.random() < 0.8 else 0.2, serology, 0.25),
        "upcr": np.clip(upcr, 0.03, 9.5),
        "urine_rbc": np.clip(grows(1.0, rng.normal(3.1, 0.4) if bleeds else 0.1, kidney, 0.35), 0, 200),
        "urine_wbc": np.clip(grows(1.1, rng.normal(2.7, 0.35) if leaks else 0.2, kidney, 0.35), 0, 150),
    }


def _items(rng: np.random.Generator, plan: Plan, organs: dict[str, Values], days: Days) -> dict[str, Values]:
    """Signs that a physician sees: each patient has a few, and each sign its own threshold."""
    items: dict[str, Values] = {"cva": np.zeros(len(days), dtype=bool)}
    for sign, (organ, share) in SIGNS.items():
        can = rng.random() < share and (organ != "kidney" or plan.nephritis)
        threshold = rng.uniform(0.42, 0.85)
        level = organs[organ] + wander(rng, days, 0.15, 40)
        items[sign] = (level > threshold) & can
    return items


def _items_of_measures(
    labs: dict[str, Values],
    limits: Mapping[str, tuple[float | None, float | None]],
    inflamed: Values,
    temperature: Values,
) -> dict[str, Values]:
    """Items that a measurement decides, so that the two can never disagree."""
    return {
        "arthritis": inflamed >= 2,
        "hematuria": labs["urine_rbc"] > 5,
        "proteinuria": labs["upcr"] > 0.5,
        "pyuria": labs["urine_wbc"] > 5,
        "low_complement": (labs["c3"] < limits["c3"][0]) | (labs["c4"] < limits["c4"][0]),
        "increased_dsdna": labs["anti_dsdna"] > limits["anti_dsdna"][1],
        "fever": temperature > 38,
        "thrombocytopenia": labs["platelets"] < 100,
        "leukopenia": labs["wbc"] < 3.0,
    }
