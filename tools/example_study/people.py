"""Subjects, milestones, earlier therapies, donors, products and infusions of the invented study."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from example_study.disease import MONTH, Plan

Row = dict[str, Any]
Tables = dict[str, list[Row]]

CUT = date(2024, 3, 29)
OPENED = date(2021, 3, 1)
CENTERS = ("Invented Hospital North", "Invented Hospital South", "Invented Clinic East")
DEAD, LOST, WITHDRAWN = 17, (5, 29), (11,)
CLASSES = ("iii", "iii", "iv", "iv", "iv", "v", "iii_v", "iv_v", "iv_v")
PRESENT, ABSENT = ("cd105", "cd73", "cd90"), ("cd45", "cd34", "cd14_or_cd11b", "cd79a_or_cd19", "hla_dr")
THERAPIES = {
    "cyclophosphamide": (0.75, "g"), "mycophenolate mofetil": (2, "g"), "azathioprine": (100, "mg"),
    "tacrolimus": (4, "mg"), "methotrexate": (15, "mg"), "rituximab": (1, "g"), "belimumab": (600, "mg"),
}  # fmt: skip
USE = (0.27, 0.27, 0.14, 0.1, 0.1, 0.07, 0.05)


@dataclass(frozen=True, slots=True)
class Stay:
    """How long a patient is in the study."""

    day0: date
    last: int
    """Last day in contact."""
    cut: int
    weight: float
    two_infusions: bool

    @property
    def complete(self) -> bool:
        """Still in the study at the data cut, or within weeks of it."""
        return self.cut - self.last < 60

    def on(self, day: int) -> str:
        """The calendar date of a study day."""
        return (self.day0 + timedelta(days=day)).isoformat()


def entry_dates(rng: np.random.Generator, patients: int) -> list[date]:
    """Dates of the first infusion, in order; entry is staggered over a little over two years."""
    days = np.sort(rng.beta(0.85, 1.2, patients) * 850).astype(int)
    return [OPENED + timedelta(days=int(day)) for day in days]


def draw_stay(rng: np.random.Generator, number: int, day0: date) -> Stay:
    """Draw the end of follow-up: the data cut, or death, withdrawal or loss before it."""
    cut = (CUT - day0).days
    last = cut - int(rng.integers(0, 25))
    if number in LOST:
        last = int(rng.integers(200, 330))
    if number in WITHDRAWN:
        last = int(rng.integers(130, 240))
    if number == DEAD:
        last = 438
    weight = float(np.clip(rng.normal(58, 9), 42, 90).round(1))
    return Stay(day0, min(last, cut), cut, weight, two_infusions=bool(rng.random() < 0.7))


def add_products(rng: np.random.Generator, tables: Tables) -> None:
    """Five batches from umbilical cords, three from bone marrow of volunteers."""
    for k in range(1, 9):
        cord = k not in (3, 5, 8)
        tables["donors"].append({
            "donor": f"D-{k}", "relation": "umbilical_cord" if cord else "unrelated", "hla_match": "not matched",
            "sex": "" if cord else str(rng.choice(["female", "male"])),
            "age_years": "" if cord else int(rng.integers(20, 45)),
        })  # fmt: skip
        tables["products"].append({
            "product": f"P-{k}", "donor": f"D-{k}", "cell_source": "umbilical_cord" if cord else "bone_marrow",
            "autologous": "false", "passage": int(rng.integers(3, 6)),
            "viability_percent": int(np.clip(rng.normal(93, 2), 87, 98)), "release_criteria_met": "true",
        })  # fmt: skip
    for k, product in enumerate(tables["products"]):
        own = np.random.default_rng(k)
        product |= {"adherent": "true"}
        product |= {f"{marker}_percent": round(100 - float(own.gamma(2, 0.7)), 1) for marker in PRESENT}
        product |= {f"{marker}_percent": round(min(1.8, float(own.gamma(2, 0.2))), 1) for marker in ABSENT}
        product |= {"differentiates": "true"}


def add_subject(rng: np.random.Generator, tables: Tables, plan: Plan, stay: Stay) -> None:
    """The patient and the therapies that failed before."""
    age = int(np.clip(17 + rng.gamma(2.6, 6.2), 17, 62))
    disease = int(np.clip(rng.gamma(2.2, 2.6), 0.9, age - 11) * 365)
    tables["subjects"].append({
        "subject": plan.subject, "sex": "male" if rng.random() < 0.1 else "female", "birth_year": stay.day0.year - age,
        "age_years": age, "ancestry": "not recorded", "diagnosis_day": -disease,
        "classification": "slicc_2012" if rng.random() < 0.2 else "acr_1997",
        "nephritis_class": str(rng.choice(CLASSES)) if plan.nephritis else "none",
        "center": CENTERS[plan.number % 3], "arm": "allogeneic MSC", "in_full_analysis_set": "true",
        "in_safety_set": "true", "day0_date": stay.day0.isoformat(),
    })  # fmt: skip
    failed = rng.choice(list(THERAPIES), size=int(rng.choice([2, 2, 3, 3, 4])), replace=False, p=USE)
    for k, drug in enumerate(failed, 1):
        dose, unit = THERAPIES[str(drug)]
        duration = int(np.clip(rng.lognormal(np.log(240), 0.5), 60, disease))
        tables["history"].append({
            "subject": plan.subject, "kind": "therapy", "number": k, "term": str(drug), "dose": dose, "unit": unit,
            "duration_days": duration, "outcome": str(rng.choice(["failed", "failed", "failed", "intolerant"])),
        })  # fmt: skip


def add_organs(tables: Tables, plan: Plan, ever: set[str]) -> None:
    """Organ systems involved before the study."""
    for k, system in enumerate(sorted(ever), 1):
        tables["history"].append(
            {"subject": plan.subject, "kind": "organ_system", "number": k, "term": system, "outcome": ""}
        )


def add_treatment(rng: np.random.Generator, tables: Tables, plan: Plan, stay: Stay) -> None:
    """Infusions on day 0 and, in most, day 7; and the milestones that censoring rests on."""
    batch = 1 + min(7, int((stay.day0 - OPENED).days / 850 * 8))
    days = (0, 7) if stay.two_infusions else (0,)
    for number, day in enumerate(days, 1):
        per_kg = round(float(rng.normal(1.0, 0.07)), 2) * 1e6
        tables["infusions"].append({
            "subject": plan.subject, "day": day, "product": f"P-{batch}", "date": stay.on(day), "number": number,
            "total_cells": round(per_kg * stay.weight), "cells_per_kg": round(per_kg), "conditioning": "none",
        })  # fmt: skip
    kinds = [("consent", 1, -int(rng.integers(28, 45))), ("eligibility_met", 1, -int(rng.integers(2, 7)))]
    kinds += [("infusion", number, day) for number, day in enumerate(days, 1)]
    kinds += [("last_contact", 1, stay.last), ("data_cut", 1, stay.cut)]
    for kind, number, day in kinds:
        tables["milestones"].append(
            {"subject": plan.subject, "kind": kind, "number": number, "day": day, "date": stay.on(day)}
        )


def months(count: float) -> int:
    """Days of so many months."""
    return round(count * MONTH)
