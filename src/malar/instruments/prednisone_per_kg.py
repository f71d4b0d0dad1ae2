"""Prednisone-equivalent dose by body weight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from malar.instruments.calculated import Calculated, Numbers
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl

KEY: Final = "prednisone_mg_kg_day"


def _per_kg(numbers: Numbers) -> dict[str, pl.Expr]:
    import polars as pl

    dose, weight = numbers["prednisone_mg_day"], numbers["weight_kg"]
    return {KEY: pl.when(dose == 0).then(0.0).when(weight > 0).then(dose / weight)}


PREDNISONE_PER_KG: Final = Calculated(
    key=KEY,
    title="Prednisone by body weight",
    source=Source(
        "2020 Chinese SLE guideline, PMC9524765",
        "Table 3, for the equivalents in the dose",
        Status.SECONDARY,
        "Actual body weight on the day of the visit is meant.",
    ),
    inputs=("prednisone_mg_day", "weight_kg"),
    outputs=(KEY,),
    says="The prednisone-equivalent dose a day over the body weight of the same visit. A dose of 0 is 0 whatever the "
    "weight; otherwise it is unknown where the weight is. No weight is carried between visits.",
    make=_per_kg,
    unit="mg of prednisone a day and kg of body weight",
)

INSTRUMENTS: Final = (PREDNISONE_PER_KG,)
