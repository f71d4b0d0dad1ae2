"""The SLEDAI family where it is most easily got wrong; numbers are those of the list in docs/sledai-family.md."""

from __future__ import annotations

import polars as pl
import pytest

from malar.errors import UnknownKeyError
from malar.instruments import INSTRUMENTS, WEIGHTED
from malar.instruments.arthritis_rules import ARTHRITIS_RULES, propose_arthritis
from malar.instruments.sledai_2k import SLEDAI_2K
from malar.schema.item_keys import ITEM_KEYS
from malar.sheets import DECLARED, sheet

SEROLOGY = {"low_complement", "increased_dsdna"}
FULL = ("sledai_2k", "sledai_original", "selena_sledai", "selena_sledai_hybrid")


def proposed(form: str, item: str, **columns: float | None) -> bool | None:
    frame = pl.DataFrame({name: [value] for name, value in columns.items()}, schema=dict.fromkeys(columns, pl.Float64))
    return WEIGHTED[form].propose(frame)[f"proposed__{form}__{item}"][0]


@pytest.mark.parametrize(
    ("form", "least"), [("sledai_2k", 2), ("selena_sledai", 3), ("selena_sledai_hybrid", 3), ("sledai_original", 3)]
)
def test_3_arthritis_needs_two_joints_in_sledai_2k_and_three_in_selena_and_the_original(form, least):
    assert proposed(form, "arthritis", inflamed_joints=least) is True
    assert proposed(form, "arthritis", inflamed_joints=least - 1) is False


@pytest.mark.parametrize(
    ("clinical", "whole"), [("clinical_sledai_2k", "sledai_2k"), ("clinical_selena_sledai", "selena_sledai")]
)
def test_4_the_clinical_score_leaves_out_exactly_complement_and_anti_dsdna(clinical, whole):
    left_out = {item.key for item in WEIGHTED[whole].items} - {item.key for item in WEIGHTED[clinical].items}
    assert left_out == SEROLOGY
    assert (WEIGHTED[clinical].maximum, WEIGHTED[whole].maximum) == (101, 105)


@pytest.mark.parametrize(
    ("form", "stable"),
    [("sledai_2k", True), ("selena_sledai_hybrid", True), ("selena_sledai", False), ("sledai_original", False)],
)
def test_5_stable_proteinuria_counts_in_sledai_2k_and_the_hybrid_only(form, stable):
    labs = {"lab__urine_protein_24h": 1.0, "lab__upcr": 0.2}
    before = {f"previous__{name}": value for name, value in labs.items()}
    assert proposed(form, "proteinuria", **labs, **before) is stable


def test_7_sri_50_names_two_things_so_nothing_has_that_key_and_the_half_scores_are_left_out():
    assert not {"sri_50", "sledai_2k_ri_50", "s2k_ri_50"} & set(DECLARED)


@pytest.mark.parametrize("form", FULL)
def test_12_cells_are_counted_in_billions_a_liter_not_in_the_slip_of_the_table(form):
    """The table prints '< 3,000' and '< 100,000' with × 10⁹/L; 3.0 and 100 × 10⁹/L are meant."""
    assert proposed(form, "leukopenia", lab__wbc=3.0) is False
    assert proposed(form, "leukopenia", lab__wbc=2.9) is True
    assert proposed(form, "thrombocytopenia", lab__platelets=100) is False
    assert proposed(form, "thrombocytopenia", lab__platelets=99) is True
    assert proposed(form, "leukopenia", lab__wbc=2900) is False


def test_weights_are_the_same_in_every_form_of_24_items():
    weights = {form: {item.key: item.weight for item in WEIGHTED[form].items} for form in FULL}
    assert all(weights[form] == weights["sledai_2k"] for form in FULL)
    assert sorted(weights["sledai_2k"].values()) == [1] * 3 + [2] * 7 + [4] * 6 + [8] * 8


@pytest.mark.parametrize("form", [key for key in ITEM_KEYS if key in WEIGHTED])
def test_item_keys_of_a_form_are_those_of_the_data_model(form):
    assert tuple(item.key for item in WEIGHTED[form].items) == ITEM_KEYS[form]


def test_items_of_calculated_forms_are_those_of_the_data_model():
    assert INSTRUMENTS["rsfi"].needs() == tuple(f"rsfi__{item}" for item in ITEM_KEYS["rsfi"])


def test_persistent_rash_alopecia_and_ulcers_count_but_in_the_original():
    for item in ("rash", "alopecia", "mucosal_ulcers"):
        assert "new onset" in WEIGHTED["sledai_original"].item(item).meaning
        assert "new onset" not in WEIGHTED["sledai_2k"].item(item).meaning
        assert "ongoing" in WEIGHTED["selena_sledai"].item(item).meaning


def test_a_score_reads_the_items_of_its_own_form_only():
    frame = pl.DataFrame({f"{form}__{item}": [False] for form in FULL for item in ITEM_KEYS[form]})
    frame = frame.with_columns(selena_sledai__arthritis=True)
    for form in FULL:
        assert WEIGHTED[form].score(frame)[form].to_list() == [4 if form == "selena_sledai" else 0]


COUNTS = {"tender_joints": 4, "swollen_joints": 1, "active_joints": 1, "inflamed_joints": 2}


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("2k_ge2_any_inflammation", True),
        ("gt2", False),
        ("ge2_tender_and_swollen", False),
        ("ge1_swollen_mahmoud2025", True),
    ],
)
def test_rules_for_arthritis_differ_on_one_patient_and_are_named_in_the_output(rule, says):
    made = propose_arthritis(pl.DataFrame({name: [n] for name, n in COUNTS.items()}), rule)
    assert made["proposed__sledai_2k__arthritis"].to_list() == [says]
    assert made["proposed__sledai_2k__arthritis__rule"].to_list() == [rule]


@pytest.mark.parametrize(
    ("rule", "below", "at"),
    [
        ("2k_ge2_any_inflammation", {"inflamed_joints": 1}, {"inflamed_joints": 2}),
        ("gt2", {"inflamed_joints": 2}, {"inflamed_joints": 3}),
        ("ge2_tender_and_swollen", {"active_joints": 1}, {"active_joints": 2}),
        (
            "ge1_swollen_mahmoud2025",
            {"swollen_joints": 0, "tender_joints": 9},
            {"swollen_joints": 1, "tender_joints": 1},
        ),
    ],
)
def test_both_sides_of_each_rule_for_arthritis(rule, below, at):
    for counts, wanted in ((below, False), (at, True)):
        made = propose_arthritis(pl.DataFrame({name: [n] for name, n in counts.items()}), rule, form="selena_sledai")
        assert made["proposed__selena_sledai__arthritis"].to_list() == [wanted]


def test_the_default_rule_is_that_of_the_item():
    measured = SLEDAI_2K.item("arthritis").measured
    assert measured == ARTHRITIS_RULES["2k_ge2_any_inflammation"].condition
    assert WEIGHTED["selena_sledai"].item("arthritis").measured == ARTHRITIS_RULES["gt2"].condition


def test_a_rule_or_item_that_is_not_there_is_refused():
    with pytest.raises(UnknownKeyError, match="No rule for arthritis"):
        propose_arthritis(pl.DataFrame({"inflamed_joints": [2]}), "ge2")
    with pytest.raises(UnknownKeyError, match="no item `freckles`"):
        SLEDAI_2K.item("freckles")


def test_sheets_say_what_was_not_read():
    assert "provisional" in sheet("selena_sledai")
    assert "was not read" in sheet("sledai_original")
