"""Contradictions between forms, planted one a query: what an adjudicator would ask about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from example_study.grades import SYSTEMS
from example_study.measures import WEIGHTS
from example_study.people import Row, Tables
from example_study.visit_rows import Visit, visits_of

PLANTED = {
    ("renal_items_with_bilag_d_or_e", "items"): 1,
    ("neuropsychiatric_items_with_bilag_d_or_e", "items"): 1,
    ("mucocutaneous_items_with_bilag_d_or_e", "items"): 1,
    ("musculoskeletal_items_with_bilag_d_or_e", "items"): 1,
    ("cardiorespiratory_items_with_bilag_d_or_e", "items"): 1,
    ("constitutional_items_with_bilag_d_or_e", "items"): 1,
    ("hematological_items_with_bilag_d_or_e", "items"): 1,
    ("bilag_renal_a_without_cause", "items"): 1,
    ("bilag_renal_b_without_protein", "items"): 1,
    ("bilag_mucocutaneous_a_or_b_without_skin_items", "items"): 1,
    ("bilag_musculoskeletal_a_or_b_without_joints", "items"): 1,
    ("bilag_hematological_a_or_b_with_normal_counts", "items"): 1,
    ("bilag_never_involved_after_involvement", "items"): 1,
    ("arthritis_item_without_joints", "items"): 1,
    ("joints_without_arthritis_item", "items"): 1,
    ("skin_score_without_skin_items", "items"): 1,
    ("rash_item_with_skin_score_of_0", "items"): 1,
    ("physician_sees_nothing_in_active_disease", "visits"): 1,
    ("physician_sees_severe_disease_without_signs", "visits"): 1,
    ("improved_while_steroids_were_raised", "visits"): 1,
    ("worse_while_physician_sees_better", "visits"): 1,
    ("creatinine_doubled_without_renal_items", "labs"): 1,
    ("urine_protein_measures_disagree", "labs"): 1,
    ("proteinuria_differs_from_urine_protein", "items"): 1,
    ("urine_ratio_high_and_collection_low", "labs"): 1,
    ("albumin_low_without_protein", "labs"): 1,
    ("damage_index_fell", "items"): 1,
    ("end_stage_kidney_with_good_filtration", "items"): 1,
    ("weight_jumped", "visits"): 1,
    ("bilag_new_item_coded_as_known", "items"): 1,
    ("bilag_known_item_coded_as_new", "items"): 1,
    ("bilag_item_code_unknown", "items"): 1,
    ("released_against_markers", "products"): 1,
    ("infused_though_not_released", "infusions"): 1,
    ("dose_per_kg_differs_from_total", "infusions"): 1,
}
"""(Rule, table) → findings. A collection of urine that disagrees with the ratio disagrees with the item too."""

ZONES = (
    "scalp", "ears", "nose", "face", "neck_front", "neck_back", "chest", "abdomen", "back", "arms", "hands", "legs",
    "feet",
)  # fmt: skip
SEROLOGY = ("low_complement", "increased_dsdna")
ADDED = {"neuropsychiatric": "lupus_headache", "cardiorespiratory": "pleurisy", "constitutional": "fever"}
"""System → sign that is added, for none is left at follow-up."""
RENAL = ("urinary_casts", "hematuria", "proteinuria", "pyuria")
SKIN = ("rash", "alopecia", "mucosal_ulcers", "vasculitis")


Plant = tuple[Callable[[Visit], bool], Callable[[Visit], Any]]


def plant_contradictions(tables: Tables) -> None:
    """Plant one contradiction a query, each at a visit of its own; and those of products."""
    _products(tables)
    visits, used = visits_of(tables), set[int]()
    for suits, change in _plants():
        free = (k for k, visit in enumerate(visits) if not used & {k - 1, k, k + 1} and suits(visit))
        chosen = next(free, None)
        if chosen is None:
            raise AssertionError(f"no visit for {suits.__qualname__}, line {suits.__code__.co_firstlineno}")
        used.add(chosen)
        change(visits[chosen])


def _products(tables: Tables) -> None:
    """A batch released against a marker, a batch given though not released, and a dose that does not fit."""
    products, infusions = tables["products"], tables["infusions"]
    products[2]["cd45_percent"] = 3.4
    refused = {**products[-1], "product": "P-9", "viability_percent": 72, "release_criteria_met": "false"}
    products.append(refused)
    next(row for row in reversed(infusions) if row["number"] == 2)["product"] = "P-9"
    twice = {row["subject"] for row in infusions if row["number"] == 2}
    single = next(row for row in infusions if row["subject"] not in twice)
    single["cells_per_kg"] = round(0.7 * single["cells_per_kg"])


def _plants() -> Iterator[Plant]:
    for system, (_, signs) in SYSTEMS.items():
        if signs:
            yield _unseen(system, signs)
    yield from _grades()
    yield from _joints_and_skin()
    yield from _physician()
    yield from _kidney_and_damage()
    yield from _codes()
    yield (lambda v: (v.lab("upcr") or 9) < 0.25), lambda v: v.set_lab("albumin", 18, "g/L")


def _unseen(system: str, signs: tuple[str, ...]) -> Plant:
    """A sign of a system, and D for its grade; a sign that nobody has at follow-up is added to the form."""

    def suits(visit: Visit) -> bool:
        return any(visit.sign(sign) for sign in signs if sign != "vasculitis") and visit.grade(system) == 2

    def add(visit: Visit) -> None:
        sign = ADDED[system]
        visit.set_item("sledai_2k", sign, WEIGHTS[sign])
        visit.items["sledai_2k", "total"]["value"] += WEIGHTS[sign]
        visit.row["temperature_c"] = 38.6 if sign == "fever" else visit.row["temperature_c"]
        visit.set_grade(system, 1)

    if system in ADDED:
        return (lambda visit: visit.score() > 12 and not visit.sign(ADDED[system])), add
    return suits, lambda visit: visit.set_grade(system, 1)


def _grades() -> Iterator[Plant]:
    def quiet_kidney(visit: Visit) -> bool:
        now, then = visit.lab("creatinine"), visit.before.lab("creatinine") if visit.before else None
        quiet = not any(visit.sign(sign) for sign in RENAL) and (visit.lab("upcr") or 9) < 0.2
        return bool(quiet and now and then and now < 1.1 * then)

    def normal_counts(visit: Visit) -> bool:
        counts = (visit.lab("platelets") or 0, visit.lab("wbc") or 0, visit.lab("hemoglobin") or 0)
        return counts[0] >= 150 and counts[1] >= 4 and counts[2] >= 110 and not visit.sign("leukopenia")

    def grade(system: str, value: int) -> Callable[[Visit], None]:
        return lambda visit: visit.set_grade(system, value)

    yield quiet_kidney, grade("renal", 4)
    yield quiet_kidney, grade("renal", 3)
    yield (lambda v: not any(v.sign(sign) for sign in SKIN)), grade("mucocutaneous", 3)
    yield (lambda v: v.row["tender_joints"] == 0 == v.row["swollen_joints"]), grade("musculoskeletal", 3)
    yield normal_counts, grade("hematological", 3)
    yield (lambda v: v.grade("mucocutaneous") == 1 and v.last), grade("mucocutaneous", 0)


def _joints_and_skin() -> Iterator[Plant]:
    def no_joints(visit: Visit) -> None:
        visit.row.update(tender_joints=0, swollen_joints=0, inflamed_joints="", active_joints="")

    def joints(visit: Visit) -> None:
        visit.row.update(tender_joints=6, swollen_joints=5, inflamed_joints="", active_joints=5)

    def skin_score(visit: Visit, worst: int) -> None:
        for zone in ZONES:
            shown = zone in ("face", "chest", "arms", "back")
            visit.set_item("clasi", f"{zone}_erythema", worst if shown else 0)
            visit.set_item("clasi", f"{zone}_scale", 0)
        for item in ("mucosal_lesion", "recent_hair_loss", "alopecia"):
            visit.set_item("clasi", item, 0)

    yield (lambda v: v.sign("arthritis") and v.grade("musculoskeletal") == 2), no_joints
    yield (lambda v: not v.sign("arthritis") and not v.sign("myositis")), joints
    yield (lambda v: not any(v.sign(s) for s in SKIN) and v.grade("mucocutaneous") < 3), lambda v: skin_score(v, 3)
    yield (lambda v: v.sign("rash")), lambda v: skin_score(v, 0)


def _physician() -> Iterator[Plant]:
    def raise_dose(visit: Visit) -> None:
        day = visit.row["day"]
        course = _course(visit, day)
        assert course is not None
        course["dose"] = f"{float(course['dose']) * 2 + 15:g}"

    def fell_on_a_new_course(visit: Visit) -> bool:
        course = _course(visit, visit.row["day"])
        before = visit.before
        fell = before is not None and before.score() - visit.score() >= 4
        return bool(
            fell and course and before and course["start"] > before.row["day"] and course["frequency"] == "daily"
        )

    def better(visit: Visit) -> None:
        assert visit.before is not None
        visit.before.row["pga"], visit.row["pga"] = 1.7, 0.6

    def worse(visit: Visit) -> bool:
        before = visit.before
        return before is not None and visit.score(*SEROLOGY) - before.score(*SEROLOGY) >= 8

    yield (lambda v: v.score(*SEROLOGY) >= 8), lambda v: v.row.update(pga=0.3)
    yield (lambda v: v.score(*SEROLOGY) == 0 and v.last), lambda v: v.row.update(pga=2.2)
    yield fell_on_a_new_course, raise_dose
    yield worse, better


def _course(visit: Visit, day: int) -> Row | None:
    """The course of prednisone that covers a day."""
    own = (row for row in visit.tables["medications"] if row["subject"] == visit.row["subject"])
    for row in own:
        if row["drug"] == "prednisone" and row["start"] <= day and (row["stop"] == "" or row["stop"] >= day):
            return row
    return None


def _kidney_and_damage() -> Iterator[Plant]:
    def no_renal_items(visit: Visit) -> bool:
        return not any(visit.sign(sign) for sign in RENAL) and visit.last and bool(visit.lab("creatinine"))

    def low_ratio(visit: Visit) -> bool:
        return not visit.sign("proteinuria") and (visit.lab("upcr") or 9) < 0.25

    def damage_fell(visit: Visit) -> None:
        assert visit.before is not None
        from malar.schema.item_keys import ITEM_KEYS

        for item in ITEM_KEYS["sdi"]:
            visit.before.set_item("sdi", item, 1 if item == "cataract" else 0)
            visit.set_item("sdi", item, 0)

    def good_filtration(visit: Visit) -> bool:
        return (visit.lab("creatinine") or 999) < 100

    yield no_renal_items, lambda v: v.set_lab("creatinine", 190, "umol/L")
    yield low_ratio, lambda v: v.set_lab("urine_protein_24h", 2.6, "g/d")
    yield (lambda v: (v.lab("upcr") or 0) > 2.2), lambda v: v.set_lab("urine_protein_24h", 0.2, "g/d")
    yield good_filtration, damage_fell
    yield good_filtration, lambda v: v.set_item("sdi", "end_stage_kidney", 3)
    yield (lambda v: v.last), lambda v: v.row.update(weight_kg=round(float(v.row["weight_kg"]) * 1.5, 1))


def _codes() -> Iterator[Plant]:
    def coded(item: str, before: int, now: int) -> Callable[[Visit], None]:
        def change(visit: Visit) -> None:
            assert visit.before is not None
            visit.before.set_item("bilag_2004", item, before)
            visit.set_item("bilag_2004", item, now)
            visit.set_grade("ophthalmic", 1)

        return change

    def quiet_eyes(visit: Visit) -> bool:
        return visit.grade("ophthalmic") == 0 and not visit.last

    yield quiet_eyes, coded("episcleritis", 0, 2)
    yield quiet_eyes, coded("episcleritis", 2, 4)
    yield quiet_eyes, coded("episcleritis", 0, 7)
