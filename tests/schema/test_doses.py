"""Doses in prednisone: drugs, routes and frequencies, cumulative doses, overlaps, and what is not known."""

from __future__ import annotations

import polars as pl
import pytest

from malar.schema import Study
from malar.schema.doses import EQUIVALENT_MG, cumulative_prednisone_mg, prednisone_mg_day
from tests.support.drug_study import course, drug_study

DAY = pl.DataFrame({"subject": ["a"], "day": [30]})


def dose(study: Study, **arguments: object) -> float | None:
    return prednisone_mg_day(study["medications"], DAY, **arguments)["prednisone_mg_day"].item()  # pyright: ignore


def between(study: Study, first: int, last: int, *, pulses: bool = False) -> float | None:
    periods = pl.DataFrame({"subject": ["a"], "first": [first], "last": [last]})
    return cumulative_prednisone_mg(study["medications"], periods, pulses=pulses).item()


@pytest.mark.parametrize(
    ("drug", "mg", "prednisone"),
    [
        ("methylprednisolone", 4, 5), ("methylprednisolone", 6, 7.5), ("methylprednisolone", 16, 20),
        ("dexamethasone", 0.75, 5), ("dexamethasone", 4, 26.666667), ("hydrocortisone", 20, 5),
        ("cortisone", 25, 5), ("triamcinolone", 4, 5), ("prednisolone", 7.5, 7.5), ("betamethasone", 0.6, 5),
        ("deflazacort", 30, 25), ("budesonide", 9, 0),
    ],
)  # fmt: skip
def test_equivalents_of_the_reference(drug: str, mg: float, prednisone: float) -> None:
    assert dose(drug_study([course(drug, 0, None, mg)])) == prednisone


def test_another_equivalent_of_betamethasone_is_a_parameter() -> None:
    study = drug_study([course("betamethasone", 0, None, 0.75)])
    assert dose(study, equivalent_mg={**EQUIVALENT_MG, "betamethasone": 0.75}) == 5
    assert dose(study) == 6.25


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"often": "alternate_days"}, 5), ({"often": "as_needed"}, None), ({"often": "once"}, 0),
        ({"route": "inhaled"}, 0), ({"route": "topical"}, 0), ({"route": "intraarticular"}, 0),
        ({"route": "intravenous"}, 0), ({"unit": "tablet"}, None), ({"dose": 0}, 0),
        ({"drug": "Prednisolone Acetate"}, 10), ({"drug": "no such drug"}, None),
        ({"drug": "no such drug", "route": "topical"}, 0), ({"drug": "omeprazole"}, 0),
    ],
)  # fmt: skip
def test_what_counts_in_the_dose_of_a_day(more: dict[str, object], expected: float | None) -> None:
    arguments = {"drug": "prednisone", "start": 0, **more}
    assert dose(drug_study([course(**arguments)])) == expected  # pyright: ignore


def test_the_class_that_a_study_states_holds_for_a_name_that_is_not_known() -> None:
    harmless = pl.DataFrame([{**course("herbal tea", 0), "drug_class": "other"}])
    steroid = pl.DataFrame([{**course("a brand of steroid", 0), "drug_class": "glucocorticoid"}])
    known = pl.DataFrame([{**course("prednisone", 0), "drug_class": "other"}])
    for table, expected in ((harmless, 0), (steroid, None), (known, 10)):
        assert dose(drug_study(more={"medications": table})) == expected


def test_courses_of_one_drug_that_overlap_are_added_or_the_later_stands() -> None:
    study = drug_study([course("prednisone", 0, 30, 20), course("prednisone", 30, 60, 15)])
    assert (dose(study), dose(study, overlaps="later")) == (35, 15)
    other = drug_study([course("prednisone", 0, 30, 20), course("hydrocortisone", 30, 60, 20)])
    assert dose(other, overlaps="later") == 25


@pytest.mark.parametrize(
    ("first", "last", "plain", "with_pulses"),
    [(0, 9, 100, 100), (5, 14, 75, 75), (0, 29, 200, 2075), (10, 19, 50, 50), (20, 21, 10, 1260), (30, 40, 0, 0)],
)
def test_cumulative_dose_is_the_sum_of_days(first: int, last: int, plain: float, with_pulses: float) -> None:
    study = drug_study(
        [
            course("prednisone", 0, 9, 10),
            course("prednisone", 10, 29, 5),
            course("methylprednisolone", 20, 22, 500, route="intravenous"),
        ]
    )
    assert between(study, first, last) == plain
    assert between(study, first, last, pulses=True) == with_pulses


def test_a_pulse_of_500_mg_is_625_of_prednisone() -> None:
    study = drug_study([course("methylprednisolone", 3, None, 500, often="once", route="intravenous")])
    assert (between(study, 0, 9), between(study, 0, 9, pulses=True)) == (0, 625)


def test_cumulative_dose_is_unknown_where_a_day_is() -> None:
    study = drug_study([course("prednisone", 0, 9, 10), course("prednisone", 10, 12, None)])
    assert [between(study, 0, 9), between(study, 0, 10), between(study, 13, 20), between(study, 9, 8)] == [
        100, None, 0, None,
    ]  # fmt: skip
    stranger = pl.DataFrame({"subject": ["b"], "first": [0], "last": [1]})
    assert cumulative_prednisone_mg(study["medications"], stranger, pulses=False).to_list() == [None]
