"""Make the bundled case series again: python tools/make_case_series.py [FOLDER]. Every value in it is invented.

Three patients with class IV nephritis are given 90 million allogeneic cells and seen at 1, 3, 6 and 9 months, as in a
published series of three; none of its patients' values are here.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from example_study.grades import SYSTEMS
from example_study.measures import LIMITS, UNITS, WEIGHTS

HOME = Path(__file__).parents[1] / "src" / "malar" / "example" / "case_series"
DAYS = (0, 30, 91, 183, 274)
NAMES = ("Baseline", "Month 1", "Month 3", "Month 6", "Month 9")
Row = dict[str, Any]
MMF = "mycophenolate mofetil"

STUDY_TOML = """\
format_version = 1
title = "Invented case series: mesenchymal stem cells in class IV nephritis"
day0 = "infusion"
data = "invented"
description = "Three invented patients with class IV nephritis given 90 million allogeneic mesenchymal stem cells."
source = "Made by tools/make_case_series.py"

[analysis]
max_gap_days = 200
confirm_visits = 2
confirm_min_gap_days = 28
"""

PATIENTS: tuple[Row, ...] = (
    {
        "subject": "Y-01", "sex": "female", "age": 27, "weight": 61, "last": 280, "product": "Q-1",
        "items": (
            ("hematuria", "proteinuria", "pyuria", "arthritis", "rash", "low_complement", "increased_dsdna"),
            ("hematuria", "proteinuria", "rash", "low_complement", "increased_dsdna"),
            ("proteinuria", "low_complement"), (), (),
        ),
        "pga": (2.3, 1.4, 0.8, 0.3, 0.2),
        "labs": {
            "upcr": (3.1, 1.2, 0.62, 0.41, 0.33), "creatinine": (98, 90, 84, 80, 79), "albumin": (28, 33, 37, 40, 41),
            "c3": (0.52, 0.68, 0.82, 0.95, 1.02), "c4": (0.08, 0.10, 0.13, 0.16, 0.18),
            "anti_dsdna": (310, 220, 95, 70, 66), "urine_rbc": (34, 12, 4, 2, 2), "urine_wbc": (14, 4, 3, 2, 2),
            "wbc": (5.1, 5.6, 6.0, 6.4, 6.2), "lymphocytes": (0.72, 0.95, 1.10, 1.32, 1.41),
            "neutrophils": (3.9, 4.1, 4.3, 4.5, 4.2), "monocytes": (0.55, 0.48, 0.44, 0.42, 0.40),
            "platelets": (188, 202, 221, 230, 228), "hemoglobin": (104, 110, 118, 124, 126),
            "cd4": (260, 330, 410, 520, 560), "cd8": (310, 340, 380, 420, 430), "cd19": (88, 74, 96, 120, 131),
            "anti_hla_class_i": (2, 4, 3, 2, 2), "anti_hla_class_ii": (0, 1, 1, 0, 0),
        },
        "prednisone": ((-60, 40), (20, 30), (60, 15), (120, 7.5), (200, 4)),
        "other": ((MMF, 1000, "twice_daily", -200, 150), (MMF, 500, "twice_daily", 151, ""),
                  ("hydroxychloroquine", 200, "twice_daily", -900, "")),
        "events": ((120, "upper respiratory infection", "infection", 2),),
    },
    {
        "subject": "Y-02", "sex": "male", "age": 34, "weight": 74, "last": 276, "product": "Q-1",
        "items": (
            ("urinary_casts", "hematuria", "proteinuria", "alopecia", "mucosal_ulcers", "low_complement"),
            ("proteinuria", "alopecia", "low_complement"), ("proteinuria",), (), (),
        ),
        "pga": (2.0, 1.1, 0.7, 0.3, 0.1),
        "labs": {
            "upcr": (2.4, 0.95, 0.58, 0.36, 0.28), "creatinine": (121, 108, 102, 99, 98),
            "albumin": (31, 35, 38, 41, 42),
            "c3": (0.61, 0.74, 0.90, 1.01, 1.05), "c4": (0.07, 0.09, 0.12, 0.15, 0.15),
            "anti_dsdna": (60, 55, 48, 44, 41), "urine_rbc": (48, 5, 3, 3, 2), "urine_wbc": (5, 4, 3, 3, 2),
            "wbc": (6.8, 6.5, 6.6, 6.9, 7.0), "lymphocytes": (0.98, 1.12, 1.25, 1.48, 1.50),
            "neutrophils": (5.0, 4.7, 4.6, 4.7, 4.8), "monocytes": (0.62, 0.50, 0.47, 0.45, 0.46),
            "platelets": (240, 236, 229, 241, 238), "hemoglobin": (121, 126, 131, 137, 139),
            "cd4": (380, 420, 470, 560, 570), "cd8": (400, 410, 430, 470, 480), "cd19": (110, 92, 104, 130, 140),
            "anti_hla_class_i": (0, 0, 1, 0, 0), "anti_hla_class_ii": (0, 0, 0, 0, 0),
        },
        "prednisone": ((-45, 30), (30, 20), (75, 10), (140, 5), (230, 5)),
        "other": (("azathioprine", 150, "daily", -400, 170), ("azathioprine", 75, "daily", 171, "")),
        "events": ((1, "infusion related reaction", "adverse_event", 1),),
    },
    {
        "subject": "Y-03", "sex": "female", "age": 41, "weight": 55, "last": 290, "product": "Q-2",
        "items": (
            ("urinary_casts", "hematuria", "proteinuria", "pyuria", "arthritis", "rash", "low_complement",
             "increased_dsdna", "leukopenia"),
            ("hematuria", "proteinuria", "arthritis", "low_complement", "increased_dsdna", "leukopenia"),
            ("proteinuria", "arthritis", "low_complement", "increased_dsdna"),
            ("proteinuria", "low_complement"), ("proteinuria", "low_complement"),
        ),
        "pga": (2.6, 1.8, 1.3, 0.9, 0.9),
        "labs": {
            "upcr": (4.6, 2.2, 1.4, 0.92, 0.88), "creatinine": (134, 122, 116, 112, 113),
            "albumin": (24, 29, 33, 35, 35),
            "c3": (0.44, 0.55, 0.63, 0.72, 0.74), "c4": (0.05, 0.06, 0.08, 0.09, 0.09),
            "anti_dsdna": (520, 400, 260, 98, 97), "urine_rbc": (61, 22, 5, 4, 4), "urine_wbc": (19, 5, 4, 4, 4),
            "wbc": (2.7, 2.9, 3.6, 4.1, 4.0), "lymphocytes": (0.41, 0.52, 0.66, 0.80, 0.83),
            "neutrophils": (1.9, 2.0, 2.5, 2.8, 2.7), "monocytes": (0.35, 0.31, 0.33, 0.34, 0.33),
            "platelets": (156, 161, 170, 182, 179), "hemoglobin": (96, 99, 105, 109, 110),
            "cd4": (140, 180, 240, 300, 310), "cd8": (190, 220, 260, 290, 300), "cd19": (46, 40, 52, 68, 71),
            "anti_hla_class_i": (6, 9, 8, 7, 7), "anti_hla_class_ii": (1, 2, 2, 1, 1),
        },
        "prednisone": ((-30, 60), (14, 45), (50, 30), (110, 20), (190, 15)),
        "other": ((MMF, 1500, "twice_daily", -120, 220), (MMF, 750, "twice_daily", 221, "")),
        "events": ((65, "urinary tract infection", "infection", 2), (210, "herpes zoster", "infection", 2)),
    },
)  # fmt: skip
MORE_UNITS = {
    "monocytes": "10^9/L", "cd4": "/uL", "cd8": "/uL", "cd19": "/uL", "anti_hla_class_i": "%", "anti_hla_class_ii": "%",
}  # fmt: skip
MORE_LIMITS: dict[str, tuple[float | None, float | None]] = {
    "monocytes": (0.2, 0.8), "cd4": (300, 1400), "cd8": (200, 900), "cd19": (100, 500),
}  # fmt: skip


def tables() -> dict[str, list[Row]]:
    """All tables of the series."""
    made: dict[str, list[Row]] = {
        "subjects": [], "milestones": [], "donors": [], "products": [], "infusions": [], "visits": [], "items": [],
        "labs": [], "medications": [], "procedures": [], "events": [],
    }  # fmt: skip
    for k in (1, 2):
        made["donors"].append({"donor": f"D-{k}", "relation": "unrelated", "sex": "female", "age_years": 24 + 5 * k})
        made["products"].append({
            "product": f"Q-{k}", "donor": f"D-{k}", "cell_source": "bone_marrow", "autologous": "false", "passage": 3,
            "viability_percent": 94 + k, "release_criteria_met": "true",
        })  # fmt: skip
    for patient in PATIENTS:
        _person(made, patient)
        for k, day in enumerate(DAYS):
            _visit(made, patient, k, day)
        _drugs(made, patient)
    return made


def _person(made: dict[str, list[Row]], patient: Row) -> None:
    subject = patient["subject"]
    made["subjects"].append({
        "subject": subject, "sex": patient["sex"], "age_years": patient["age"], "diagnosis_day": -2200,
        "classification": "acr_1997", "nephritis_class": "iv", "center": "Invented Hospital", "arm": "allogeneic MSC",
    })  # fmt: skip
    for kind, day in (("infusion", 0), ("last_contact", patient["last"]), ("data_cut", 300)):
        made["milestones"].append({"subject": subject, "kind": kind, "number": 1, "day": day})
    made["infusions"].append({
        "subject": subject, "day": 0, "product": patient["product"], "number": 1, "total_cells": 90_000_000,
        "cells_per_kg": round(90_000_000 / patient["weight"]), "conditioning": "none",
    })  # fmt: skip
    made["procedures"].append(
        {
            "subject": subject,
            "day": -40,
            "kind": "kidney_biopsy",
            "number": 1,
            "biopsy_class": "iv",
            "activity_index": 11,
        }
    )
    for day, term, kind, grade in patient["events"]:
        made["events"].append({
            "subject": subject, "day": day, "term": term, "number": 1, "kind": kind, "grade": grade, "serious": "false",
            "related": "true" if "infusion" in term else "false",
        })  # fmt: skip


def _visit(made: dict[str, list[Row]], patient: Row, k: int, day: int) -> None:
    subject, present = patient["subject"], patient["items"][k]
    joints = 5 - k if "arthritis" in present else 0
    made["visits"].append({
        "subject": subject, "day": day, "planned_visit": NAMES[k], "planned_day": day, "pga": patient["pga"][k],
        "weight_kg": patient["weight"], "temperature_c": 36.6, "systolic_mmhg": 128 - 2 * k, "diastolic_mmhg": 82 - k,
        "tender_joints": joints, "swollen_joints": joints, "inflamed_joints": joints, "active_joints": joints,
        "hemolytic_anemia": "false", "gastrointestinal_activity": "false",
    })  # fmt: skip
    for item, weight in WEIGHTS.items():
        value = weight if item in present else 0
        made["items"].append(
            {"subject": subject, "day": day, "instrument": "sledai_2k", "item": item, "value": value, "attributed": ""}
        )
    _grades(made, patient, k, day)
    limits = {**LIMITS, **MORE_LIMITS}
    for analyte, values in patient["labs"].items():
        low, high = limits.get(analyte, (None, None))
        made["labs"].append({
            "subject": subject, "day": day, "analyte": analyte, "value": f"{values[k]:g}",
            "unit": {**UNITS, **MORE_UNITS}[analyte], "lower_limit": "" if low is None else low,
            "upper_limit": "" if high is None else high,
        })  # fmt: skip


def _grades(made: dict[str, list[Row]], patient: Row, k: int, day: int) -> None:
    """BILAG-2004 grades as recorded, 0 (E) to 4 (A): the kidney A at baseline, others B, fading to C and D."""
    for system, (_, signs) in SYSTEMS.items():
        shown = [any(sign in present for sign in signs) for present in patient["items"][: k + 1]]
        active = (4 if system == "renal" and k == 0 else 3) if k < 2 else 2
        value = active if shown[-1] else 1 if any(shown) else 0
        made["items"].append({
            "subject": patient["subject"], "day": day, "instrument": "bilag_2004_grades", "item": system,
            "value": value, "attributed": "",
        })  # fmt: skip


def _drugs(made: dict[str, list[Row]], patient: Row) -> None:
    steps = patient["prednisone"]
    courses = [
        ("prednisone", dose, "daily", start, steps[k + 1][0] - 1 if k + 1 < len(steps) else "")
        for k, (start, dose) in enumerate(steps)
    ]
    for drug, dose, often, start, stop in (*courses, *patient["other"]):
        made["medications"].append({
            "subject": patient["subject"], "drug": drug, "start": start, "stop": stop, "dose": f"{dose:g}",
            "unit": "mg", "frequency": often, "route": "oral",
        })  # fmt: skip


def write(folder: Path) -> None:
    """Write the study folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables().items():
        columns = list(dict.fromkeys(column for row in rows for column in row))
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    windows = "".join(
        f'\n[[analysis.visits]]\nlabel = "{name}"\nday = {day}\nfirst = {first}\nlast = {last}\n'
        for name, day, first, last in zip(NAMES, DAYS, (-30, 8, 61, 138, 229), (7, 60, 137, 228, 330), strict=True)
    )
    (folder / "study.toml").write_text(STUDY_TOML + windows, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else HOME)
