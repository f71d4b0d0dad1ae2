"""Grading of the renal system of BILAG-2004: six severe features, and what is compared with the assessment before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from malar.condition_kinds import DECIMALS, printed
from malar.units import conversion_factor

if TYPE_CHECKING:
    import polars as pl

MEASURED: Final = {
    "systolic_bp": "systolic_mmhg",
    "diastolic_bp": "diastolic_mmhg",
    "dipstick_protein": "lab__urine_dipstick_protein",
    "uacr": "lab__uacr",
    "upcr": "lab__upcr",
    "urine_protein_24h": "lab__urine_protein_24h",
    "creatinine": "lab__creatinine",
    "gfr": "lab__gfr",
}
"""Measurement → its column in the visit frame."""

FACTORS: Final = {"upcr": conversion_factor("mg/mg", "mg/mmol")}
"""What turns the kept unit into that of the limits."""

QUANTITIES: Final = {
    "urine_protein_24h": (1.0, 0.5, 0.25, "g in 24 hours"),
    "upcr": (100.0, 50.0, 25.0, "mg/mmol of protein"),
    "uacr": (100.0, 50.0, 25.0, "mg/mmol of albumin"),
}
"""Quantity of protein → above which it is severe, from which moderate, above which mild; and its unit."""
URINE: Final = (*QUANTITIES, "dipstick_protein")
FUNCTION: Final = ("creatinine", "gfr")

NOT_IMPROVED_ABOVE: Final = 75.0
"""Percent of the value before: a fall by a quarter is an improvement."""
CREATININE: Final = 130.0
CREATININE_SEVERE, CREATININE_MODERATE = 130.0, 115.0
GFR_LOW, GFR_FALL_TO, GFR_VERY_LOW = 80.0, 67.0, 50.0
PRESSURE: Final = ((140.0, 30.0), (90.0, 15.0))
"""Systolic, diastolic: above which it is high, and by how much it rose at least; mmHg."""
BIOPSY_DAYS: Final = 91
"""A biopsy with active nephritis counts for so many days: three months."""
FEATURES: Final = tuple(f"_renal_{number}" for number in range(1, 7))


@dataclass(frozen=True, slots=True)
class FirstVisit:
    """What a level alone says where there is no value to compare with.

    Parameters
    ----------
    creatinine
        Above 130 µmol/L at a first assessment is severe deterioration.
    gfr
        Below 80 at a first assessment is severe deterioration.
    dipstick
        Two pluses where no dipstick was read before are severe proteinuria; otherwise they are moderate.
    """

    creatinine: bool = False
    gfr: bool = False
    dipstick: bool = False


STRICT: Final = FirstVisit()
"""No level alone is severe."""


def words(first: FirstVisit) -> str:
    """The grades in words."""
    severe, moderate, mild = (
        ", ".join(f"{printed(limits[i])} {unit}" for *limits, unit in QUANTITIES.values()) for i in range(3)
    )
    (systolic, systolic_rise), (diastolic, diastolic_rise) = (map(printed, pair) for pair in PRESSURE)
    return (
        "Six features are severe: (1) severe proteinuria that did not improve: above any of "
        f"{severe}, or a dipstick up by 2 or more; (2) accelerated hypertension; (3) severe deterioration of function: "
        f"creatinine above {printed(CREATININE)} µmol/L and above {printed(CREATININE_SEVERE)} % of that before, GFR "
        f"below {printed(GFR_LOW)} and below {printed(GFR_FALL_TO)} % of that before, or GFR below "
        f"{printed(GFR_VERY_LOW)} and above {printed(GFR_VERY_LOW)} or not measured before; (4) active sediment; "
        f"(5) a biopsy of the last {BIOPSY_DAYS} days with active nephritis; (6) nephrotic syndrome.\n\n"
        "**A** with two of them, at least one of which is 1, 4 or 5. Else **B** with any of them, with proteinuria of "
        f"at least any of {moderate} that did not improve or a dipstick up to 2 or more, or with creatinine above "
        f"{printed(CREATININE)} µmol/L and at least {printed(CREATININE_MODERATE)} % of that before. Else **C** with "
        f"proteinuria above any of {mild} or a dipstick of 1 or more, or blood pressure above {systolic}/{diastolic} "
        f"mmHg that rose by at least {systolic_rise} and {diastolic_rise}.\n\n"
        f"*Not improved*: above {printed(NOT_IMPROVED_ABOVE)} % of the value before; also where there was none. A "
        "dipstick is read only where no quantity was measured. At a first assessment, creatinine alone is "
        f"{_said(first.creatinine)}, GFR below {printed(GFR_LOW)} alone is {_said(first.gfr)}, and a dipstick of 2 is "
        f"{'severe' if first.dipstick else 'moderate'} proteinuria."
    )


def _said(severe: bool) -> str:
    return "severe deterioration" if severe else "no deterioration"


def features(first: FirstVisit) -> dict[str, pl.Expr]:
    """Name → three-valued expression: the six severe features, and what leads to B and C."""
    import polars as pl

    high = {level: _proteinuria(level) for level in range(3)}
    dipstick = _dipstick(first)
    urine = pl.any_horizontal(pl.col(f"_{name}").is_not_null() for name in URINE)
    function = pl.any_horizontal(pl.col(f"_{name}").is_not_null() for name in FUNCTION)
    worse, moderately_worse = _function(first)
    return {
        "_renal_1": pl.when(urine).then(pl.any_horizontal(*high[0], dipstick[0])),
        "_renal_2": pl.col("_accelerated_hypertension") > 0,
        "_renal_3": pl.when(function).then(worse),
        "_renal_4": pl.col("_active_sediment") > 0,
        "_renal_5": _biopsy(),
        "_renal_6": pl.col("_nephrotic_syndrome") > 0,
        "_renal_b": pl.any_horizontal(
            pl.when(urine).then(pl.any_horizontal(*high[1], dipstick[1])), pl.when(function).then(moderately_worse)
        ),
        "_renal_c": pl.any_horizontal(pl.when(urine).then(pl.any_horizontal(*high[2], dipstick[2])), _pressure()),
    }


def activity(*, unknown: bool) -> pl.Expr:
    """Rank of the system's activity (A 4, B 3, C 2, none 0) with unknown features taken so."""
    import polars as pl

    taken = [pl.col(name).fill_null(value=unknown) for name in (*FEATURES, "_renal_b", "_renal_c")]
    severe, (moderate, mild) = taken[:6], taken[6:]
    several = (pl.sum_horizontal(severe) >= 2) & (severe[0] | severe[3] | severe[4])
    return pl.when(several).then(4).when(pl.any_horizontal(*severe, moderate)).then(3).when(mild).then(2).otherwise(0)


def _used(name: str) -> pl.Expr:
    """A measurement in the unit of its limits; null where it was not made or is not due to lupus."""
    import polars as pl

    return pl.when(pl.col(f"_{name}_due").fill_null(1) > 0).then(pl.col(f"_{name}"))


def _before(name: str) -> pl.Expr:
    """The same measurement at the assessment before, whatever it was due to."""
    import polars as pl

    return pl.col("_before").struct.field(name)


def _against(name: str, compared: pl.Expr, *, first: bool, unmeasured: bool, group: tuple[str, ...]) -> pl.Expr:
    """A comparison with the assessment before; what it is at a first one, and where only others were measured.

    Unknown where nothing of the group was measured at the assessment before.
    """
    import polars as pl

    others = pl.any_horizontal(_before(other).is_not_null() for other in group)
    return (
        pl.when(pl.col("_before").is_null()).then(pl.lit(value=first))
        .when(_before(name).is_not_null()).then(compared)
        .when(others).then(pl.lit(value=unmeasured))
    )  # fmt: skip


def _percent_above(name: str, percent: float) -> pl.Expr:
    """By how much the value is above so many percent of that before, times 100."""
    return (_used(name) * 100 - _before(name) * percent).round(DECIMALS)


def _proteinuria(level: int) -> list[pl.Expr]:
    """Protein by quantity: severe and moderate where it did not improve, mild whatever it was."""
    found: list[pl.Expr] = []
    for name, limits in QUANTITIES.items():
        value = _used(name).round(DECIMALS)
        over = ((value >= limits[1]) if level == 1 else (value > limits[level])).fill_null(value=False)
        same = _percent_above(name, NOT_IMPROVED_ABOVE) > 0
        found.append(over if level == 2 else over & _against(name, same, first=True, unmeasured=True, group=URINE))
    return found


def _dipstick(first: FirstVisit) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """Severe, moderate and mild by the dipstick, where no quantity was measured."""
    import polars as pl

    value = pl.when(pl.all_horizontal(pl.col(f"_{name}").is_null() for name in QUANTITIES)).then(
        _used("dipstick_protein")
    )
    rise = value - _before("dipstick_protein")
    alone = first.dipstick
    by_2 = _against("dipstick_protein", rise >= 2, first=alone, unmeasured=alone, group=URINE)
    by_1 = _against("dipstick_protein", rise >= 1, first=True, unmeasured=True, group=URINE)
    two, one = (value >= 2).fill_null(value=False), (value >= 1).fill_null(value=False)
    return two & by_2, two & by_1, one


def _function(first: FirstVisit) -> tuple[pl.Expr, pl.Expr]:
    """Severe and moderate deterioration of function."""
    import polars as pl

    creatinine, gfr = (_used(name).round(DECIMALS) for name in FUNCTION)
    high = (creatinine > CREATININE).fill_null(value=False)
    low, very_low = ((gfr < limit).fill_null(value=False) for limit in (GFR_LOW, GFR_VERY_LOW))
    rose = _percent_above("creatinine", CREATININE_SEVERE) > 0
    rose_some = _percent_above("creatinine", CREATININE_MODERATE) >= 0
    fell, was_higher = _percent_above("gfr", GFR_FALL_TO) < 0, _before("gfr").round(DECIMALS) > GFR_VERY_LOW
    severe = pl.any_horizontal(
        high & _against("creatinine", rose, first=first.creatinine, unmeasured=False, group=FUNCTION),
        low & _against("gfr", fell, first=first.gfr, unmeasured=False, group=FUNCTION),
        very_low & _against("gfr", was_higher, first=True, unmeasured=True, group=FUNCTION),
    )
    return severe, high & _against("creatinine", rose_some, first=False, unmeasured=False, group=FUNCTION)


def _biopsy() -> pl.Expr:
    """A biopsy with active nephritis was recorded at this visit or at most so many days before."""
    import polars as pl

    recent = (pl.col("day") - pl.col("_last_biopsy") <= BIOPSY_DAYS).fill_null(value=False)
    open_yet = (pl.col("day") - pl.col("_last_open_biopsy") <= BIOPSY_DAYS).fill_null(value=False)
    now = pl.col("_active_nephritis_biopsy")
    return pl.when(recent).then(pl.lit(value=True)).when(now.is_not_null() & ~open_yet).then(pl.lit(value=False))


def _pressure() -> pl.Expr:
    """Blood pressure is high, and both values rose; false at a first assessment."""
    import polars as pl

    parts: list[pl.Expr] = []
    for name, (limit, rise) in zip(("systolic_bp", "diastolic_bp"), PRESSURE, strict=True):
        value = pl.col(f"_{name}")
        due = pl.col(f"_{name}_due").fill_null(1) > 0
        parts += [due, value > limit, value - _before(name) >= rise]
    return pl.all_horizontal(*parts, pl.col("_before").is_not_null())
