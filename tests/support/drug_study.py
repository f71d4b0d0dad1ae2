"""Small hand-made studies of drugs: visits on given days, courses of drugs, milestones, events, earlier therapies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from malar.course.study_columns import derive_study_columns
from malar.schema import Settings, Study, study_from_frames

COURSE = ("subject", "drug", "start", "stop", "dose", "unit", "frequency", "route")
THERAPY = ("subject", "number", "term", "dose", "unit", "duration_days", "outcome")


def course(
    drug: str,
    start: int,
    stop: int | None = None,
    dose: float | None = 10,
    *,
    unit: str | None = "mg",
    often: str = "daily",
    route: str = "oral",
    subject: str = "a",
) -> dict[str, Any]:
    """A course of a drug."""
    return dict(zip(COURSE, (subject, drug, start, stop, dose, unit, often, route), strict=True))


def drug_study(
    courses: Sequence[dict[str, Any]] = (),
    *,
    days: Sequence[int] = (0,),
    milestones: Sequence[tuple[str, int]] = (("randomization", 0),),
    events: Sequence[tuple[str, int]] = (("infection", 1),),
    therapies: Sequence[tuple[str, float | None, str | None, float | None, str | None]] = (),
    subjects: Sequence[str] = ("a",),
    more: dict[str, pl.DataFrame] | None = None,
) -> Study:
    """A study of subject `a`, or of others; milestones and events are those of each."""
    frames = {
        "subjects": pl.DataFrame({"subject": subjects}),
        "visits": pl.DataFrame([{"subject": subject, "day": day} for subject in subjects for day in days]),
    }
    if courses:
        frames["medications"] = pl.DataFrame(list(courses), infer_schema_length=None)
    if milestones:
        frames["milestones"] = pl.DataFrame(
            [{"subject": subject, "kind": kind, "day": day} for subject in subjects for kind, day in milestones]
        )
    if events:
        frames["events"] = pl.DataFrame(
            [
                {"subject": subject, "kind": kind, "day": day, "term": kind}
                for subject in subjects
                for kind, day in events
            ]
        )
    if therapies:
        rows = [dict(zip(THERAPY, ("a", n, *row), strict=True)) for n, row in enumerate(therapies, 1)]
        frames["history"] = pl.DataFrame(rows, infer_schema_length=None).with_columns(kind=pl.lit("therapy"))
    study = study_from_frames({**frames, **(more or {})}, Settings(title="Hand-made", data="invented"))
    assert study.accounting.set_aside.is_empty(), study.accounting.set_aside
    return study


def column(study: Study, name: str) -> list[Any]:
    """A study column at every visit."""
    return derive_study_columns(study, study.visit_frame("subject"), [name])[name].to_list()
