"""The tables of a study: columns, keys, units, ranges. The data model page is generated from here."""

from __future__ import annotations

from typing import Final

import dataframely as dy

from malar.schema import columns as c
from malar.schema.analytes import ANALYTES
from malar.schema.item_keys import ALL_ITEMS, ITEM_KEYS


class Subjects(dy.Schema):
    """One row a subject."""

    subject = c.subject()
    sex = c.code("sex as recorded", "sex")
    birth_year = c.whole("year of birth", allowed=(1880, 2100), plausible=(1920, 2025))
    age_years = c.number("age on day 0", "years", allowed=(0, 120), plausible=(4, 85))
    ancestry = c.text("ancestry or ethnic group, as the study records it")
    diagnosis_day = c.whole("study day of the diagnosis of lupus", "days", allowed=(-36_525, 36_525))
    classification = c.code("criteria fulfilled", "classification")
    nephritis_class = c.code("class of lupus nephritis, worst ever", "nephritis_class")
    center = c.text("center that follows the subject")
    arm = c.text("planned arm, or the one therapy given")
    in_full_analysis_set = c.yes_no("belongs to the full analysis set")
    in_safety_set = c.yes_no("belongs to the safety set")
    preflare_egfr = c.number("eGFR before the flare that led to treatment", "mL/min/1.73 m²", allowed=(0, 250))
    day0_date = c.date("calendar date of day 0; lets records with dates alone be placed")


class Milestones(dy.Schema):
    """What censoring rests on: consent, treatment, last contact, data cut."""

    subject = c.subject()
    kind = c.code("which milestone", "milestone", key=True)
    number = c.count_key("1, 2, … for repeated kinds such as infusions")
    day = c.day(key=False)
    date = c.date()


class History(dy.Schema):
    """Earlier therapies and organ systems ever involved."""

    subject = c.subject()
    kind = c.code("earlier therapy or organ system", "history", key=True)
    number = c.count_key("1, 2, … in the order recorded")
    term = c.text("drug, or organ system")
    dose = c.number("highest dose reached", allowed=(0, None))
    unit = c.text("unit of the dose")
    duration_days = c.number("how long it was given", "days", allowed=(0, None))
    outcome = c.code("what came of it", "history_outcome")


class Donors(dy.Schema):
    """One row a donor of cells."""

    donor = c.text("the study's identifier of the donor", key=True)
    relation = c.code("relation to the patient", "relation")
    hla_match = c.text("HLA match, as typed (8/10, haploidentical)")
    sex = c.code("sex as recorded", "sex")
    age_years = c.number("age at donation", "years", allowed=(0, 120))


class Products(dy.Schema):
    """One row a batch of a cell product."""

    product = c.text("the study's identifier of the batch", key=True)
    donor = c.text("donor of the cells")
    cell_source = c.code("tissue the cells come from", "cell_source")
    autologous = c.yes_no("the patient's own cells")
    passage = c.whole("passage at release", allowed=(0, 50), plausible=(0, 8))
    viability_percent = c.number("living cells", "%", allowed=(0, 100), plausible=(70, 100))
    release_criteria_met = c.yes_no("all release criteria met")
    adherent = c.yes_no("cells adhere to plastic")
    cd105_percent = c.number("cells with CD105", "%", allowed=(0, 100))
    cd73_percent = c.number("cells with CD73", "%", allowed=(0, 100))
    cd90_percent = c.number("cells with CD90", "%", allowed=(0, 100))
    cd45_percent = c.number("cells with CD45", "%", allowed=(0, 100))
    cd34_percent = c.number("cells with CD34", "%", allowed=(0, 100))
    cd14_or_cd11b_percent = c.number("cells with CD14 or CD11b", "%", allowed=(0, 100))
    cd79a_or_cd19_percent = c.number("cells with CD79α or CD19", "%", allowed=(0, 100))
    hla_dr_percent = c.number("cells with HLA-DR", "%", allowed=(0, 100))
    differentiates = c.yes_no("cells become bone, fat and cartilage")


class Infusions(dy.Schema):
    """One row an infusion."""

    subject = c.subject()
    day = c.day()
    product = c.text("batch infused", key=True)
    date = c.date()
    number = c.whole("place in the series of infusions", allowed=(1, None))
    total_cells = c.number("cells infused", "cells", allowed=(0, None), plausible=(1e5, 1e10), essential=True)
    cells_per_kg = c.number("cells per kg", "cells/kg", allowed=(0, None), plausible=(1e3, 1e8), essential=True)
    conditioning = c.text("conditioning before the infusion")


class Visits(dy.Schema):
    """One row a visit."""

    subject = c.subject()
    day = c.day()
    date = c.date()
    planned_visit = c.text("name of the planned visit: Month 3")
    planned_day = c.day("study day planned for it", key=False)
    pga = c.number("physician's global assessment, 0 to 3", allowed=(0, 3))
    weight_kg = c.number("body weight", "kg", allowed=(0, 500), plausible=(12, 200))
    height_cm = c.number("height", "cm", allowed=(0, 280), plausible=(80, 220))
    temperature_c = c.number("body temperature", "°C", allowed=(25, 45), plausible=(34, 42))
    systolic_mmhg = c.number("systolic blood pressure", "mmHg", allowed=(0, 350), plausible=(60, 250))
    diastolic_mmhg = c.number("diastolic blood pressure", "mmHg", allowed=(0, 250), plausible=(30, 150))
    tender_joints = c.whole("tender joints", allowed=(0, 78))
    swollen_joints = c.whole("swollen joints", allowed=(0, 78))
    inflamed_joints = c.whole("joints with pain and signs of inflammation", allowed=(0, 78))
    swollen_joints_28 = c.whole("swollen joints of the 28-joint count", allowed=(0, 28))
    active_joints = c.whole("joints both tender and swollen", allowed=(0, 78))
    hemolytic_anemia = c.yes_no("hemolytic anemia due to lupus; no SLEDAI item")
    gastrointestinal_activity = c.yes_no("gastrointestinal activity of lupus; no SLEDAI item")


class Items(dy.Schema):
    """One row an item of an instrument, at a visit or between visits."""

    subject = c.subject()
    day = c.day()
    instrument = c.words("instrument", "instrument", list(ITEM_KEYS), key=True)
    item = c.words("item key, or `total` for a recorded total", "item", ALL_ITEMS, key=True)
    value = c.number("0 absent, 1 or the item's weight present", allowed=(0, None), essential=True)
    attributed = c.yes_no("due to active lupus; unknown is taken as yes")
    date = c.date()


class Labs(dy.Schema):
    """One row a laboratory result."""

    subject = c.subject()
    day = c.day()
    analyte = c.words("what was measured", "analyte", list(ANALYTES), key=True)
    specimen = c.code("specimen; the analyte's usual one where not given", "specimen", key=True)
    number = c.count_key()
    date = c.date()
    value = c.number("result, in the analyte's unit", allowed=(0, None), essential=True)
    unit = c.text("unit of value and limits")
    lower_limit = c.number("laboratory's lower limit of normal", allowed=(0, None))
    upper_limit = c.number("laboratory's upper limit of normal", allowed=(0, None))
    qualifier = c.code("what the result is beside a number", "qualifier")
    titre = c.number("reciprocal of the dilution, 40 for 1:40", allowed=(0, None))
    reported = c.text("the result as the source wrote it, where it was no plain number")


class Medications(dy.Schema):
    """One row a course of a drug at one dose."""

    subject = c.subject()
    drug = c.text("generic name, lower case", key=True)
    start = c.day("first study day")
    start_date = c.date("calendar date of the first day")
    stop = c.day("last study day; empty while it goes on", key=False)
    stop_date = c.date("calendar date of the last day")
    dose = c.number("one dose", allowed=(0, None), essential=True)
    unit = c.text("unit of the dose")
    frequency = c.code("how often", "frequency")
    route = c.code("how given", "route")
    drug_class = c.code("class of a drug whose name the library does not know", "drug_class")


class Procedures(dy.Schema):
    """One row a procedure."""

    subject = c.subject()
    day = c.day()
    kind = c.code("which procedure", "procedure", key=True)
    number = c.count_key()
    date = c.date()
    biopsy_class = c.code("class found", "nephritis_class")
    activity_index = c.number("NIH activity index", allowed=(0, 24))
    chronicity_index = c.number("NIH chronicity index", allowed=(0, 12))


class Events(dy.Schema):
    """One row an event: death, relapse, infection, adverse event, withdrawal, …"""

    subject = c.subject()
    day = c.day()
    term = c.text("what happened, in the study's words", key=True)
    number = c.count_key()
    kind = c.code("kind of event", "event", required=True)
    date = c.date()
    stop = c.day("last study day of the event", key=False)
    grade = c.whole("CTCAE grade", allowed=(1, 5))
    serious = c.yes_no("serious by the regulatory definition")
    related = c.yes_no("held related to the treatment by the investigator")
    cause = c.text("cause, as for a death")


TABLES: Final[dict[str, type[dy.Schema]]] = {
    "subjects": Subjects,
    "milestones": Milestones,
    "history": History,
    "donors": Donors,
    "products": Products,
    "infusions": Infusions,
    "visits": Visits,
    "items": Items,
    "labs": Labs,
    "medications": Medications,
    "procedures": Procedures,
    "events": Events,
}
"""Table name → its schema, in the order in which they are read."""

DATES: Final = {"medications": (("start", "start_date"), ("stop", "stop_date"))}
"""Tables whose days and dates have other names than `day` and `date`."""


def day_columns(table: str) -> tuple[tuple[str, str], ...]:
    """The (day, date) column pairs of a table.

    Examples
    --------
    >>> day_columns("visits"), day_columns("donors")
    ((('day', 'date'),), ())
    """
    names = TABLES[table].column_names()
    return DATES.get(table, (("day", "date"),) if "day" in names and "date" in names else ())


def key_columns(table: str) -> list[str]:
    """The key of a table."""
    return TABLES[table].primary_key()
