"""Graft-versus-host disease: acute by MAGIC, chronic by the NIH consensus."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from malar.instruments.formula import Formula
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl

ACUTE: Final[Mapping[str, str]] = {
    "skin": "0 none, 1 below 25 % of the body surface, 2 to 50 %, 3 above, 4 erythroderma with bullae above 5 %",
    "liver": "bilirubin, mg/dL: 0 below 2, 1 to 3, 2 to 6, 3 to 15, 4 above 15",
    "upper_gut": "0 none or intermittent, 1 persistent nausea, vomiting or anorexia",
    "lower_gut": "stool a day: 0 below 500 mL or 3 episodes, 1 to 999 mL, 2 to 1500 mL, 3 above, 4 pain or blood",
}
CHRONIC: Final = ("skin", "mouth", "eyes", "gut", "liver", "lungs", "joints", "genital")


def _acute(inputs: Mapping[str, pl.Expr]) -> dict[str, pl.Expr]:
    import polars as pl

    skin, liver, upper, lower = (inputs[f"acute_gvhd__{organ}"] for organ in ACUTE)
    iv = (skin == 4) | (liver == 4) | (lower == 4)
    iii = (liver >= 2) | (lower >= 2)
    ii = (skin == 3) | (liver == 1) | (upper == 1) | (lower == 1)
    i = skin >= 1
    grade = pl.when(iv).then(4).when(~iv & iii).then(3).when(~iv & ~iii & ii).then(2)
    grade = grade.when(~iv & ~iii & ~ii & i).then(1).when(~iv & ~iii & ~ii & ~i).then(0)
    return {"acute_gvhd": grade.cast(pl.Float64)}


def _chronic(inputs: Mapping[str, pl.Expr]) -> dict[str, pl.Expr]:
    import polars as pl

    organs = {organ: inputs[f"chronic_gvhd__{organ}"] for organ in CHRONIC}
    lung, others = organs["lungs"], [score for organ, score in organs.items() if organ != "lungs"]
    severe = pl.any_horizontal(score == 3 for score in others) | (lung >= 2)
    involved = pl.sum_horizontal([(score >= 1).cast(pl.Int64) for score in organs.values()], ignore_nulls=False)
    moderate = pl.any_horizontal(score == 2 for score in others) | (lung == 1) | (involved >= 3)
    mild = involved >= 1
    grade = pl.when(severe).then(3).when(~severe & moderate).then(2).when(~severe & ~moderate & mild).then(1)
    return {"chronic_gvhd": grade.when(~severe & ~moderate & ~mild).then(0).cast(pl.Float64)}


ACUTE_GVHD: Final = Formula(
    key="acute_gvhd",
    title="Acute GVHD, MAGIC grade of adults",
    source=Source(
        "Harris AC, et al. Biol Blood Marrow Transplant 2016;22:4-10",
        "stages; overall grade",
        Status.PROVISIONAL,
        "The stages were read; the overall grade is from memory. Stages of children up to 50 kg go by mL/kg and are "
        "recorded as stages.",
    ),
    numbers=tuple(f"acute_gvhd__{organ}" for organ in ACUTE),
    gives_columns={"acute_gvhd": "0 to 4 (I to IV)"},
    rule=(
        "IV: skin, liver or lower gut 4. III: liver or lower gut 2-3. II: skin 3, or liver, upper or lower gut 1. I: "
        "skin 1-2 only. Stages as recorded:\n\n| item | stage |\n|---|---|\n"
        + "\n".join(f"| `{organ}` | {text} |" for organ, text in ACUTE.items())
        + "\n\nAn organ not assessed leaves the grade unknown where it could change it."
    ),
    brief="grade 0 to IV",
    make=_acute,
)
CHRONIC_GVHD: Final = Formula(
    key="chronic_gvhd",
    title="Chronic GVHD, NIH global severity",
    source=Source(
        "Jagasia MH, et al. Biol Blood Marrow Transplant 2015;21:389-401",
        "global severity",
        Status.PROVISIONAL,
        "Organs and their scores of 0 to 3 were read in a citation; the global severity is from memory.",
    ),
    numbers=tuple(f"chronic_gvhd__{organ}" for organ in CHRONIC),
    gives_columns={"chronic_gvhd": "0 none, 1 mild, 2 moderate, 3 severe"},
    rule=(
        "Severe: any organ 3, or lungs 2-3. Moderate: three organs at 1 or more, an organ other than the lungs at 2, "
        f"or lungs 1. Mild: one or two organs at 1, lungs 0. Organs: {', '.join(CHRONIC)}, each 0 to 3."
    ),
    brief="none, mild, moderate, severe",
    make=_chronic,
)

INSTRUMENTS: Final = (ACUTE_GVHD, CHRONIC_GVHD)
"""All of this file."""
