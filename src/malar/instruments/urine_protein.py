"""Urine protein, each result in the units that definitions use: a rule is tested in its own unit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from malar.instruments.calculated import Calculated, Numbers
from malar.sources import Source, Status
from malar.units import CREATININE_G_PER_MOL

if TYPE_CHECKING:
    import polars as pl

MG_G_PER_MG_MG: Final = 1000


def _columns(known: Numbers) -> Mapping[str, pl.Expr]:
    ratio = known["lab__upcr"]
    return {
        "upcr_mg_mg": ratio,
        "upcr_mg_g": ratio * MG_G_PER_MG_MG,
        "upcr_mg_mmol": ratio * CREATININE_G_PER_MOL,
        "acr_mg_mmol": known["lab__uacr"],
        "protein_24h_g": known["lab__urine_protein_24h"],
    }


URINE_PROTEIN: Final = Calculated(
    key="urine_protein",
    title="Urine protein",
    source=Source(
        "Molar mass of creatinine",
        "113.12 g/mol",
        Status.VERIFIED,
        "The exact factor, not the round one of guidelines: 0.5 g/g is 56.6 mg/mmol, where they print 50; a patient at "
        "53 mg/mmol is below 0.5 g/g and not below 50 mg/mmol. A definition is tested in the unit that it prints. "
        "Protein in 24 hours never stands in for the ratio, nor the ratio for it; the two agree over many patients, "
        "not in one.",
    ),
    inputs=("lab__upcr", "lab__uacr", "lab__urine_protein_24h"),
    outputs=("upcr_mg_mg", "upcr_mg_g", "upcr_mg_mmol", "acr_mg_mmol", "protein_24h_g"),
    says=(
        "The protein-creatinine ratio in mg/mg (the same number as g/g); × "
        f"{MG_G_PER_MG_MG} in mg/g; × {CREATININE_G_PER_MOL:g} in mg/mmol. The albumin-creatinine ratio in mg/mmol and "
        "protein in 24 hours in g, as measured. Each is unknown where it was not measured."
    ),
    make=_columns,
    unit="ratios in mg/mg, mg/g and mg/mmol; g in 24 hours",
)

INSTRUMENTS: Final = (URINE_PROTEIN,)
