"""The visit frame: one row a subject and day, items, results and doses beside each other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from malar.errors import ParameterError, UnknownKeyError
from malar.schema import Study
from malar.schema.visit_frame import column_meanings
from tests.schema.folder import read

VISITS = "subject,day,pga\nA,0,1\nA,30,2\nB,0,1\n"


def column(study: Study, name: str, **options: int) -> list[object]:
    return study.visit_frame(name, **options)[name].to_list()


def test_one_row_a_visit_and_every_name_is_plain_and_explained(tmp_path: Path) -> None:
    frame = read(tmp_path, visits=VISITS).visit_frame()
    assert frame.select("subject", "day").rows() == [("A", 0), ("A", 30), ("B", 0)]
    assert all(re.fullmatch("[a-z][a-z0-9_]*", name) for name in frame.columns)
    assert set(frame.columns) == set(column_meanings())


def test_items_are_present_absent_unknown_or_due_to_something_else(tmp_path: Path) -> None:
    items = (
        "subject,day,instrument,item,value,attributed\nA,0,sledai_2k,rash,2,\nA,0,sledai_2k,fever,1,no\n"
        "A,0,sledai_2k,cva,0,\nA,0,sledai_2k,total,3,\nA,0,sledai_2k,arthritis,1,yes\n"
    )
    frame = read(tmp_path, visits=VISITS, items=items).visit_frame("sledai_2k")
    first = frame.row(0, named=True)
    signs = [first[f"sledai_2k__{item}"] for item in ("rash", "fever", "cva", "arthritis", "alopecia")]
    assert signs == [True, False, False, True, None]
    assert (first["recorded__sledai_2k__rash"], first["recorded__sledai_2k__fever"]) == (2, 1)
    assert first["recorded__sledai_2k"] == 3


@pytest.mark.parametrize(
    ("found", "window", "present"), [(20, 10, True), (19, 10, False), (19, 30, True), (0, 30, False)]
)
def test_a_sign_between_visits_counts_at_the_next_visit_in_the_window(
    tmp_path: Path, found: int, window: int, present: bool
) -> None:
    """Day 0 is itself a visit: what was found there does not count again at day 30."""
    items = f"subject,day,instrument,item,value\nA,{found},sledai_2k,rash,2\nA,30,sledai_2k,rash,0\n"
    study = read(tmp_path, visits=VISITS, items=items)
    assert column(study, "sledai_2k__rash", window_days=window)[1] is present


def test_without_a_visits_table_the_days_with_items_are_the_visits(tmp_path: Path) -> None:
    items = "subject,day,instrument,item,value\nA,7,sledai_2k,rash,2\nB,0,sledai_2k,rash,0\n"
    frame = read(tmp_path, items=items).visit_frame("sledai_2k__rash", "pga")
    assert frame.select("subject", "day", "sledai_2k__rash", "pga").rows() == [
        ("A", 7, True, None),
        ("B", 0, False, None),
    ]


LABS = "subject,day,analyte,value,unit,lower_limit,upper_limit,number,specimen\n"


def test_results_of_the_day_come_with_their_limits(tmp_path: Path) -> None:
    rows = "A,0,c3,80,mg/dL,90,180,1,\nA,30,c3,,g/L,,,1,\nA,30,c3,0.7,g/L,,,2,\nB,0,c3,0.9,g/L,,,1,urine\n"
    frame = read(tmp_path, visits=VISITS, labs=LABS + rows).visit_frame("lab__c3")
    assert frame["lab__c3"].to_list() == [0.8, 0.7, None]
    assert (frame["lab__c3__lln"][0], frame["lab__c3__uln"][0]) == (0.9, 1.8)


@pytest.mark.parametrize(("within", "value"), [(0, None), (4, None), (5, 1.0), (9, 1.0)])
def test_the_nearest_result_counts_and_the_earlier_on_a_tie(tmp_path: Path, within: int, value: float | None) -> None:
    rows = "A,25,c3,1.0,g/L,,,1,\nA,35,c3,2.0,g/L,,,1,\n"
    study = read(tmp_path, visits=VISITS, labs=LABS + rows)
    assert column(study, "lab__c3", labs_within_days=within)[1] == value


DRUGS = "subject,drug,start,stop,dose,unit,frequency,route\n"


@pytest.mark.parametrize(
    ("rows", "dose"),
    [
        ("A,prednisone,0,,10,mg,daily,oral\n", 10.0),
        ("A,Prednisone,0,29,10,mg,daily,oral\n", 0.0),
        ("A,prednisone,0,30,10,mg,daily,oral\n", 10.0),
        ("A,methylprednisolone,0,,4,mg,,\n", 5.0),
        ("A,dexamethasone,0,,0.75,mg,daily,oral\n", 5.0),
        ("A,hydrocortisone,0,,20,mg,daily,oral\n", 5.0),
        ("A,prednisone,0,,10,mg,alternate_days,oral\n", 5.0),
        ("A,prednisone,0,,5,mg,daily,oral\nA,prednisolone,10,,2.5,mg,twice_daily,oral\n", 10.0),
        ("A,prednisone,0,,,mg,daily,oral\n", None),
        ("A,prednisone,0,,10,,daily,oral\n", None),
        ("A,methylprednisolone,30,,500,mg,daily,intravenous\n", 0.0),
        ("A,prednisone,30,,40,mg,once,oral\n", 0.0),
        ("A,mycophenolate,0,,1,g,twice_daily,oral\n", 0.0),
        ("B,prednisone,0,,10,mg,daily,oral\n", None),
    ],
)
def test_the_dose_of_the_day_in_prednisone(tmp_path: Path, rows: str, dose: float | None) -> None:
    study = read(tmp_path, visits=VISITS, medications=DRUGS + rows)
    assert column(study, "prednisone_mg_day")[1] == dose


def test_needs_that_no_table_meets_and_windows_that_cannot_be(tmp_path: Path) -> None:
    study = read(tmp_path, visits=VISITS)
    for need in ("sledai", "sledai_2k__freckles", "lab__gold", "Pga"):
        with pytest.raises(UnknownKeyError, match=need):
            study.visit_frame(need)
    with pytest.raises(ParameterError, match="negative"):
        study.visit_frame("pga", window_days=-1)
