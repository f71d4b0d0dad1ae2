"""Time to a confirmed renal response, and to kidney failure or death."""

from __future__ import annotations

import polars as pl

from malar.schema import Settings, Study, study_from_frames
from malar.timelines import (
    KIDNEY_FAILURE_OR_DEATH,
    CensorSource,
    derive_time_to_event,
    derive_time_to_renal_response,
    judge_visits,
)

SEEN = (CensorSource("last_visit", "last visit", "latest", flag="measured"),)


def study_of(ratios: dict[str, dict[int, float]], analyte: str = "upcr", **more: pl.DataFrame) -> Study:
    rows = [(s, day, analyte, value) for s, course in ratios.items() for day, value in course.items()]
    labs = pl.DataFrame(rows, schema=["subject", "day", "analyte", "value"], orient="row")
    labs = labs.with_columns(unit=pl.lit("mg/mg" if analyte == "upcr" else "umol/L"))
    visits = labs.select("subject", "day")
    frames = {"subjects": visits.select("subject").unique(), "visits": visits, "labs": labs, **more}
    return study_from_frames(frames, Settings(title="Hand-made", data="invented"))


def test_the_first_visit_of_a_confirmed_run_dates_the_response() -> None:
    ratios = {
        "lasting": {0: 3.0, 90: 0.6, 180: 0.5},
        "broken": {0: 3.0, 90: 0.6, 180: 0.9, 270: 0.6, 300: 0.6},
        "never": {0: 3.0, 90: 2.0, 180: 1.0},
        "unconfirmed": {0: 3.0, 90: 2.0, 180: 0.5},
    }
    out = derive_time_to_renal_response(study_of(ratios), "aurora_2_adequate_response", SEEN)
    times = {s: (time, event) for s, time, event in out.select("subject", "time", "event").rows()}
    assert times == {
        "lasting": (90, True),
        "broken": (270, True),
        "never": (180, False),
        "unconfirmed": (180, False),
    }


def test_kidney_failure_is_seen_by_egfr_or_by_dialysis_and_death_counts() -> None:
    courses = {
        "egfr": {0: 100.0, 90: 800.0, 180: 800.0},
        "once": {0: 100.0, 90: 800.0, 180: 100.0},
        "dialysis": {0: 100.0, 90: 100.0, 180: 100.0},
        "dead": {0: 100.0, 90: 100.0},
    }
    people = pl.DataFrame({"subject": list(courses), "sex": ["female"] * 4, "age_years": [30.0] * 4})
    done = pl.DataFrame({"subject": ["dialysis"], "day": [120], "kind": ["dialysis"]})
    died = pl.DataFrame({"subject": ["dead"], "day": [100], "kind": ["death"], "term": ["death"]})
    study = study_of(courses, "creatinine", subjects=people, procedures=done, events=died)
    judged = judge_visits(study, ["kidney_failure"]).with_columns(measured=pl.lit(value=True))
    out = derive_time_to_event(study, judged, KIDNEY_FAILURE_OR_DEATH, SEEN)
    found = {s: (time, cause) for s, time, cause in out.select("subject", "time", "cause").rows()}
    assert found == {
        "egfr": (90, "kidney_failure"),
        "once": (180, None),
        "dialysis": (180, "kidney_failure"),
        "dead": (100, "death"),
    }
