"""The list of queries: one row a query, worst first, with patient and visit, and safe to open."""

from __future__ import annotations

from malar import check, read_study
from malar.example import example_path
from malar.reports.query_list import COLUMNS, query_list, query_page


def test_every_error_and_warning_is_a_row_with_what_to_look_at() -> None:
    study = read_study(example_path())
    checked = check(study)
    listed = query_list(study, checked)
    assert listed.columns == [column.key for column in COLUMNS]
    assert listed["number"].to_list() == list(range(1, listed.height + 1))
    wanted = checked.findings.filter(checked.findings["severity"] != "info").height
    assert listed.filter(listed["severity"] != "info").height == wanted
    order = [{"error": 0, "warning": 1, "info": 2}[severity] for severity in listed["severity"]]
    assert order == sorted(order)
    weight = listed.filter(listed["rule"] == "weight_jumped").row(0, named=True)
    assert weight["subject"]
    assert weight["planned_visit"].startswith("Month")
    assert "Check the weight" in weight["message"]


def test_the_page_carries_the_mark_and_says_whom_it_is_for() -> None:
    study = read_study(example_path())
    page = query_page(study, check(study))
    assert "Invented data" in page
    assert "only to those who may see them" in page
