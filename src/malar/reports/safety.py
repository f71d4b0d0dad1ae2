"""Tables of safety: who was exposed for how long, what happened when, how rare a thing not seen may still be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from malar.responders import clopper_pearson
from malar.timelines.exposure import WINDOWS, days_at_risk
from malar.timelines.special_interest import SPECIAL_INTERESTS

if TYPE_CHECKING:
    import polars as pl

LEVEL = 0.95


def events_by_window(exposure: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """Patients at risk, with any event, with a serious one, a related one, grade 3 or more, and deaths, by window.

    Parameters
    ----------
    exposure, events
        From :mod:`malar.timelines.exposure`.

    Returns
    -------
    polars.DataFrame
        `window`, `at_risk` (patients observed in it), `days` (patient-days), `what`, `patients`, `events`.
    """
    import polars as pl

    kinds = {
        "any adverse event": pl.col("kind") != "relapse",
        "serious": pl.col("serious").fill_null(value=False),
        "held related to the cells": pl.col("related").fill_null(value=False),
        "grade 3 or more": (pl.col("grade") >= 3).fill_null(value=False),
        "infection": pl.col("kind") == "infection",
        "death": pl.col("kind") == "death",
    }
    rows: list[dict[str, Any]] = []
    for window in WINDOWS:
        days = days_at_risk(exposure, window)
        here = events.filter(pl.col("window") == window.label)
        for what, condition in kinds.items():
            found = here.filter(condition & (pl.col("kind") != "relapse"))
            rows.append(
                {
                    "window": window.label,
                    "at_risk": int((days > 0).sum()),
                    "days": int(days.sum()),
                    "what": what,
                    "patients": found["subject"].n_unique(),
                    "events": found.height,
                }
            )
    return pl.DataFrame(rows)


def special_interest_table(exposure: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """Events of special interest among the exposed, each with exact limits: none of 15 still allows 22 %.

    Returns
    -------
    polars.DataFrame
        `key`, `title`, `patients`, `of`, `events`, `lower`, `upper` (95 % Clopper-Pearson limits of the share).
    """
    import polars as pl

    n = exposure.height
    rows: list[dict[str, Any]] = []
    for interest in SPECIAL_INTERESTS:
        found = interest.of(events)
        patients = found["subject"].n_unique()
        low, high = clopper_pearson(patients, n, level=LEVEL) if n else (None, None)
        rows.append(
            {
                "key": interest.key,
                "title": interest.title,
                "patients": patients,
                "of": n,
                "events": found.height,
                "lower": low,
                "upper": high,
            }
        )
    schema = {"key": pl.String, "title": pl.String, "patients": pl.Int64, "of": pl.Int64, "events": pl.Int64}
    return pl.DataFrame(rows, schema={**schema, "lower": pl.Float64, "upper": pl.Float64})


def deaths(events: pl.DataFrame) -> pl.DataFrame:
    """Deaths with days since the first infusion and cause: `subject`, `since`, `cause`, `related`."""
    import polars as pl

    return events.filter(pl.col("kind") == "death").select("subject", "since", "cause", "related")
