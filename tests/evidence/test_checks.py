"""Arithmetic of published figures: what stands in the papers is known, what is new is an error."""

from __future__ import annotations

from pathlib import Path

import pytest

from malar.evidence import read_evidence
from malar.evidence.checks import RULES, check_evidence

HERE = Path(__file__).parent
OWN = (HERE / "study.toml").read_text(encoding="utf-8")


def test_the_shipped_figures_contradict_themselves_only_where_it_is_written_down() -> None:
    evidence = read_evidence()
    findings = check_evidence(evidence)
    assert {finding.severity for finding in findings} == {"published"}
    assert len(findings) == len(evidence.contradictions) == 17


def test_each_contradiction_with_a_rule_is_found_by_that_rule() -> None:
    """A rule that no longer finds what it found before would leave the written line behind as read by hand."""
    from malar.evidence.checks import check_study

    evidence = read_evidence()
    found = {(f.study, f.rule, f.figure) for study in evidence.studies.values() for f in check_study(study)}
    written = {(c.studies[0], c.rule, c.figure) for c in evidence.contradictions if c.rule != "read_by_hand"}
    assert found == written
    assert {rule for _, rule, _ in written} <= set(RULES)


@pytest.mark.parametrize(
    ("outcomes", "rule"),
    [
        (['name = "x", topic = "relapse", events = 9, n = 30, percent = 31'], "percent_of_counts"),
        (['name = "x", topic = "relapse", percent = 101'], "interval_in_range"),
        (['name = "x", topic = "relapse", percent = 50, lower = 60, upper = 70'], "estimate_in_interval"),
        (['name = "x", topic = "relapse", events = 1, n = 31, denominator = "treated"'], "counted_of_enrolled"),
        (
            ['name = "r", topic = "response", events = 20, n = 30, denominator = "treated"',
             'name = "x", topic = "relapse", events = 1, n = 19, denominator = "ever_responders", of = ["r"]'],
            "denominator_of_parent",
        ),
        (
            ['name = "r", topic = "response", events = 5, n = 30, denominator = "treated"',
             'name = "x", topic = "response", events = 6, n = 30, denominator = "treated", sum_of = ["r"]'],
            "parts_of_sum",
        ),
        (
            ['name = "overall_survival", topic = "survival", events = 28, n = 30, denominator = "treated"',
             'name = "death", topic = "survival", events = 3, n = 30, denominator = "treated"'],
            "alive_and_dead",
        ),
        (
            ['name = "disease_free_survival", topic = "survival", months = 60, percent = 29',
             'name = "relapse_incidence", topic = "relapse", months = 60, percent = 56',
             'name = "non_relapse_mortality", topic = "treatment_death", months = 60, percent = 25'],
            "outcomes_add_up",
        ),
        (
            ['name = "overall_survival", topic = "survival", months = 60, percent = 80',
             'name = "overall_survival", topic = "survival", months = 96, percent = 85'],
            "survival_falls",
        ),
    ],
)  # fmt: skip
def test_a_study_of_ones_own_is_checked(tmp_path: Path, outcomes: list[str], rule: str) -> None:
    path = tmp_path / "own.toml"
    rows = "".join(f"  {{{outcome}}},\n" for outcome in outcomes)
    head, _, tail = OWN.partition("outcomes = [\n")
    path.write_text(f"{head}outcomes = [\n{rows}]\n{tail.partition(']')[2]}", encoding="utf-8")
    (finding,) = [one for one in check_evidence(read_evidence([path])) if one.study == "own-2026"]
    assert (finding.rule, finding.severity) == (rule, "error")


def test_arms_add_up_to_those_enrolled(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(OWN + "\n[arms]\ncells = 20\nplacebo = 9\n", encoding="utf-8")
    (finding,) = [one for one in check_evidence(read_evidence([path])) if one.study == "own-2026"]
    assert finding.rule == "arms_of_enrolled"


def test_a_sound_study_has_no_finding() -> None:
    assert not [one for one in check_evidence(read_evidence([HERE / "study.toml"])) if one.study == "own-2026"]
