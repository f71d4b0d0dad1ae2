"""Doses around a visit: of baseline, averaged, added up, as pulses, and over planned weeks."""

from __future__ import annotations

from typing import Any

import pytest

from malar.course.glucocorticoid_doses import mean_prednisone, pulses_within
from malar.course.glucocorticoid_periods import longest_reduced
from tests.support.drug_study import column, course, drug_study

PRED = "prednisone"
TAPER = [course(PRED, -10, 9, 20), course(PRED, 10, 29, 10), course(PRED, 30, None, 5)]


def seen(name: str, *courses: dict[str, Any], days: tuple[int, ...]) -> list[Any]:
    return column(drug_study(courses, days=days), name)


def test_the_dose_of_baseline_and_its_share() -> None:
    days = (-5, 0, 9, 10, 40)
    assert seen("prednisone_mg_day_at_baseline", *TAPER, days=days) == [20] * 5
    assert seen("prednisone_percent_of_baseline", *TAPER, days=days) == [None, 100, 100, 50, 25]


def test_nothing_at_baseline_has_no_percentage() -> None:
    assert seen("prednisone_percent_of_baseline", course(PRED, 5, None, 10), days=(0, 10)) == [None, None]
    assert seen("prednisone_mg_day_at_baseline", course(PRED, 5, None, 10), days=(0, 10)) == [0, 0]


def test_the_average_of_7_days_leaves_out_the_day_of_the_visit() -> None:
    averages = seen("prednisone_mg_day_mean_of_7_days", *TAPER, days=(10, 13, 17))
    assert averages == pytest.approx([20, (4 * 20 + 3 * 10) / 7, 10], abs=1e-6)
    study = drug_study(TAPER, days=(12,))
    assert mean_prednisone(study, study["visits"].select("subject", "day"), n_days=2).to_list() == [10]


def test_cumulative_dose_counts_from_day_0_to_the_visit() -> None:
    pulse = course("methylprednisolone", 20, 22, 400, route="intravenous")
    assert seen("cumulative_prednisone_mg", *TAPER, pulse, days=(-1, 0, 9, 10, 30)) == [None, 20, 200, 210, 405]
    assert seen("cumulative_prednisone_mg_with_pulses", *TAPER, pulse, days=(0, 20, 21, 30)) == [20, 810, 1320, 1905]


def test_pulses_since_the_previous_visit_and_in_28_days() -> None:
    courses = [
        course("methylprednisolone", 20, 22, 400, route="intravenous"),
        course("dexamethasone", 25, None, 3, often="once"),
        course("triamcinolone", 60, None, 40, often="once", route="intramuscular"),
        *TAPER,
    ]
    days = (0, 21, 47, 49, 60, 90)
    assert seen("glucocorticoid_pulse_mg", *courses, days=days) == [None, 1000, 520, 0, 50, 0]
    assert seen("glucocorticoid_pulse_mg_of_28_days", *courses, days=days) == [0, 1000, 1520, 520, 50, 0]
    study = drug_study(courses, days=days)
    visits = study["visits"].select("subject", "day")
    assert pulses_within(study, visits, n_days=1).to_list() == [0, 500, 0, 0, 50, 0]
    assert seen("glucocorticoid_pulse_mg", course("prednisolone", 5, 5, None, route="intravenous"), days=(0, 4, 9)) == [
        None, 0, None,
    ]  # fmt: skip


def at_week_52(name: str, *courses: tuple[Any, ...], day: int = 364) -> Any:
    return column(drug_study([course(*row) for row in courses], days=(day,)), name)[0]


MEAN = "mean_prednisone_mg_day_weeks_40_52"
HIGHEST = "highest_prednisone_mg_day_weeks_40_52"
LONGEST = "longest_days_prednisone_reduced_weeks_24_52"


@pytest.mark.parametrize(
    ("courses", "day", "mean", "highest"),
    [
        ([(PRED, 0, None, 7.5)], 349, None, None),
        ([(PRED, 0, None, 7.5)], 350, 7.5, 7.5),
        ([(PRED, 0, 279, 60), (PRED, 280, None, 5)], 364, 5, 5),
        ([(PRED, 0, 280, 60), (PRED, 281, None, 5)], 364, (60 + 84 * 5) / 85, 60),
        ([(PRED, 0, 363, 5), (PRED, 364, None, 60)], 363, 5, 5),
        ([(PRED, 0, 363, 5), (PRED, 364, None, 60)], 364, (84 * 5 + 60) / 85, 60),
        ([(PRED, 0, 364, 5), (PRED, 365, None, 60)], 400, 5, 5),
        ([(PRED, 0, 299, 5), (PRED, 300, 301, None), (PRED, 302, None, 5)], 364, None, None),
        ([("omeprazole", 0, None, 20)], 364, 0, 0),
    ],
)
def test_average_and_greatest_dose_of_weeks_40_to_52(
    courses: list[Any], day: int, mean: float | None, highest: float | None
) -> None:
    assert at_week_52(MEAN, *courses, day=day) == (mean if mean is None else pytest.approx(mean, abs=1e-6))
    assert at_week_52(HIGHEST, *courses, day=day) == highest


@pytest.mark.parametrize(
    ("courses", "longest"),
    [
        ([(PRED, 0, 199, 10), (PRED, 200, 290, 7.5), (PRED, 291, None, 10)], 91),
        ([(PRED, 0, 199, 10), (PRED, 200, 289, 7.5), (PRED, 290, None, 10)], 90),
        ([(PRED, 0, 199, 10), (PRED, 200, 290, 7.6), (PRED, 291, None, 10)], 0),
        ([(PRED, 0, 199, 8), (PRED, 200, 290, 6.1), (PRED, 291, None, 10)], 0),
        ([(PRED, 0, 199, 8), (PRED, 200, 290, 6), (PRED, 291, None, 10)], 91),
        ([(PRED, 0, 99, 10), (PRED, 100, None, 5)], 197),
        ([(PRED, 0, 199, 10), (PRED, 200, 249, 5), (PRED, 250, 290, 2.5), (PRED, 291, None, 10)], 91),
        ([(PRED, 0, 199, 10), (PRED, 200, 240, None), (PRED, 241, None, 10)], None),
        ([(PRED, 0, 199, 10), (PRED, 200, 340, 5), (PRED, 341, 345, 10), (PRED, 346, 347, None)], 141),
    ],
)  # fmt: skip
def test_longest_time_at_a_reduced_dose(courses: list[Any], longest: int | None) -> None:
    assert at_week_52(LONGEST, *courses) == longest


def test_limits_of_a_reduced_dose_are_parameters() -> None:
    study = drug_study([course(PRED, 0, 9, 20), course(PRED, 10, None, 10)], days=(30,))
    visits = study["visits"].select("subject", "day")
    assert longest_reduced(study, visits, 0, 30, limit_mg=10, percent=50).to_list() == [21]
    assert longest_reduced(study, visits, 0, 30, limit_mg=10, percent=49).to_list() == [0]


@pytest.mark.parametrize(
    ("courses", "raised"),
    [
        ([("azathioprine", 0, None, 100)], False), ([("azathioprine", 0, 50, 100)], False),
        ([("azathioprine", 0, 50, 100), ("azathioprine", 51, None, 101)], True),
        ([("hydroxychloroquine", 1, None, 100)], True), ([("rituximab", 1, None, 100)], False),
        ([("no such drug", 1, None, 100)], None),
    ],
)  # fmt: skip
def test_background_drugs_begun_or_raised(courses: list[Any], raised: bool | None) -> None:
    assert at_week_52("background_drug_raised_since_baseline", *courses) is raised
