"""Each contradiction is found where it stands, and not where one side of it is just missed."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from malar.checks import QUERIES
from malar.checks.between_instruments import CONTRADICTIONS, SYSTEMS
from malar.instruments.sledai_2k import SLEDAI_2K
from malar.schema import Settings, study_from_frames

STUDY = study_from_frames({"subjects": pl.DataFrame({"subject": ["a"]})}, Settings(data="invented"))
CALM: dict[str, Any] = {
    **dict.fromkeys(SLEDAI_2K.names(), False),
    **{f"bilag_2004__{system}__rank": 1 for system in SYSTEMS},
    **{f"previous__bilag_2004__{system}__rank": 1 for system in SYSTEMS},
    "tender_joints": 1, "swollen_joints": 1, "active_joints": 1, "clasi_activity": 1.0, "pga": 1.0,
    "previous__pga": 1.0,
    "sledai_2k": 4, "previous__sledai_2k": 4, "clinical_sledai_2k": 4, "previous__clinical_sledai_2k": 4,
    "prednisone_mg_day": 10.0, "previous__prednisone_mg_day": 10.0, "lab__upcr": 0.4, "lab__urine_protein_24h": 0.4,
    "lab__creatinine": 80.0, "previous__lab__creatinine": 80.0, "lab__platelets": 120.0, "lab__wbc": 5.0,
    "lab__hemoglobin": 120.0, "lab__albumin": 40.0, "sdi": 1, "previous__sdi": 1, "sdi__end_stage_kidney": 0.0,
    "weight_kg": 60.0, "previous__weight_kg": 60.0,
}  # fmt: skip


def rank(system: str, value: int) -> dict[str, int]:
    return {f"bilag_2004__{system}__rank": value}


def sign(item: str) -> dict[str, bool]:
    return {f"sledai_2k__{item}": True}


CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "renal_items_with_bilag_d_or_e": (sign("proteinuria"), {**sign("proteinuria"), **rank("renal", 2)}),
    "neuropsychiatric_items_with_bilag_d_or_e": (sign("seizure"), sign("visual_disturbance")),
    "mucocutaneous_items_with_bilag_d_or_e": (sign("rash"), {**sign("rash"), **rank("mucocutaneous", 2)}),
    "musculoskeletal_items_with_bilag_d_or_e": (sign("arthritis"), {**sign("arthritis"), **rank("musculoskeletal", 2)}),
    "cardiorespiratory_items_with_bilag_d_or_e": (sign("pleurisy"), rank("cardiorespiratory", 0)),
    "constitutional_items_with_bilag_d_or_e": (sign("fever"), {**sign("fever"), **rank("constitutional", 3)}),
    "hematological_items_with_bilag_d_or_e": (sign("leukopenia"), {**sign("leukopenia"), **rank("hematological", 2)}),
    "bilag_renal_a_without_cause": (
        rank("renal", 4),
        {**rank("renal", 4), "lab__creatinine": 92.1},
    ),
    "bilag_renal_b_without_protein": (
        {**rank("renal", 3), "lab__upcr": 0.19},
        {**rank("renal", 3), "lab__upcr": 0.2},
    ),
    "bilag_mucocutaneous_a_or_b_without_skin_items": (rank("mucocutaneous", 3), rank("mucocutaneous", 2)),
    "bilag_musculoskeletal_a_or_b_without_joints": (
        {**rank("musculoskeletal", 3), "tender_joints": 0, "swollen_joints": 0},
        {**rank("musculoskeletal", 3), "tender_joints": 1, "swollen_joints": 0},
    ),
    "bilag_hematological_a_or_b_with_normal_counts": (
        {**rank("hematological", 3), "lab__platelets": 150.0},
        {**rank("hematological", 3), "lab__platelets": 149.0},
    ),
    "bilag_never_involved_after_involvement": (rank("renal", 0), rank("renal", 1)),
    "arthritis_item_without_joints": (
        {**sign("arthritis"), "tender_joints": 0, "swollen_joints": 0},
        {**sign("arthritis"), "tender_joints": 1, "swollen_joints": 0},
    ),
    "joints_without_arthritis_item": ({"active_joints": 3}, {"active_joints": 2}),
    "skin_score_without_skin_items": ({"clasi_activity": 10.0}, {"clasi_activity": 9.0}),
    "rash_item_with_skin_score_of_0": (
        {**sign("rash"), "clasi_activity": 0.0},
        {**sign("rash"), "clasi_activity": 1.0},
    ),
    "physician_sees_nothing_in_active_disease": (
        {"pga": 0.4, "clinical_sledai_2k": 8},
        {"pga": 0.5, "clinical_sledai_2k": 8},
    ),
    "physician_sees_severe_disease_without_signs": (
        {"pga": 2.0, "clinical_sledai_2k": 0},
        {"pga": 1.9, "clinical_sledai_2k": 0},
    ),
    "improved_while_steroids_were_raised": (
        {"sledai_2k": 4, "previous__sledai_2k": 8, "prednisone_mg_day": 30.0, "previous__prednisone_mg_day": 20.0},
        {"sledai_2k": 4, "previous__sledai_2k": 8, "prednisone_mg_day": 29.0, "previous__prednisone_mg_day": 20.0},
    ),
    "worse_while_physician_sees_better": (
        {"clinical_sledai_2k": 12, "pga": 0.5, "previous__pga": 1.5},
        {"clinical_sledai_2k": 11, "pga": 0.5, "previous__pga": 1.5},
    ),
    "creatinine_doubled_without_renal_items": ({"lab__creatinine": 160.0}, {"lab__creatinine": 159.0}),
    "urine_protein_measures_disagree": (
        {"lab__urine_protein_24h": 2.1, "lab__upcr": 0.2},
        {"lab__urine_protein_24h": 2.0, "lab__upcr": 0.2},
    ),
    "urine_ratio_high_and_collection_low": (
        {"lab__urine_protein_24h": 0.2, "lab__upcr": 2.1},
        {"lab__urine_protein_24h": 0.3, "lab__upcr": 2.1},
    ),
    "albumin_low_without_protein": ({"lab__albumin": 19.0}, {"lab__albumin": 20.0}),
    "damage_index_fell": ({"previous__sdi": 2}, {"previous__sdi": 1}),
    "end_stage_kidney_with_good_filtration": ({"sdi__end_stage_kidney": 3.0}, {"lab__creatinine": 130.0}),
    "weight_jumped": ({"weight_kg": 79.0}, {"weight_kg": 78.0}),
}
"""Query → what makes it stand, and what just misses it, on an otherwise calm visit."""


def found(key: str, changes: dict[str, Any]) -> int:
    frame = pl.DataFrame([{"subject": "a", "day": 30, **CALM, **changes}])
    return QUERIES[key].find(STUDY, frame).height


def test_every_contradiction_has_a_case() -> None:
    assert set(CASES) == {made.key for made in CONTRADICTIONS}


@pytest.mark.parametrize("key", CASES)
def test_a_contradiction_is_found_and_what_just_misses_it_is_not(key: str) -> None:
    stands, misses = CASES[key]
    assert found(key, stands) == 1
    assert found(key, misses) == 0
    assert found(key, {}) == 0


@pytest.mark.parametrize("key", CASES)
def test_unknown_contradicts_nothing(key: str) -> None:
    stands, _ = CASES[key]
    for column in stands:
        assert found(key, {**stands, column: None}) == 0, column


def test_a_column_that_the_study_never_recorded_raises_no_query() -> None:
    bare = pl.DataFrame({"subject": ["a"], "day": [0]})
    assert all(QUERIES[made.key].find(STUDY, bare).is_empty() for made in CONTRADICTIONS)


def test_the_sentence_is_made_of_the_conditions() -> None:
    for made in CONTRADICTIONS:
        assert made.query().title.endswith(".")
        assert all(part.sentence()[1:] in made.query().title for part in made.both)
