"""Every data query finds what was planted, and is silent on a clean study."""

from __future__ import annotations

import polars as pl
import pytest

from malar.checks import QUERIES, check
from malar.schema import Settings
from malar.schema.settings import AnalysisPlan
from tests.support.study_maker import make_study

PLAN = Settings(title="Hand-made", data="invented", analysis=AnalysisPlan(max_gap_days=100))
CLEAN = [("a", 0, ["rash"], []), ("a", 30, [], []), ("b", 0, [], [])]


def labs(*rows: tuple[str, int, str, float, str, float | None, float | None]) -> pl.DataFrame:
    names = ["subject", "day", "analyte", "value", "unit", "lower_limit", "upper_limit"]
    return pl.DataFrame(rows, schema=names, orient="row", infer_schema_length=None)


def found(study) -> dict[str, int]:
    counts = check(study).findings.group_by("rule").len()
    return {rule: n for rule, n in counts.iter_rows() if rule in QUERIES}


def test_a_clean_study_raises_no_query():
    counts = labs(("a", 0, "wbc", 5.0, "10^9/L", None, None), ("a", 0, "lymphocytes", 1.5, "10^9/L", None, None))
    assert found(make_study(CLEAN, settings=PLAN, more={"labs": counts})) == {}


def items(*rows: tuple[str, int, str, float]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=["subject", "day", "item", "value"], orient="row")
    return frame.with_columns(instrument=pl.lit("sledai_2k"), value=pl.col("value").cast(pl.Float64))


def with_items(study, extra: pl.DataFrame):
    from malar.schema import study_from_frames

    frames = {name: table for name, table in study.tables.items() if not table.is_empty()}
    kept = frames["items"].join(extra, on=["subject", "day", "item"], how="anti")
    frames["items"] = pl.concat([kept, extra], how="diagonal")
    return study_from_frames(frames, study.settings)


def test_a_total_that_is_not_the_sum_is_found_and_one_that_is_not():
    study = make_study(CLEAN, settings=PLAN)
    assert found(with_items(study, items(("a", 0, "total", 2.0)))) == {}
    assert found(with_items(study, items(("a", 0, "total", 3.0)))) == {"sledai_total_differs_from_items": 1}


@pytest.mark.parametrize(("total", "n"), [(2.0, 0), (4.0, 0), (5.0, 1), (1.0, 1)])
def test_with_an_unknown_item_only_a_total_outside_the_bounds_is_found(total, n):
    study = make_study([("a", 0, ["rash"], ["alopecia"])], settings=PLAN)
    counted = found(with_items(study, items(("a", 0, "total", total))))
    assert counted.get("sledai_total_differs_from_items", 0) == n
    assert counted["items_unknown"] == 1


@pytest.mark.parametrize(("value", "n"), [(0.0, 0), (1.0, 0), (4.0, 0), (3.0, 1)])
def test_an_item_holds_0_1_or_its_weight(value, n):
    study = with_items(make_study(CLEAN, settings=PLAN), items(("a", 30, "arthritis", value)))
    assert found(study).get("item_value_is_not_its_weight", 0) == n


@pytest.mark.parametrize(
    ("present", "analyte", "value", "unit", "rule", "n"),
    [
        ([], "wbc", 2.9, "10^9/L", "leukopenia_differs_from_white_cells", 1),
        ([], "wbc", 3.0, "10^9/L", "leukopenia_differs_from_white_cells", 0),
        (["leukopenia"], "wbc", 3.0, "10^9/L", "leukopenia_differs_from_white_cells", 1),
        (["leukopenia"], "wbc", 2.9, "10^9/L", "leukopenia_differs_from_white_cells", 0),
        ([], "platelets", 99, "10^9/L", "thrombocytopenia_differs_from_platelets", 1),
        ([], "platelets", 100, "10^9/L", "thrombocytopenia_differs_from_platelets", 0),
        ([], "upcr", 0.51, "mg/mg", "proteinuria_differs_from_urine_protein", 1),
        ([], "upcr", 0.50, "mg/mg", "proteinuria_differs_from_urine_protein", 0),
        ([], "urine_rbc", 6, "/hpf", "hematuria_differs_from_urine_cells", 1),
        ([], "urine_rbc", 5, "/hpf", "hematuria_differs_from_urine_cells", 0),
    ],
)
def test_items_are_compared_with_what_they_rest_on(present, analyte, value, unit, rule, n):
    study = make_study(
        [("a", 0, present, [])], settings=PLAN, more={"labs": labs(("a", 0, analyte, value, unit, None, None))}
    )
    assert found(study).get(rule, 0) == n


def test_low_complement_is_compared_only_where_the_limits_are_known():
    def study(lower):
        more = {"labs": labs(("a", 0, "c3", 0.6, "g/L", lower, None))}
        return make_study([("a", 0, [], [])], settings=PLAN, more=more)

    assert found(study(None)) == {}
    assert found(study(0.9)) == {"low_complement_differs_from_laboratory": 1}
    assert found(study(0.6)) == {}


def test_low_complement_with_one_normal_result_is_no_contradiction():
    """C3 is normal, C4 was not measured: low complement may rest on C4."""
    more = {"labs": labs(("a", 0, "c3", 1.2, "g/L", 0.9, None))}
    assert found(make_study([("a", 0, ["low_complement"], [])], settings=PLAN, more=more)) == {}


def test_an_item_held_to_have_another_cause_is_no_contradiction():
    study = make_study(
        [("a", 0, [], [])], settings=PLAN, more={"labs": labs(("a", 0, "wbc", 2.0, "10^9/L", None, None))}
    )
    other = items(("a", 0, "leukopenia", 1.0)).with_columns(attributed=pl.lit(value=False))
    assert found(with_items(study, other)) == {}


def test_implausible_results_and_parts_above_the_whole():
    counts = labs(
        ("a", 0, "wbc", 5.0, "10^9/L", None, None),
        ("a", 0, "lymphocytes", 5.1, "10^9/L", None, None),
        ("a", 30, "hemoglobin", 12.5, "g/L", None, None),
    )
    study = make_study(CLEAN, settings=PLAN, more={"labs": counts})
    assert found(study) == {"part_above_whole": 1, "implausible_result": 1}


def visits(*rows: tuple[str, int, str | None, int | None]) -> pl.DataFrame:
    return pl.DataFrame(
        rows,
        schema={"subject": pl.String, "day": pl.Int64, "planned_visit": pl.String, "planned_day": pl.Int64},
        orient="row",
    )


def test_order_and_gaps_of_visits():
    study = make_study(
        [("a", 0, [], []), ("a", 40, [], []), ("a", 80, [], []), ("a", 200, [], [])],
        settings=PLAN,
        more={
            "visits": visits(
                ("a", 0, "Baseline", 0), ("a", 40, "Month 3", 90), ("a", 80, "Month 1", 30), ("a", 200, "Month 3", 90)
            )
        },
    )
    assert found(study) == {"planned_visits_out_of_order": 1, "planned_visit_twice": 1, "long_gap_before_visit": 1}


def test_visit_numbers_that_skip_or_go_back():
    study = make_study(
        [("a", day, [], []) for day in (0, 30, 60)],
        settings=PLAN,
        more={"visits": visits(("a", 0, "Visit 1", None), ("a", 30, "Visit 4", None), ("a", 60, "Visit 3", None))},
    )
    assert found(study) == {"visit_number_missing": 1, "visit_numbers_out_of_order": 1}


def test_visits_after_the_end_and_subjects_without_a_baseline():
    study = make_study(
        [("a", 0, [], []), ("a", 31, [], []), ("b", 10, [], [])],
        settings=PLAN,
        events=[("a", 30, "death")],
        milestones=[("b", "last_contact", 9)],
    )
    assert found(study) == {"visit_after_death": 1, "visit_after_last_contact": 1, "no_baseline_score": 1}


def test_items_on_a_day_without_a_visit():
    study = with_items(make_study(CLEAN, settings=PLAN), items(("a", 12, "rash", 2.0)))
    assert found(study) == {"items_between_visits": 1}


def test_messages_hold_no_value_of_a_patient():
    more = {"labs": labs(("SECRET-7", 0, "wbc", 1.2345, "10^9/L", None, None))}
    findings = check(make_study([("SECRET-7", 0, [], [])], settings=PLAN, more=more)).findings
    assert findings.height
    assert not [m for m in findings["message"] if "SECRET" in m or "1.2345" in m]


def test_json_groups_by_rule_and_names_nobody():
    more = {"labs": labs(("a", 0, "wbc", 1.5, "10^9/L", None, None))}
    printed = check(make_study(CLEAN, settings=PLAN, more=more)).as_json()
    assert printed["rows"]["visits"] == {"read": 3, "loaded": 3, "set_aside": 0}
    assert set(printed["findings"][0]) == {"rule", "severity", "table", "count", "message"}
