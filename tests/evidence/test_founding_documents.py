"""Every number of the five founding documents is in the data, or stands beside what contradicts it.

The numbers below were read in the documents themselves.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from malar.evidence import read_evidence
from malar.evidence.claims_check import check_claims
from malar.evidence.contrast import arm_contrasts, mean_contrasts
from malar.evidence.denominators import among_followed, life_table, same_events
from tests.numbers import assert_close

# document, figure, field, number printed
REPRODUCED = [
    ("S0", "liang-2010/age_years", "mean", 28.3),
    ("S0", "liang-2010/disease_duration_months", "mean", 91.1),
    ("S0", "liang-2010/constitutional_symptoms_relieved@3", "events", 8),
    ("S0", "liang-2010/constitutional_symptoms_relieved@3", "n", 11),
    ("S0", "liang-2010/skin_lesions_healed_completely", "events", 4),
    ("S0", "liang-2010/skin_lesions_healed_partly", "events", 4),
    ("S0", "liang-2010/skin_lesions_healed_completely", "n", 8),
    ("S0", "liang-2010/arthritis_improved", "events", 4),
    ("S0", "liang-2010/arthritis_improved", "n", 6),
    ("S0", "liang-2010/serositis_resolved", "events", 2),
    ("S0", "liang-2010/neurologic_cleared", "events", 1),
    ("S0", "liang-2010/hypertension_controllable", "events", 5),
    ("S0", "liang-2010/relapse@12", "events", 2),
    ("S0", "liang-2010/serious_adverse_event", "events", 0),
    ("S1", "wang-2013/overall_survival", "percent", 94),
    ("S1", "wang-2013/complete_remission@24", "percent", 31),
    ("S1", "wang-2013/complete_remission@48", "percent", 50),
    ("S1", "farge-2010/age_years", "median", 35),
    ("S1", "farge-2010/female", "percent", 65),
    ("S2", "burt-2006/overall_survival@60", "percent", 84),
    ("S2", "burt-2006/disease_free_survival@60", "percent", 50),
    ("S2", "alchi-2013/overall_survival@60", "percent", 81),
    ("S2", "alchi-2013/overall_survival@60", "se", 8),
    ("S2", "alchi-2013/disease_free_survival@60", "percent", 29),
    ("S2", "alchi-2013/disease_free_survival@60", "se", 9),
    ("S2", "alchi-2013/non_relapse_mortality@60", "percent", 15),
    ("S2", "alchi-2013/non_relapse_mortality@60", "se", 7),
    ("S3", "barbado-2018/follow_up_months", "value", 9),
    ("S3", "barbado-2018/complete_remission@9", "events", 2),
    ("S3", "barbado-2018/partial_remission@9", "events", 1),
    ("S3", "barbado-2018/medication_dose_reduction_percent", "least", 50),
    ("S3", "barbado-2018/medication_dose_reduction_percent", "greatest", 90),
]
SIZES = [("S0", "liang-2010", 15), ("S1", "wang-2013", 87), ("S1", "farge-2010", 900), ("S3", "barbado-2018", 3)]
REMISSION = [(12, 23, 83, 28), (24, 12, 39, 31), (36, 5, 12, 42), (48, 3, 6, 50)]
RELAPSE = [(12, 10, 83, 12), (24, 7, 39, 18), (36, 2, 12, 17), (48, 1, 6, 17)]

# document, words of its claim, what stands beside it
CONTRADICTED = [
    ("S0", "18 to 24 months", "17.2"),
    ("S1", "15:8", "8.5"),
    ("S1", "0.5 %", "5.14"),
    ("S1", "45 %", "No source"),
    ("S1", "70 %", "29 ± 9 %"),
    ("S1", "20 million", "90 million"),
    ("S1", "half of the participants", "three of the six"),
    ("S1", "33 % major and 28 %", "13 and 11 of 40"),
    ("S2", "mortality 4 %", "1 of 50"),
    ("S4", "over 200 patients", "24/40"),
    ("S4", "five million", "3.41 million"),
    ("S4", "only one drug", "anifrolumab"),
]


@pytest.mark.parametrize(("document", "figure", "field", "number"), REPRODUCED)
def test_a_number_of_a_document_is_in_the_data(document: str, figure: str, field: str, number: float) -> None:
    assert float(getattr(read_evidence().figure(figure), field)) == number


@pytest.mark.parametrize(("document", "study", "n"), SIZES)
def test_a_number_of_patients_is_in_the_data(document: str, study: str, n: int) -> None:
    assert read_evidence().study(study).sizes["enrolled"] == n


@pytest.mark.parametrize(("name", "printed"), [("complete_remission", REMISSION), ("relapse", RELAPSE)])
def test_the_yearly_counts_of_the_87_are_reproduced(name: str, printed: list[tuple[int, int, int, int]]) -> None:
    study = read_evidence().study("wang-2013")
    shares = among_followed(study, name)
    assert [(one.months, one.events, one.followed, round(100 * one.share)) for one in shares] == printed
    figures = [one for one in study.outcomes if one.name == name]
    assert [one.percent for one in figures] == [Decimal(percent) for *_, percent in printed]
    assert [one.not_followed for one in shares] == [87 - n for _, _, n, _ in printed]
    assert all(one.not_yet_reached is None and one.lost is None and one.dead is None for one in shares)


def test_the_doses_of_the_documents() -> None:
    evidence = read_evidence()
    per_kg, total = evidence.study("wang-2013").dose, evidence.study("barbado-2018").dose
    assert per_kg is not None
    assert total is not None
    assert (per_kg.value, per_kg.unit) == (1_000_000, "cells/kg")
    assert (total.value, total.unit) == (90_000_000, "cells")


@pytest.mark.parametrize(("document", "words", "beside"), CONTRADICTED)
def test_a_number_that_no_source_bears_out_stands_beside_what_contradicts_it(
    document: str, words: str, beside: str
) -> None:
    (one,) = [
        each
        for each in check_claims(read_evidence())
        if each.claim.documents == (document,) and words in each.claim.claim
    ]
    assert one.verdict != "agrees"
    assert any(beside in line for line in one.figures)


def test_the_same_28_remitters_are_34_percent_of_81_and_41_of_68() -> None:
    twice = same_events(read_evidence(), 28, "wang-2018", "any_remission")
    assert [(one.denominator, one.n, one.percent) for one in twice] == [
        ("treated", 81, Decimal(34)),
        ("alive", 68, Decimal(41)),
    ]


def test_half_at_four_years_is_three_people() -> None:
    last = among_followed(read_evidence().study("wang-2013"), "complete_remission")[-1]
    assert (last.events, last.followed, last.treated) == (3, 6, 87)
    # R 4.2.2, binom.test(3, 6)
    assert_close([last.lower, last.upper], [0.118117248757025, 0.881882751242975], "oracle")
    assert_close([last.least, last.greatest], [3 / 87, 84 / 87], "rounding")


def test_relapse_by_life_table_says_what_it_assumes() -> None:
    table = life_table(read_evidence().study("wang-2013"), "relapse")
    assert [round(100 * share, 1) for share in table.cumulative] == [12.0, 27.8, 39.9, 49.9]
    assert table.assumption.startswith("Assumed")
    assert read_evidence().figure("wang-2013/relapse_overall").events == 10 + 7 + 2 + 1


def test_the_registry_adds_up_to_a_hundred() -> None:
    evidence = read_evidence()
    names = ("disease_free_survival", "relapse_incidence", "non_relapse_mortality")
    parts = [evidence.figure(f"alchi-2013/{name}@60") for name in names]
    assert [(one.percent, one.se) for one in parts] == [(Decimal(29), 9), (Decimal(56), 11), (Decimal(15), 7)]
    assert sum(one.percent or 0 for one in parts) == 100


# Newcombe's limits in points, computed apart from this code when the data set was made.
CONTRASTS = {
    "renal_remission": (-8.3, -39.7, 34.5),
    "complete_renal_remission": (-8.3, -46.7, 32.6),
    "sledai_above_8": (-41.7, -70.3, 4.6),
}


def test_the_placebo_controlled_trial_excludes_neither_benefit_nor_harm() -> None:
    found = {one.name: one for one in arm_contrasts(read_evidence().study("deng-2017"), "MSC", "placebo")}
    for name, expected in CONTRASTS.items():
        one = found[name]
        for value, printed in zip((one.difference, one.lower, one.upper), expected, strict=True):
            assert abs(100 * value - printed) < 0.06


# Welch's limits, computed apart from this code when the data set was made.
MEANS = {
    "sledai_change": (-3.0, -11.4, 5.4, 0.06),
    "proteinuria_g_24h": (-2.1, -4.92, 0.72, 0.006),
    "proteinuria_change_g_24h": (-0.7, -2.16, 0.76, 0.006),
}


def test_protein_in_urine_ended_lower_on_cells_but_did_not_fall_more() -> None:
    found = {one.name: one for one in mean_contrasts(read_evidence().study("deng-2017"), "MSC", "placebo")}
    for name, (*expected, within) in MEANS.items():
        one = found[name]
        for value, printed in zip((one.difference, one.lower, one.upper), expected, strict=True):
            assert abs(value - printed) < within
