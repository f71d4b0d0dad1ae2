"""SLE-DAS: a continuous score of 17 items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from malar.instruments.formula import Formula
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl

INTERCEPT: Final = 0.366
SIGNS: Final[Mapping[str, tuple[float, str]]] = {
    "mucocutaneous_vasculitis": (4.408, "mucocutaneous vasculitis, chilblains among it"),
    "localized_rash": (3.138, "cutaneous lupus above the neck only"),
    "generalized_rash": (3.887, "cutaneous lupus below the neck; excludes the localized rash"),
    "alopecia": (0.973, "alopecia"),
    "mucosal_ulcers": (2.769, "oral or nasal ulcers"),
    "low_complement": (0.754, "low C3 or C4"),
    "increased_dsdna": (0.956, "anti-dsDNA above normal"),
    "neuropsychiatric": (18.0, "neuropsychiatric involvement"),
    "systemic_vasculitis": (18.0, "systemic vasculitis, lupus enteritis among it"),
    "cardiac_pulmonary": (18.0, "cardiac or pulmonary involvement"),
    "myositis": (9.0, "myositis"),
    "serositis": (6.0, "serositis, sterile peritonitis among it"),
    "hemolytic_anemia": (9.0, "hemolytic anemia: Coombs positive, LDH raised, haptoglobin low"),
}
"""Yes/no item → points and meaning."""


@dataclass(frozen=True, slots=True)
class _Term:
    """A number that scores where it is beyond a limit: intercept + slope × ln(number)."""

    column: str
    label: str
    operator: str
    limit: float
    intercept: float
    slope: float
    factor: float = 1.0

    def points(self, number: pl.Expr) -> pl.Expr:
        """Points; unknown where the number is."""
        import polars as pl

        value = (number * self.factor).round(6)
        beyond = value > self.limit if self.operator == ">" else value < self.limit
        points = self.intercept + self.slope * value.clip(lower_bound=1e-3).log()
        return pl.when(beyond).then(points).when(value.is_not_null()).then(0.0)

    def sentence(self) -> str:
        """The term in words."""
        return f"{self.label} {self.operator} {self.limit:g}: {self.intercept:+g} {self.slope:+g} × ln({self.label})"


_JOINT: Final = (3.132, 0.454)
PROTEINURIA: Final = _Term("lab__upcr", "urine protein, mg/g", ">", 500, -17.584, 3.811, 1000.0)
PLATELETS: Final = _Term("lab__platelets", "platelets, 10⁹/L", "<", 100, 26.105, -5.577)
LEUKOCYTES: Final = _Term("lab__wbc", "white cells, 10⁹/L", "<", 3, 6.118, -5.058)
TERMS: Final = (PROTEINURIA, PLATELETS, LEUKOCYTES)
MOST_JOINTS: Final = 28


def _make(inputs: Mapping[str, pl.Expr]) -> dict[str, pl.Expr]:
    import polars as pl

    joints = inputs["swollen_joints_28"]
    swollen = pl.when(joints > 0).then(_JOINT[0] + _JOINT[1] * joints).when(joints.is_not_null()).then(0.0)
    numbers = [swollen, *(term.points(inputs[term.column]) for term in TERMS)]
    signs = [inputs[f"sle_das__{item}"].cast(pl.Float64) * points for item, (points, _) in SIGNS.items()]
    most = [sign.fill_null(points) for sign, (points, _) in zip(signs, SIGNS.values(), strict=True)]
    top = swollen.fill_null(_JOINT[0] + _JOINT[1] * MOST_JOINTS)
    return {
        "sle_das": _sum([*numbers, *signs]),
        "sle_das__low": _sum([part.fill_null(0.0) for part in (*numbers, *signs)]),
        "sle_das__high": _sum([top, *numbers[1:], *most]),
        "sle_das__n_missing": pl.sum_horizontal(part.is_null() for part in (*numbers, *signs)).cast(pl.Int64),
    }


def _sum(parts: list[pl.Expr]) -> pl.Expr:
    import polars as pl

    return (pl.sum_horizontal(parts, ignore_nulls=False) + INTERCEPT).round(2)


def _rule() -> str:
    signs = "\n".join(f"| `{item}` | {points:g} | {text} |" for item, (points, text) in SIGNS.items())
    terms = "\n".join(f"- {term.sentence()}, else 0" for term in TERMS)
    return (
        f"{INTERCEPT:g} plus the points of the signs present, plus {_JOINT[0]:g} + {_JOINT[1]:g} × number where one "
        f"of {MOST_JOINTS} joints is swollen, plus:\n\n{terms}\n\n"
        f"rounded to two decimals; ln: natural logarithm.\n\n| item | points | meaning |\n|---|---|---|\n{signs}\n\n"
        "Fever, casts, hematuria and pyuria are no items.\n\n## Unknown items\n\nThe score is unknown where an item or "
        "number is. Its lower bound counts them as absent or normal; its upper bound counts signs as present and all "
        "joints as swollen, and is unknown where protein, platelets or white cells are, for their points have no limit."
    )


SLE_DAS: Final = Formula(
    key="sle_das",
    title="SLE-DAS",
    source=Source(
        "Jesus D, et al. Ann Rheum Dis 2019;78:365-71, doi 10.1136/annrheumdis-2018-214502",
        "formula of Fig. 1, as one open calculator quotes it",
        Status.SECONDARY,
        "The coefficients were read in one calculator, not in the paper; they reproduce the published cut-off of "
        "remission (0.366 + 0.754 + 0.956 = 2.08). A protein-creatinine ratio in mg/g stands for mg in 24 h. Compared "
        "with cut-offs after rounding to two decimals.",
    ),
    form=tuple(f"sle_das__{item}" for item in SIGNS),
    numbers=("swollen_joints_28", *(term.column for term in TERMS)),
    gives_columns={"sle_das": "points, two decimals", "sle_das__n_missing": "items and numbers unknown"},
    rule=_rule(),
    brief="17 items, a continuous score",
    make=_make,
)

INSTRUMENTS: Final = (SLE_DAS,)
"""All of this file."""
