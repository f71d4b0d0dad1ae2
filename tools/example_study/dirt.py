"""Rows made dirty on purpose. `PLANTED` says what reading and the data queries must find."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]
Tables = dict[str, list[Row]]

PLANTED = {
    ("duplicate_row", "labs"): 1,
    ("conflicting_duplicate", "labs"): 2,
    ("not_in_code_list", "labs"): 1,
    ("not_in_code_list", "subjects"): 1,
    ("below_minimum", "medications"): 1,
    ("unknown_product", "infusions"): 1,
    ("unknown_subject", "visits"): 1,
    ("future_date", "visits"): 1,
    ("before_first_milestone", "visits"): 1,
    ("above_maximum", "visits"): 1,
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
"""(Rule, table) → findings."""


def make_dirty(tables: Tables) -> None:
    """Plant each kind of damage once or twice, in patients whose story does not hang on it."""
    _labs(tables["labs"])
    _items(tables["items"], tables["labs"])
    _visits(tables["visits"])
    _others(tables)


def _find(rows: list[Row], nth: int = 0, **wanted: Any) -> Row:
    hits = [row for row in rows if all(row[key] == value for key, value in wanted.items())]
    return hits[nth]


def _labs(labs: list[Row]) -> None:
    labs.append(dict(_find(labs, subject="X-02", analyte="albumin", nth=1)))  # an exact repeat
    labs.append(
        {**_find(labs, subject="X-03", analyte="creatinine", nth=1), "value": 141}
    )  # the same key, another value
    labs.append({**_find(labs, subject="X-04", analyte="albumin"), "analyte": "albumine"})  # not a known analyte
    for row in labs:  # one center's laboratory reports complement in mg/dL
        if row["analyte"] in ("c3", "c4") and row["subject"] in ("X-06", "X-09", "X-12", "X-15"):
            row.update({k: round(row[k] * 100, 1) for k in ("value", "lower_limit", "upper_limit")}, unit="mg/dL")
    for row in labs:  # cells per microliter
        if row["analyte"] == "wbc" and row["subject"] == "X-07":
            row.update({k: round(row[k] * 1000) for k in ("value", "lower_limit", "upper_limit")}, unit="/uL")
    decimal = _find(labs, subject="X-08", analyte="upcr")
    decimal["value"] = str(decimal["value"]).replace(".", ",")  # a decimal comma
    _find(labs, subject="X-10", analyte="platelets")["unit"] = ""  # no unit
    _find(labs, subject="X-13", analyte="anti_dsdna")["value"] = "see letter"  # text for a number
    hemoglobin = _find(labs, subject="X-14", analyte="hemoglobin", nth=2)
    hemoglobin["value"] = round(hemoglobin["value"] / 10, 1)  # g/dL under the unit g/L
    whole = _find(labs, subject="X-16", analyte="wbc", nth=2)
    _find(labs, subject="X-16", analyte="lymphocytes", day=whole["day"])["value"] = (
        whole["value"] + 1.4
    )  # part above whole


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
    rows = [r for r in items if r["item"] == sign and bool(r["value"]) is present and r["subject"] > "X-22"]
    for row in rows:
        hits = [
            r for r in labs if r["analyte"] == analyte and r["subject"] == row["subject"] and r["day"] == row["day"]
        ]
        if hits and hits[0]["unit"] == units[analyte]:
            hits[0]["value"] = value
            return


def _visits(visits: list[Row]) -> None:
    visits.append({**_find(visits, subject="X-22", nth=1), "subject": "X-99"})  # a subject nobody knows
    late = {
        **_find(visits, subject="X-24", nth=1),
        "day": "",
        "date": "2104-05-06",
        "planned_visit": "",
        "planned_day": "",
    }
    visits.append(late)  # a date in the next century
    early = {
        **_find(visits, subject="X-25", nth=1),
        "day": -300,
        "date": "",
        "planned_visit": "Month 9",
        "planned_day": 274,
    }
    visits.append(early)  # month 9, three hundred days before the cells
    _find(visits, subject="X-26", nth=1)["pga"] = 45  # millimeters for points
    first = _find(visits, subject="X-27", nth=1)
    first["date"] = _serial(first["date"])  # a spreadsheet's serial number
    visits[10], visits[30] = visits[30], visits[10]  # out of order


def _serial(iso: str) -> str:
    from datetime import date

    return str((date.fromisoformat(iso) - date(1899, 12, 30)).days)


def _others(tables: Tables) -> None:
    tables["subjects"][0]["sex"] = "Female"  # another case
    tables["subjects"][1]["sex"] = "f?"  # not in the list
    tables["medications"].append({
        "subject": "X-28", "drug": "methylprednisolone", "start": 40, "stop": 42, "dose": -500, "unit": "mg",
        "frequency": "daily", "route": "intravenous",
    })  # fmt: skip
    tables["infusions"].append({**tables["infusions"][-1], "day": 14, "product": "P-77", "number": 3})
