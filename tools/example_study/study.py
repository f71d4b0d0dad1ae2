"""The tables of the invented study, clean: who was seen when, and what was recorded."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np

from example_study.disease import LIMITS, MONTH, WEIGHTS, Patient, labs_on, make_patient, signs_on

Row = dict[str, Any]
Tables = dict[str, list[Row]]

PLANNED = ((0, "Baseline"), (1, "Month 1"), (3, "Month 3"), (6, "Month 6"), (9, "Month 9"), (12, "Month 12"),
           (18, "Month 18"), (24, "Month 24"))  # fmt: skip
CUT = date(2024, 3, 29)
CENTERS = ("Invented Hospital North", "Invented Hospital South", "Invented Clinic East")
THERAPIES = ("cyclophosphamide", "mycophenolate", "azathioprine", "rituximab", "tacrolimus", "methotrexate")
DEAD, LOST, WITHDRAWN = 17, (5, 29), (11, 34)


def make_tables(rng: np.random.Generator, patients: int = 40) -> Tables:
    """All tables of the study before any row is made dirty."""
    tables: Tables = {name: [] for name in (
        "subjects", "milestones", "history", "donors", "products", "infusions", "visits", "items", "labs",
        "medications", "events")}  # fmt: skip
    _products(rng, tables)
    for number in range(1, patients + 1):
        patient = make_patient(rng, number)
        day0 = date(2021, 2, 1) + timedelta(days=int(rng.integers(0, 820)))
        last = _last_day(rng, number, day0)
        _subject(rng, tables, patient, day0, number)
        _treatment(rng, tables, patient, day0, last)
        days = _visit_days(rng, last)
        for planned, name, day in days:
            _visit(rng, tables, patient, day0, (planned, name, day))
        _drugs(rng, tables, patient, [day for _, _, day in days], last)
        _events(rng, tables, patient, number, last)
    return tables


def _last_day(rng: np.random.Generator, number: int, day0: date) -> int:
    cut = (CUT - day0).days
    if number in LOST:
        return min(cut, int(rng.integers(100, 260)))
    if number in WITHDRAWN:
        return min(cut, int(rng.integers(150, 420)))
    return min(cut, 438) if number == DEAD else cut


def _products(rng: np.random.Generator, tables: Tables) -> None:
    for k in range(1, 9):
        cord = k <= 5
        tables["donors"].append({
            "donor": f"D-{k}", "relation": "umbilical_cord" if cord else "unrelated", "hla_match": "not matched",
            "sex": "" if cord else rng.choice(["female", "male"]),
            "age_years": "" if cord else int(rng.integers(20, 45)),
        })  # fmt: skip
        tables["products"].append({
            "product": f"P-{k}", "donor": f"D-{k}", "cell_source": "umbilical_cord" if cord else "bone_marrow",
            "autologous": "false", "passage": int(rng.integers(3, 6)), "viability_percent": int(rng.integers(88, 98)),
            "release_criteria_met": "true",
        })  # fmt: skip


def _subject(rng: np.random.Generator, tables: Tables, patient: Patient, day0: date, number: int) -> None:
    age = int(np.clip(rng.normal(31, 9), 17, 58))
    tables["subjects"].append({
        "subject": patient.subject, "sex": "male" if rng.random() < 0.1 else "female", "age_years": age,
        "birth_year": day0.year - age, "ancestry": "not recorded", "diagnosis_day": -int(rng.uniform(1.2, 12) * 365),
        "classification": "acr_1997", "nephritis_class": patient.nephritis,
        "center": CENTERS[number % 3], "arm": "allogeneic MSC", "in_safety_set": "true", "day0_date": day0.isoformat(),
    })  # fmt: skip
    for k, drug in enumerate(rng.choice(THERAPIES, size=int(rng.integers(2, 5)), replace=False), 1):
        tables["history"].append({
            "subject": patient.subject, "kind": "therapy", "number": k, "term": drug,
            "duration_days": int(rng.integers(90, 700)), "outcome": rng.choice(["failed", "failed", "intolerant"]),
        })  # fmt: skip


def _treatment(rng: np.random.Generator, tables: Tables, patient: Patient, day0: date, last: int) -> None:
    two = rng.random() < 0.7 and last > 7
    product = f"P-{int(rng.integers(1, 9))}"
    for number, day in enumerate((0, 7) if two else (0,), 1):
        per_kg = round(float(rng.normal(1.0, 0.06)), 2) * 1e6
        tables["infusions"].append({
            "subject": patient.subject, "day": day, "product": product, "number": number,
            "total_cells": round(per_kg * patient.weight), "cells_per_kg": round(per_kg), "conditioning": "none",
        })  # fmt: skip
    kinds = [("consent", 1, -int(rng.integers(30, 45))), ("eligibility_met", 1, -int(rng.integers(2, 7)))]
    kinds += [("infusion", 1, 0), *([("infusion", 2, 7)] if two else [])]
    kinds += [("last_contact", 1, last), ("data_cut", 1, (CUT - day0).days)]
    for kind, number, day in kinds:
        when = (day0 + timedelta(days=day)).isoformat()
        tables["milestones"].append(
            {"subject": patient.subject, "kind": kind, "number": number, "day": day, "date": when}
        )


def _visit_days(rng: np.random.Generator, last: int) -> list[tuple[int, str, int]]:
    days = [(-14, "Screening", -int(rng.integers(8, 26)))]
    for month, name in PLANNED:
        planned = round(month * MONTH)
        day = planned + (int(np.clip(rng.normal(0, 5), -12, 14)) if month else 0)
        seen = month == 0 or rng.random() > 0.07
        if day <= last and seen:
            days.append((planned, name, day))
    return days


def _visit(rng: np.random.Generator, tables: Tables, patient: Patient, day0: date, when: tuple[int, str, int]) -> None:
    planned, name, day = when
    activity = patient.activity(day, float(rng.normal(0, 0.05)))
    present = signs_on(patient, activity)
    joints = int(rng.integers(2, 9)) if "arthritis" in present else int(rng.random() < 0.15)
    tables["visits"].append({
        "subject": patient.subject, "day": day, "date": (day0 + timedelta(days=day)).isoformat(),
        "planned_visit": name, "planned_day": planned,
        "pga": round(float(np.clip(0.1 + 2.2 * activity + rng.normal(0, 0.12), 0, 3)), 1),
        "weight_kg": round(patient.weight + float(rng.normal(0, 1)), 1), "height_cm": "",
        "temperature_c": round(float(rng.uniform(38.2, 39.1) if "fever" in present else rng.uniform(36.2, 37.3)), 1),
        "systolic_mmhg": int(rng.normal(122, 11)), "diastolic_mmhg": int(rng.normal(77, 7)),
        "tender_joints": joints + int(rng.integers(0, 3)), "swollen_joints": joints, "inflamed_joints": joints,
    })  # fmt: skip
    hidden = (
        set(rng.choice(list(WEIGHTS), size=int(rng.integers(1, 4)), replace=False)) if rng.random() < 0.06 else set()
    )
    for sign, weight in WEIGHTS.items():
        if sign in hidden:
            continue
        tables["items"].append({
            "subject": patient.subject, "day": day, "instrument": "sledai_2k", "item": sign,
            "value": weight if sign in present else 0, "attributed": "",
        })  # fmt: skip
    if not hidden:
        total = sum(WEIGHTS[sign] for sign in present)
        tables["items"].append({
            "subject": patient.subject, "day": day, "instrument": "sledai_2k", "item": "total", "value": total,
            "attributed": "",
        })  # fmt: skip
    for analyte, (value, unit) in labs_on(rng, present, activity).items():
        if rng.random() > 0.03:
            low, high = LIMITS[analyte]
            tables["labs"].append({
                "subject": patient.subject, "day": day, "analyte": analyte, "value": value, "unit": unit,
                "lower_limit": "" if low is None else low, "upper_limit": "" if high is None else high,
            })  # fmt: skip


def _drugs(rng: np.random.Generator, tables: Tables, patient: Patient, days: list[int], last: int) -> None:
    dose = float(rng.choice([20, 30, 30, 40, 50]))
    starts = [-60, *(day for day in days if day > 0)]
    for k, start in enumerate(starts):
        stop = starts[k + 1] - 1 if k + 1 < len(starts) else last
        if stop >= start:
            tables["medications"].append({
                "subject": patient.subject, "drug": "prednisone", "start": start, "stop": stop, "dose": dose,
                "unit": "mg", "frequency": "daily", "route": "oral",
            })  # fmt: skip
        activity = patient.activity(max(stop, 1), 0)
        dose = (
            min(60.0, dose * 1.5)
            if activity > 0.8 and k
            else max(5.0, round(dose * (0.55 + 0.4 * activity) / 2.5) * 2.5)
        )
    background, each = [("mycophenolate mofetil", 1.0), ("hydroxychloroquine", 0.2), ("azathioprine", 0.05)][
        int(rng.integers(0, 3))
    ]
    tables["medications"].append({
        "subject": patient.subject, "drug": background, "start": -120, "stop": "", "dose": each, "unit": "g",
        "frequency": "twice_daily" if each == 1.0 else "daily", "route": "oral",
    })  # fmt: skip


def _events(rng: np.random.Generator, tables: Tables, patient: Patient, number: int, last: int) -> None:
    def add(kind: str, day: int, term: str, **more: Any) -> None:
        tables["events"].append({"subject": patient.subject, "day": day, "term": term, "kind": kind, **more})

    if patient.relapse_day is not None and patient.relapse_day + 10 <= last:
        add("relapse", patient.relapse_day + int(rng.integers(0, 10)), "relapse of lupus", serious="false")
    for _ in range(int(rng.poisson(0.7))):
        day = int(rng.integers(1, max(2, last)))
        term = str(rng.choice(["upper respiratory infection", "urinary infection", "herpes zoster", "pneumonia"]))
        grade = 3 if term == "pneumonia" else int(rng.integers(1, 3))
        add("infection", day, term, grade=grade, serious=str(grade > 2).lower(), related="false")
    if rng.random() < 0.2:
        add("adverse_event", 0, "infusion related reaction", grade=1, serious="false", related="true")
    if number in WITHDRAWN:
        add("withdrawal", last, "withdrew consent")
    if number == DEAD:
        add("death", last, "death", grade=5, serious="true", related="false", cause="pneumonia with sepsis")
