"""Urine sediment: inactive or not, and the category of hematuria."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from malar.instruments.calculated import Calculated, Numbers
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl

MOST_CELLS: Final = 5
"""Red or white cells per high-power field in an inactive sediment."""

CATEGORIES: Final = (5, 10, 25, 50)
"""Most red cells per high-power field in categories 0 to 3; more are category 4."""


def _columns(known: Numbers) -> Mapping[str, pl.Expr]:
    import polars as pl

    red, white = known["lab__urine_rbc"], known["lab__urine_wbc"]
    casts = pl.any_horizontal(known["lab__urine_rbc_casts"] > 0, known["lab__urine_wbc_casts"] > 0)
    return {
        "inactive_sediment": (red <= MOST_CELLS) & (white <= MOST_CELLS) & ~casts,
        "urine_cell_casts": casts,
        "hematuria_category": pl.sum_horizontal(
            [(red > most).cast(pl.Int64) for most in CATEGORIES], ignore_nulls=False
        ),
    }


URINE_SEDIMENT: Final = Calculated(
    key="urine_sediment",
    title="Urine sediment",
    source=Source(
        "Consensus on lupus nephritis in children, PMC11258879",
        "Table 2: categories of hematuria; the inactive sediment is a reading",
        Status.SECONDARY,
        "Trials ask for an inactive sediment and seldom say what it is: read as at most 5 red cells and at most 5 "
        "white cells per high-power field and no cast of red or of white cells. One that is known to be against it "
        "decides. "
        "Infection, stones and menstruation are not judged.",
    ),
    inputs=("lab__urine_rbc", "lab__urine_wbc", "lab__urine_rbc_casts", "lab__urine_wbc_casts"),
    outputs=("inactive_sediment", "urine_cell_casts", "hematuria_category"),
    says=(
        f"`inactive_sediment`: at most {MOST_CELLS} red and at most {MOST_CELLS} white cells per high-power field, and "
        "no cast of red or of white cells (a count above 0 is a cast). `urine_cell_casts`: a cast of red or of white "
        f"cells. `hematuria_category`: 0 up to {CATEGORIES[0]} red cells per high-power field, 1 up to "
        f"{CATEGORIES[1]}, 2 up to {CATEGORIES[2]}, 3 up to {CATEGORIES[3]}, 4 above."
    ),
    make=_columns,
    unit="inactive or not; category of hematuria 0 to 4",
)

INSTRUMENTS: Final = (URINE_SEDIMENT,)
