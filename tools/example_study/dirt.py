"""Rows made dirty on purpose. `PLANTED` says what reading and the data queries must find."""

from __future__ import annotations

from datetime import date

from example_study.contradictions import PLANTED as CONTRADICTIONS
from example_study.contradictions import plant_contradictions
from example_study.people import Row, Tables

PLANTED = CONTRADICTIONS | {
    ("duplicate_row", "labs"): 1,
    ("conflicting_duplicate", "labs"): 2,
    ("not_in_code_list", "labs"): 1,
    ("not_in_code_list", "subjects"): 1,
    ("below_minimum", "medications"): 1,
    ("unknown_product", "infusions"): 1,
    ("unknown_subject", "visits"): 1,
    ("future_date", "visits"): 1,
    ("before_first_milestone", "visits"): 1,
    ("pga_above_3", "visits"): 1,
    ("unit_not_stated", "labs"): 1,
    ("not_a_number", "labs"): 1,
    ("wrong_number_of_fields", "events"): 1,
    ("mixed_units", "labs"): 1,
    ("sledai_total_differs_from_items", "items"): 2,
    ("leukopenia_differs_from_white_cells", "items"): 1,
    ("thrombocytopenia_differs_from_platelets", "items"): 1,
    ("low_complement_differs_from_laboratory", "items"): 1,
    ("part_above_whole", "labs"): 1,
    ("implausible_result", "labs"): 1,
}
"""(Rule, table) → findings. Spellings, cases, decimal commas and serial dates are converted and counted instead."""

RAGGED_EVENT = "X-31,200,cough, dry,adverse_event"
"""A term with a comma and no quotes around it: the line has a field too many."""


def make_dirty(tables: Tables) -> None:
    """Plant each kind of damage once or twice, in patients whose story does not hang on it."""
    plant_contradictions(tables)
    _repeat_labs(tables["labs"])
    _change_units(tables["labs"])
    _spoil_values(tables["labs"])
    _items(tables["items"], tables["labs"])
    _visits(tables["visits"])
    _others(tables)


def _find(rows: list[Row], nth: int = 0, **wanted: object) -> Row:
    hits = [row for row in rows if all(row[key] == value for key, value in wanted.items())]
    return hits[nth]


def _repeat_labs(labs: list[Row]) -> None:
    labs.append(dict(_find(labs, subject="X-02", analyte="albumin", nth=1)))  # an exact repeat
    same_key = _find(labs, subject="X-03", analyte="creatinine", nth=1)
    labs.append({**same_key, "value": 141})  # the same key, another value: neither can be used
    labs.append({**_find(labs, subject="X-04", analyte="albumin"), "analyte": "albumine"})  # no known analyte


def _change_units(labs: list[Row]) -> None:
    for row in labs:  # white cells per microliter; the center in mg/dL is in records.py
        if row["analyte"] == "wbc" and row["subject"] == "X-07":
            scaled = {key: round(float(row[key]) * 1000) for key in ("value", "lower_limit", "upper_limit")}
            row.update(scaled, unit="/uL")
    _find(labs, subject="X-10", analyte="platelets", nth=2)["unit"] = ""  # no unit


def _spoil_values(labs: list[Row]) -> None:
    decimal = _find(labs, subject="X-08", analyte="upcr", nth=2)
    decimal["value"] = f"{float(decimal['value']):.1f}".replace(".", ",")  # a decimal comma; the field is quoted
    _find(labs, subject="X-13", analyte="anti_dsdna", nth=3)["value"] = "see letter"  # text for a number
    hemoglobin = _find(labs, subject="X-14", analyte="hemoglobin", nth=2)
    hemoglobin["value"] = 12.5  # g/dL under the unit g/L
    whole = _find(labs, subject="X-16", analyte="wbc", nth=2)
    part = _find(labs, subject="X-16", analyte="lymphocytes", day=whole["day"])
    part["value"] = f"{float(whole['value']) + 1.4:g}"  # more lymphocytes than white cells


def _items(items: list[Row], labs: list[Row]) -> None:
    for subject in ("X-18", "X-20"):  # the total does not equal the items
        _find(items, subject=subject, item="total", nth=2)["value"] += 2
    _contradict(items, labs, "leukopenia", "wbc", 4.2, present=True)
    _contradict(items, labs, "thrombocytopenia", "platelets", 80, present=False)
    _contradict(items, labs, "low_complement", "c3", 0.61, present=False)
    for row in items:  # British spelling, and another way to write the instrument
        if row["subject"] == "X-19" and row["item"] == "hematuria":
            row["item"] = "haematuria"
        if row["subject"] == "X-21" and row["item"] == "rash":
            row["instrument"] = "SLEDAI-2K"


def _contradict(items: list[Row], labs: list[Row], sign: str, analyte: str, value: float, *, present: bool) -> None:
    """Make one result contradict its item; the score stays as the items say."""
    units = {"wbc": "10^9/L", "platelets": "10^9/L", "c3": "g/L"}
    results = {(row["subject"], row["day"]): row for row in labs if row["analyte"] == analyte}
    graded = {
        (row["subject"], row["day"]) for row in items if row["item"] == "hematological" and int(row["value"] or 0) > 2
    }  # where normal counts would contradict the grade too
    for row in items:
        if (
            row["item"] != sign
            or (row["subject"], row["day"]) in graded
            or row["subject"] <= "X-22"
            or row["day"] <= 0
            or row["attributed"] == "false"
        ):
            continue
        result = results.get((row["subject"], row["day"]))
        if row["value"] != "" and bool(row["value"]) is present and result and result["unit"] == units[analyte]:
            result["value"] = value
            return
    raise AssertionError(f"no {sign} to contradict")


def _visits(visits: list[Row]) -> None:
    visits.append({**_find(visits, subject="X-22", nth=1), "subject": "X-99"})  # a subject nobody knows
    nowhere = {"planned_visit": "", "planned_day": ""}
    late = {**_find(visits, subject="X-24", nth=1), "day": "", "date": "2104-05-06", **nowhere}
    visits.append(late)  # a date in the next century
    month_9 = {"planned_visit": "Month 9", "planned_day": 274}
    early = {**_find(visits, subject="X-25", nth=1), "day": -300, "date": "", **month_9}
    visits.append(early)  # month 9, three hundred days before the cells
    _find(visits, subject="X-26", nth=3)["pga"] = 45  # millimeters for points; emptied
    first = _find(visits, subject="X-27", nth=1)
    first["date"] = str((date.fromisoformat(first["date"]) - date(1899, 12, 30)).days)  # a spreadsheet's serial number
    visits[10], visits[30] = visits[30], visits[10]  # out of order


def _others(tables: Tables) -> None:
    tables["subjects"][0]["sex"] = "Female"  # another case
    tables["subjects"][1]["sex"] = "f?"  # not in the list; emptied
    tables["medications"].append({
        "subject": "X-28", "drug": "methylprednisolone", "start": 40, "stop": 42, "dose": -500, "unit": "mg",
        "frequency": "daily", "route": "intravenous",
    })  # fmt: skip
    tables["infusions"].append({**tables["infusions"][-1], "day": 14, "date": "", "product": "P-77", "number": 3})
