"""The invented study, put together patient by patient, clean."""

from __future__ import annotations

import numpy as np

from example_study.antibodies import add_antiphospholipid
from example_study.disease import draw_course, plan_patients
from example_study.follow_up import add_background, add_events, add_prednisone
from example_study.measures import measure
from example_study.people import Tables, add_organs, add_products, add_subject, add_treatment, draw_stay, entry_dates
from example_study.records import add_between_visits, add_visits, visit_days

TABLES = (
    "subjects", "milestones", "history", "donors", "products", "infusions", "visits", "items", "labs", "medications",
    "events",
)  # fmt: skip


def make_tables(rng: np.random.Generator, patients: int = 40) -> Tables:
    """All tables of the study before any row is made dirty."""
    tables: Tables = {name: [] for name in TABLES}
    add_products(rng, tables)
    plans, entries = plan_patients(rng, patients), entry_dates(rng, patients)
    for plan, day0, own in zip(plans, entries, rng.spawn(patients), strict=True):
        course, stay = draw_course(own, plan), draw_stay(own, plan.number, day0)
        visits = visit_days(own, stay, course.relapse.reported if course.relapse else None)
        found = measure(own, plan, course, np.array([day for _, _, day in visits]))
        add_subject(own, tables, plan, stay)
        add_treatment(own, tables, plan, stay)
        add_organs(tables, plan, found.ever)
        add_visits(own, tables, plan, stay, visits, found)
        add_between_visits(tables, plan, course, visits, found)
        add_background(own, tables, plan, stay)
        add_prednisone(own, tables, plan, course, stay, visits)
        add_events(own, tables, plan, course, stay)
        add_antiphospholipid(own, tables, plan.subject, [day for _, _, day in visits])
    return tables
