"""Grading of the hematological system of BILAG-2004, from memory of the scheme of 2009: provisional."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from malar.condition_kinds import DECIMALS, printed

if TYPE_CHECKING:
    import polars as pl

HEMOGLOBIN: Final = (8.0, 10.0, 11.0)
"""g/dL: A with hemolysis and B without below the first, B with hemolysis below the second, C below the third."""
PLATELETS: Final = (25.0, 50.0, 150.0)
"""10^9/L: A, B and C below."""
WHITE_CELLS: Final = (1.0, 4.0)
"""10^9/L: B and C below."""
NEUTROPHILS: Final = (0.5, 2.0)
"""10^9/L: B and C below."""
LYMPHOCYTES: Final = 1.0
"""10^9/L: C below."""
G_L_PER_G_DL: Final = 10.0

MEASURED: Final = {
    "hemoglobin": "lab__hemoglobin",
    "wbc": "lab__wbc",
    "neutrophils": "lab__neutrophils",
    "lymphocytes": "lab__lymphocytes",
    "platelets": "lab__platelets",
}
"""Measurement → its column in the visit frame."""


def words() -> str:
    """The grades in words."""
    (low, middle, high), (few, fewer, some) = map(printed, HEMOGLOBIN), map(printed, PLATELETS)
    white_b, white_c = map(printed, WHITE_CELLS)
    neutrophils_b, neutrophils_c = map(printed, NEUTROPHILS)
    return (
        f"**A** where TTP is coded 2 or more, hemolysis goes with hemoglobin below {low} g/dL, or platelets are below "
        f"{few}; else **B** where TTP is coded 1, hemolysis goes with hemoglobin below {middle}, hemoglobin is below "
        f"{low} without hemolysis, white cells are below {white_b}, neutrophils below {neutrophils_b} or platelets "
        f"below {fewer}; else **C** with hemolysis, hemoglobin below {high}, white cells below {white_c}, neutrophils "
        f"below {neutrophils_c}, lymphocytes below {printed(LYMPHOCYTES)}, platelets below {some}, or a positive "
        "Coombs' test alone. Counts are in 10^9/L; hemoglobin is kept in g/L and divided by 10."
    )


def features() -> dict[str, pl.Expr]:
    """Name → three-valued expression: what leads to A, B and C."""
    import polars as pl

    ttp, hemolysis, coombs = (pl.col(f"_{key}") for key in ("ttp", "hemolysis", "coombs_isolated"))
    a_hb, b_hb, c_hb = (_below("hemoglobin", limit * G_L_PER_G_DL) for limit in HEMOGLOBIN)
    a_plt, b_plt, c_plt = (_below("platelets", limit) for limit in PLATELETS)
    b_wbc, c_wbc = (_below("wbc", limit) for limit in WHITE_CELLS)
    b_neutrophils, c_neutrophils = (_below("neutrophils", limit) for limit in NEUTROPHILS)
    hemolytic = hemolysis > 0
    return {
        "_hem_a": pl.any_horizontal(ttp >= 2, hemolytic & a_hb, a_plt),
        "_hem_b": pl.any_horizontal(ttp > 0, hemolytic & b_hb, a_hb, b_wbc, b_neutrophils, b_plt),
        "_hem_c": pl.any_horizontal(
            hemolytic, c_hb, c_wbc, c_neutrophils, _below("lymphocytes", LYMPHOCYTES), c_plt, coombs > 0
        ),
    }


def activity(*, unknown: bool) -> pl.Expr:
    """Rank of the system's activity (A 4, B 3, C 2, none 0) with unknown features taken so."""
    import polars as pl

    a, b, c = (pl.col(name).fill_null(value=unknown) for name in ("_hem_a", "_hem_b", "_hem_c"))
    return pl.when(a).then(4).when(b).then(3).when(c).then(2).otherwise(0)


def _below(name: str, limit: float) -> pl.Expr:
    """The value is below the limit; false where it is not due to lupus, unknown where not measured."""
    import polars as pl

    return (pl.col(f"_{name}").round(DECIMALS) < limit) & (pl.col(f"_{name}_due").fill_null(1) > 0)
