"""Time zero: immortal time is refused, and controls enter whenever they qualify."""

from __future__ import annotations

import subprocess
import sys

import polars as pl
import pytest

from malar.controls import (
    LUPUS_MATCHING,
    METHODS,
    TARGET_TRIAL_ITEMS,
    SequentialTrials,
    TargetTrial,
    refuse_immortal_time,
)
from malar.errors import ParameterError, UndefinedError, UnknownKeyError, WrongTypeError
from malar.sources import Status

COHORT = pl.DataFrame(
    {"treated": [True, False], "time_zero": [0, 30], "cells": [0, 200], "last": [400, 300], "met": [-5, 30]}
)
COLUMNS = {"treatment_start": "cells", "outcome_day": "last", "eligibility_day": "met"}


def test_a_cohort_with_one_time_zero_passes():
    refuse_immortal_time(COHORT, **COLUMNS)
    refuse_immortal_time(COHORT.with_columns(cells=pl.Series([14, None])), treatment_start="cells", grace_days=14)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"cells": [15, 200]}, "1 of 1 treated subjects began treatment more than 0 days after"),
        ({"cells": [0, 30]}, "1 of 1 controls had begun"),
        ({"last": [400, 29]}, "1 of 2 subjects have outcome data from before"),
        ({"met": [1, 30]}, "1 of 2 subjects met eligibility only after"),
    ],
)
def test_immortal_time_is_refused(changed, words):
    with pytest.raises(ParameterError, match=words):
        refuse_immortal_time(COHORT.with_columns(**{k: pl.Series(v) for k, v in changed.items()}), **COLUMNS)


def test_unknown_days_are_refused():
    with pytest.raises(UndefinedError, match="no first day"):
        refuse_immortal_time(COHORT.with_columns(cells=pl.Series([None, 200])), **COLUMNS)
    with pytest.raises(UndefinedError, match="`time_zero` is unknown"):
        refuse_immortal_time(COHORT.with_columns(time_zero=pl.Series([None, 0])), **COLUMNS)
    with pytest.raises(WrongTypeError):
        refuse_immortal_time(COHORT.with_columns(last=pl.lit("2024-01-01")), **COLUMNS)
    with pytest.raises(ParameterError):
        refuse_immortal_time(COHORT, grace_days=-1)


def test_the_checklist_tells_what_is_left_open():
    plan = TargetTrial({item.key: "said" for item in TARGET_TRIAL_ITEMS[:-1]} | {"analysis": " "})
    assert [item.key for item in plan.unanswered] == ["analysis"]
    assert plan.table()["answered"].to_list() == [True] * 7 + [False]
    assert TargetTrial({item.key: "said" for item in TARGET_TRIAL_ITEMS}).complete
    with pytest.raises(UnknownKeyError):
        TargetTrial({"blinding": "none"})


def test_the_list_for_lupus_names_what_it_reads():
    assert LUPUS_MATCHING.exact == ("nephritis_class", "center")
    assert LUPUS_MATCHING.covariates == (
        "sledai_2k", "upcr", "egfr", "n_failed_therapies", "prednisone_mg_day", "calendar_year",
    )  # fmt: skip
    assert LUPUS_MATCHING.table().height == 8
    assert all(variable.reads and variable.why for variable in LUPUS_MATCHING.variables)


VISITS = pl.DataFrame(
    {
        "subject": ["A", "A", "A", "B", "B", "B", "C", "C", "D"],
        "day": [0, 90, 180, 0, 90, 180, 0, 90, 0],
        "eligible": [True, True, True, True, None, True, False, False, True],
        "start": [95, 95, 95, None, None, None, 0, 0, 0],
        "last": [400, 400, 400, 300, 300, 300, 90, 90, 50],
        "relapse": [True, True, True, False, False, False, True, True, None],
    }
)


def enrolled(visits: pl.DataFrame = VISITS, **options: object) -> list[tuple[object, ...]]:
    spec = SequentialTrials(treatment_start="start", last_day="last", event="relapse", window_days=7, **options)
    return spec.enroll(visits).select("subject", "trial", "treated", "time_zero", "time", "event", "end").rows()


def test_everyone_enters_whenever_he_qualifies():
    assert enrolled() == [
        ("A", 1, False, 0, 95, False, "began treatment"),
        ("A", 2, True, 95, 305, True, "event"),
        ("B", 1, False, 0, 300, False, "last contact"),
        ("B", 2, False, 180, 120, False, "last contact"),
        ("D", 1, True, 0, 50, False, "last contact"),
    ]


def test_by_assignment_controls_stay_controls():
    assert enrolled(censor_at_treatment=False)[0] == ("A", 1, False, 0, 400, True, "event")


def test_what_comes_out_passes_the_guard():
    spec = SequentialTrials(treatment_start="start", last_day="last", event="relapse", window_days=7)
    refuse_immortal_time(spec.enroll(VISITS), treatment_start="start", outcome_day="last")


def test_row_order_and_kind_of_frame_do_not_matter():
    assert enrolled(VISITS.reverse()) == enrolled() == enrolled(VISITS.to_arrow())


def test_two_truths_about_one_subject_are_refused():
    with pytest.raises(ParameterError, match="1 subjects have several"):
        enrolled(VISITS.with_columns(last=pl.Series([400, 401, 400, 300, 300, 300, 90, 90, 50])))
    with pytest.raises(ParameterError, match="two rows on one day"):
        enrolled(pl.concat([VISITS, VISITS.head(1)]))
    with pytest.raises(UndefinedError, match="at no visit"):
        enrolled(VISITS.with_columns(eligible=False))


def test_import_is_light_and_every_method_has_its_sources():
    code = (
        "import sys, malar.controls as c; c.NearestNeighborMatching(); c.LUPUS_MATCHING;"
        "print([m for m in ('numpy', 'polars', 'scipy', 'narwhals') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert len({m.key for m in METHODS}) == len(METHODS)
    provisional = {m.key for m in METHODS if m.status == Status.PROVISIONAL}
    assert provisional == {"target_trial", "sequential_trials"}, "the others agree with other software or a paper"
