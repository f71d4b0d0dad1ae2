"""Series beside control arms of other studies, and priors for a design, from the published figures."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from malar.cli import app
from malar.errors import ParameterError, UndefinedError, UnknownKeyError
from malar.evidence import read_evidence
from malar.evidence.beside import beside, control_arms
from malar.evidence.choosing import Choice
from malar.evidence.priors import control_prior, effect_prior, question, questions, treated_prior
from tests.numbers import assert_close

ACROSS = ("definition", "denominator", "time_months")
RENAL = Choice(outcome="complete_renal_response", therapy="msc")
RUN = CliRunner()


def run(*words: str) -> str:
    done = RUN.invoke(app, ["evidence", *words])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_control_arms_are_those_without_the_new_drug() -> None:
    arms = control_arms(read_evidence(), "complete_renal_response")
    assert [(one.study, float(one.percent or 0)) for one in arms] == [
        ("bliss-ln-new", 24.3), ("bliss-ln-relapsed", 10.7), ("aurora-1", 22.5), ("aura-lv", 19.3), ("regency", 33.1),
    ]  # fmt: skip


def test_unlike_sides_are_refused_until_each_difference_is_named() -> None:
    evidence = read_evidence()
    with pytest.raises(ParameterError, match="`definition` has 2 different values"):
        beside(evidence, RENAL)
    found = beside(evidence, RENAL, across=ACROSS)
    assert [one.study for one in found.treated.figures] == ["ranjbar-2022"]
    assert [one.study for one in found.controls_left_out] == ["aurora-1", "regency"]
    assert found.result.difference.lower < 0 < found.result.difference.upper
    assert "naive and unadjusted" in found.table()["note"][0]


def test_another_outcome_of_the_controls_is_a_merge_by_name() -> None:
    evidence = read_evidence()
    choice = Choice(outcome="complete_remission", therapy="msc")
    with pytest.raises(ParameterError, match="`outcome` has 2 different values"):
        beside(evidence, choice, months=12, controls="complete_renal_response", across=ACROSS)
    with pytest.raises(UndefinedError, match="No control arm with counts has `happiness`"):
        beside(evidence, choice, months=12, controls="happiness", across=ACROSS)


def test_a_control_rate_is_a_range_and_is_worth_few_patients() -> None:
    evidence = read_evidence()
    found = control_prior(evidence, "complete_renal_response", tau_scale=0.5, across=["time_months"])
    whole = sum(one.n or 0 for one in found.figures)
    assert whole == 148 + 75 + 88
    assert found.prior.effective_sample_size("elir") < whole / 5
    assert found.prior.robust(0.2).effective_sample_size("elir") < found.prior.effective_sample_size("elir")
    low, high = found.prior.interval()
    assert low < 8 / 75 < 36 / 148 < high
    alone = control_prior(evidence, "complete_renal_response", tau_scale=0.5, keep=["bliss-ln-relapsed"])
    assert [one.study for one in alone.figures] == ["bliss-ln-relapsed"]
    with pytest.raises(UnknownKeyError, match="regency counts no"):
        control_prior(evidence, "complete_renal_response", tau_scale=0.5, keep=["regency"])
    with pytest.raises(ParameterError, match="time_months"):
        control_prior(evidence, "complete_renal_response", tau_scale=0.5)
    with pytest.raises(UndefinedError, match="No report counts"):
        control_prior(evidence, "happiness", tau_scale=0.5)


def test_a_treated_rate_is_predicted_from_reports_that_share_no_patients() -> None:
    found = treated_prior(read_evidence(), Choice(outcome="treatment_related_death", therapy="hsct"), tau_scale=0.5)
    assert {one.study for one in found.figures} == {"jayne-2004", "burt-2006", "burt-2018", "huang-2019"}
    assert found.candidates is not None
    assert 0 < found.prior.mean < 7 / 53


@pytest.mark.parametrize("key", [one.key for one in questions()])
def test_the_prior_of_the_effect_has_mass_on_both_sides_whatever_the_inflation(key: str) -> None:
    evidence = read_evidence()
    result = effect_prior(evidence, key, inflation=0.0)
    table = result.sensitivity(inflation=(0.0, 0.5, 1.0, 1.5, 3.0), inflation_sd=(0.5, 1.0))
    assert min(table["harm"].to_list()) > 0.1
    assert min(table["benefit"].to_list()) > 0.1
    for sd in (0.5, 1.0):
        ratios = table.filter(inflation_sd=sd)["odds_ratio"].to_list()
        assert ratios == sorted(ratios, reverse=True)
    harm, benefit = result.mass
    assert_close(harm + benefit, 1.0, "rounding")


def test_a_question_is_answered_by_the_trial_and_by_series_that_share_no_patients() -> None:
    evidence = read_evidence()
    for one in questions():
        figures = one.figures(evidence)
        randomized = [figure for arm, figure in zip(one.arms, figures, strict=True) if arm.randomized]
        assert {figure.study for figure in randomized} == {"deng-2017"}
        groups = [evidence.studies[f.study].overlap_group for f in figures if f.study in evidence.studies]
        named = [group for group in groups if group]
        assert len(named) == len(set(named))
        assert all(figure.verification.poolable for figure in figures)
    with pytest.raises(UnknownKeyError, match="No question is called `cure`"):
        question("cure")


def test_the_commands_say_first_what_they_are() -> None:
    words = ["--across", "definition", "--across", "denominator", "--across", "time_months"]
    text = run("compare", "complete_renal_response", "--therapy", "msc", *words)
    assert text.startswith("Read this first: this is naive and unadjusted")
    assert "Naive difference: +15 points (95 % CI −14 to +48)" in text
    rows = json.loads(run("compare", "complete_renal_response", "--therapy", "AD-MSC", *words, "--json"))
    assert {row["analysis"] for row in rows} == {"naive_comparison"}
    text = run("rate-prior", "complete_renal_response", "--tau-scale", "0.5", "--across", "time_months")
    assert "patients (ELIR)" in text
    assert "Robust mixture, 20 % vague" in text
    text = run("effect-prior", "response", "--inflation", "0.5")
    assert text.startswith("Read this first")
    assert "How it moves with the inflation of open series" in text
    assert json.loads(run("effect-prior", "response", "--inflation", "0.5", "--json"))
