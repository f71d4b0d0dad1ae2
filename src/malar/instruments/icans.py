"""Neurotoxicity of effector cells: the ICE score, and the ICANS grade of adults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from malar.instruments.formula import Formula
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl

ICE: Final[Mapping[str, tuple[int, str]]] = {
    "ice_orientation": (4, "year, month, city, hospital"),
    "ice_naming": (3, "three objects"),
    "ice_commands": (1, "a simple command"),
    "ice_writing": (1, "a standard sentence"),
    "ice_attention": (1, "counting back from 100 by ten"),
}
SIGNS: Final[Mapping[str, tuple[tuple[int, ...], str]]] = {
    "consciousness": ((0, 1, 2, 3, 4), "0 normal, 1 wakes by itself, 2 to voice, 3 to touch only, 4 stupor or coma"),
    "seizure": ((0, 3, 4), "0 none, 3 resolving fast or on EEG only, 4 longer than 5 minutes or repetitive"),
    "motor": ((0, 4), "0 none, 4 deep focal weakness"),
    "edema": ((0, 3, 4), "0 none, 3 focal on imaging, 4 diffuse, or signs of raised pressure"),
}  # fmt: skip
"""Domain → the grades it can give, as they are recorded."""
_CITATION: Final = "Lee DW, et al. Biol Blood Marrow Transplant 2019;25:625-38"


def _ice(inputs: Mapping[str, pl.Expr]) -> dict[str, pl.Expr]:
    import polars as pl

    return {"ice": pl.sum_horizontal([inputs[f"icans__{item}"] for item in ICE], ignore_nulls=False)}


def _grade(inputs: Mapping[str, pl.Expr]) -> dict[str, pl.Expr]:
    import polars as pl

    ice, awake = _ice(inputs)["ice"], inputs["icans__consciousness"] < 4
    unarousable = pl.when(awake).then(3).when(~awake).then(4)
    by_ice = pl.when(ice >= 10).then(0).when(ice >= 7).then(1).when(ice >= 3).then(2).when(ice >= 1).then(3)
    parts = [by_ice.when(ice == 0).then(unarousable), *(inputs[f"icans__{sign}"].cast(pl.Int32) for sign in SIGNS)]
    worst = pl.max_horizontal(parts)
    known = pl.all_horizontal(part.is_not_null() for part in parts)
    return {"icans_grade": pl.when(known | (worst == 4)).then(worst.cast(pl.Float64))}


def _source(locator: str) -> Source:
    return Source(
        _CITATION,
        locator,
        Status.VERIFIED,
        "Grades as in PMC8403007. A score of 0 in a patient who is awake, as with global aphasia, is grade 3. Tremor "
        "and myoclonus do not count; hemorrhage is excluded. Children below 12 are assessed by another scale, which is "
        "not shipped.",
    )


_ICE_COLUMNS: Final = tuple(f"icans__{item}" for item in ICE)
ICE_SCORE: Final = Formula(
    key="ice",
    title="ICE score",
    source=_source("ICE"),
    numbers=_ICE_COLUMNS,
    gives_columns={"ice": "0 to 10"},
    rule="Sum of: " + "; ".join(f"{text}, {most} (`{item}`)" for item, (most, text) in ICE.items()) + ".",
    brief="0 to 10",
    make=_ice,
)
ICANS: Final = Formula(
    key="icans_grade",
    title="ICANS grade, adults",
    source=_source("ICANS, adults"),
    numbers=(*_ICE_COLUMNS, *(f"icans__{sign}" for sign in SIGNS)),
    gives_columns={"icans_grade": "0 to 4"},
    rule=(
        "The worst of five domains. By ICE: 10 grade 0, 7-9 grade 1, 3-6 grade 2, 1-2 grade 3, 0 grade 3 if awake and "
        "4 if not.\n\n| item | recorded as |\n|---|---|\n"
        + "\n".join(f"| `{sign}` | {text} |" for sign, (_, text) in SIGNS.items())
        + "\n\nA domain not assessed leaves the grade unknown, unless another is grade 4."
    ),
    brief="grade 0 to 4",
    make=_grade,
)

INSTRUMENTS: Final = (ICE_SCORE, ICANS)
"""All of this file."""
