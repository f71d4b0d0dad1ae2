"""CLASI: activity and damage of cutaneous lupus in thirteen zones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from malar.instruments.formula import Formula
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl

ZONES: Final[Mapping[str, str]] = {
    "scalp": "scalp", "ears": "ears", "nose": "nose, malar area included", "face": "rest of the face",
    "neck_front": "V area and front of the neck", "neck_back": "back of the neck, shoulders", "chest": "chest",
    "abdomen": "abdomen", "back": "back and buttocks", "arms": "arms", "hands": "hands", "legs": "legs",
    "feet": "feet",
}  # fmt: skip
ZONE_ACTIVITY: Final[Mapping[str, tuple[int, str]]] = {
    "erythema": (3, "0 none, 1 pink, 2 red, 3 dark red, purple or crusted"),
    "scale": (2, "0 none, 1 scale, 2 verrucous or hypertrophic"),
}
ZONE_DAMAGE: Final[Mapping[str, tuple[int, str]]] = {
    "dyspigmentation": (1, "0 none, 1 present"),
    "scarring": (2, "0 none, 1 scarring, 2 severe scarring, atrophy or panniculitis"),
}
ACTIVITY_ONCE: Final[Mapping[str, tuple[int, str]]] = {
    "mucosal_lesion": (1, "mucous membrane lesion"),
    "recent_hair_loss": (1, "hair lost within the last 30 days, as reported"),
    "alopecia": (3, "non-scarring: 1 diffuse, 2 patchy in one quadrant, 3 in more"),
}
DAMAGE_ONCE: Final[Mapping[str, tuple[int, str]]] = {
    "lasting_dyspigmentation": (1, "dyspigmentation usually lasts 12 months or more: its sum counts twice"),
    "mucosal_scarring": (1, "scarring of mucous membranes"),
    "scalp_scarring_extent": (6, "0, or 3 one quadrant, 4 two, 5 three, 6 the whole scalp"),
}
ITEMS: Final = (
    *(f"{zone}_{sign}" for zone in ZONES for sign in (*ZONE_ACTIVITY, *ZONE_DAMAGE)),
    *ACTIVITY_ONCE,
    *DAMAGE_ONCE,
)
"""Item keys."""


def _columns(signs: Mapping[str, tuple[int, str]]) -> list[str]:
    return [f"clasi__{zone}_{sign}" for zone in ZONES for sign in signs]


def _activity(inputs: Mapping[str, pl.Expr]) -> dict[str, pl.Expr]:
    import polars as pl

    parts = [*_columns(ZONE_ACTIVITY), *(f"clasi__{item}" for item in ACTIVITY_ONCE)]
    return {"clasi_activity": pl.sum_horizontal([inputs[c] for c in parts], ignore_nulls=False)}


def _damage(inputs: Mapping[str, pl.Expr]) -> dict[str, pl.Expr]:
    import polars as pl

    color = [inputs[f"clasi__{zone}_dyspigmentation"] for zone in ZONES]
    scars = [inputs[f"clasi__{zone}_scarring"] for zone in ZONES]
    once = [inputs["clasi__mucosal_scarring"], inputs["clasi__scalp_scarring_extent"]]
    pale = pl.sum_horizontal(color, ignore_nulls=False)
    twice = pl.when(inputs["clasi__lasting_dyspigmentation"] > 0).then(2 * pale).otherwise(pale)
    known = inputs["clasi__lasting_dyspigmentation"].is_not_null() | (pale == 0)
    return {"clasi_damage": pl.when(known).then(twice) + pl.sum_horizontal([*scars, *once], ignore_nulls=False)}


def _rule(zone: Mapping[str, tuple[int, str]], once: Mapping[str, tuple[int, str]], tail: str) -> str:
    rows = [f"| each zone: {sign} | 0-{most} | {text} |" for sign, (most, text) in zone.items()]
    rows += [f"| {item.replace('_', ' ')} | 0-{most} | {text} |" for item, (most, text) in once.items()]
    return (
        f"The worst lesion of each of {len(ZONES)} zones ({', '.join(ZONES.values())}), and once:\n\n"
        "| part | points | meaning |\n|---|---|---|\n" + "\n".join(rows) + f"\n\n{tail} A zone that not scored leaves "
        "the score unknown. The form belongs to the University of Pennsylvania; scoring alone is here."
    )


_CITATION: Final = "Albrecht J, et al. J Invest Dermatol 2005;125:889-94"
CLASI_ACTIVITY: Final = Formula(
    key="clasi_activity",
    title="CLASI activity",
    source=Source(
        _CITATION,
        "activity",
        Status.PROVISIONAL,
        "Zones, erythema and scale were read in a secondary page; the grades of alopecia are from memory.",
    ),
    numbers=(*_columns(ZONE_ACTIVITY), *(f"clasi__{item}" for item in ACTIVITY_ONCE)),
    gives_columns={"clasi_activity": "0 to 70"},
    rule=_rule(ZONE_ACTIVITY, ACTIVITY_ONCE, "Their sum, 0 to 70."),
    brief="13 zones, 0 to 70",
    make=_activity,
)
CLASI_DAMAGE: Final = Formula(
    key="clasi_damage",
    title="CLASI damage",
    source=Source(
        _CITATION,
        "damage",
        Status.PROVISIONAL,
        "From memory, but for the doubling. The range is quoted as 0 to 56; by arithmetic the most depends on how the "
        "scalp's row is scored (55 to 59), so no bound is asserted.",
    ),
    numbers=(*_columns(ZONE_DAMAGE), *(f"clasi__{item}" for item in DAMAGE_ONCE)),
    gives_columns={"clasi_damage": "0 to about 56"},
    rule=_rule(ZONE_DAMAGE, DAMAGE_ONCE, "Their sum, dyspigmentation counted twice where it lasts."),
    brief="13 zones, 0 to about 56",
    make=_damage,
)

INSTRUMENTS: Final = (CLASI_ACTIVITY, CLASI_DAMAGE)
"""All of this file."""
