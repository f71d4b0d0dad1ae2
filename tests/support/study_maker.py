"""Small hand-made studies for tests of timelines, checks and reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from malar.instruments import instrument
from malar.schema import Settings, Study, study_from_frames

ITEMS = {item.key: item.weight for item in instrument("sledai_2k").items}

Visit = tuple[str, int, Sequence[str], Sequence[str]]
"""Subject, day, items present, items unknown."""


def make_study(
    visits: Sequence[Visit],
    *,
    milestones: Sequence[tuple[str, str, int]] = (),
    events: Sequence[tuple[str, int, str]] = (),
    more: Mapping[str, pl.DataFrame] | None = None,
    settings: Settings | None = None,
) -> Study:
    """A study of hand-made visits; every item is recorded as absent, present or unknown."""
    subjects = sorted({visit[0] for visit in visits})
    items: list[dict[str, Any]] = []
    for subject, day, present, unknown in visits:
        for key, weight in ITEMS.items():
            if key not in unknown:
                value = weight if key in present else 0
                items.append({"subject": subject, "day": day, "instrument": "sledai_2k", "item": key, "value": value})
    frames = {
        "subjects": pl.DataFrame({"subject": subjects}),
        "visits": pl.DataFrame([visit[:2] for visit in visits], schema=["subject", "day"], orient="row"),
        "items": pl.DataFrame(items),
    }
    if milestones:
        frames["milestones"] = pl.DataFrame(milestones, schema=["subject", "kind", "day"], orient="row")
    if events:
        rows = [(subject, day, kind, kind) for subject, day, kind in events]
        frames["events"] = pl.DataFrame(rows, schema=["subject", "day", "kind", "term"], orient="row")
    return study_from_frames({**frames, **(more or {})}, settings or Settings(title="Hand-made", data="invented"))
