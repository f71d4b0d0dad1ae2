"""Earlier therapies that failed: dose, duration and outcome on both sides, and what is not known."""

from __future__ import annotations

from typing import Any

import pytest

from malar.timelines.judged import judge_visits
from tests.support.drug_study import column, course, drug_study

MMF = "mycophenolate mofetil"
CYC = "cyclophosphamide"
OTHER = ("azathioprine", 100, "mg", 20, "responded")


def known(name: str, *therapies: tuple[Any, ...], **more: Any) -> bool | None:
    return column(drug_study(therapies=therapies, **more), name)[0]


@pytest.mark.parametrize(
    ("name", "therapy", "failed"),
    [
        ("failed_cyclophosphamide_0_4_g_6_months", (CYC, 0.4, "g/m2", 182, "failed"), True),
        ("failed_cyclophosphamide_0_4_g_6_months", (CYC, 0.39, "g/m2", 182, "failed"), False),
        ("failed_cyclophosphamide_0_4_g_6_months", (CYC, 400, "mg/m²", 181, "failed"), False),
        ("failed_cyclophosphamide_0_4_g_6_months", (CYC, 0.75, "g", 200, "failed"), None),
        ("failed_cyclophosphamide_0_4_g_6_months", (CYC, 0.75, "g", 100, "failed"), False),
        ("failed_cyclophosphamide_0_4_g_6_months", (CYC, 0.5, "g/m2", None, "failed"), None),
        ("failed_cyclophosphamide_0_4_g_6_months", (CYC, 0.5, "g/m2", 200, "intolerant"), False),
        ("failed_cyclophosphamide_0_4_g_6_months", (CYC, 0.5, "g/m2", 200, "unknown"), None),
        ("failed_cyclophosphamide_0_4_g_6_months", (CYC, 0.5, "g/m2", 200, None), None),
        ("failed_cyclophosphamide_0_5_g_6_months", (CYC, 0.5, "g/m2", 182, "failed"), True),
        ("failed_cyclophosphamide_0_5_g_6_months", (CYC, 0.49, "g/m2", 182, "failed"), False),
        ("failed_other_immunosuppressant_3_months", (MMF, 2, "g/d", 91, "failed"), True),
        ("failed_other_immunosuppressant_3_months", (MMF, 2000, "mg", 91, "failed"), True),
        ("failed_other_immunosuppressant_3_months", (MMF, 1.9, "g", 91, "failed"), False),
        ("failed_other_immunosuppressant_3_months", (MMF, 2, "g", 90, "failed"), False),
        ("failed_other_immunosuppressant_3_months", (MMF, None, None, 91, "failed"), None),
        ("failed_other_immunosuppressant_3_months", ("tacrolimus", None, None, 91, "failed"), True),
        ("failed_other_immunosuppressant_3_months", (CYC, 0.5, "g/m2", 200, "failed"), False),
        ("failed_other_immunosuppressant_3_months", ("hydroxychloroquine", 400, "mg", 200, "failed"), False),
        ("failed_other_immunosuppressant_3_months", ("no such drug", 1, "mg", 200, "failed"), None),
        ("failed_other_immunosuppressant_3_months", ("no such drug", 1, "mg", 20, "failed"), False),
        ("failed_mycophenolate", (MMF, None, None, None, "failed"), True),
        ("failed_mycophenolate", ("tacrolimus", None, None, None, "failed"), False),
        ("failed_mycophenolate_or_cyclophosphamide_6_months", (MMF, 1, "g", 182, "failed"), True),
        ("failed_mycophenolate_or_cyclophosphamide_6_months", (MMF, 1, "g", 181, "failed"), False),
        ("failed_glucocorticoid_above_20", ("prednisone", 20, "mg", 90, "failed"), None),
        ("failed_glucocorticoid_above_20", ("prednisone", 20.1, "mg/day", 90, "failed"), True),
        ("failed_glucocorticoid_above_20", ("methylprednisolone", 16.1, "mg", 90, "failed"), True),
        ("failed_glucocorticoid_at_least_20", ("methylprednisolone", 16, "mg", 90, "failed"), True),
        ("failed_one_immunosuppressant", ("rituximab", None, None, None, "failed"), True),
        ("failed_one_immunosuppressant", ("rituximab", None, None, None, "ongoing"), False),
    ],
)
def test_what_failed_at_which_dose_and_after_how_long(name: str, therapy: tuple[Any, ...], failed: bool | None) -> None:
    assert known(name, therapy, OTHER) is failed


def test_where_no_earlier_therapy_is_recorded_it_is_unknown() -> None:
    for name in ("failed_mycophenolate", "failed_one_immunosuppressant", "failed_other_immunosuppressant_3_months"):
        assert known(name) is None


@pytest.mark.parametrize(("dose", "above", "at_least"), [(20, False, True), (20.1, True, True), (19.9, False, False)])
def test_a_dose_on_day_0_counts_beside_the_history(dose: float, above: bool, at_least: bool) -> None:
    study = drug_study([course("prednisone", -30, None, dose)], therapies=[OTHER], days=(0, 90))
    assert column(study, "failed_glucocorticoid_above_20") == [above] * 2
    assert column(study, "failed_glucocorticoid_at_least_20") == [at_least] * 2
    alone = drug_study([course("prednisone", -30, None, dose)])
    assert column(alone, "failed_glucocorticoid_above_20") == [True if above else None]


@pytest.mark.parametrize(
    ("therapies", "two"),
    [
        ([("azathioprine", "failed"), (CYC, "failed")], True),
        ([("azathioprine", "failed"), ("Azathioprine", "failed")], False),
        ([("azathioprine", "failed"), ("no such drug", "failed")], None),
        ([("azathioprine", "responded"), ("no such drug", "failed")], False),
        ([("azathioprine", "failed"), (CYC, None)], None),
        ([("azathioprine", "failed"), (None, "failed")], None),
        ([("azathioprine", "failed"), ("hydroxychloroquine", "failed")], False),
    ],
)
def test_different_drugs_are_counted(therapies: list[tuple[str | None, str | None]], two: bool | None) -> None:
    rows = [(drug, None, None, None, outcome) for drug, outcome in therapies]
    assert known("failed_two_immunosuppressants", *rows) is two


def test_a_study_is_judged_from_its_own_tables() -> None:
    study = drug_study(
        [course("prednisone", -30, None, 30)], therapies=[(MMF, 2, "g", 200, "failed"), OTHER], days=(0, 90)
    )
    keys = ["refractory", "refractory_to_one", "refractory_wang_2014", "refractory_liang_2010", "eligible_wang_2014"]
    judged = judge_visits(study, keys)
    assert judged.select(keys).rows() == [(False, True, True, True, None)] * 2
