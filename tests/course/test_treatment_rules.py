"""Rule sets of trials: both sides of each day and dose, what is not known, and that it never turns a verdict."""

from __future__ import annotations

import random
from typing import Any

import polars as pl
import pytest

from malar.course.standard_therapy import LIMITS
from malar.course.study_columns import STUDY_COLUMNS, derive_study_columns
from malar.course.treatment_rules import RULES
from tests.support.drug_study import column, course, drug_study

PRED = "prednisone"
LATE = 400


def at(rule: str, *courses: tuple[Any, ...], day: int = LATE, **recorded: Any) -> bool | None:
    return column(drug_study([course(*row) for row in courses], days=(day,), **recorded), rule)[0]


BLISS = "treatment_failure_bliss"
TULIP = "treatment_failure_tulip_late"
ILLUMINATE = "treatment_failure_tabalumab"
AURORA = "treatment_failure_aurora"


@pytest.mark.parametrize(
    ("courses", "failed"),
    [
        ([(PRED, 0, None, 10)], False),
        ([(PRED, 0, 168, 10), (PRED, 169, None, 15)], False),
        ([(PRED, 0, 168, 10), (PRED, 169, None, 15.1)], True),
        ([(PRED, 0, 99, 10), (PRED, 100, 168, 60), (PRED, 169, None, 10)], False),
        ([(PRED, 0, 99, 10), (PRED, 100, 169, 60), (PRED, 170, None, 10)], True),
        ([(PRED, 0, 168, 40), (PRED, 169, None, 50)], False),
        ([(PRED, 0, 168, 40), (PRED, 169, 300, 50), (PRED, 301, None, 40)], False),
        ([(PRED, 0, 168, 40), (PRED, 169, 300, 50.1), (PRED, 301, None, 40)], True),
        ([(PRED, 0, 307, 10), (PRED, 308, None, 12)], False),
        ([(PRED, 0, 308, 10), (PRED, 309, None, 12)], True),
        ([(PRED, 0, 364, 10), (PRED, 365, None, 12)], False),
        ([("azathioprine", 0, 112, 50), ("azathioprine", 113, None, 100)], True),
        ([("azathioprine", 0, 111, 50), ("azathioprine", 112, None, 100)], False),
        ([("azathioprine", 0, 50, 100), ("azathioprine", 51, 200, 50), ("azathioprine", 201, None, 100)], False),
        ([("hydroxychloroquine", 113, None, 200)], True),
        ([("hydroxychloroquine", 112, None, 200)], False),
        ([("azathioprine", 0, 200, 100)], False),
        ([("rituximab", 1, 1, 1000)], True),
        ([("belimumab", 0, None, 200)], False),
        ([("cyclophosphamide", 20, 20, 500)], True),
    ],
)
def test_the_rules_of_bliss(courses: list[tuple[Any, ...]], failed: bool) -> None:
    assert at(BLISS, *courses) is failed


@pytest.mark.parametrize(
    ("courses", "failed"),
    [
        ([(PRED, 0, 19, 10), (PRED, 20, 84, 40), (PRED, 85, None, 10)], False),
        ([(PRED, 0, 19, 10), (PRED, 20, 85, 40), (PRED, 86, None, 10)], True),
        ([(PRED, 0, 84, 10), (PRED, 85, None, 10.1)], True),
        ([(PRED, 0, 84, 10), (PRED, 85, 279, 5), (PRED, 280, None, 7.5)], False),
        ([(PRED, 0, 84, 10), (PRED, 85, 280, 5), (PRED, 281, None, 7.5)], True),
        ([(PRED, 0, 84, 10), (PRED, 85, 364, 5), (PRED, 365, None, 7.5)], False),
        ([("azathioprine", 140, None, 100)], True),
        ([("belimumab", 140, None, 200)], True),
        ([("ibuprofen", 140, None, 400)], False),
    ],
)
def test_the_later_rules_of_tulip(courses: list[tuple[Any, ...]], failed: bool) -> None:
    assert at(TULIP, *courses) is failed


def test_the_first_rules_of_tulip_differ_by_non_steroidal_drugs() -> None:
    assert at("treatment_failure_tulip_early", ("ibuprofen", 140, None, 400)) is True
    assert at("treatment_failure_tulip_early", ("ibuprofen", 0, None, 400)) is False
    assert at("treatment_failure_tulip_early", ("aspirin", 140, None, 100)) is False


@pytest.mark.parametrize(
    ("courses", "failed", "decreases_allowed"),
    [
        ([(PRED, 0, 49, 10), (PRED, 50, 167, 40), (PRED, 168, None, 10)], False, False),
        ([(PRED, 0, 49, 10), (PRED, 50, 168, 40), (PRED, 169, None, 10)], True, True),
        ([(PRED, 0, 167, 10), (PRED, 168, 200, 5), (PRED, 201, None, 6)], True, True),
        ([("azathioprine", 0, 50, 100), ("azathioprine", 51, None, 99)], True, False),
        ([("azathioprine", 0, 50, 100)], True, False),
        ([("azathioprine", 0, 50, 100), ("azathioprine", 51, None, 101)], True, True),
        ([("hydroxychloroquine", 1, None, 200)], True, True),
        ([("rituximab", 1, None, 200)], False, False),
    ],
)
def test_the_rules_of_illuminate(courses: list[tuple[Any, ...]], failed: bool, decreases_allowed: bool) -> None:
    assert at(ILLUMINATE, *courses) is failed
    assert at("treatment_failure_tabalumab_decreases_allowed", *courses) is decreases_allowed


@pytest.mark.parametrize(
    ("high", "failed"),
    [
        ([(322, 324)], True), ([(322, 323)], False), ([(322, 323), (330, 331)], False),
        ([(310, 311), (320, 321), (330, 331), (340, 340)], True), ([(310, 311), (320, 321), (330, 331)], False),
        ([(300, 309)], False), ([(300, 310)], True), ([(363, 370)], False), ([(362, 370)], True),
    ],
)  # fmt: skip
def test_the_rule_of_aurora_counts_days_of_weeks_44_to_52(high: list[tuple[int, int]], failed: bool) -> None:
    courses = [(PRED, 0, None, 10), *((PRED, first, last, 5) for first, last in high)]
    assert at(AURORA, *courses) is failed
    assert at(AURORA, *courses, events=[("rescue_medication", 10)]) is True


@pytest.mark.parametrize(("day", "failed"), [(323, False), (324, True)])
def test_a_rule_is_broken_from_the_day_on_which_its_count_is_full(day: int, failed: bool) -> None:
    assert at(AURORA, (PRED, 322, 330, 15), day=day) is failed


def test_aurora_does_not_count_stopping_nor_a_dose_of_10() -> None:
    stopped = [("randomization", 0), ("treatment_stopped", 100)]
    assert at(AURORA, (PRED, 0, None, 10), milestones=stopped) is False
    assert at(TULIP, (PRED, 0, None, 10), milestones=stopped) is True
    assert at(AURORA, (PRED, 0, None, 10), events=[("restricted_medication", 9)]) is False


@pytest.mark.parametrize(
    ("rule", "courses", "failed"),
    [
        ("glucocorticoid_above_10_from_week_24", [(PRED, 0, 167, 20), (PRED, 168, None, 10)], False),
        ("glucocorticoid_above_10_from_week_24", [(PRED, 0, 168, 20), (PRED, 169, None, 10)], True),
        ("glucocorticoid_above_10_from_week_24", [(PRED, 0, 167, 20), (PRED, 168, None, 10.1)], True),
        ("glucocorticoid_above_10_from_week_12", [(PRED, 0, 83, 20), (PRED, 84, None, 10)], False),
        ("glucocorticoid_above_10_from_week_12", [(PRED, 0, 84, 20), (PRED, 85, None, 10)], True),
        ("treatment_failure_kamen_2022", [(PRED, 0, 139, 20), (PRED, 140, None, 10)], False),
        ("treatment_failure_kamen_2022", [(PRED, 0, 140, 20), (PRED, 141, None, 10)], True),
        ("treatment_failure_kamen_2022", [(PRED, 0, 139, 10), (PRED, 141, None, 20)], False),
    ],
)
def test_limits_from_a_week_onward(rule: str, courses: list[tuple[Any, ...]], failed: bool) -> None:
    assert at(rule, *courses) is failed


@pytest.mark.parametrize("rule", RULES)
def test_no_record_of_medication_leaves_it_open(rule: str) -> None:
    assert at(rule) is None
    other = drug_study([course(PRED, 0, subject="b")], days=(LATE,), subjects=("a", "b"))
    assert column(other, rule)[0] is None


def test_what_is_not_known_opens_a_verdict_only_where_it_can_matter() -> None:
    assert at(BLISS, (PRED, 0, None, 10), (PRED, 200, 210, None)) is None
    assert at(BLISS, (PRED, 0, None, 10), (PRED, 100, 160, None)) is False
    assert at(BLISS, (PRED, 0, 5, None), (PRED, 6, None, 6)) is None
    assert at(BLISS, (PRED, 0, 5, None), (PRED, 6, None, 5)) is False
    assert at(TULIP, (PRED, 0, None, 10), ("no such drug", 50, None, 1)) is None
    assert at(AURORA, (PRED, 0, None, 10), (PRED, 330, 331, None)) is False
    assert at(AURORA, (PRED, 0, None, 10), (PRED, 330, 332, None)) is None


DRUGS = [*[PRED] * 4, *LIMITS, "ibuprofen", "rituximab", "obexelimab", "amlodipine", "no such drug"]
NAMES = [
    key for key, made in STUDY_COLUMNS.items() if "medications" in made.tables and key != "immunosuppressants_taken"
]


def drawn(seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Courses of many subjects with doses and classes left out, and the same with all of them known."""
    draw = random.Random(seed)
    rows: list[dict[str, Any]] = []
    for number in range(120):
        for _ in range(draw.randint(1, 6)):
            drug, start = draw.choice(DRUGS), draw.randint(-20, 420)
            dose, often = draw.choice([2.5, 5.0, 10.0, 40.0]), draw.choice(["daily", "daily", "weekly", "once"])
            made = course(drug, start, start + draw.randint(0, 200), dose, often=often, subject=f"s{number}")
            rows.append({**made, "hidden": draw.random() < 0.3})
    known = pl.DataFrame(rows).unique(["subject", "drug", "start"], keep="first", maintain_order=True)
    strange = pl.col("drug") == "no such drug"
    told = known.drop("hidden").with_columns(drug_class=pl.when(strange).then(pl.lit("immunosuppressant")))
    untold = known.with_columns(dose=pl.when(~pl.col("hidden")).then("dose")).drop("hidden")
    return untold, told


def judged(table: pl.DataFrame) -> pl.DataFrame:
    subjects = sorted(set(table["subject"]))
    study = drug_study(days=(0, 90, 200, 330, 364, 400), subjects=subjects, more={"medications": table})
    return derive_study_columns(study, study.visit_frame("subject"), NAMES)


@pytest.mark.parametrize("seed", [1, 2])
def test_filling_an_unknown_never_turns_an_answer(seed: int) -> None:
    before, after = map(judged, drawn(seed))
    for name in NAMES:
        pairs = list(zip(before[name].to_list(), after[name].to_list(), strict=True))
        assert all(old is None or old == new for old, new in pairs), name
        assert len({new for _, new in pairs}) > 1, f"{name} was not tried"
