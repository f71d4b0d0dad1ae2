"""The 28-joint counts: tender, swollen, and active joints with bounds where they were not counted themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from malar.instruments.calculated import Calculated, Numbers
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl

N_JOINTS: Final = 28
"""Shoulders, elbows, wrists, knees, ten metacarpophalangeal and ten proximal interphalangeal joints of hands."""


def _counts(numbers: Numbers) -> dict[str, pl.Expr]:
    import polars as pl

    def of_28(name: str) -> pl.Expr:
        return pl.when(numbers[name].is_between(0, N_JOINTS)).then(numbers[name])

    tender, swollen, counted = (of_28(name) for name in ("tender_joints", "swollen_joints", "active_joints"))
    least = pl.max_horizontal(tender + swollen - N_JOINTS, pl.lit(0.0))
    most = pl.min_horizontal(tender, swollen, pl.lit(float(N_JOINTS)))
    low, high = pl.coalesce(counted, least, pl.lit(0.0)), pl.coalesce(counted, most)
    return {
        "joints": pl.when(low == high).then(low),
        "joints__low": low,
        "joints__high": high,
        "joints__tender": tender,
        "joints__swollen": swollen,
    }


JOINTS: Final = Calculated(
    key="joints",
    title="Active joints of 28",
    source=Source(
        "28-joint count, as in lupus trials; active joint: Morand EF, et al. N Engl J Med 2020;382:211-21 (TULIP-2)",
        "definition of an active joint",
        Status.SECONDARY,
        "A joint is active where it is tender and swollen. Joints that cannot be assessed are not replaced by a share "
        "of the others. A count above 28 is of another set of joints and is unknown here.",
    ),
    inputs=("tender_joints", "swollen_joints", "active_joints"),
    outputs=("joints", "joints__tender", "joints__swollen"),
    says="The number of joints both tender and swollen, as counted. Where it was not counted, it lies between what "
    "the two counts make certain (tender + swollen − 28, at least 0) and the smaller of them; it is known where these "
    "are one.",
    make=_counts,
    unit="0 to 28 joints tender and swollen, with bounds",
)

INSTRUMENTS: Final = (JOINTS,)
