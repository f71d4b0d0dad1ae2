"""Visits, items and laboratory results of the invented study."""

from __future__ import annotations

import numpy as np

from example_study.disease import Course, Plan
from example_study.measures import UNITS, WEIGHTS, Measured
from example_study.people import CENTERS, Row, Stay, Tables, months

PLANNED = ((0, "Baseline"), (1, "Month 1"), (3, "Month 3"), (6, "Month 6"), (9, "Month 9"), (12, "Month 12"),
           (18, "Month 18"), (24, "Month 24"))  # fmt: skip
DRUG_EFFECT = 11
"""The patient whose few white cells are put down to azathioprine: recorded, and not due to lupus."""

Visit = tuple[int | str, str, int]
"""Planned day (empty where none was planned), name and day."""


def visit_days(rng: np.random.Generator, stay: Stay, relapse: int | None) -> list[Visit]:
    """The visits that took place: planned ones, and one for a relapse where none was due."""
    visits: list[Visit] = [(-14, "Screening", -int(rng.integers(8, 24))), (0, "Baseline", 0)]
    for month, name in PLANNED[1:]:
        day = months(month) + int(np.clip(rng.normal(1, 3 + month / 4), -12, 20))
        seen = rng.random() > (0.03 if month in (1, 12, 24) else 0.07)
        if day <= stay.last and seen:
            visits.append((months(month), name, day))
    if relapse is not None and relapse <= stay.last and all(abs(day - relapse) > 21 for _, _, day in visits):
        visits.append(("", "Unscheduled", relapse))
    return sorted(visits, key=lambda visit: visit[2])


def add_visits(
    rng: np.random.Generator, tables: Tables, plan: Plan, stay: Stay, visits: list[Visit], found: Measured
) -> None:
    """Write what was found at each visit."""
    systolic, diastolic = rng.normal(123 if plan.nephritis else 116, 8), rng.normal(77, 5)
    height = int(np.clip(rng.normal(161, 6), 147, 182))
    weights = stay.weight + np.cumsum(rng.normal(0, 0.7, len(visits)))
    for k, (planned, name, day) in enumerate(visits):
        tables["visits"].append({
            "subject": plan.subject, "day": day, "date": stay.on(day), "planned_visit": name, "planned_day": planned,
            "pga": found.pga[k], "weight_kg": round(float(weights[k]), 1), "height_cm": height if k == 0 else "",
            "temperature_c": found.temperature[k], "systolic_mmhg": round(systolic + rng.normal(0, 6)),
            "diastolic_mmhg": round(diastolic + rng.normal(0, 4)), "tender_joints": int(found.tender[k]),
            "swollen_joints": int(found.inflamed[k]), "inflamed_joints": int(found.inflamed[k]),
            "active_joints": int(found.inflamed[k]), "hemolytic_anemia": "false", "gastrointestinal_activity": "false",
        })  # fmt: skip
        _add_items(rng, tables["items"], plan, day, {item: bool(found.items[item][k]) for item in WEIGHTS})
        tables["items"] += [
            {**_item(plan.subject, day, system, int(grade[k])), "instrument": "bilag_2004_grades"}
            for system, grade in found.grades.items()
        ]
        _add_labs(rng, tables["labs"], plan, day, k, found)


def _add_items(rng: np.random.Generator, items: list[Row], plan: Plan, day: int, present: dict[str, bool]) -> None:
    """The form of one visit; now and then a few items were not filled in, as an empty field or no row at all."""
    seen = [item for item in WEIGHTS if item not in ("cva", "seizure")]
    unknown: set[str] = set()
    if day > 0 and rng.random() < 0.05:
        unknown = {str(item) for item in rng.choice(seen, size=int(rng.integers(1, 4)), replace=False)}
    no_row = bool(rng.random() < 0.5)
    total = 0
    for item, weight in WEIGHTS.items():
        if item in unknown and no_row:
            continue
        drug = plan.number == DRUG_EFFECT and item == "leukopenia" and present[item]
        value = weight if present[item] else 0
        total += 0 if drug else value
        items.append(_item(plan.subject, day, item, "" if item in unknown else value, attributed=not drug))
    if not unknown:
        items.append(_item(plan.subject, day, "total", total))


def _item(subject: str, day: int, item: str, value: int | str, *, attributed: bool = True) -> Row:
    return {
        "subject": subject, "day": day, "instrument": "sledai_2k", "item": item, "value": value,
        "attributed": "" if attributed else "false",
    }  # fmt: skip


def _add_labs(rng: np.random.Generator, labs: list[Row], plan: Plan, day: int, k: int, found: Measured) -> None:
    """The results of one day; one center reports complement in mg/dL."""
    milligrams = CENTERS[plan.number % 3] == "Invented Clinic East"
    for analyte, unit in UNITS.items():
        if rng.random() < 0.025:
            continue
        low, high = found.limits[analyte]
        value = float(found.labs[analyte][k])
        row: Row = {
            "subject": plan.subject, "day": day, "analyte": analyte, "value": f"{value:g}", "unit": unit,
            "lower_limit": "" if low is None else low, "upper_limit": "" if high is None else high,
        }  # fmt: skip
        if milligrams and analyte in ("c3", "c4") and low is not None and high is not None:
            scaled = (round(number * 100) for number in (value, low, high))
            row |= dict(zip(("value", "lower_limit", "upper_limit"), scaled, strict=True)) | {"unit": "mg/dL"}
        labs.append(row)


def add_between_visits(tables: Tables, plan: Plan, course: Course, visits: list[Visit], found: Measured) -> None:
    """Signs noted on the telephone in the weeks before a visit that found them too."""
    if course.relapse is None or plan.number % 2:
        return
    for k, (_, _, day) in enumerate(visits):
        before = day - 9
        if course.relapse.day <= day < course.relapse.day + 100 and before > visits[k - 1][2]:
            for item in ("arthritis", "rash", "proteinuria"):
                if found.items[item][k]:
                    tables["items"].append(_item(plan.subject, before, item, WEIGHTS[item]))
            return
