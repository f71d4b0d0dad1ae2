"""Medications and events of the invented study."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from example_study.disease import Course, Plan
from example_study.people import DEAD, LOST, WITHDRAWN, Row, Stay, Tables
from example_study.records import DRUG_EFFECT, Visit

INFECTIONS = (
    ("upper respiratory infection", 2, 0.4), ("urinary tract infection", 2, 0.27), ("herpes zoster", 2, 0.15),
    ("pneumonia", 3, 0.1), ("oral candidiasis", 1, 0.08),
)  # fmt: skip
OTHERS = ("diarrhea", "nausea", "hypertension", "hyperglycemia", "alanine aminotransferase increased", "insomnia")
ALTERNATE, TWICE = (3, 20, 31), (6, 24)
"""Patients who take prednisone every other day once the dose is low, and twice a day while it is high."""


def add_prednisone(
    rng: np.random.Generator, tables: Tables, plan: Plan, course: Course, stay: Stay, visits: list[Visit]
) -> None:
    """Courses of prednisone: tapered as the activity allows, raised at a relapse."""
    relapse = course.relapse.reported if course.relapse else None
    steps = _steps(rng, course, stay, visits, relapse)
    for k, (start, amount) in enumerate(steps):
        end = steps[k + 1][0] - 1 if k + 1 < len(steps) else ("" if stay.complete else stay.last)
        tables["medications"].append(_prednisone(plan, start, end, amount))
    if relapse is not None and relapse <= stay.last and plan.nephritis and rng.random() < 0.5:
        tables["medications"].append(_drug(plan, "methylprednisolone", relapse, relapse + 2, 500, route="intravenous"))


def _steps(
    rng: np.random.Generator, course: Course, stay: Stay, visits: list[Visit], relapse: int | None
) -> list[tuple[int, float]]:
    """First days of the doses, mg a day."""
    dose = float(rng.choice([15, 20, 20, 25, 30, 30, 40]))
    steps = [(-int(rng.integers(30, 90)), dose)]
    days = _taper_days([day for _, _, day in visits if day >= 0], relapse, stay)
    for day in days:
        activity = float(course.activity(np.array([day]))[0])
        if day == relapse:
            dose = max(dose, float(rng.choice([25, 30, 40])))
        else:
            keep = float(np.clip(0.5 + 0.45 * activity + rng.normal(0, 0.06), 0.4, 1.0))
            least = 2.5 if activity < 0.2 and day > 300 else 5.0
            dose = max(least, round(dose * keep / 2.5) * 2.5)
        if dose != steps[-1][1]:
            steps.append((day, dose))
    return steps


def _taper_days(days: list[int], relapse: int | None, stay: Stay) -> list[int]:
    """Days on which the dose is set again: visits, halfway where they are far apart, and after a relapse."""
    halfway = [(a + b) // 2 for a, b in pairwise(days) if b - a > 75]
    told = [] if relapse is None else [relapse, relapse + 30, relapse + 60]
    return sorted({*days[1:], *halfway, *(day for day in told if day <= stay.last)})


def _prednisone(plan: Plan, start: int, stop: int | str, dose: float) -> Row:
    if plan.number in ALTERNATE and dose <= 7.5:
        return _drug(plan, "prednisone", start, stop, 2 * dose, "alternate_days")
    if plan.number in TWICE and dose >= 20:
        return _drug(plan, "prednisone", start, stop, dose / 2, "twice_daily")
    return _drug(plan, "prednisone", start, stop, dose)


def _drug(
    plan: Plan, drug: str, start: int, stop: int | str, dose: float, frequency: str = "daily", route: str = "oral"
) -> Row:
    return {
        "subject": plan.subject, "drug": drug, "start": start, "stop": stop, "dose": f"{dose:g}", "unit": "mg",
        "frequency": frequency, "route": route,
    }  # fmt: skip


def add_background(rng: np.random.Generator, tables: Tables, plan: Plan, stay: Stay) -> None:
    """Hydroxychloroquine in most, an immunosuppressant in many."""
    stop = "" if stay.complete else stay.last
    if rng.random() < 0.8:
        start, often = -int(rng.integers(90, 900)), str(rng.choice(["daily", "twice_daily"]))
        tables["medications"].append(_drug(plan, "hydroxychloroquine", start, stop, 200, often))
    choices = [("mycophenolate mofetil", 750, "twice_daily"), ("azathioprine", 75, "daily"),
               ("tacrolimus", 1.5, "twice_daily"), ("", 0, "")]  # fmt: skip
    chances = [0.45, 0.2, 0.1, 0.25] if plan.nephritis else [0.15, 0.35, 0.05, 0.45]
    drug, dose, often = choices[int(rng.choice(len(choices), p=chances))]
    if plan.number == DRUG_EFFECT:
        drug, dose, often = choices[1]
    if drug:
        tables["medications"].append(_drug(plan, drug, -int(rng.integers(60, 500)), stop, dose, often))


def add_events(rng: np.random.Generator, tables: Tables, plan: Plan, course: Course, stay: Stay) -> None:
    """Relapses, infections, other adverse events, withdrawals and the one death."""
    events: list[Row] = []

    def add(kind: str, day: int, term: str, **more: Any) -> None:
        events.append({"subject": plan.subject, "day": day, "term": term, "kind": kind, **more})

    if course.relapse is not None and course.relapse.reported <= stay.last:
        add("relapse", course.relapse.reported, "relapse of lupus", serious="false")
        if rng.random() < 0.25:
            add("hospitalization", course.relapse.reported, "admitted for relapse", serious="true",
                stop=course.relapse.reported + 9)  # fmt: skip
    _add_infections(rng, events, plan, stay)
    if rng.random() < 0.2:
        add("adverse_event", 0, "infusion related reaction", grade=1, serious="false", related="true", stop=1)
    for day in rng.integers(3, stay.last, int(rng.poisson(0.3 * stay.last / 365))):
        grade = int(rng.choice([1, 1, 2]))
        add("adverse_event", int(day), str(rng.choice(OTHERS)), grade=grade, serious="false", related="false")
    if plan.number in WITHDRAWN:
        add("withdrawal", stay.last, "withdrew consent")
    if plan.number in LOST:
        add("withdrawal", stay.last, "lost to follow-up")
    if plan.number == DEAD:
        add("infection", stay.last - 9, "pneumonia", grade=4, serious="true", related="false")
        add("death", stay.last, "death", grade=5, serious="true", related="false", cause="pneumonia with sepsis")
    tables["events"] += sorted(events, key=lambda row: (row["day"], row["term"]))


def _add_infections(rng: np.random.Generator, events: list[Row], plan: Plan, stay: Stay) -> None:
    """About one infection in two patient-years, most of them mild."""
    chances = [chance for _, _, chance in INFECTIONS]
    for day in sorted(rng.integers(5, stay.last - 12, int(rng.poisson(0.5 * stay.last / 365)))):
        term, grade, _ = INFECTIONS[int(rng.choice(len(INFECTIONS), p=chances))]
        events.append({
            "subject": plan.subject, "day": int(day), "term": term, "kind": "infection", "grade": grade,
            "serious": "true" if grade > 2 else "false", "related": "false",
            "stop": min(int(day) + int(rng.integers(4, 15)), stay.last),
        })  # fmt: skip
