"""Each form keeps its own window, whatever is judged beside it."""

from __future__ import annotations

import polars as pl

from malar.endpoints import rule
from malar.instruments import instrument
from malar.schema import Settings, study_from_frames
from malar.schema.item_keys import ITEM_KEYS
from malar.timelines import item_windows, judge_visits

FORMS = ("sledai_2k", "selena_sledai")


def noted_between() -> object:
    """Every item absent on days 0 and 30, and a rash noted on day 10, in both forms."""
    rows = [
        {"subject": "a", "day": day, "instrument": form, "item": item, "value": 0}
        for form in FORMS
        for day in (0, 30)
        for item in ITEM_KEYS[form]
    ]
    rows += [{"subject": "a", "day": 10, "instrument": form, "item": "rash", "value": 2} for form in FORMS]
    frames = {
        "subjects": pl.DataFrame({"subject": ["a"]}),
        "visits": pl.DataFrame({"subject": "a", "day": [0, 30], "pga": [1.0, 1.0]}),
        "items": pl.DataFrame(rows),
    }
    return study_from_frames(frames, Settings(data="invented"))


def test_a_sign_20_days_before_counts_in_sledai_2k_and_not_in_selena_judged_together_or_alone():
    together = judge_visits(noted_between(), ["sledai_2k_flare", "sfi_severe"])
    assert together.select("sledai_2k", "selena_sledai").rows() == [(0, 0), (2, 0)]
    assert judge_visits(noted_between(), ["sfi_severe"])["selena_sledai"].to_list() == [0, 0]


def test_windows_are_those_of_the_forms_and_the_widest_where_two_instruments_read_one():
    made = [instrument("selena_sledai"), *rule("sledai_2k_flare").instruments, instrument("clinical_sledai_2k")]
    assert item_windows(made) == {"selena_sledai": 10, "sledai_2k": 30}
