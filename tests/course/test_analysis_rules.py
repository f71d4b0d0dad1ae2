"""Tie rules, windows and baseline as arguments, and in words."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from malar import rule
from malar.course import AnalysisRules, derive_analysis_visit, midpoint_windows
from malar.errors import ParameterError
from malar.schema import PlannedVisit

YEAR = [PlannedVisit("Month 12", 365, 335, 395)]


def chosen(days: list[int], values: list[float | None] | None = None, **options: Any) -> list[int]:
    frame = pl.DataFrame({"subject": ["a"] * len(days), "day": days, "x": values or [None] * len(days)}, strict=False)
    out = derive_analysis_visit(frame.reverse(), YEAR, **options)
    return out.filter("is_analysis_visit")["day"].to_list()


def test_of_340_and_380_the_latter_is_nearer_to_365() -> None:
    for tie in ("later", "earlier"):
        assert chosen([340, 380], tie=tie) == [380]
    assert chosen([340, 380], [9, 1], tie="worst", worst_of="x") == [380]


def test_350_and_380_tie_and_the_rule_decides() -> None:
    assert chosen([350, 380]) == [380]
    assert chosen([350, 380], tie="later") == [380]
    assert chosen([350, 380], tie="earlier") == [350]
    assert chosen([350, 380], [6, 4], tie="worst", worst_of="x") == [350]
    assert chosen([350, 380], [4, 6], tie="worst", worst_of="x") == [380]


def test_of_two_equally_bad_the_later_and_a_known_value_before_an_unknown_one() -> None:
    assert chosen([350, 380], [4, 4], tie="worst", worst_of="x") == [380]
    assert chosen([350, 380], [4, None], tie="worst", worst_of="x") == [350]
    assert chosen([350, 380], [None, None], tie="worst", worst_of="x") == [380]


def test_396_is_outside() -> None:
    assert chosen([396]) == []


@pytest.mark.parametrize("options", [{"tie": "mean"}, {"tie": "worst"}, {"tie": "later", "worst_of": "x"}])
def test_a_tie_rule_that_is_none_is_refused(options: dict[str, str]) -> None:
    with pytest.raises(ParameterError, match="tie"):
        chosen([365], **options)
    with pytest.raises(ParameterError, match="tie"):
        AnalysisRules(**options)  # pyright: ignore


def test_midpoints_take_the_place_of_stated_windows_and_no_window_reaches_too_far() -> None:
    stated = [PlannedVisit("Month 6", 183, 180, 186), PlannedVisit("Month 12", 365, 360, 370)]
    assert AnalysisRules().planned(stated) == tuple(stated)
    far = AnalysisRules(windows="midpoints", max_distance_days=40).planned(stated)
    assert [(v.label, v.first, v.last) for v in far] == [("Month 6", 143, 223), ("Month 12", 325, 405)]
    assert AnalysisRules(windows="midpoints").planned(stated) == midpoint_windows([("Month 6", 183), ("Month 12", 365)])


def baseline(rules: AnalysisRules, values: list[Any], **options: Any) -> Any:
    frame = pl.DataFrame({"subject": ["a"] * 4, "day": [-30, -10, 0, 90], "x": values, "seen": [1, 1, 1, 1]})
    return rules.refer(frame, "x", **options)["baseline__x"].to_list()


def test_baseline_is_the_last_value_and_screening_may_be_refused() -> None:
    assert baseline(AnalysisRules(), [4.0, 6.0, None, 1.0]) == [None, None, 6.0, 6.0]
    assert baseline(AnalysisRules(screening=False), [4.0, 6.0, None, 1.0])[-1] is None
    assert baseline(AnalysisRules(screening=False), [4.0, 6.0, 8.0, 1.0])[-1] == 8.0
    assert baseline(AnalysisRules(screening_from_day=-10), [4.0, 6.0, None, 1.0])[-1] == 6.0
    assert baseline(AnalysisRules(screening_from_day=-9), [4.0, 6.0, None, 1.0])[-1] is None


def test_an_average_baseline_takes_all_assessed_values_up_to_day_0() -> None:
    average = AnalysisRules(baseline="average")
    assert baseline(average, [4.0, 6.0, None, 1.0]) == [None, None, 5.0, 5.0]
    assert baseline(average, [4.0, 6.0, 8.0, 1.0]) == [None, None, None, 6.0]
    assert baseline(AnalysisRules(baseline="average", screening_from_day=-10), [4.0, 6.0, 8.0, 1.0])[-1] == 7.0


def test_what_is_unknown_at_an_assessed_visit_stays_unknown() -> None:
    for made in (AnalysisRules(), AnalysisRules(baseline="average")):
        assert baseline(made, [4.0, 6.0, None, 1.0], assessed="seen")[-1] is None


def test_a_definition_takes_the_baseline_that_the_rules_give() -> None:
    frame = pl.DataFrame({"subject": ["a"] * 3, "day": [-20, 0, 90], "sledai_2k": [12, 6, 5]})
    improvement = rule("sledai_2k_improvement")
    by_rule = {
        made: improvement.flag(made.refer(frame, "sledai_2k"))["sledai_2k_improvement"].to_list()[-1]
        for made in (AnalysisRules(), AnalysisRules(baseline="average"))
    }
    assert list(by_rule.values()) == [False, True]


def test_bounds_of_a_score_have_a_baseline_as_well() -> None:
    frame = pl.DataFrame(
        {"subject": ["a"] * 3, "day": [-20, 0, 90], "s": [4, None, 5], "s__low": [4, 2, 5], "s__high": [4, 6, 5]}
    )
    last = AnalysisRules().refer(frame, "s").row(2, named=True)
    assert (last["baseline__s__low"], last["baseline__s__high"]) == (2, 6)
    mean = AnalysisRules(baseline="average").refer(frame, "s").row(2, named=True)
    assert (mean["baseline__s__low"], mean["baseline__s__high"]) == (3.0, 5.0)


def test_every_choice_changes_what_the_rules_say() -> None:
    made = [
        AnalysisRules(),
        AnalysisRules(windows="midpoints"),
        AnalysisRules(windows="midpoints", max_distance_days=30),
        AnalysisRules(tie="earlier"),
        AnalysisRules(tie="worst", worst_of="sledai_2k"),
        AnalysisRules(baseline="average"),
        AnalysisRules(screening=False),
        AnalysisRules(screening_from_day=-14),
    ]
    assert len({tuple(rules.sentences()) for rules in made}) == len(made)


@pytest.mark.parametrize(
    "options",
    [
        {"windows": "free"},
        {"max_distance_days": 30},
        {"windows": "midpoints", "max_distance_days": -1},
        {"baseline": "first"},
        {"screening_from_day": 3},
        {"screening": False, "screening_from_day": -3},
    ],
)
def test_rules_that_contradict_themselves_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ParameterError):
        AnalysisRules(**options)
