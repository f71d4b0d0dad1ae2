"""Grading of the seven systems of BILAG-2004 that rest on coded items alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from malar.instruments.bilag_2004_items import keys_of

if TYPE_CHECKING:
    import polars as pl

SYSTEMS: Final = (
    "constitutional", "mucocutaneous", "neuropsychiatric", "musculoskeletal", "cardiorespiratory",
    "gastrointestinal", "ophthalmic",
)  # fmt: skip
"""Systems that are graded from coded items."""

PRESENT: Final = 2
"""Codes from this one on (2 same, 3 worse, 4 new) give an item's full grade."""

WORST: Final = 4.0
"""What an unknown item may be coded at most."""

GENERIC: Final = (
    f"**A** where an item of set A is coded {PRESENT} or more; else **B** where one of set A is coded 1, or one of set "
    f"B {PRESENT} or more; else **C** where one of set B is coded 1, or one of set C 1 or more. The highest code of a "
    "set decides; the order of the items does not matter."
)
CONSTITUTIONAL: Final = (
    f"**A** where pyrexia and at least two of the other three items are coded {PRESENT} or more; else **B** where "
    "pyrexia is, or at least two of the others are; else **C** where any item is coded 1 or more."
)


def activity(system: str, *, unknown: float) -> pl.Expr:
    """Rank of a system's activity (A 4, B 3, C 2, none 0) with unknown items coded so."""
    import polars as pl

    if system == "constitutional":
        pyrexia, *others = (_code(key, unknown) for key in keys_of(system))
        high, several = pyrexia >= PRESENT, pl.sum_horizontal(item >= PRESENT for item in others) >= 2
        traces = pl.max_horizontal(pyrexia, *others) > 0
        return pl.when(high & several).then(4).when(high | several).then(3).when(traces).then(2).otherwise(0)
    severe, moderate, mild = (_highest(_code(key, unknown) for key in keys_of(system, role)) for role in "ABC")
    return (
        pl.when(severe >= PRESENT).then(4)
        .when((severe > 0) | (moderate >= PRESENT)).then(3)
        .when((moderate > 0) | (mild > 0)).then(2)
        .otherwise(0)
    )  # fmt: skip


def _code(key: str, unknown: float) -> pl.Expr:
    import polars as pl

    return pl.col(f"_{key}").fill_null(unknown)


def _highest(codes: Iterable[pl.Expr]) -> pl.Expr:
    import polars as pl

    return pl.max_horizontal(pl.lit(0.0), *codes)
