"""Serum creatinine in mg/dL, and whether it is normal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from malar.instruments.calculated import Calculated, Numbers
from malar.sources import Source, Status
from malar.units import CREATININE_UMOL_PER_MG_DL

if TYPE_CHECKING:
    import polars as pl


def _columns(known: Numbers) -> Mapping[str, pl.Expr]:
    value, limit = known["lab__creatinine"], known["lab__creatinine__uln"]
    return {
        "creatinine_mg_dl": value / CREATININE_UMOL_PER_MG_DL,
        "creatinine_normal": value.round(6) <= limit.round(6),
    }


SERUM_CREATININE: Final = Calculated(
    key="serum_creatinine",
    title="Serum creatinine",
    source=Source(
        "Molar mass of creatinine",
        "113.12 g/mol",
        Status.VERIFIED,
        "88.4 µmol/L is 1 mg/dL. Normal is at most the laboratory's own upper limit; at the limit is normal.",
    ),
    inputs=("lab__creatinine", "lab__creatinine__uln"),
    outputs=("creatinine_mg_dl", "creatinine_normal"),
    says=(
        f"`creatinine_mg_dl`: creatinine in µmol/L ÷ {CREATININE_UMOL_PER_MG_DL:g}. `creatinine_normal`: at most the "
        "laboratory's upper limit; unknown where the limit is."
    ),
    make=_columns,
    unit="mg/dL; normal or not",
)

INSTRUMENTS: Final = (SERUM_CREATININE,)
