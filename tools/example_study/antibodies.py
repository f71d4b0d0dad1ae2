"""Antiphospholipid antibodies of the invented patients, and a thrombosis in one who has them."""

from __future__ import annotations

import numpy as np

from example_study.people import Row, Tables

TITERS = ("anticardiolipin_igg", "anticardiolipin_igm", "anti_beta2gp1_igg", "anti_beta2gp1_igm")
NOT_TESTED = ("X-12", "X-33")
CLOT = "X-20"
"""The patient with a deep vein thrombosis, who has the antibodies."""


def add_antiphospholipid(rng: np.random.Generator, tables: Tables, subject: str, days: list[int]) -> None:
    """Tests at screening, and once more at least 12 weeks later where one was positive."""
    own = rng.spawn(1)[0]
    if subject in NOT_TESTED:
        return
    carrier = bool(own.random() < 0.3) or subject == CLOT
    lasting = bool(own.random() < 0.7) or subject == CLOT
    first = _tests(own, subject, days[0], positive=carrier)
    tables["labs"] += first
    later = next((day for day in days if day - days[0] >= 84), None)
    if carrier and later is not None:
        tables["labs"] += _tests(own, subject, later, positive=lasting)
    if subject == CLOT:
        tables["events"].append({
            "subject": subject, "day": 196, "term": "deep vein thrombosis", "kind": "adverse_event", "grade": 2,
            "serious": "false", "related": "false", "stop": 232,
        })  # fmt: skip
        tables["events"].sort(key=lambda row: (row["subject"], row["day"], row["term"]))


def _tests(rng: np.random.Generator, subject: str, day: int, *, positive: bool) -> list[Row]:
    """Four titers and the ratio of a clotting time."""
    titers = {name: float(rng.gamma(2, 3)) for name in TITERS}
    if positive:
        titers["anticardiolipin_igg"] = 45 + float(rng.gamma(2, 15))
    ratio = float(rng.normal(1.6, 0.15)) if positive and rng.random() < 0.5 else float(rng.normal(1.0, 0.05))
    rows: list[Row] = [
        {"subject": subject, "day": day, "analyte": name, "value": f"{value:.0f}", "unit": "U/mL",
         "lower_limit": "", "upper_limit": 20} for name, value in titers.items()
    ]  # fmt: skip
    clotting = {"analyte": "lupus_anticoagulant", "value": f"{ratio:.2f}", "unit": "ratio", "upper_limit": 1.2}
    return [*rows, {"subject": subject, "day": day, "lower_limit": "", **clotting}]
