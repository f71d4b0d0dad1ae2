"""Cytokine release syndrome by the ASTCT consensus, from fever, hypotension and hypoxia."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from malar.instruments.formula import Formula
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl

HYPOTENSION: Final = (
    "none",
    "without vasopressor",
    "one vasopressor, with or without vasopressin",
    "several vasopressors, vasopressin not counted",
)
HYPOXIA: Final = (
    "none",
    "low flow, at most 6 L/min, or blow-by",
    "high flow, face mask, non-rebreather or Venturi",
    "positive pressure",
)


def _make(inputs: Mapping[str, pl.Expr]) -> dict[str, pl.Expr]:
    import polars as pl

    fever = inputs["crs__fever"]
    worst = pl.max_horizontal(inputs["crs__hypotension"], inputs["crs__hypoxia"])
    known = inputs["crs__hypotension"].is_not_null() & inputs["crs__hypoxia"].is_not_null()
    grade = pl.when(worst > 0).then(worst + 1).otherwise(1)
    decided = pl.when(known | (worst >= len(HYPOXIA) - 1)).then(grade)
    return {"crs_grade": pl.when(fever).then(decided).when(~fever).then(0.0)}


CRS: Final = Formula(
    key="crs_grade",
    title="Cytokine release syndrome, ASTCT grade",
    source=Source(
        "Lee DW, et al. Biol Blood Marrow Transplant 2019;25:625-38",
        "consensus grades, as in PMC8021214 and PMC9327779",
        Status.VERIFIED,
        "`fever` is recorded as present where the temperature was at least 38.0 °C without another cause at any time "
        "of the syndrome: after antipyretics, tocilizumab or steroids it is no longer asked for. Grade 5 is death, "
        "which the events record.",
    ),
    form=("crs__fever",),
    numbers=("crs__hypotension", "crs__hypoxia"),
    gives_columns={"crs_grade": "0 to 4"},
    rule=(
        "0 without fever; with it the worse of hypotension and hypoxia, plus 1: "
        f"hypotension {', '.join(f'{k} {text}' for k, text in enumerate(HYPOTENSION))}; "
        f"hypoxia {', '.join(f'{k} {text}' for k, text in enumerate(HYPOXIA))}. With none, grade 1. Toxicity of organs "
        "does not change the grade."
    ),
    brief="grade 0 to 4",
    make=_make,
)

INSTRUMENTS: Final = (CRS,)
"""All of this file."""
