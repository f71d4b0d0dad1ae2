"""Where day 0 lies, and what happens to dates that have none."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.schema.folder import TOML, read, rules, set_aside

FIRST_RECORD = 'title = "Cohort"\nday0 = "first_record"\ndata = "invented"\n'


def test_a_second_infusion_is_never_taken_for_day_0(tmp_path: Path) -> None:
    study = read(
        tmp_path,
        milestones="subject,kind,number,date\nA,infusion,1,\nA,infusion,2,2024-01-08\n",
        visits="subject,date\nA,2024-01-11\n",
    )
    assert set_aside(study) == [("visits", 2, "key_value_missing")]
    assert "date_without_day" in rules(study)


def test_milestones_that_contradict_each_other_fix_no_day_0(tmp_path: Path) -> None:
    milestones = ["A,infusion,1,2024-01-01\n", "A,infusion,1,2024-01-02\n"]
    studies = []
    for number, order in enumerate((milestones, milestones[::-1])):
        folder = tmp_path / str(number)
        folder.mkdir()
        rows = "subject,kind,number,date\n" + "".join(order)
        studies.append(read(folder, milestones=rows, visits="subject,date\nA,2024-01-11\n"))
    assert studies[0] == studies[1]
    assert studies[0]["visits"].is_empty()


def test_the_date_of_the_subject_comes_before_that_of_the_milestone(tmp_path: Path) -> None:
    study = read(
        tmp_path,
        subjects="subject,day0_date\nA,2024-01-01\n",
        milestones="subject,kind,date\nA,infusion,2024-01-03\n",
    )
    assert study["milestones"]["day"].to_list() == [2]
    assert "milestone_not_on_day_0" in rules(study)


@pytest.mark.parametrize("stated", ["", "0"])
def test_the_first_record_is_the_earliest_dated_visit(tmp_path: Path, stated: str) -> None:
    rows = f"subject,day,date\nA,,2024-02-10\nA,{stated},2024-01-01\nB,,2024-03-01\n"
    study = read(tmp_path, FIRST_RECORD, visits=rows)
    assert study["visits"].select("subject", "day").rows() == [("A", 0), ("A", 40), ("B", 0)]


def test_the_day_that_the_earliest_dated_visit_states_is_believed(tmp_path: Path) -> None:
    rows = "subject,day,date\nA,0,\nA,30,2024-01-31\nA,,2024-03-01\n"
    study = read(tmp_path, FIRST_RECORD, visits=rows)
    assert study["visits"]["day"].to_list() == [0, 30, 60]
    assert "day_contradicts_date" not in rules(study)


def test_a_visit_in_the_future_is_no_first_record(tmp_path: Path) -> None:
    study = read(tmp_path, FIRST_RECORD, visits="subject,date\nA,2099-01-01\n")
    assert set_aside(study) == [("visits", 2, "future_date")]


def test_a_day_0_in_the_future_is_emptied_and_places_nothing(tmp_path: Path) -> None:
    study = read(tmp_path, subjects="subject,day0_date\nA,2099-01-01\n", visits="subject,date\nA,2024-01-01\n")
    assert study["subjects"]["day0_date"].to_list() == [None]
    assert {"future_date", "key_value_missing"} <= rules(study)


def test_a_milestone_without_a_day_is_kept_and_told(tmp_path: Path) -> None:
    study = read(tmp_path, milestones="subject,kind,date\nA,last_contact,2024-05-01\n")
    assert study["milestones"].select("day", "date").rows() == [(None, date(2024, 5, 1))]
    assert "date_without_day" in rules(study)


@pytest.mark.parametrize("written", ["1900-01-00", "1899-12-30", "1900-01-01"])
def test_the_empty_date_of_a_spreadsheet_is_no_date(tmp_path: Path, written: str) -> None:
    study = read(tmp_path, visits=f"subject,day,date\nA,0,{written}\n")
    assert set_aside(study)[0][2] in ("not_a_date", "below_minimum")


@pytest.mark.parametrize("written", ["2024-01-31T10:15:00+02:00", "2024-01-31 10:15:00 UTC", "2024-01-31 10:15"])
def test_times_of_day_and_zones_are_dropped(tmp_path: Path, written: str) -> None:
    study = read(tmp_path, visits=f"subject,day,date\nA,0,{written}\n")
    assert study["visits"]["date"].to_list() == [date(2024, 1, 31)]


def test_an_order_of_day_and_month_that_was_found_is_said(tmp_path: Path) -> None:
    rows = "subject,day,date\nA,0,13/01/2024 08:00\nA,1,02/01/2024 08:00\n"
    study = read(tmp_path, visits=rows)
    assert study["visits"]["date"].to_list() == [date(2024, 1, 13), date(2024, 1, 2)]
    assert "date_order_found" in rules(study)
    assert "date_order_found" not in rules(read(tmp_path, TOML + 'date_order = "dmy"\n', visits=rows))


def test_dates_in_both_orders_prove_nothing(tmp_path: Path) -> None:
    study = read(tmp_path, visits="subject,day,date\nA,0,13/01/2024\nA,1,01/14/2024\n")
    assert [rule for _, _, rule in set_aside(study)] == ["ambiguous_date", "ambiguous_date"]


def test_an_end_of_follow_up_is_not_what_treatment_must_come_after(tmp_path: Path) -> None:
    study = read(
        tmp_path,
        milestones="subject,kind,day\nA,last_contact,400\nA,data_cut,500\nA,treatment_stopped,90\n",
        products="product\nP\n",
        infusions="subject,day,product\nA,0,P\n",
    )
    assert study["infusions"].height == 1
