"""The revised SELENA flare index as entered by organ: the worst organ is the category."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from malar.instruments.calculated import Calculated, Numbers
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl

ORGANS: Final = (
    "mucocutaneous", "musculoskeletal", "cardiopulmonary", "hematologic", "constitutional", "renal", "neurologic",
    "gastrointestinal",
)  # fmt: skip
WORST: Final = 3


def _worst(numbers: Numbers) -> dict[str, pl.Expr]:
    import polars as pl

    grades = [pl.when(number.is_between(0, WORST)).then(number) for number in numbers.values()]
    low = pl.max_horizontal(grade.fill_null(0.0) for grade in grades)
    high = pl.max_horizontal(grade.fill_null(float(WORST)) for grade in grades)
    return {"rsfi": pl.when(low == high).then(low), "rsfi__low": low, "rsfi__high": high}


RSFI: Final = Calculated(
    key="rsfi",
    title="Revised SELENA flare index, worst organ",
    source=Source(
        "Petri M, et al. Arthritis Rheum 2009;60(S10):907; validation: Petri M, et al. Ann Rheum Dis 2013;72(Suppl "
        "3):FRI0293",
        "abstract of the validation: mild, moderate and severe by organ, independent of SLEDAI",
        Status.PROVISIONAL,
        "The criteria by organ were not read, and the list of organs is from memory. The category of each organ is "
        "entered by the physician, not derived.",
    ),
    inputs=tuple(f"rsfi__{organ}" for organ in ORGANS),
    outputs=("rsfi",),
    says="Each organ is entered as 0 no flare, 1 mild, 2 moderate or 3 severe; the worst is the category of the "
    "visit. An organ that is unknown can be anything from 0 to 3; another number is unknown.",
    make=_worst,
    unit="0 no flare, 1 mild, 2 moderate, 3 severe",
    form=True,
)

INSTRUMENTS: Final = (RSFI,)
