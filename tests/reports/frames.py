"""Small invented frames for the figures, with any name in place of the usual ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl

from malar.reports.figure import Figure
from malar.reports.figures.denominators import draw_denominators
from malar.reports.figures.kaplan_meier import draw_kaplan_meier
from malar.reports.figures.love_plot import draw_love_plot
from malar.reports.figures.multiplicity_graph import draw_multiplicity_graph
from malar.reports.figures.share_heat_map import ORGANS, draw_share_heat_map
from malar.reports.figures.state_occupancy import draw_state_occupancy
from malar.reports.figures.swimmer import draw_swimmer
from malar.reports.figures.trajectories import draw_trajectories

SCHEMAS: dict[str, dict[str, Any]] = {
    "course": {"subject": pl.String, "day": pl.Int64, "value": pl.Float64},
    "summary": {"time": pl.Int64, "n": pl.Int64, "median": pl.Float64, "q1": pl.Float64, "q3": pl.Float64},
    "organs": {
        "row": pl.String,
        "label": pl.String,
        "time": pl.Int64,
        "n_assessed": pl.Int64,
        "n_present": pl.Int64,
        "n_unknown": pl.Int64,
    },
    "intervals": {"subject": pl.String, "start": pl.Int64, "stop": pl.Int64, "state": pl.String},
    "marks": {"subject": pl.String, "day": pl.Int64, "kind": pl.String},
    "curve": {
        "group": pl.String,
        "time": pl.Int64,
        "survival": pl.Float64,
        "lower": pl.Float64,
        "upper": pl.Float64,
        "at_risk": pl.Int64,
        "events": pl.Int64,
        "censored": pl.Int64,
    },
    "risk": {"group": pl.String, "time": pl.Int64, "at_risk": pl.Int64, "events": pl.Int64},
    "occupancy": {
        "time": pl.Int64,
        "state": pl.String,
        "probability": pl.Float64,
        "lower": pl.Float64,
        "upper": pl.Float64,
    },
    "balance": {"covariate": pl.String, "sample": pl.String, "smd": pl.Float64},
    "edges": {
        "hypothesis": pl.String,
        "share": pl.Float64,
        "claimed": pl.Int64,
        "to": pl.String,
        "part": pl.Float64,
    },
    "visits": {
        "label": pl.String,
        "time": pl.Int64,
        "n_in_state": pl.Int64,
        "n_assessed": pl.Int64,
        "n_enrolled": pl.Int64,
        "lower": pl.Float64,
        "upper": pl.Float64,
    },
}


def frames(name: str | None = None) -> dict[str, pl.DataFrame]:
    """Frames of three patients; with `name`, every text in them is that text."""
    rows: dict[str, list[tuple[Any, ...]]] = {
        "course": [("S1", -14, 12), ("S1", 0, 10), ("S1", 91, None), ("S1", 183, 4), ("S2", 0, 16), ("S2", 91, 6)],
        "summary": [(0, 2, 13, 10, 16), (91, 1, 6, 6, 6), (183, 1, 4, 4, 4)],
        "organs": [
            ("Renal", "Baseline", 0, 10, 7, 0),
            ("Renal", "Month 6", 183, 6, 2, 1),
            ("Skin", "Month 6", 183, 0, 0, 7),
        ],
        "intervals": [
            ("S1", 0, 91, "active"),
            ("S1", 91, 400, "quiescent"),
            ("S2", 0, 60, "active"),
            ("S2", 60, 90, "unknown"),
        ],
        "marks": [
            ("S1", 0, "infusion"),
            ("S1", 400, "last_contact"),
            ("S2", 90, "death"),
            ("S2", 30, "plasma_exchange"),
        ],
        "curve": [
            ("A", 91, 0.8, 0.55, 0.95, 10, 2, 0),
            ("A", 365, 0.4, 0.15, 0.65, 4, 2, 1),
            ("B", 120, 0.9, 0.6, 0.99, 10, 1, 0),
            ("B", 400, 0.9, 0.6, 0.99, 5, 0, 5),
        ],
        "risk": [("A", 0, 10, 0), ("A", 365, 4, 4), ("B", 0, 10, 0), ("B", 365, 5, 1)],
        "occupancy": [
            (0, "active", 1, 1, 1),
            (183, "active", 0.5, 0.3, 0.7),
            (183, "quiescent", 0.42, 0.25, 0.6),
            (183, "dead", 0.08, 0.01, 0.2),
        ],
        "balance": [
            ("SLEDAI-2K", "before", 0.61),
            ("SLEDAI-2K", "after", 0.04),
            ("eGFR", "before", -0.32),
            ("eGFR", "after", -0.12),
            ("class", "before", None),
        ],
        "edges": [
            ("SRI-4", 0.6, None, "flares", 0.5),
            ("SRI-4", 0.6, None, "prednisone", 0.5),
            ("renal", 0.0, 1, None, None),
            ("flares", 0.4, None, "SRI-4", 1.0),
            ("prednisone", 0.0, None, None, None),
        ],
        "visits": [("Baseline", 0, 0, 40, 40, 0, 0.09), ("Month 6", 183, 12, 18, 40, 0.41, 0.87)],
    }
    made = {key: pl.DataFrame(rows[key], schema=SCHEMAS[key], orient="row") for key in SCHEMAS}
    if name is None:
        return made
    text = pl.lit(name, pl.String)
    return {
        key: frame.with_columns([text.alias(c) for c, kind in frame.schema.items() if kind == pl.String])
        for key, frame in made.items()
    }


def empty() -> dict[str, pl.DataFrame]:
    """Frames with columns and no rows."""
    return {key: pl.DataFrame(schema=schema) for key, schema in SCHEMAS.items()}


def bare() -> dict[str, pl.DataFrame]:
    """Frames with one row of which nothing is known, in columns without a type."""
    return {key: pl.DataFrame({column: [None] for column in schema}) for key, schema in SCHEMAS.items()}


def one(f: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Frames cut down to their first row."""
    return {key: frame.head(1) for key, frame in f.items()}


DRAWN: dict[str, Callable[..., Figure]] = {
    "trajectories": lambda f, text, **k: draw_trajectories(f["course"], f["summary"], score=text, since=text, **k),
    "organ-heat-map": lambda f, text, **k: draw_share_heat_map(f["organs"], ORGANS, **k),
    "swimmer": lambda f, text, **k: draw_swimmer(f["intervals"], f["marks"], since=text, **k),
    "kaplan-meier": lambda f, text, **k: draw_kaplan_meier(f["curve"], f["risk"], label=text, since=text, **k),
    "state-occupancy": lambda f, text, **k: draw_state_occupancy(f["occupancy"], since=text, **k),
    "love-plot": lambda f, text, **k: draw_love_plot(f["balance"], unit=text, **k),
    "multiplicity-graph": lambda f, text, **k: draw_multiplicity_graph(f["edges"], **k),
    "denominators": lambda f, text, **k: draw_denominators(
        f["visits"], f["occupancy"].drop("state"), state=text, since=text, **k
    ),
}
"""Every figure, drawn from frames with one text in all its parameters."""
