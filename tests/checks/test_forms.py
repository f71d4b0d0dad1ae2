"""Items of every form are compared with the measurements by the rule of that form."""

from __future__ import annotations

import polars as pl
import pytest

from malar.checks import QUERIES, check
from malar.schema import Settings, study_from_frames


def asked(form: str, items: dict[str, float], visits: dict[str, list], labs: list[tuple] | None = None) -> set:
    """Query and column of every finding, for one patient seen on days 0 and 30."""
    rows = [
        {"subject": "a", "day": day, "instrument": form, "item": item, "value": value}
        for day in (0, 30)
        for item, value in items.items()
    ]
    names = ["day", "analyte", "value", "unit"]
    frames = {
        "subjects": pl.DataFrame({"subject": ["a"]}),
        "visits": pl.DataFrame({"subject": "a", "day": [0, 30], **visits}),
        "items": pl.DataFrame(rows),
        "labs": pl.DataFrame(labs or [(0, "ck", 50.0, "U/L")], schema=names, orient="row").with_columns(
            subject=pl.lit("a")
        ),
    }
    made = study_from_frames(frames, Settings(data="invented"))
    assert made.accounting.set_aside.is_empty()
    found = check(made).findings.filter(pl.col("rule").str.contains("differs") | (pl.col("table") == "visits"))
    return set(found.filter(pl.col("rule").is_in(list(QUERIES))).select("rule", "day", "column").rows())


@pytest.mark.parametrize(
    ("form", "column", "days"),
    [
        ("sledai_2k", "arthritis", {0}),
        ("selena_sledai", "selena_sledai__arthritis", set()),
        ("sledai_original", "sledai_original__arthritis", set()),
        ("mex_sledai", "mex_sledai__arthritis", {0}),
    ],
)
def test_two_inflamed_joints_contradict_no_arthritis_only_where_two_are_enough(form, column, days):
    made = asked(form, {"arthritis": 0}, {"inflamed_joints": [2, 1]})
    assert {(rule, day) for rule, day, at in made if at == column} == {
        ("arthritis_differs_from_joint_count", day) for day in days
    }


def test_stable_proteinuria_contradicts_none_in_sledai_2k_only():
    labs = [(day, "upcr", 1.0, "mg/mg") for day in (0, 30)] + [
        (day, "urine_protein_24h", 1.0, "g/d") for day in (0, 30)
    ]
    rule = "proteinuria_differs_from_urine_protein"
    assert asked("sledai_2k", {"proteinuria": 0}, {}, labs) == {(rule, 0, "proteinuria"), (rule, 30, "proteinuria")}
    assert asked("selena_sledai", {"proteinuria": 0}, {}, labs) == set()
    assert asked("selena_sledai", {"proteinuria": 4}, {}, labs) == {(rule, 30, "selena_sledai__proteinuria")}


@pytest.mark.parametrize("form", ["sledai_2k", "sledai_original", "selena_sledai", "selena_sledai_hybrid"])
def test_casts_and_fever_are_compared_too(form):
    labs = [(0, "urine_casts", 2, "/lpf"), (30, "urine_casts", 0, "/lpf")]
    made = asked(form, {"urinary_casts": 0, "fever": 1}, {"temperature_c": [38.1, 37.0]}, labs)
    before = "" if form == "sledai_2k" else f"{form}__"
    assert made == {
        ("urinary_casts_differs_from_sediment", 0, f"{before}urinary_casts"),
        ("fever_differs_from_temperature", 30, f"{before}fever"),
    }


@pytest.mark.parametrize(("active", "n"), [(3, 0), (4, 1), (None, 0)])
def test_active_joints_are_among_the_tender_and_the_swollen(active, n):
    counts = {"tender_joints": [5, 5], "swollen_joints": [3, 3], "active_joints": [active, 0]}
    made = asked("sledai_2k", {"rash": 0}, counts)
    assert made == {("active_joints_above_tender_or_swollen", 0, None)} if n else made == set()


def test_a_query_says_the_rule_of_each_form():
    message = QUERIES["arthritis_differs_from_joint_count"].message
    assert "at least 2 (>= 2). In SLEDAI, original of 1992 and SELENA-SLEDAI" in message
    assert "at least 3 (>= 3)" in message
