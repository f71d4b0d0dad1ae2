"""Estimated glomerular filtration rate from creatinine: CKD-EPI 2021 and 2009, MDRD, bedside Schwartz."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from malar.instruments.calculated import Calculated, Numbers
from malar.sources import Source, Status
from malar.units import CREATININE_UMOL_PER_MG_DL

if TYPE_CHECKING:
    import polars as pl

ADULT_FROM_YEARS: Final = 18
"""Age from which the equations for adults hold; the bedside Schwartz equation holds below."""

CHILD_FROM_YEARS: Final = 1
"""Age from which the bedside Schwartz equation holds."""

_UNIT: Final = "mL/min/1.73 m²"
_RACE: Final = (
    "The published coefficient for Black patients is not applied and not offered: ancestry as a study records it is no "
    "physiological measure, and the equations of 2021 were made without it."
)
_MG_DL: Final = f"Creatinine in µmol/L is divided by {CREATININE_UMOL_PER_MG_DL:g}; the result is not rounded."
_ADULTS: Final = f"Unknown below {ADULT_FROM_YEARS} years, and where creatinine is 0."
_INPUTS: Final = ("lab__creatinine", "age_years", "female")

Equation = Callable[[Numbers], "pl.Expr"]


def _mg_dl(known: Numbers) -> pl.Expr:
    """Creatinine in mg/dL; unknown where it is not above 0."""
    import polars as pl

    creatinine = known["lab__creatinine"] / CREATININE_UMOL_PER_MG_DL
    return pl.when(creatinine > 0).then(creatinine)


def _by_sex(known: Numbers, female: float, male: float) -> pl.Expr:
    import polars as pl

    return pl.when(known["female"] > 0).then(pl.lit(female)).when(known["female"] == 0).then(pl.lit(male))


def _of_adults(known: Numbers, value: pl.Expr) -> pl.Expr:
    import polars as pl

    return pl.when(known["age_years"] >= ADULT_FROM_YEARS).then(value)


def _ckd_epi(
    *, constant: float, female: float, alpha: tuple[float, float], slope: float, yearly: float
) -> tuple[str, Equation]:
    """A CKD-EPI equation in words and as an expression; `alpha` for women and for men."""
    kappa = (0.7, 0.9)
    says = (
        f"{constant:g} × min(Scr/κ, 1)^α × max(Scr/κ, 1)^−{slope:g} × {yearly:g}^age, × {female:g} for women; Scr is "
        f"creatinine in mg/dL, κ is {kappa[0]:g} for women and {kappa[1]:g} for men, α is −{alpha[0]:g} for women and "
        f"−{alpha[1]:g} for men. {_MG_DL} {_ADULTS}"
    )

    def make(known: Numbers) -> pl.Expr:
        import polars as pl

        ratio = _mg_dl(known) / _by_sex(known, *kappa)
        below = ratio.clip(upper_bound=1).pow(_by_sex(known, -alpha[0], -alpha[1]))
        above = ratio.clip(lower_bound=1).pow(-slope)
        aged = pl.lit(yearly).pow(known["age_years"])
        return _of_adults(known, constant * below * above * aged * _by_sex(known, female, 1))

    return says, make


def _mdrd(constant: float) -> tuple[str, Equation]:
    """The MDRD equation of four variables in words and as an expression."""
    says = f"{constant:g} × Scr^−1.154 × age^−0.203, × 0.742 for women; Scr is creatinine in mg/dL. {_MG_DL} {_ADULTS}"

    def make(known: Numbers) -> pl.Expr:
        scaled = constant * _mg_dl(known).pow(-1.154) * known["age_years"].pow(-0.203)
        return _of_adults(known, scaled * _by_sex(known, 0.742, 1))

    return says, make


def _schwartz() -> tuple[str, Equation]:
    """The bedside Schwartz equation in words and as an expression."""
    factor = 0.413
    says = (
        f"{factor:g} × height in cm ÷ creatinine in mg/dL. {_MG_DL} Unknown below {CHILD_FROM_YEARS} year and from "
        f"{ADULT_FROM_YEARS} years on, and where creatinine or height is 0."
    )

    def make(known: Numbers) -> pl.Expr:
        import polars as pl

        child = (known["age_years"] >= CHILD_FROM_YEARS) & (known["age_years"] < ADULT_FROM_YEARS)
        return pl.when(child & (known["height_cm"] > 0)).then(factor * known["height_cm"] / _mg_dl(known))

    return says, make


def _instrument(
    key: str, title: str, source: Source, equation: tuple[str, Equation], *, inputs: tuple[str, ...] = _INPUTS
) -> Calculated:
    says, make = equation

    def columns(known: Numbers) -> Mapping[str, pl.Expr]:
        return {key: make(known)}

    return Calculated(
        key=key, title=title, source=source, inputs=inputs, outputs=(key,), says=says, make=columns, unit=_UNIT
    )


_CKD_EPI_2021: Final = _ckd_epi(constant=142, female=1.012, alpha=(0.241, 0.302), slope=1.2, yearly=0.9938)
_SCHWARTZ: Final = _schwartz()

CKD_EPI_2021: Final = _instrument(
    "egfr_ckd_epi_2021",
    "eGFR, CKD-EPI 2021 (creatinine)",
    Source(
        "Inker LA, et al. N Engl J Med 2021;385:1737-49",
        "creatinine equation",
        Status.SECONDARY,
        "Read in five implementations that agree, not in the paper.",
    ),
    _CKD_EPI_2021,
)
CKD_EPI_2009: Final = _instrument(
    "egfr_ckd_epi_2009",
    "eGFR, CKD-EPI 2009 (creatinine)",
    Source(
        "Levey AS, et al. Ann Intern Med 2009;150:604-12",
        "creatinine equation",
        Status.PROVISIONAL,
        "From memory, checked against results of the gdl-lang models for men. For women those models use 144 where "
        f"141 × 1.018 is meant, and differ by 0.3 %. {_RACE}",
    ),
    _ckd_epi(constant=141, female=1.018, alpha=(0.329, 0.411), slope=1.209, yearly=0.993),
)
MDRD_175: Final = _instrument(
    "egfr_mdrd_175",
    "eGFR, MDRD of four variables (IDMS-traceable creatinine)",
    Source(
        "Levey AS, et al. Ann Intern Med 2006;145:247-54",
        "equation of four variables, constant 175",
        Status.SECONDARY,
        f"Read in an implementation, not in the paper, and cited from memory. {_RACE}",
    ),
    _mdrd(175),
)
MDRD_186: Final = _instrument(
    "egfr_mdrd_186",
    "eGFR, MDRD of four variables (creatinine not IDMS-traceable)",
    Source(
        "Levey AS, et al. J Am Soc Nephrol 2000;11:155A",
        "equation of four variables, constant 186",
        Status.SECONDARY,
        "Read in the gdl-lang models, not in the paper, and cited from memory; their tests in µmol/L expect 0.2 to 0.3 "
        f"mL/min, which is a slip of units and not adopted. {_RACE}",
    ),
    _mdrd(186),
)
SCHWARTZ: Final = _instrument(
    "egfr_schwartz",
    "eGFR, bedside Schwartz",
    Source(
        "Schwartz GJ, et al. J Am Soc Nephrol 2009;20:629-37",
        "bedside equation",
        Status.SECONDARY,
        "Read in an implementation, not in the paper. For enzymatic creatinine, and ages from 1 year to below 18.",
    ),
    _SCHWARTZ,
    inputs=("lab__creatinine", "age_years", "height_cm"),
)


def _by_age(known: Numbers) -> Mapping[str, pl.Expr]:
    """By age: the equation of 2021, or that for children; and 1 where it was that for children."""
    import polars as pl

    adult = known["age_years"] >= ADULT_FROM_YEARS
    value = pl.when(adult).then(_CKD_EPI_2021[1](known)).when(~adult).then(_SCHWARTZ[1](known))
    return {"egfr": value, "egfr__by_schwartz": pl.when(value.is_not_null()).then(~adult)}


EGFR: Final = Calculated(
    key="egfr",
    title="eGFR, CKD-EPI 2021 or bedside Schwartz by age",
    source=Source(
        "Inker LA, et al. N Engl J Med 2021;385:1737-49; Schwartz GJ, et al. J Am Soc Nephrol 2009;20:629-37",
        "creatinine equation; bedside equation",
        Status.SECONDARY,
        f"From {ADULT_FROM_YEARS} years on the equation for adults, below it the one for children; no source settles "
        "how a patient is followed across that birthday. `egfr__by_schwartz` tells which was used: a change against "
        "an earlier visit that crosses from one to the other is no change of the kidney alone. Both equations were "
        "read in implementations, not in the papers.",
    ),
    inputs=("lab__creatinine", "age_years", "female", "height_cm"),
    outputs=("egfr", "egfr__by_schwartz"),
    says=(
        f"From {ADULT_FROM_YEARS} years on: {_CKD_EPI_2021[0]}\n\nBelow: {_SCHWARTZ[0]}\n\n`egfr__by_schwartz` is true "
        "where the second was used, false where the first."
    ),
    make=_by_age,
    unit=_UNIT,
)

INSTRUMENTS: Final = (EGFR, CKD_EPI_2021, CKD_EPI_2009, MDRD_175, MDRD_186, SCHWARTZ)
