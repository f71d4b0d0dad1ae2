"""Counts of the cell-therapy papers: which denominator each percentage rests on.

Wang 2013 Cell Transplant 22:2267 (abstract); Wang 2014 Arthritis Res Ther 16:R79 (abstract and Table 1); Gu 2014
Clin Rheumatol 33:1611 and the ACR abstract of the same patients; Wang 2018 Stem Cell Reports 10:933 and the EULAR
abstract of the same cohort; Alchi 2013 Lupus 22:245 (abstract); Liang 2010 as reported. Facts only.
"""

from __future__ import annotations

import polars as pl
import pytest

from malar.results import DENOMINATORS
from malar.schema import Settings, study_from_frames
from malar.sheets import DECLARED, KINDS, sheet
from malar.sources import Status
from malar.survival import CumulativeIncidence, KaplanMeier
from malar.timelines import derive_competing, left_out, outcome
from tests.numbers import assert_close

# paper, what, numerator, denominator, printed percent, decimals printed, who is below the line
PRINTED = [
    ("Wang 2013", "survival", 82, 87, 94, 0, "treated"),
    ("Wang 2013", "complete remission, year 1", 23, 83, 28, 0, "followed"),
    ("Wang 2013", "complete remission, year 2", 12, 39, 31, 0, "followed"),
    ("Wang 2013", "complete remission, year 3", 5, 12, 42, 0, "followed"),
    ("Wang 2013", "complete remission, year 4", 3, 6, 50, 0, "followed"),
    ("Wang 2013", "relapse, year 1", 10, 83, 12, 0, "followed"),
    ("Wang 2013", "relapse, year 2", 7, 39, 18, 0, "followed"),
    ("Wang 2013", "relapse, year 3", 2, 12, 17, 0, "followed"),
    ("Wang 2013", "relapse, year 4", 1, 6, 17, 0, "followed"),
    ("Wang 2013", "relapse, overall", 20, 87, 23, 0, "treated"),
    ("Wang 2014", "survival", 37, 40, 92.5, 1, "treated"),
    ("Wang 2014", "major clinical response", 13, 40, 32.5, 1, "treated"),
    ("Wang 2014", "partial clinical response", 11, 40, 27.5, 1, "treated"),
    ("Wang 2014", "relapse, month 9", 3, 24, 12.5, 1, "ever_responders"),
    ("Wang 2014", "relapse, month 12", 4, 24, 16.7, 1, "ever_responders"),
    ("Gu 2014", "remission within 12 months", 49, 81, 60.5, 1, "treated"),
    ("Gu 2014", "flare", 11, 49, 22.4, 1, "ever_responders"),
    ("Gu, ACR abstract", "flare", 11, 81, 14, 0, "treated"),
    ("Wang 2018", "survival, year 5", 68, 81, 84, 0, "treated"),
    ("Wang 2018", "complete remission, year 5", 22, 81, 27, 0, "treated"),
    ("Wang 2018", "partial remission, year 5", 6, 81, 7, 0, "treated"),
    ("Wang 2018", "relapse", 9, 37, 24, 0, "ever_responders"),
    ("Wang 2018, EULAR abstract", "complete remission", 22, 68, 32, 0, "alive"),
    ("Wang 2018, EULAR abstract", "partial remission", 6, 68, 9, 0, "alive"),
    ("Wang 2018, EULAR abstract", "remission", 28, 68, 41, 0, "alive"),
]


@pytest.mark.parametrize("row", PRINTED, ids=[f"{row[0]}, {row[1]}" for row in PRINTED])
def test_each_percentage_has_its_denominator(row):
    _, _, events, n, percent, decimals, below = row
    assert round(100 * events / n, decimals) == percent
    assert below in DENOMINATORS


def test_the_same_patients_are_two_percentages_and_one_of_them_is_rounded_twice():
    by = {(paper, what): (events, n) for paper, what, events, n, *_ in PRINTED}
    assert by["Gu 2014", "flare"][0] == by["Gu, ACR abstract", "flare"][0]
    complete, partial = by["Wang 2018", "complete remission, year 5"], by["Wang 2018", "partial remission, year 5"]
    together = complete[0] + partial[0]
    assert together == by["Wang 2018, EULAR abstract", "remission"][0]
    assert round(100 * together / complete[1]) == 35, "the paper prints 34, the sum of rounded parts"
    assert sum(round(100 * part[0] / part[1]) for part in (complete, partial)) == 34


def test_yearly_relapses_add_up_to_the_overall_number():
    yearly = [
        events for paper, what, events, *_ in PRINTED if paper == "Wang 2013" and what.startswith("relapse, year")
    ]
    assert sum(yearly) == 20


TABLE_1 = [
    (1, 17, 12, "PCR"), (2, 12, 12, "PCR"), (3, 11, 9, "NR"), (4, 9, 9, "MCR"), (5, 12, 8, "NR"), (6, 14, 19, "NR"),
    (7, 12, 18, "PCR"), (8, 34, 20, "PCR, relapse"), (9, 10, 26, "MCR, relapse"), (10, 10, 7, "PCR"), (11, 8, 16, "NR"),
    (12, 14, 13, "NR"), (13, 7, 6, "NR"),
]  # fmt: skip
"""Wang 2014, Table 1, the rows read: patient, SLEDAI, BILAG, outcome."""


def test_responders_of_table_1_hold_those_who_relapsed():
    rows = pl.DataFrame(TABLE_1, schema=["patient", "sledai", "bilag", "outcome"], orient="row")
    responders = rows.filter(pl.col("outcome").str.contains("CR"))
    relapsed = rows.filter(pl.col("outcome").str.contains("relapse"))
    assert (responders.height, relapsed.height) == (7, 2)
    assert set(relapsed["patient"]) <= set(responders["patient"]), "so a response need not last to month 12"
    assert rows.filter(pl.col("sledai") < 8)["patient"].to_list() == [13], "below the registry's 8"


def test_the_registry_figures_sum_to_a_hundred():
    assert 29 + 56 + 15 == 100


def test_so_do_ours_on_a_cohort_with_the_same_shares():
    """100 invented patients in complete follow-up: 29 disease-free, 56 relapsed, 15 dead without relapse."""
    names = [f"{i:03d}" for i in range(100)]
    fates = ["free"] * 29 + ["relapse"] * 56 + ["death"] * 15
    happened = [(n, 30 + i, fate, fate) for i, (n, fate) in enumerate(zip(names, fates, strict=True)) if fate != "free"]
    happened += [(n, 1500, "death", "death") for n, fate in zip(names, fates, strict=True) if fate == "relapse"]
    contact = [(n, kind, day) for n in names for kind, day in (("infusion", 0), ("last_contact", 1900))]
    frames = {
        "subjects": pl.DataFrame({"subject": names}),
        "milestones": pl.DataFrame(contact, schema=["subject", "kind", "day"], orient="row"),
        "events": pl.DataFrame(happened, schema=["subject", "day", "kind", "term"], orient="row"),
    }
    study = study_from_frames(frames, Settings(data="invented"))
    visits = pl.DataFrame({"subject": names, "day": [20] * 100, "disease_free_candidate": [True] * 100})
    free = derive_competing(study, visits, outcome("disease_free_survival"))
    assert_close(KaplanMeier().fit(free).at(1825)["survival"], [0.29], "rounding")
    for key, share in (("relapse_incidence", 0.56), ("non_relapse_mortality", 0.15)):
        times = derive_competing(study, visits, outcome(key))
        assert left_out(times) == {}
        fit = CumulativeIncidence(cause="cause_number").fit(times)
        assert_close(fit.at(1825).filter(cause="1")["incidence"], [share], "rounding")
    censored = derive_competing(study, visits, outcome("relapse_incidence")).with_columns(
        event=pl.col("cause_number") == 1
    )
    by_kaplan_meier = 1 - KaplanMeier().fit(censored).at(1825)["survival"][0]
    assert by_kaplan_meier > 0.56, "deaths censored, one minus Kaplan-Meier is larger"


def test_organs_of_the_first_series_have_each_a_definition_with_its_published_count():
    published = {
        "constitutional_resolved": "8 of 11",
        "skin_healed": "4 of 8",
        "skin_partly_healed": "4 of 8",
        "joints_resolved": "4 of 6",
        "serositis_resolved": "resolved in 2",
        "nervous_system_resolved": "cleared in 1",
        "hypertension_controlled": "controllable in 5",
        "refractory_hypertension_controlled": "controllable in 5",
    }
    for key, count in published.items():
        made = DECLARED[key]
        assert count in made.source.cite()
        assert made.among is not None, "judged among those affected at baseline"


CANDIDATES = [key for key in DECLARED if "_candidate" in key]


def test_there_are_candidates_and_nothing_of_the_series_is_exact():
    assert {"nanjing_remission_candidate", "wang_2014_mcr_candidate"} <= set(CANDIDATES)
    series = [key for key in KINDS["definitions"] if key.startswith(("nanjing", "wang", "explorer"))]
    assert series
    assert all(key.endswith("_candidate") for key in series)


@pytest.mark.parametrize("key", CANDIDATES)
def test_a_candidate_is_provisional_and_its_sheet_says_so_first(key):
    made = DECLARED[key]
    assert made.status is Status.PROVISIONAL
    assert made.source.status is Status.PROVISIONAL
    first = [line for line in sheet(key).splitlines() if line][:2]
    assert "candidate" in first[0]
    assert "Status **provisional: from memory, never exact**" in first[1]
