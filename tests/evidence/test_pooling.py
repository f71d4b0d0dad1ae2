"""What may be counted together: overlap, refusals and the pooled value."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from malar.errors import ParameterError, UndefinedError, UnknownKeyError
from malar.evidence import read_evidence
from malar.evidence.candidates import candidates
from malar.evidence.choosing import Choice
from malar.evidence.overlap import independent
from malar.evidence.pooling import pool
from malar.evidence.published_figure import TOPICS

HERE = Path(__file__).parent
MSC = Choice(outcome="complete_remission", therapy="msc")
DEATH = Choice(outcome="treatment_related_death", therapy="hsct")


@given(st.sets(st.sampled_from(sorted(read_evidence().studies))), st.sampled_from(TOPICS))
def test_no_two_reports_kept_share_patients(keys: set[str], topic: str) -> None:
    evidence = read_evidence()
    chosen = independent(evidence, sorted(keys), topic=topic)
    assert set(chosen.kept) | {one.study for one in chosen.left_out} == keys
    for group in evidence.overlap:
        for one, other in combinations((key for key in chosen.kept if key in group.members), 2):
            assert any({one, other} <= apart for apart in group.apart)
    for one in chosen.left_out:
        assert "Rule:" in one.because or "None is pooled" in one.because


@given(st.permutations(["wang-2013", "gu-2014", "wang-2018", "kamen-2022", "burt-2006", "burt-2018"]))
def test_the_order_of_reports_decides_nothing(keys: list[str]) -> None:
    chosen = independent(read_evidence(), keys, topic="response")
    assert set(chosen.kept) == {"gu-2014", "kamen-2022", "burt-2006", "burt-2018"}


def test_an_override_is_by_name_and_is_told() -> None:
    evidence = read_evidence()
    chosen = independent(evidence, ["wang-2013", "gu-2014"], topic="response", override=["wang-2013"])
    assert chosen.kept == ("wang-2013", "gu-2014")
    assert chosen.overridden == ("wang-2013 is kept by name, though it shares patients with gu-2014.",)
    with pytest.raises(UnknownKeyError, match="cannot be kept"):
        independent(evidence, ["gu-2014"], topic="response", override=["wang-2013"])


def test_one_report_is_not_pooled() -> None:
    found = candidates(read_evidence(), MSC, months=12)
    assert [one.study for one in found.figures] == ["wang-2013"]
    with pytest.raises(UndefinedError, match="1 report of `complete_remission` is left"):
        pool(found)


def test_a_report_counts_once() -> None:
    with pytest.raises(ParameterError, match="wang-2013 has 4 figures that answer"):
        candidates(read_evidence(), MSC)


def test_therapies_are_not_pooled_with_one_another() -> None:
    with pytest.raises(ParameterError, match="No therapy is named"):
        candidates(read_evidence(), Choice(outcome="complete_remission"))


def test_what_is_from_memory_is_never_pooled() -> None:
    choice = Choice(outcome="treatment_related_death", therapy="msc")
    found = candidates(read_evidence(), choice)
    assert not found.figures
    told = {one.study: one.because for one in found.left_out}
    assert told["sun-2010"].startswith("from memory")
    assert told["liang-2018"] == "all autoimmune diseases, not lupus alone"
    with pytest.raises(UnknownKeyError, match="from memory"):
        candidates(read_evidence(), choice, override=["sun-2010"])


def test_reviews_and_control_arms_are_never_pooled() -> None:
    found = candidates(read_evidence(), Choice(outcome="doris_remission", therapy="engineered_cells"))
    assert {one.study: one.because for one in found.left_out}["car-sr-2025"].startswith("a review")
    arms = candidates(read_evidence(), Choice(outcome="renal_remission", therapy="msc"), months=6)
    assert [one.arm for one in arms.figures] == ["MSC"]


def test_different_definitions_and_denominators_are_refused_until_accepted_by_name() -> None:
    found = candidates(read_evidence(), MSC, months=12, override=["wen-2019"])
    with pytest.raises(ParameterError, match="`definition` has 2 different values"):
        pool(found)
    pooled = pool(found, across=["definition", "denominator"])
    notes = pooled.table()["note"][0]
    assert "pooled across different definition, denominator" in notes
    assert "wen-2019 is kept by name" in notes


def test_death_by_transplantation_is_pooled_with_prediction_and_heterogeneity() -> None:
    pooled = pool(candidates(read_evidence(), DEATH))
    table = pooled.table()
    terms = set(table["term"])
    assert {"pooled", "prediction", "heterogeneity", "tau2", "i2"} <= terms
    assert abs(sum(pooled.weights.values()) - 1) < 1e-12
    assert set(pooled.weights) == {"jayne-2004", "burt-2006", "burt-2018", "huang-2019"}
    middle = table.filter((table["term"] == "pooled") & (table["statistic"] == "estimate"))["value"][0]
    assert 0 < middle < 7 / 53


def test_counts_pool_by_their_likelihood_too() -> None:
    pooled = pool(candidates(read_evidence(), DEATH), model="likelihood")
    assert not pooled.weights
    assert pooled.table()["analysis"][0] == "mixed_pooling"


def test_survival_pools_with_its_standard_errors_across_times_accepted_by_name() -> None:
    choice = Choice(outcome="overall_survival", therapy="hsct")
    found = candidates(read_evidence(), choice, survival=True)
    assert [one.study for one in found.figures] == ["song-2011", "alchi-2013", "leng-2017"]
    with pytest.raises(ParameterError, match="time_months"):
        pool(found)
    table = pool(found, across=["time_months"]).table()
    middle = table.filter((table["term"] == "pooled") & (table["statistic"] == "estimate"))["value"][0]
    assert 0.81 < middle < 0.86
    assert "Standard error taken from the printed limits: leng-2017." in found.cautions
    with pytest.raises(ParameterError, match="no counts"):
        pool(found, across=["time_months"], model="likelihood")


def test_a_study_of_ones_own_is_pooled_and_marked() -> None:
    evidence = read_evidence([HERE / "study.toml"])
    found = candidates(evidence, MSC, months=12)
    assert [one.study for one in found.figures] == ["wang-2013", "own-2026"]
    assert "Added by you: own-2026." in found.cautions
    assert pool(found).table()["definition"][0] == "complete_remission"
